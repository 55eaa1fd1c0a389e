/** What may be asked of designs, and the tasks. */
import { z } from 'zod';
import { count, positive, seed, share } from '../../common/config.js';
import { delays, objective, scorePeriod } from '../common/config.js';
import { stresses } from './stress.js';

const design = z.strictObject({
  name: z.string(),
  objective,
  margin: positive,
  /** P, half a refractory period after each spike; null: nothing is asked there. */
  overdrive: z.number().gt(1).nullable(),
  /** The potential after a spike of neurons that reset; null: spikes change nothing. */
  reset: z.number().lt(1).nullable(),
});

export const schema = z.strictObject({
  seed,
  channels: count,
  activity: positive,
  delays,
  slope: z.number().min(0),
  zone: positive.max(0.5),
  bound: positive,
  period: scorePeriod,
  networks: count,
  /** Free periods after a prompt of one period. */
  free: count,
  trials: count,
  prompts: z.array(share.gt(0)).min(1),
  /** Noise of the thresholds: in thresholds, in units of the swing of the potentials, or of the norm of the weights. */
  noises: z.array(z.strictObject({ level: positive, unit: z.enum(['threshold', 'swing', 'norm']) })).min(1),
  /** Synapses per neuron. */
  inputs: z.array(count).min(1),
  /** The parts of a design, alone and together. */
  designs: z.array(design).min(1),
  /** Bounds on the weights, each with the first step of the design that all neurons keep. */
  frontier: z.strictObject({ inputs: count, bounds: z.array(positive) }),
  /** What the networks of the ablation with so many inputs are put to while they recall from one prompt; `amount` as in stress.ts. */
  stress: z.strictObject({
    inputs: count,
    prompt: share.gt(0),
    noise: positive,
    list: z.array(
      z
        .strictObject({ kind: z.enum(stresses), amount: z.number().min(0) })
        .refine(({ kind, amount }) => !(kind === 'failure' || kind === 'silenced') || amount < 1, {
          message: 'failing transmissions and silenced neurons are shares below 1',
        })
        .refine(({ kind, amount }) => kind !== 'levels' || (Number.isInteger(amount) && amount >= 2), {
          message: 'levels are a whole number, at least 2',
        })
        .refine(({ kind, amount }) => kind !== 'periods' || (Number.isInteger(amount) && amount >= 1), {
          message: 'periods are a whole number, at least 1',
        }),
    ),
  }),
});

export type Config = z.infer<typeof schema>;
export type Design = z.infer<typeof design>;

export interface Task {
  part: 'ablation' | 'frontier';
  /** Number of the design in the list; 0 in the frontier, whose designs are steps. */
  design: number;
  inputs: number;
  bound: number;
  network: number;
}
