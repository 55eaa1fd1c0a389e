/** A worker's part in storing: it poses the problem, as every other worker does, and solves the neurons it is given. */
import { formatMoment, serialMap } from '../core/index.js';
import {
  DESIGN_BOUND,
  explain,
  fittingStep,
  memorizeJob,
  type NeuronReport,
  type Problem,
} from '../memory/memorize/index.js';
import type { Score } from '../memory/score/index.js';
import type { Template } from '../memory/template/index.js';
import { type Posed, pose } from './pose.js';
import { parseSettings } from './settings.js';
import type { Words } from './words.js';

/** A score that is not sampled, and the name of its file, if it has one. */
export interface GivenScore {
  score: Score;
  name?: string;
}

/** What the page shows of a problem. */
export interface Outline {
  score: Score;
  tau0: number;
  synapses: number;
  template: Template;
  /** Of a design, the step that is taken. */
  step: number;
}

export type Report = NeuronReport & { reason?: string };

let posed: Posed | undefined;
let task: ((neuron: number) => NeuronReport) | undefined;

/** The problem that this worker works on. */
export function current(): Posed {
  if (!posed) throw new Error('nothing is posed');
  return posed;
}

/** Takes up a problem that no settings describe: that of a file. */
export function takeUp(other: Posed): void {
  posed = other;
  task = undefined;
}

export const outlineOf = ({ problem: { score, wiring, template }, tau0 }: Posed, step: number): Outline => ({
  score,
  tau0,
  synapses: wiring.sources.length,
  template,
  step,
});

export const solver = {
  /** Poses what words describe. @param step of a design; found here if not given */
  async pose(words: Words, given?: GivenScore, step?: number): Promise<Outline> {
    const settings = parseSettings(words);
    const taken = step ?? (settings.design ? (await fittingStep(plain(words, given), serialMap)).given : 0);
    takeUp(pose(settings, given?.score, taken));
    return outlineOf(current(), taken);
  },
  /** Solves one neuron; of one that is not stored the reason comes along. */
  solve(neuron: number): Report {
    const { problem, tau0 } = current();
    task ??= memorizeJob.prepare(problem);
    const report = task(neuron);
    return report.status === 'solved' ? report : { ...report, reason: reasonOf(report, problem, neuron, tau0) };
  },
};

export const reasonOf = (
  report: Parameters<typeof explain>[0],
  problem: Problem,
  neuron: number,
  tau0: number,
): string => explain(report, problem, neuron, (time) => formatMoment(time * tau0));

/** The problem of a design before a step is chosen. */
function plain(words: Words, given?: GivenScore): Problem {
  const settings = parseSettings(words);
  const bound = settings.bound ?? DESIGN_BOUND;
  return { ...pose({ ...settings, design: undefined, bound }, given?.score).problem, soft: true };
}
