/**
 * The H of spread.ts where no spike changes the neuron. A delay then only shifts the potential, so that an entry depends on the lag
 * of two synapses alone, and is the same for all neurons that hear the source:
 *
 *   (H_s)_kl = R_s(d_k - d_l),     R_s(u) = (1/T) sum of c(u - (t - t')) over the spikes t, t' of s in all periods,
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta}.
 *
 * Differences t - t' outside a cell of lags count there by four numbers, as (A + B x) e^{-x} from either side; a cell is found when a
 * lag first falls into it, and kept. What it holds does not depend on who asked.
 */
import { countUntil, decay } from '../../core/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { horizonFor, KERNEL_DRIVE } from './kernel.js';

/** The age beyond which nothing is left that a double could show. */
const MEMORY = horizonFor(1e-18);
/** Numbers kept per score; beyond them all cells are found anew. */
const MOST_KEPT = 1 << 23;

/** A cell [begin, begin + 1) of lags, in time constants. */
interface Cell {
  /** The sums of e^{-x} and x e^{-x} over the differences x before it; and over those x after it. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  /** Those within. */
  readonly within: Float64Array;
}

/** The cell from `begin` on of a train that repeats with its period, in time constants. */
function cellFrom(train: Float64Array, period: number, begin: number): Cell {
  const [before, after] = [
    [0, 0],
    [0, 0],
  ];
  const within: number[] = [];
  const add = (sums: number[], x: number) => {
    const e = decay(x);
    sums[0] += e;
    sums[1] += x * e;
  };
  for (const time of train) {
    const from = time + begin - MEMORY;
    let lap = Math.floor(from / period) * period;
    for (let j = countUntil(train, from - lap, 'left'); ; j++) {
      if (j === train.length) {
        j = 0;
        lap += period;
      }
      const x = train[j] + lap - time - begin;
      if (x >= 1 + MEMORY) break;
      if (x < 0) add(before, -x);
      else if (x >= 1) add(after, x - 1);
      else within.push(x);
    }
  }
  return { before: before as [number, number], after: after as [number, number], within: Float64Array.from(within) };
}

/** The sum of (1 + |x|) e^{-|x|} over the distances x of all differences from the place of a lag in its cell. */
function sumAt({ before, after, within }: Cell, place: number): number {
  const rest = 1 - place;
  let sum = decay(place) * (before[0] * (1 + place) + before[1]) + decay(rest) * (after[0] * (1 + rest) + after[1]);
  for (let i = 0; i < within.length; i++) {
    const x = Math.abs(within[i] - place);
    sum += (1 + x) * decay(x);
  }
  return sum;
}

function correlationsOf(score: Score, beta: number): (source: number, lag: number) => number {
  const period = score.period / beta;
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * score.period);
  const columns = 1 + Math.ceil(period / 2);
  const cells = new Map<number, Cell>();
  let kept = 0;
  const cellOf = (source: number, column: number) => {
    const key = source * columns + column;
    const known = cells.get(key);
    if (known) return known;
    const cell = cellFrom(
      spikesOf(score, source).map((time) => time / beta),
      period,
      column,
    );
    kept += 16 + cell.within.length;
    if (kept > MOST_KEPT) {
      cells.clear();
      kept = 0;
    }
    cells.set(key, cell);
    return cell;
  };
  return (source, lag) => {
    const whole = Math.abs(lag / beta) % period;
    const folded = Math.min(whole, period - whole);
    const column = Math.floor(folded);
    return unit * sumAt(cellOf(source, column), folded - column);
  };
}

const known = new WeakMap<Score, Map<number, ReturnType<typeof correlationsOf>>>();

/**
 * R_s(u) of a score, in thresholds squared per weight squared.
 * @param beta the time constant of the kernel, in refractory periods
 */
export function lagCorrelation(score: Score, beta: number): (source: number, lag: number) => number {
  const ofScore = known.get(score) ?? new Map<number, ReturnType<typeof correlationsOf>>();
  known.set(score, ofScore);
  const found = ofScore.get(beta) ?? correlationsOf(score, beta);
  ofScore.set(beta, found);
  return found;
}
