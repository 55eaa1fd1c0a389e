/**
 * Variables whose value can be told before a solve:
 *
 *   fixed      lb = ub
 *   alone      in no row, P diagonal there: x = -q / P within its bounds
 *   pushed     no curvature, and the cost and all rows let it fall to its lower bound (or rise to its upper one)
 */
import { fix, hessianRow, type Tableau } from './tableau.js';

/** Looks at variable k; whether it has been taken away. */
export function reduceColumn(t: Tableau, k: number): boolean {
  const value = settledValue(t, k);
  if (value === undefined) return false;
  fix(t, k, value);
  return true;
}

function settledValue(t: Tableau, k: number): number | undefined {
  const [lb, ub, q] = [t.lb[k], t.ub[k], t.program.q[k]];
  if (lb === ub) return lb;
  const { flat, diagonal } = hessianRow(t.program, k);
  if (diagonal === undefined) return undefined;
  const { falls, rises, alone } = freedomOf(t, k);
  if (!flat) return alone ? Math.min(Math.max(-q / diagonal, lb), ub) : undefined;
  if (q >= 0 && falls && lb > Number.NEGATIVE_INFINITY) return lb;
  if (q <= 0 && rises && ub < Number.POSITIVE_INFINITY) return ub;
  return q === 0 && alone ? 0 : undefined;
}

/** Whether no row minds that variable k falls, or rises, and whether it is in no row at all. */
function freedomOf({ columns, rowStays, l, u }: Tableau, k: number) {
  const freedom = { falls: true, rises: true, alone: true };
  for (let p = columns.starts[k]; p < columns.starts[k + 1]; p++) {
    const i = columns.columns[p];
    if (!rowStays[i]) continue;
    const positive = columns.values[p] > 0;
    if ((positive ? l : u)[i] !== (positive ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY))
      freedom.falls = false;
    if ((positive ? u : l)[i] !== (positive ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY))
      freedom.rises = false;
    freedom.alone = false;
  }
  return freedom;
}
