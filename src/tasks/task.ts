/**
 * What networks are trained to do. A task draws trials, each with an input and the output that is wanted, and says how
 * right an output is. Signals are sampled in steps; a matrix of `steps` rows is stored row by row.
 *
 * Trial `index` of a seed depends on nothing else: it is the same whatever was drawn before it.
 */
import { demandInteger, demandObject, refuse } from '../core/index.js';

/** What one trial shows and asks. */
export interface Trial<Label = undefined> {
  /** steps x inputs. */
  readonly input: Float64Array;
  /** steps x outputs; what stands before step `from` is not asked for. */
  readonly target: Float64Array;
  /** The first step, counted from 0, whose output counts. */
  readonly from: number;
  /** What was drawn, in the words of the task. */
  readonly label: Label;
}

/** A task that draws its own trials and judges answers. */
export interface Task<Label = undefined> {
  /** Name of the task. */
  readonly name: string;
  /** Steps of a trial. */
  readonly steps: number;
  /** Channels of the input. */
  readonly inputs: number;
  /** Channels of the output. */
  readonly outputs: number;
  /** Draws trial `index` of a seed. */
  trial(seed: number, index: number): Trial<Label>;
  /** The share of the answers in an output (steps x outputs) that are right, from 0 to 1. */
  accuracy(trial: Trial<Label>, output: Float64Array): number;
}

/** Throws `usage` unless these are whole numbers of steps from a least one on. */
export function demandSteps(name: string, options: object, least: Readonly<Record<string, number>>): void {
  demandObject(name, options);
  for (const [field, value] of Object.entries(least)) {
    demandInteger(`the \`${field}\` of ${name}`, (options as Record<string, unknown>)[field], value, 2 ** 31);
  }
}

/** Throws `usage` where a phase ends after its trial. */
export function demandWithin(name: string, end: number, steps: number): void {
  if (end > steps) refuse(`${name} must end within its ${steps} steps; its last phase ends at ${end}`);
}

/** The extreme values of the first output from step `from` on. */
export function extremes(output: Float64Array, outputs: number, from: number): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = from * outputs; i < output.length; i += outputs) {
    least = Math.min(least, output[i]);
    most = Math.max(most, output[i]);
  }
  return { least, most };
}

/** How an answer of +1 or -1 is read: it has to come at least once, beyond this height. */
export const ANSWER = 0.7;
