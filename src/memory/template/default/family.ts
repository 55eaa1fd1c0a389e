/** The default family: the kernel h with the time constant of one refractory period, and spikes that change nothing. */

import type { Buffers } from '../../../core/index.js';
import type { Arrivals } from '../arrivals.js';
import { combine, combineBounded } from './combine.js';
import { potentialOf } from './course.js';
import { loadScore } from './program.js';

export const defaultFamily = {
  /** It has no constants. */
  dynamicsOf: () => undefined,
  load: loadScore,
  course: ({ times, period }: Arrivals, weights: Float64Array, buffers?: Buffers) =>
    potentialOf(times, weights, period, buffers),
  combine,
  combineBounded,
};
