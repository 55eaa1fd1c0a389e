/** What the limits may be asked, and their tasks. */
import { z } from 'zod';
import { count, positive, seed, share } from '../../common/config.js';
import { networkConfig, scorePeriod } from '../common/config.js';

export const kinds = ['threshold', 'weights', 'levels', 'synapses', 'neurons', 'failure'] as const;
export type Kind = (typeof kinds)[number];

const levels = z.array(z.number().min(0)).min(1);

export const schema = z.strictObject({
  seed,
  ...networkConfig,
  period: scorePeriod,
  networks: count,
  margins: z.array(positive).min(1),
  slope: z.number().min(0),
  zone: positive.max(0.5),
  /** Threshold noise under which the others are tried. */
  noise: z.number().min(0).lt(1),
  prompt: share,
  /** In periods. */
  promptTime: positive,
  periods: count,
  trials: count,
  worse: z.strictObject({
    threshold: levels,
    weights: levels,
    levels,
    synapses: levels,
    neurons: levels,
    failure: levels,
  }),
});

export type Config = z.infer<typeof schema>;

export interface Task {
  margin: number;
  network: number;
  kind: Kind;
  amount: number;
}
