/** `--design recall` and `--aim`: what people type for several options at once. */
import type { Screen } from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { DESIGN_BOUND, type Problem, spellingOf } from '../../memory/memorize/index.js';
import type { MemorizeOptions } from './memorize-options.js';
import { describeModel } from './neuron-options.js';

/** What does not go with a design, and why. */
const CHOSEN = 'a design chooses aim, overdrive, margin and slope itself';
const CONTRARY: Record<string, string> = {
  '--aim': CHOSEN,
  '--objective': CHOSEN,
  '--overdrive': CHOSEN,
  '--margin': CHOSEN,
  '--slope': CHOSEN,
  '--robust': CHOSEN,
  '--levels': 'weights of a design are not on levels',
  '--grid': 'a design is kept in continuous time',
};

/** The options with what `--aim` and `--design` stand for. `args` are those that were typed. Throws `usage` where they contradict others. */
export function withDesign(options: MemorizeOptions, args: readonly string[]): MemorizeOptions {
  const typed = new Set(args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]));
  const { aim, design } = options;
  if (design !== undefined) {
    const other = Object.keys(CONTRARY).find((flag) => typed.has(flag));
    if (other) {
      throw new EngramError(
        'usage',
        `--design and ${other} contradict each other: ${CONTRARY[other]}; leave one of them out`,
      );
    }
    const bound = typed.has('--bound') ? options.bound : DESIGN_BOUND;
    return { ...options, objective: 'recall:0.1', bound, soft: true };
  }
  if (aim === undefined) return options;
  if (typed.has('--objective')) {
    throw new EngramError(
      'usage',
      '--aim and --objective contradict each other: both say what is minimized; leave one of them out',
    );
  }
  return { ...options, objective: aim };
}

/** A design in words. */
export function describeDesign(screen: Screen, problem: Problem, given: number, tau0: number): void {
  const { overdrive, margin, bound } = problem.template;
  const high = overdrive ? `overdrive ${overdrive.level} at ${formatTime(overdrive.after * tau0)} · ` : '';
  const neurons = problem.model ? `${describeModel(problem.model, tau0)} · ` : '';
  const { objective } = spellingOf(problem);
  screen.line(
    'design',
    `aim ${objective} · ${high}${neurons}margin ${margin} · weights up to ${bound} · soft where impossible`,
  );
  if (given === 0) return;
  screen.line(
    '',
    `given up, too much to ask of these neurons: ${given === 1 ? '1 step that asks' : `${given} steps that ask`} for more`,
  );
}
