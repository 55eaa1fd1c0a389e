/** What the pages of memories say of their numbers. */
import { formatTime } from '../../core/index.js';

/** @param tau0 seconds in a refractory period */
export const unitsOf = (tau0: number): string =>
  `Times are in refractory periods (${formatTime(tau0)}) where no unit is given; weights and noise in thresholds.`;
