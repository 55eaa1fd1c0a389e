/** What may be asked of replays, and the tasks. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';
import { networkConfig, noises, scorePeriod } from '../common/config.js';

export const schema = z.strictObject({
  seed,
  ...networkConfig,
  /** A stored network to test instead of sampled ones: its file. */
  network: z.string().nullable(),
  period: scorePeriod,
  networks: count,
  margin: positive,
  zone: positive.max(0.5),
  slopes: z.array(z.number().min(0)).min(1),
  objectives: z.array(z.enum(['l2', 'none'])).min(1),
  noises,
  periods: count,
  trials: count,
  decay: z.strictObject({ periods: z.array(positive), jitter: positive.max(0.1), slope: z.number().min(0) }),
});

export type Config = z.infer<typeof schema>;

export interface Task {
  part: 'replay' | 'decay';
  network: number;
  period: number;
  slope: number;
  objective: 'l2' | 'none';
}
