/** What may be asked of a recording, and the tasks. */
import { z } from 'zod';
import { count, positive, seed, share } from '../../common/config.js';
import { delays, noises } from '../common/config.js';

const stretch = z.strictObject({
  name: z.string(),
  /** In seconds; null takes the whole recording. */
  window: z.tuple([z.number().min(0), positive]).nullable(),
  hidden: z.int().nonnegative(),
  inputs: count,
  delays,
  bound: positive,
  seed,
});

export const schema = z.strictObject({
  seed,
  /** The recording: text, CSV, NEST or npz with neuron and time of every spike. */
  file: z.string().nullable(),
  /** Refractory period in seconds. */
  refractory: positive,
  activity: positive,
  template: z.strictObject({ margin: positive, slope: z.number().min(0), zone: positive.max(0.5) }),
  stretches: z.array(stretch).min(1),
  prompt: share,
  /** In periods. */
  promptTime: positive,
  periods: count,
  noises,
  trials: count,
});

export type Config = z.infer<typeof schema>;

export interface Task {
  stretch: number;
  noise: number;
}
