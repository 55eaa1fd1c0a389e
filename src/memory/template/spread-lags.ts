/**
 * The H of spread.ts where no spike changes the neuron. A delay then only shifts the potential, so that an entry depends on the lag
 * of two synapses alone, and is the same for all neurons that hear the source:
 *
 *   (H_s)_kl = R_s(d_k - d_l),     R_s(u) = (1/T) sum of c(u - (t - t')) over the spikes t, t' of s in all periods,
 *   c(u) = int h(t) h(t + |u|) dt = e^2/4 beta (1 + |u| / beta) e^{-|u| / beta}.
 *
 * Lags fall into cells [begin, begin + 1). Of the differences x of a train from the begin of a cell, those up to a place p contribute
 * there e^{-p} ((1 + p) sum of e^x - sum of x e^x), and those beyond it the same with 1 - p and 1 - x: sums that are kept for every p.
 * A cell is found when a lag first falls into it, and kept, that of several memories as one. What it holds does not depend on who asked.
 */
import { countUntil, decay, exp } from '../../core/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { everyPeriod, KERNEL_DRIVE } from './kernel.js';

/** Numbers kept; beyond them all cells are found anew. */
const MOST_KEPT = 1 << 23;

/** The sums of e^y and y e^y over the differences y <= 0 of all spikes from a spike, or from a moment. */
type Sums = [number, number];

/** Those x later. */
function faded([sum, moment]: Sums, x: number): Sums {
  const e = decay(x);
  return [sum * e, (moment - x * sum) * e];
}

/** One period of a spike train that repeats for ever, in time constants, with the sums of every spike, itself included. */
interface Train {
  readonly times: Float64Array;
  readonly period: number;
  /** Over the spikes before it. */
  readonly earlier: readonly Sums[];
  /** Over the spikes after it, of which y is the time from them back to it. */
  readonly later: readonly Sums[];
}

/** Walks round the circle, each gap being that before a spike; twice, of which the first turn finds what all periods leave. */
function sumsOver(gaps: readonly number[], period: number): Sums[] {
  const turn = (begin: Sums) => {
    let sums = begin;
    return gaps.map((gap) => {
      const [sum, moment] = faded(sums, gap);
      sums = [sum + 1, moment];
      return sums;
    });
  };
  if (gaps.length === 0) return [];
  const [sum, moment] = turn([0, 0])[gaps.length - 1];
  const [level, drive] = everyPeriod(-moment, sum, period);
  return turn([drive, -level]);
}

function trainOf(score: Score, source: number, beta: number): Train {
  const times = spikesOf(score, source).map((time) => time / beta);
  const period = score.period / beta;
  const n = times.length;
  const gaps = Array.from(times, (time, i) => (i > 0 ? time - times[i - 1] : time - times[n - 1] + period));
  const back = gaps.map((_, i) => gaps[(n - i) % n]);
  return { times, period, earlier: sumsOver(gaps, period), later: sumsOver(back, period).reverse() };
}

/**
 * Cells, one behind the other: n, then the n differences x in order, then the sums of e^x and x e^x over all that lie below each of them, and over
 * all; then the same in y = 1 - x over all from each of them on, and over none of them.
 */
interface Cells {
  data: Float64Array;
  used: number;
}

/** The differences of a source's trains, one of every score, that lie in a cell, and the sums over those before and after it. */
function differencesIn(trains: readonly Train[], begin: number): { before: Sums; after: Sums; found: number[] } {
  const [before, after]: Sums[] = [
    [0, 0],
    [0, 0],
  ];
  const found: number[] = [];
  const add = (total: Sums, [sum, moment]: Sums) => {
    total[0] += sum;
    total[1] += moment;
  };
  for (const { times, period, earlier, later } of trains) {
    const n = times.length;
    for (const time of times) {
      const from = time + begin;
      let lap = Math.floor(from / period) * period;
      let j = countUntil(times, from - lap, 'left') - 1;
      /** By how much spike j lies after the begin of the cell. */
      const place = () => times[j] + lap - time - begin;
      const step = (by: 1 | -1) => {
        j += by;
        if (j === n) [j, lap] = [0, lap + period];
        else if (j < 0) [j, lap] = [n - 1, lap - period];
      };
      step(1);
      // By rounding the first one that is not before the cell may be another one.
      while (place() < 0) step(1);
      do step(-1);
      while (place() >= 0);
      add(before, faded(earlier[j], -place()));
      for (step(1); place() < 1; step(1)) found.push(place());
      add(after, faded(later[j], place() - 1));
    }
  }
  return { before, after, found };
}

