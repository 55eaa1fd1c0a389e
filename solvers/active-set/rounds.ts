/** The loop of constraint refinement around the active set. */
import type { Status } from '../status.js';
import type { ActiveSet } from './active-set.js';

/** Rounds from which on every optimum is refined before it is looked at. */
const MANY_ROUNDS = 60;
/** How often a refined optimum may turn out to violate something. */
const MOST_SPOILED = 3;

/**
 * After first rounds that ended with `status`:
 *
 *   repeat   find violated rows at the optimum so far;   if there are none: refine it once and look again
 *            optimum <- round with these rows
 *   until    none is violated at a refined optimum, or a round is not `solved`
 *
 * Weights that are sums of large multipliers violate bounds by rounding alone, and a round for these breaks others: after a round for bounds
 * alone only those count that are violated by ten times as much. Where two active rows all but coincide the last digits of the weights decide
 * which of them is violated, for ever: `violated` is told once refined optima have been spoiled a few times, and may leave more alone then.
 *
 * Rounds are that many where nearly coincident rows are active, whose rounded weights violate new ones for ever.
 *
 * `violated` gives rows to take up, most urgent first; `round` takes them up (`ActiveSet.round`).
 */
export function refineRounds<Row>(
  solver: ActiveSet,
  status: Status,
  roundLimit: number,
  violated: (spoiled: boolean) => Row[],
  round: (rows: Row[]) => Status,
): Status {
  let refined = false;
  let spoiled = 0;
  let tolerance = solver.tolerance;
  while (status === 'solved') {
    if (!refined && solver.counters.rounds > MANY_ROUNDS) {
      solver.refine();
      refined = true;
    }
    const rows = violated(spoiled > MOST_SPOILED);
    if (rows.length === 0 && solver.violatedBounds(tolerance) === 0) {
      if (refined) break;
      solver.refine();
      refined = true;
    } else if (solver.counters.rounds === roundLimit) {
      status = 'roundLimit';
    } else {
      if (refined) spoiled++;
      refined = false;
      tolerance = (rows.length === 0 ? 10 : 1) * solver.tolerance;
      status = round(rows);
    }
  }
  return status;
}
