/** What may be asked of recall, and the tasks. */
import { z } from 'zod';
import { count, positive, seed, share } from '../../common/config.js';
import { delays, noises, scorePeriod } from '../common/config.js';

export const schema = z.strictObject({
  seed,
  channels: count,
  activity: positive,
  delays,
  bound: positive,
  slope: z.number().min(0),
  zone: positive.max(0.5),
  /** Templates to compare, by their margin. */
  margins: z.array(positive).min(1),
  networks: count,
  trials: count,
  /** Free periods after a prompt. */
  periods: count,
  length: z.strictObject({
    inputs: count,
    periods: z.array(scorePeriod),
    prompts: z.array(share).min(1),
    /** In periods of the score. */
    promptTime: positive,
    noises,
  }),
  phase: z.strictObject({
    inputs: count,
    period: scorePeriod,
    prompts: z.array(share).min(1),
    promptTimes: z.array(positive),
    noises,
  }),
  survival: z.strictObject({ inputs: count, period: scorePeriod, periods: count, noises }),
});

export type Config = z.infer<typeof schema>;

export interface Task {
  part: 'length' | 'phase' | 'survival';
  margin: number;
  inputs: number;
  period: number;
  network: number;
  /** In periods; 0 replays from memory. */
  promptTime: number;
  prompts: number[];
  noises: number[];
  trials: number;
}
