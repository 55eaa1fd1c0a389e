/**
 * The same refinement as `refineByCuts` in another metric:
 *
 *   minimize 1/2 w'P w   subject to   n_i . w = b_i or n_i . w >= b_i,   lower <= w <= upper,     P = L L'
 *
 * In x = L'w it is a program of least norm over the normals L^-1 n_i. Bounds are no bounds of x: they become rows,
 * taken up where w violates them.
 */
import { type Arena, demandArray, demandObject } from '../../src/core/index.js';
import { demandBox } from '../box.js';
import { type CutSource, demandSource, type Refined, refineByCuts } from '../cuts.js';
import { BOUND_ROW_VIOLATION } from '../tolerances.js';
import { denseFactor, type Metric } from './factor.js';

const MOST_BOUNDS = 32;

/** A bound as a row: sign w_k >= limit. */
interface BoundCut {
  readonly k: number;
  readonly sign: 1 | -1;
  readonly limit: number;
}

/**
 * Minimizes 1/2 w'P w in a finite box under the cuts of a source, by the active set in the variables L'w, where P = L L'.
 * Nothing is judged. The weights at the pointer that is returned are w. One function, longer than most: the loop of cuts
 * beside the change of variables before and after it.
 * @param P positive definite, n x n, row-major, of which what is above the diagonal is not read; or what it makes of rows and weights
 * @param lower n lower bounds
 * @param upper n upper bounds
 * @param roundLimit rounds after which the status is `roundLimit`
 * @throws EngramError `usage` if P is not positive definite
 */
export function refineInMetric<Cut extends object>(
  arena: Arena,
  P: Float64Array | Metric,
  lower: Float64Array,
  upper: Float64Array,
  source: CutSource<Cut>,
  roundLimit: number,
): Refined<Cut> {
  demandObject('the arena', arena);
  demandBox(lower, upper);
  if (P instanceof Float64Array) demandArray('P', P, Float64Array, lower.length * lower.length);
  demandSource(source, roundLimit);
  const n = lower.length;
  const factor = P instanceof Float64Array ? denseFactor(arena, P, n) : P;
  const w = arena.alloc(8 * (n + (n & 1)));
  const read = (x: number) => {
    factor.backward(x, w);
    return arena.f64(w, n);
  };
  const violatedBounds = (values: Float64Array): BoundCut[] => {
    const cuts: (BoundCut & { amount: number })[] = [];
    for (let k = 0; k < n; k++) {
      const [above, below] = [values[k] - upper[k], lower[k] - values[k]];
      if (above > BOUND_ROW_VIOLATION) cuts.push({ k, sign: -1, limit: -upper[k], amount: above });
      else if (below > BOUND_ROW_VIOLATION) cuts.push({ k, sign: 1, limit: lower[k], amount: below });
    }
    return cuts.sort((a, b) => b.amount - a.amount).slice(0, MOST_BOUNDS);
  };
  const none = (value: number) => new Float64Array(factor.width).fill(value);
  const write = (cut: Cut | BoundCut, row: number) => {
    if ('k' in cut) arena.f64(row, n).fill(0)[cut.k] = cut.sign;
    else source.write(cut, row);
  };
  const refined = refineByCuts<Cut | BoundCut>(
    arena,
    none(Number.NEGATIVE_INFINITY),
    none(Number.POSITIVE_INFINITY),
    {
      equalities: source.equalities,
      likely: source.likely,
      violated(x, spoiled) {
        const bounds = violatedBounds(read(x));
        return [...source.violated(w, spoiled), ...bounds];
      },
      gram: factor.gram,
      write,
      writeAll(cuts, pointers) {
        // Side by side, the bounds of late variables have many zeros to pass over.
        const first = (i: number) => (cuts[i] as BoundCut).k ?? 0;
        const order = [...pointers.keys()].sort((i, j) => first(i) - first(j));
        for (let i = 0; i < order.length; i += 4) {
          const four = order.slice(i, i + 4);
          factor.forward(
            four.map((one) => pointers[one]),
            first(order[i]),
            (one, row) => write(cuts[four[one]], row),
          );
        }
      },
      limit: (cut) => ('k' in cut ? cut.limit : source.limit(cut)),
      // Where `violated` has left them.
      isHopeless: () => source.isHopeless?.(w) ?? false,
    },
    roundLimit,
  );
  const values = read(refined.weights);
  // Rows miss their bounds by rounding: a weight that is held at 0 is 0, and has no sign.
  for (const cut of refined.cuts) if ('k' in cut) values[cut.k] = cut.sign * cut.limit;
  for (let k = 0; k < n; k++) values[k] = Math.min(Math.max(values[k], lower[k]), upper[k]);
  const own = [...refined.cuts.keys()].filter((i) => !('k' in refined.cuts[i]));
  return {
    ...refined,
    weights: w,
    cuts: own.map((i) => refined.cuts[i] as Cut),
    multipliers: Float64Array.from(own, (i) => refined.multipliers[i]),
  };
}
