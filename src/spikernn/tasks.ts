/**
 * The tasks of Kim, Li and Sejnowski, as the two kinds of networks meet them. A rate network is asked at steps 0 ... T - 2, a spiking one in the
 * 100 steps of each column of u that has T + 1 of them, from a column of its own on:
 *
 *   go-nogo   column 100: Go above 0.7; NoGo below 0.3, whatever lies below 0
 *   xor       column 200, mante column 260: above 0.7 for +1, below -0.7 for -1
 */
import { demandArray, demandInteger, demandObject, demandOneOf, refuse } from '../core/index.js';
import { goNoGo, goNoGoDefaults, mante, manteDefaults, type Task, timedXor, timedXorDefaults } from '../tasks/index.js';

export const taskNames = ['go-nogo', 'xor', 'mante'] as const;
export type TaskName = (typeof taskNames)[number];

/** Times of a trial that differ from those of the original, in steps of 5 ms. */
export interface TaskTimes {
  /** Length of a trial T. */
  readonly steps?: number | undefined;
  readonly stimOn?: number | undefined;
  readonly stimDur?: number | undefined;
  /** xor: between the stimuli. */
  readonly delay?: number | undefined;
  /** mante: mean of the attended stream. */
  readonly offset?: number | undefined;
}

type Label = 0 | 1 | -1 | 'same' | 'diff';

/** A task for both networks. */
export interface RateTask {
  readonly name: string;
  /** Rate networks: T steps. */
  readonly task: Task<Label>;
  /** Spiking networks: T + 1 columns, trial for trial the same. */
  readonly longer: Task<Label>;
  /** The column from which the output of a spiking network is judged. */
  readonly judgedFrom: number;
  /** What is wanted in a trial of this label: +1, -1 or 0. */
  wanted(label: Label): 1 | -1 | 0;
}

/** Columns between the end of the stimuli and where spiking networks are judged. */
const LATER = { 'go-nogo': 25, xor: 40, mante: 10 } as const;

const wanted = (label: Label): 1 | -1 | 0 => (label === 'same' ? 1 : label === 'diff' ? -1 : label);

/** Throws `usage` for another name, or times that do not fit. */
export function rateTask(name: TaskName, times: TaskTimes = {}): RateTask {
  demandOneOf('the task', name, taskNames);
  demandObject('the times of a trial', times);
  const { steps, stimOn, stimDur, delay, offset } = times;
  if (delay !== undefined && name !== 'xor') refuse(`the task ${name} has no delay (--delay); xor has one`);
  if (offset !== undefined && name !== 'mante') refuse(`the task ${name} has no offset (--offset); mante has one`);
  const set = <Options extends { steps: number; on: number; lasts: number }>(defaults: Options): Options => ({
    ...defaults,
    steps: steps ?? defaults.steps,
    on: stimOn ?? defaults.on,
    lasts: stimDur ?? defaults.lasts,
  });
  const built = () => {
    if (name === 'go-nogo') {
      const options = set(goNoGoDefaults);
      return {
        make: (length: number) => goNoGo({ ...options, steps: length }),
        options,
        end: options.on + options.lasts,
      };
    }
    if (name === 'xor') {
      const options = { ...set(timedXorDefaults), delay: delay ?? timedXorDefaults.delay };
      const end = options.on + 2 * options.lasts + options.delay;
      return { make: (length: number) => timedXor({ ...options, steps: length }), options, end };
    }
    const options = { ...set(manteDefaults), offset: offset ?? manteDefaults.offset };
    return { make: (length: number) => mante({ ...options, steps: length }), options, end: options.on + options.lasts };
  };
  const { make, options, end } = built();
  const judgedFrom = end + LATER[name];
  if (judgedFrom >= options.steps)
    refuse(
      `a trial of ${options.steps} steps ends before the answer of a spiking network is read, at step ${judgedFrom}`,
    );
  return {
    name,
    task: make(options.steps) as unknown as Task<Label>,
    longer: make(options.steps + 1) as unknown as Task<Label>,
    judgedFrom,
    wanted,
  };
}

/** The least and the greatest size of an output that is an answer, and that is none. */
export const ANSWER = 0.7;
export const QUIET = 0.3;

/** Whether the output of a spiking network, from where it is judged, is right. Below zero nothing counts against a NoGo. */
export function isRight(answer: 1 | -1 | 0, output: Float64Array, from: number): boolean {
  demandOneOf('the answer', answer, [1, -1, 0]);
  demandArray('the output', output, Float64Array);
  demandInteger('the first step that counts', from, 0, output.length - 1);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from; i < output.length; i++) {
    if (output[i] < least) least = output[i];
    if (output[i] > most) most = output[i];
  }
  if (answer === 0) return most < QUIET;
  return answer > 0 ? most > ANSWER : least < -ANSWER;
}

/** Loss of an output that stays 0, the root of the sum of squares (l2) or the sum of sizes (l1), of the targets but for the last. */
export function plateauOf(target: Float64Array, kind: 'l1' | 'l2'): number {
  let sum = 0;
  for (let k = 0; k < target.length - 1; k++) sum += kind === 'l1' ? Math.abs(target[k]) : target[k] * target[k];
  return kind === 'l1' ? sum : Math.sqrt(sum);
}
