/** The loop of constraint refinement around the active set. */
import type { Status } from '../status.js';
import type { ActiveSet } from './active-set.js';

const changesOf = ({ counters: { additions, removals } }: ActiveSet) => additions + removals;

/**
 * After first rounds that ended with `status`:
 *
 *   repeat   find violated rows at the optimum so far;   if there are none: refine it once and look again
 *            optimum <- round with these rows
 *   until    none is violated at a refined optimum, or a round is not `solved`
 *
 * A bound may be violated by rounding alone, where weights are large beside the tolerance: a round for it neither takes up nor lets
 * go of anything, and another one would do the same. The judge says whether the optimum will do.
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
  let idle = false;
  while (status === 'solved') {
    const rows = violated();
    if (rows.length === 0 && (idle || solver.violatedBounds() === 0)) {
      if (refined) break;
      solver.refine();
      refined = true;
    } else if (solver.counters.rounds === roundLimit) {
      status = 'roundLimit';
    } else {
      refined = false;
      const before = changesOf(solver);
      status = round(rows);
      idle = changesOf(solver) === before;
    }
  }
  return status;
}
