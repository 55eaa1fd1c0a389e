/** `--design recall` and `--aim`: what people type for several options at once, and the step that a network can keep. */
import type { Screen } from '../../app/index.js';
import { EngramError, formatTime, type ParallelMap } from '../../core/index.js';
import { expectedShare, type Swing, swingOf } from '../../memory/measure/index.js';
import {
  DESIGN_BOUND,
  type DesignStep,
  designSteps,
  memorizeJob,
  PROBES,
  type Problem,
  scoresOf,
  spellingOf,
} from '../../memory/memorize/index.js';
import { neuronCount } from '../../memory/network/index.js';
import { inputsOf } from '../../memory/template/index.js';
import type { MemorizeOptions } from './memorize-options.js';
import { describeModel } from './neuron-options.js';

/** What a design chooses itself. */
const CHOSEN = ['--aim', '--objective', '--overdrive', '--margin', '--slope', '--robust', '--levels', '--grid'];
/** Neurons from which the prompt that suffices is expected. */
const SHOWN = 16;

/** The options with what `--aim` and `--design` stand for. `args` are those that were typed. Throws `usage` where they contradict others. */
export function withDesign(options: MemorizeOptions, args: readonly string[]): MemorizeOptions {
  const typed = new Set(args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]));
  const { aim, design } = options;
  if (design !== undefined) {
    const other = CHOSEN.find((flag) => typed.has(flag));
    if (other) {
      throw new EngramError(
        'usage',
        `--design and ${other} contradict each other: a design chooses aim, overdrive, margin and slope itself; leave one of them out`,
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

/** The problem with the first step of a design that its first neurons keep, and how many steps were too much to ask. */
export async function fittingStep(problem: Problem, map: ParallelMap): Promise<{ problem: Problem; given: number }> {
  const steps = designSteps(problem.template, problem.model);
  const probes = Math.min(PROBES, neuronCount(problem.wiring));
  const posed = ({ objective, template, model }: DesignStep): Problem => {
    return { ...problem, aim: undefined, objective, template, model };
  };
  for (let given = 0; given < steps.length - 1; given++) {
    let kept = 0;
    // Without the best weights of those that cannot: whether they can is all that is asked.
    await map(memorizeJob, { ...posed(steps[given]), soft: false }, probes, ({ status }) => {
      if (status === 'solved') kept++;
    });
    if (kept === probes) return { problem: posed(steps[given]), given };
  }
  return { problem: posed(steps[steps.length - 1]), given: steps.length - 1 };
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

/** The share of the channels from which recall is expected, by some of the neurons that are stored. */
export function shareExpected(problem: Problem, weights: Float64Array): number | undefined {
  const { wiring, model, template } = problem;
  const channels = neuronCount(wiring);
  const swings: Swing[] = [];
  for (let l = 0; l < channels && swings.length < SHOWN; l++) {
    const own = weights.subarray(wiring.starts[l], wiring.starts[l + 1]);
    const swing = own.some((w) => w !== 0)
      ? swingOf(scoresOf(problem), l, inputsOf(wiring, model, l), template, own)
      : undefined;
    if (swing) swings.push(swing);
  }
  return expectedShare(swings);
}
