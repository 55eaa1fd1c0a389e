/**
 * Lyapunov exponents by QR (Benettin et al. 1980; Geist, Parlitz and Lauterborn 1990).
 *
 * D_t is the Jacobian of step t of a course, n x n. With orthonormal Q_0, n x k, every m steps
 *
 *   D_{t+m-1} ... D_t Q_s = Q_{s+1} R_{s+1},       lambda_i = sum ln R_ii / steps,      i = 1 ... k,
 *
 * the k largest exponents, per step, natural logarithm; the sum begins after the steps that only turn the vectors. Those
 * of time are lambda times steps per time. Which m is taken changes rounding alone, as long as the columns do not come
 * close to each other: an adaptive interval is halved where the largest R_ii passes 50 times the smallest, and doubled
 * below 5 times.
 */
import { demandFunction, demandInteger, demandObject, EngramError, ln, normal, streamKey } from '../core/index.js';
import { demandTall, factorize } from './qr.js';

/** How long a course is followed, and how often its vectors are made orthonormal. */
export interface ExponentPlan {
  /** Steps that only turn the vectors (default 0). */
  readonly skip?: number;
  /** Steps that count, after the skipped ones. */
  readonly steps: number;
  /** Steps between factorizations (default 1); an adaptive interval begins with so many. */
  readonly interval?: number;
  /** Whether the interval follows the spread of the diagonal of R (default: no). */
  readonly adaptive?: boolean;
}

/** The k largest exponents of a course. */
export interface Exponents {
  /** Per step, as the columns come: from the largest on, but for those that are nearly equal. */
  readonly exponents: Float64Array;
  /** How they converged: after so many counted steps, the k estimates, row after row; at most 128 rows. */
  readonly curve: {
    /** Counted steps so far. */
    readonly steps: number[];
    /** k estimates for each of them. */
    readonly estimates: number[];
  };
  /** How many factorizations were made. */
  readonly factorizations: number;
  /** The largest ratio of two entries on a diagonal of R. */
  readonly worst: number;
  /** The last vectors Q, with which another part of the same course may go on. */
  readonly vectors: Float64Array;
}

const [WIDEST, TIGHT] = [50, 5];
const ROWS = 128;

/** n x k orthonormal vectors to begin with: Q of standard normal draws. */
export function startVectors(n: number, k: number, seed: number): Float64Array {
  demandInteger('the number of variables', n, 1);
  if (!(Number.isInteger(k) && k >= 1 && k <= n)) {
    throw new EngramError('usage', `a system of ${n} variables has exponents 1 to ${n}; got ${k} to compute`);
  }
  const key = streamKey(seed, 'lyapunov vectors');
  const vectors = Float64Array.from({ length: n * k }, (_, i) => normal(key, 0, i));
  factorize(vectors, k, new Float64Array(k * k));
  return vectors;
}

/** The same vectors as rows: k x n. */
export function startRows(n: number, k: number, seed: number): Float64Array {
  const vectors = startVectors(n, k, seed);
  return vectors.map((_, at) => vectors[(at % n) * k + Math.floor(at / n)]);
}

/**
 * The exponents of a course.
 * @param tangent replaces the vectors V, n x k row after row, by D_t V; called once for each t = 0, 1, ..., and the place to
 *   take the course itself one step on
 * @param start n x k orthonormal vectors; left as they are
 * @param k how many exponents
 * @throws EngramError `usage` if steps or intervals are no whole numbers
 */
export function lyapunovExponents(
  tangent: (t: number, vectors: Float64Array) => void,
  start: Float64Array,
  k: number,
  plan: ExponentPlan,
): Exponents {
  demandFunction('the tangent map', tangent);
  demandTall('the start', start, k);
  const { skip, steps, interval, adaptive = false } = checked(plan);
  const vectors = start.slice();
  const r = new Float64Array(k * k);
  const sums = new Float64Array(k);
  const curve = { steps: [] as number[], estimates: [] as number[] };
  const end = skip + steps;
  let [m, factorizations, worst] = [interval, 0, 1];
  for (let t = 0; t < end; ) {
    // What counts begins with a factorization of its own.
    const stop = Math.min(t + m, t < skip ? skip : end);
    for (; t < stop; t++) tangent(t, vectors);
    factorize(vectors, k, r);
    factorizations++;
    let [least, most] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < k; i++) {
      const stretch = r[i * k + i];
      least = Math.min(least, stretch);
      most = Math.max(most, stretch);
      if (t > skip) sums[i] += ln(stretch);
    }
    worst = Math.max(worst, most / least);
    if (adaptive && most > WIDEST * least) m = Math.max(1, Math.floor(m / 2));
    else if (adaptive && most < TIGHT * least) m *= 2;
    const counted = t - skip;
    if (counted * ROWS >= (curve.steps.length + 1) * steps) {
      curve.steps.push(counted);
      for (const sum of sums) curve.estimates.push(sum / counted);
    }
  }
  return { exponents: sums.map((sum) => sum / steps), curve, factorizations, worst, vectors };
}

/** A plan with its defaults, if it makes sense. */
export function checked(plan: ExponentPlan): Required<ExponentPlan> {
  demandObject('the plan', plan, ['skip', 'steps', 'interval', 'adaptive']);
  const { skip = 0, steps, interval = 1, adaptive = false } = plan;
  const need = (name: string, value: number, least: number) => {
    if (!(Number.isInteger(value) && value >= least)) {
      throw new EngramError('usage', `${name} must be a whole number of at least ${least}; got ${value}`);
    }
  };
  need('steps to skip', skip, 0);
  need('steps that count', steps, 1);
  need('the interval of factorizations', interval, 1);
  return { skip, steps, interval, adaptive };
}
