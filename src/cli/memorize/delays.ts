/** Delays that the simulator does not take are refused before anything is solved or simulated. */
import { EngramError, formatTime } from '../../core/index.js';
import { LONGEST_DELAY, SHORTEST_DELAY } from '../../memory/simulate/index.js';

/**
 * Throws unless all delays, in refractory periods, can be simulated.
 * @param complaint what is said of the allowed and of the given range, in words
 */
export function refuseDelays(
  [shortest, longest]: readonly [number, number],
  tau0: number,
  code: 'usage' | 'input',
  complaint: (allowed: string, got: string) => string,
): void {
  if (shortest >= SHORTEST_DELAY && longest <= LONGEST_DELAY) return;
  const range = (from: number, to: number) => `${formatTime(from * tau0)} to ${formatTime(to * tau0)}`;
  throw new EngramError(code, complaint(range(SHORTEST_DELAY, LONGEST_DELAY), range(shortest, longest)));
}
