/** What the experiment is asked. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';

export const schema = z.strictObject({
  seed,
  networks: count,
  neurons: count,
  batch: count,
  batches: count,
  rate: positive,
  trials: count,
  /** Delays that networks are trained on anew, in s. */
  retrained: z.array(positive),
});
export type Config = z.infer<typeof schema>;
