/** Pieces of the configurations of memories. Times are in refractory periods, weights in thresholds. */
import { z } from 'zod';
import { type Objective, parseObjective } from '../../../src/memory/memorize/index.js';
import { count, positive } from '../../common/config.js';

export const noises = z.array(z.number().min(0).lt(1)).min(1);
export const delays = z
  .tuple([z.number().min(0.001), z.number().positive()])
  .refine(([from, to]) => from < to, 'the end of the range must be above its begin');

/** A network and its score: size, wiring, template, how its weights are chosen. */
export const networkConfig = {
  channels: count,
  inputs: count,
  activity: positive,
  delays,
  bound: positive,
};

/** An aim, as `--objective` takes it. */
export const objective = z.custom<Objective>(
  (text) => typeof text === 'string' && parseObjective(text) === text,
  'no objective',
);

/** Of a score, in refractory periods: a shorter one holds no two spikes of a channel. */
export const scorePeriod = z.number().gt(1);
