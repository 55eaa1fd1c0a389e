/** What the spectra may be asked, and their tasks. */
import { z } from 'zod';
import { count, positive, seed } from '../../common/config.js';

export const schema = z.strictObject({
  seed,
  units: count,
  gain: positive,
  networks: count,
  updates: count,
  /** Sharpnesses of the surrogate whose lambda_1 is followed update by update, flossing one exponent. */
  sharpnesses: z.array(positive).min(1),
  /** Numbers of exponents that are flossed, at the first of these sharpnesses. */
  flossed: z.array(count).min(1),
  /** Steps along which spectra are measured. */
  steps: count,
});
export type Config = z.infer<typeof schema>;

export interface Task {
  sharpness: number;
  exponents: number;
  network: number;
}
