/** What may be asked of several memories, and the tasks. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';
import { delays, noises } from '../common/config.js';

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
    period: positive,
    /** Synapses per neuron, one network after the other. */
    inputs: z.array(count).min(1),
    noises,
    trials: count,
  }),
  fit: z.strictObject({
    inputs: count,
    each: z.strictObject({ period: positive, memories: z.array(count) }),
    total: z.strictObject({ period: positive, memories: z.array(count) }),
    noises,
    trials: count,
  }),
});

export type Config = z.infer<typeof schema>;

export interface Task {
  part: 'schedule' | 'each' | 'total';
  inputs: number;
  memories: number;
  /** Of one memory. */
  period: number;
  network: number;
}
