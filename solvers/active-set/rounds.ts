/** The loop of constraint refinement around the active set. */
import type { Status } from '../status.js';
import type { ActiveSet } from './active-set.js';

/**
 * After first rounds that ended with `status`:
 *
 *   repeat   find violated rows at the optimum so far;   if there are none: refine it once and look again
 *            optimum <- round with these rows
 *   until    none is violated at a refined optimum, or a round is not `solved`
 *
 * Weights that are sums of large multipliers violate bounds by rounding alone, and a round for these breaks others: after a round for bounds
 * alone only those count that are violated by ten times as much.
 *
 * `violated` gives rows to take up, most urgent first; `round` takes them up (`ActiveSet.round`).
 */
export function refineRounds<Row>(
  solver: ActiveSet,
  status: Status,
  roundLimit: number,
  violated: () => Row[],
  round: (rows: Row[]) => Status,
): Status {
  let refined = false;
  let tolerance = solver.tolerance;
  while (status === 'solved') {
    const rows = violated();
    if (rows.length === 0 && solver.violatedBounds(tolerance) === 0) {
      if (refined) break;
      solver.refine();
      refined = true;
    } else if (solver.counters.rounds === roundLimit) {
      status = 'roundLimit';
    } else {
      refined = false;
      tolerance = (rows.length === 0 ? 10 : 1) * solver.tolerance;
      status = round(rows);
    }
  }
  return status;
}
