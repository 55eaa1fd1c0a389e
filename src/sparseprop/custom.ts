/**
 * A neuron from nothing but its f(V), reset and threshold, dV/dt = f(V) + I. Times to the spike come from tables (table.ts): one page
 * from reset to threshold, and below the reset, where inhibition takes neurons, further pages of doubling width, made when asked for.
 * Where the threshold is infinite, the table ends at `edge` and `tail` says how long it takes from there.
 */
import { demandObject, EngramError } from '../core/index.js';
import { kickByVoltage, type Neuron, slopesByVoltage } from './neuron.js';
import { type Table, tabulate } from './table.js';

/** A user's own neuron. */
export interface NeuronSpec {
  /** Its name in messages and files (default: custom). */
  readonly name?: string;
  /** dV/dt without the drive, which is added. */
  f(v: number): number;
  /** Where V goes after a spike; finite. */
  readonly reset: number;
  /** Where it spikes; Infinity needs `edge` and `tail`. */
  readonly threshold: number;
  /** With an infinite threshold: where the tables end. */
  readonly edge?: number;
  /** With an infinite threshold: the time from V >= edge to infinity. */
  tail?(v: number, drive: number): number;
}

const CELLS = 1 << 14;
const MOST_PAGES = 64;
/** Places between reset and threshold where f + I is looked at. */
const LOOKS = 4096;

interface Pages {
  readonly drive: number;
  readonly times: Table[];
  readonly slopes: Table[];
}

/** The neuron of a specification. Throws `usage` if reset and threshold make none. */
export function customNeuron(spec: NeuronSpec): Neuron {
  demandObject('the neuron', spec);
  const { name = 'custom', reset, threshold, tail } = spec;
  const usage = (text: string) => new EngramError('usage', `neuron "${name}": ${text}`);
  if (typeof spec.f !== 'function') throw usage('f must be a function of the voltage');
  if (!Number.isFinite(reset))
    throw usage(`the reset must be finite, such as -1000 for one from far below; got ${reset}`);
  if (!(threshold > reset)) throw usage(`the threshold must lie above the reset ${reset}; got ${threshold}`);
  if (threshold === Number.POSITIVE_INFINITY && !(tail && spec.edge !== undefined && spec.edge > reset)) {
    throw usage(
      'an infinite threshold needs "edge", a voltage above the reset, and "tail(v, drive)", the time from there; or give a finite threshold',
    );
  }
  const high = threshold === Number.POSITIVE_INFINITY ? (spec.edge as number) : threshold;
  const flow = (v: number, drive: number) => spec.f(v) + drive;
  const beyond = (v: number, drive: number) => (tail && v >= high ? tail(v, drive) : 0);
  const must = (v: number, drive: number) => {
    const value = flow(v, drive);
    if (!(value > 0 && Number.isFinite(value))) {
      throw usage(
        `f(V) + drive must be above 0 wherever V passes; at V = ${Number(v.toPrecision(6))} it is ${value} with drive ${drive}`,
      );
    }
    return value;
  };
  let pages: Pages = { drive: Number.NaN, times: [], slopes: [] };
  const pageOf = (kind: 'times' | 'slopes', index: number, drive: number): Table => {
    if (pages.drive !== drive) pages = { drive, times: [], slopes: [] };
    const made = pages[kind];
    while (made.length <= index) {
      if (made.length >= MOST_PAGES) throw usage('a voltage fell beyond all bounds; make weights smaller');
      const span = high - reset;
      const page = made.length;
      // Page 0 ends at the reset, page p spans 2^(p - 1) as much below.
      const top = page === 0 ? high : made[page - 1].low;
      const low = page === 0 ? reset : page === 1 ? top - span : top - 2 * (made[page - 1].high - made[page - 1].low);
      const g =
        kind === 'times' ? (v: number) => 1 / must(v, drive) : (v: number) => -1 / (must(v, drive) * must(v, drive));
      made.push(tabulate(g, low, top, CELLS));
    }
    return made[index];
  };
  /** Sum of a kind of table from V up. */
  const above = (kind: 'times' | 'slopes', v: number, drive: number): number => {
    let sum = 0;
    for (let index = 0; ; index++) {
      const page = pageOf(kind, index, drive);
      if (v >= page.low) return sum + page.at(v);
      sum += page.total;
    }
  };
  const timeToSpike = (v: number, drive: number) =>
    v >= high ? beyond(v, drive) : beyond(high, drive) + above('times', v, drive);
  const tailSlope = (v: number, drive: number) => {
    const h = 1e-5 * Math.max(1, Math.abs(drive));
    return (beyond(v, drive + h) - beyond(v, drive - h)) / (2 * h);
  };
  const voltage = (r: number, drive: number): number => {
    let left = r - beyond(high, drive);
    if (left < 0) return inTail(r, drive);
    for (let index = 0; ; index++) {
      const page = pageOf('times', index, drive);
      if (left <= page.total) return page.inverse(left);
      left -= page.total;
    }
  };
  /** V beyond the edge with r to go: doubling, then bisection. */
  const inTail = (r: number, drive: number): number => {
    let [low, width] = [high, Math.max(1, Math.abs(high))];
    while (beyond(low + width, drive) > r && width < 1e300) width *= 2;
    for (let k = 0; k < 80; k++) {
      width /= 2;
      if (beyond(low + width, drive) > r) low += width;
    }
    return low + width;
  };
  const neuron: Neuron = {
    name,
    reset,
    threshold,
    flow,
    curvature(v) {
      const h = 1e-5 * Math.max(1, Math.abs(v));
      return (spec.f(v + h) - spec.f(v - h)) / (2 * h);
    },
    timeToSpike,
    voltage,
    driveSlope: (v, drive) => (v >= high ? tailSlope(v, drive) : tailSlope(high, drive) + above('slopes', v, drive)),
    kick: (r, weight, drive) => kickByVoltage(neuron, r, weight, drive),
    slopes: (r, _, weight, drive, out) => slopesByVoltage(neuron, r, weight, drive, out),
    check(drive) {
      for (let k = 0; k <= LOOKS; k++) must(reset + ((high - reset) * k) / LOOKS, drive);
    },
  };
  return neuron;
}
