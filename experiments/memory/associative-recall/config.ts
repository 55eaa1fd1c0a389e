/** What may be asked of prompts, and the tasks. */
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
  slope: z.number().min(0),
  zone: positive.max(0.5),
  /** Standard deviation of the prompted spikes. */
  jitter: z.number().min(0).max(0.5),
  held: z.strictObject({
    prompted: z.array(count),
    starts: z.array(z.enum(['silent', 'random', 'memory'])),
    cycles: count,
    noises,
    trials: count,
  }),
  released: z.strictObject({
    /** Channels and cycles. */
    prompts: z.array(z.strictObject({ prompted: count, cycles: count })),
    free: count,
    noises,
    trials: count,
  }),
});

export type Config = z.infer<typeof schema>;

export interface Task {
  part: 'held' | 'released';
  network: number;
  prompted: number;
  cycles: number;
  start: 'silent' | 'random' | 'memory';
  noise: number;
  trials: number;
}
