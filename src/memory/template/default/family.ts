/** The default family: the kernel h with the time constant of one refractory period, and spikes that change nothing. */
import type { Buffers } from '../../../core/index.js';
import type { Arrivals } from '../arrivals.js';
import { KERNEL_DRIVE } from '../kernel.js';
import { check } from './check.js';
import { combine, combineBounded } from './combine.js';
import { potentialOf } from './course.js';
import { loadScore } from './program.js';

export const defaultFamily = {
  /** It has no constants. */
  dynamicsOf: () => undefined,
  /** As a membrane: both time constants are 1. */
  constantsOf: () =>
    ({
      family: 'default',
      membrane: 1,
      synapse: 1,
      order: 1,
      gain: KERNEL_DRIVE,
      after: 'nothing',
      reset: 0,
      dead: 1,
    }) as const,
  load: loadScore,
  check,
  course: ({ times, period }: Arrivals, weights: Float64Array, buffers?: Buffers) =>
    potentialOf(times, weights, period, buffers),
  combine,
  combineBounded,
};