/** Adds a cell; returns where it begins. */
function addCell(cells: Cells, trains: readonly Train[], begin: number): number {
  const { before, after, found } = differencesIn(trains, begin);
  const count = found.length;
  const cell = cells.used;
  const [within, below, above] = placesOf(cell, count);
  cells.used = above + 2 * count + 2;
  if (cells.used > cells.data.length) {
    const larger = new Float64Array(2 * cells.used);
    larger.set(cells.data.subarray(0, cell));
    cells.data = larger;
  }
  const { data } = cells;
  data[cell] = count;
  data.set(found, within);
  data.subarray(within, below).sort();
  data.set(before, below);
  data.set(after, above + 2 * count);
  for (let i = 0; i < count; i++) {
    const x = data[within + i];
    const e = exp(x);
    data[below + 2 * i + 2] = data[below + 2 * i] + e;
    data[below + 2 * i + 3] = data[below + 2 * i + 1] + x * e;
  }
  for (let i = count - 1; i >= 0; i--) {
    const y = 1 - data[within + i];
    const e = exp(y);
    data[above + 2 * i] = data[above + 2 * i + 2] + e;
    data[above + 2 * i + 1] = data[above + 2 * i + 3] + y * e;
  }
  return cell;
}

/** Where a cell has its differences, and its two kinds of sums. */
const placesOf = (cell: number, count: number): [within: number, below: number, above: number] => {
  const within = cell + 1;
  const below = within + count;
  return [within, below, below + 2 * count + 2];
};

/** e^{-1} */
const END = exp(-1);

/** The sum of (1 + |x|) e^{-|x|} over the distances x of all differences from the place of a lag in its cell. */
function sumAt(data: Float64Array, cell: number, place: number): number {
  const rest = 1 - place;
  const count = data[cell];
  const [within, below, above] = placesOf(cell, count);
  const passed = 2 * countUntil(data, place, 'left', within, below);
  const e = decay(place);
  const [low, high] = [below + passed, above + passed];
  return e * (data[low] * (1 + place) - data[low + 1]) + (END / e) * (data[high] * (1 + rest) - data[high + 1]);
}

/** The scores have one period. */
function correlationsOf(scores: readonly Score[], beta: number): (source: number, lag: number) => number {
  const period = scores[0].period / beta;
  const unit = (KERNEL_DRIVE * KERNEL_DRIVE * beta) / (4 * scores[0].period);
  const cells: Cells = { data: new Float64Array(1 << 12), used: 0 };
  /** Where they begin, by source and column. */
  let begins: (number | undefined)[][] = [];
  const trains = new Map<number, Train[]>();
  const cellOf = (source: number, column: number) => {
    const known = begins[source]?.[column];
    if (known !== undefined) return known;
    const own = trains.get(source) ?? scores.map((score) => trainOf(score, source, beta));
    trains.set(source, own);
    if (cells.used > MOST_KEPT) {
      begins = [];
      cells.used = 0;
    }
    const cell = addCell(cells, own, column);
    begins[source] ??= [];
    begins[source][column] = cell;
    return cell;
  };
  return (source, lag) => {
    const away = Math.abs(lag / beta);
    const whole = away < period ? away : away % period;
    const folded = Math.min(whole, period - whole);
    const column = Math.floor(folded);
    const cell = cellOf(source, column);
    return unit * sumAt(cells.data, cell, folded - column);
  };
}

interface Known {
  readonly scores: readonly Score[];
  readonly beta: number;
  readonly correlation: ReturnType<typeof correlationsOf>;
}

const known = new WeakMap<Score, Known>();

/**
 * The sum of the R_s(u) of scores of one period, in thresholds squared per weight squared.
 * @param beta the time constant of the kernel, in refractory periods
 */
export function lagCorrelation(scores: readonly Score[], beta: number): (source: number, lag: number) => number {
  const last = known.get(scores[0]);
  const same = (other: readonly Score[]) =>
    other.length === scores.length && other.every((one, i) => one === scores[i]);
  if (last && last.beta === beta && same(last.scores)) return last.correlation;
  const correlation = correlationsOf(scores, beta);
  known.set(scores[0], { scores, beta, correlation });
  return correlation;
}
