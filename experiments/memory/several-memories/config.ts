/** What may be asked of several memories, and the tasks. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';
import { delays, noises, objective, scorePeriod } from '../common/config.js';

/** One way to make the neurons. */
const way = z.strictObject({
  name: z.string().min(1),
  objective,
  margin: positive,
  /** P, half a refractory period after each spike; null: nothing is asked there. */
  overdrive: z.number().gt(1).nullable(),
  /** The potential after a spike of neurons that reset; null: spikes change nothing. */
  reset: z.number().lt(1).nullable(),
  bound: positive,
  /** Whether impossible neurons get their best weights; else they stay silent. */
  soft: z.boolean(),
  /** How many memories are tried. */
  memories: z.array(count),
});

export const schema = z.strictObject({
  seed,
  channels: count,
  activity: positive,
  delays,
  bound: positive,
  margin: positive,
  slope: z.number().min(0),
  zone: positive.max(0.5),
  networks: count,
  /** Channels that play in a prompt, and the standard deviation of their spikes. */
  prompted: count,
  jitter: z.number().min(0).max(0.5),
  /** Periods after a prompt in which all are free. */
  free: count,
  schedule: z.strictObject({
    memories: count,
    period: scorePeriod,
    /** Synapses per neuron, one network after the other. */
    inputs: z.array(count),
    noises,
    trials: count,
  }),
  fit: z.strictObject({
    inputs: count,
    each: z.strictObject({ period: scorePeriod, memories: z.array(count) }),
    total: z.strictObject({ period: scorePeriod, memories: z.array(count) }),
    noises,
    trials: count,
  }),
  /** How many fit by which way, all of the same length. */
  ways: z.strictObject({
    inputs: count,
    period: scorePeriod,
    noises,
    trials: count,
    list: z.array(way),
  }),
});

export type Config = z.infer<typeof schema>;
export type Way = z.infer<typeof way>;

export interface Task {
  part: 'schedule' | 'each' | 'total' | 'ways';
  /** Of the part `ways`: its name. */
  way?: string;
  inputs: number;
  memories: number;
  /** Of one memory. */
  period: number;
  network: number;
}
