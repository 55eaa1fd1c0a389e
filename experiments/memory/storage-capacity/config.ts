/** What may be asked of one neuron: the curves of a configuration, and the tasks. */
import { z } from 'zod';
import { count, positive, seed, share } from '../../common/config.js';
import { delays } from '../common/config.js';

const setting = z.strictObject({
  activity: positive,
  sources: z.union([z.literal('distinct'), count]),
  delays,
  bound: positive,
  excitatory: share.nullable(),
});

export const schema = z.strictObject({
  seed,
  inputs: z.array(count).min(1),
  periods: z.strictObject({ from: positive, to: positive, step: positive }),
  trials: count,
  /** Trials that one task draws and solves. */
  trialsPerTask: count,
  /** The authors' stopping rule: a curve ends at the first T where more than this share is infeasible. */
  stop: share.nullable(),
  template: z.strictObject({ margin: positive, slope: z.number().min(0), zone: positive.max(0.5) }),
  base: setting,
  /** Further curves: what they change, and their inputs. */
  variations: z.array(setting.partial().extend({ inputs: z.array(count).min(1) })),
});

export type Config = z.infer<typeof schema>;

export interface Curve extends z.infer<typeof setting> {
  inputs: number;
}

export interface Task {
  curve: number;
  /** Tried one after the other; with a stopping rule, until too many are infeasible. */
  periods: number[];
  from: number;
  to: number;
}

/** The curves of the base, then those of the variations. */
export const curvesOf = ({ inputs, base, variations }: Config): Curve[] => [
  ...inputs.map((k) => ({ ...base, inputs: k })),
  ...variations.flatMap(({ inputs: own, ...changed }) => own.map((k) => ({ ...base, ...changed, inputs: k }))),
];
