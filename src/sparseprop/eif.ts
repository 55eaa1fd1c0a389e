/**
 * The exponential integrate-and-fire neuron, F = -V + D e^{V/D} + I, reset -1, spike at 1000. Its times to the spike, in three pieces:
 *
 *   V >= 2 D        with s = e^{-V/D}:  r = int_0^s D ds / h(s),   h = D + s (I + D ln s)        (e^{-1000/D} is zero)
 *   L <= V < 2 D    a table (table.ts) with steps of 1e-4, from L = -10, or -40 D where that is less
 *   V < L           r = r(L) + ln((I - V) / (I - L)), where e^{V/D} is nothing
 *
 * In the first piece s = x^4, which makes the corner s ln s smooth enough for a rule of five nodes on eight parts. F = h(s) / s there, so that
 * d = (s_X / s_V) h(s_V) / h(s_X) never overflows. The rheobase is -D: any drive above it fires.
 */
import { EngramError, exp, ln } from '../core/index.js';
import { kickByVoltage, type Neuron, needDrive, type Slopes } from './neuron.js';
import { quadrature, type Table, tabulate } from './table.js';

const [RESET, SPIKE, STEP] = [-1, 1000, 1e-4];
/** As many drives as have tables at a time. */
const MOST_DRIVES = 64;
/** Parts of the integral from zero. */
const PARTS = 8;

interface Pieces {
  readonly times: Table;
  /** Derivatives to the drive, made when asked for. */
  slopes: Table | undefined;
  /** s, r and dr/dI at 2 D. */
  readonly corner: number;
  readonly top: number;
  readonly topSlope: number;
}

/** int_0^s g(s) ds with s = x^4, by the rule on equal parts. */
function fromZero(g: (s: number) => number, s: number): number {
  if (!(s > 0)) return 0;
  const end = Math.sqrt(Math.sqrt(s));
  const inner = (x: number) => 4 * x * x * x * g(x * x * x * x);
  let sum = 0;
  for (let part = 0; part < PARTS; part++) sum += quadrature(inner, (end * part) / PARTS, (end * (part + 1)) / PARTS);
  return sum;
}

/** EIF with a spike of width D = `deltaV`. */
export function eif(deltaV = 0.1): Neuron {
  const D = deltaV;
  if (!(D > 0 && D <= 1)) {
    throw new EngramError('usage', `EIF neurons have a width of the spike above 0 and up to 1; got ${D}`);
  }
  const BOTTOM = Math.min(-10, -40 * D);
  const h = (s: number, drive: number) => (s > 0 ? D + s * (drive + D * ln(s)) : D);
  const flow = (v: number, drive: number) => -v + D * exp(v / D) + drive;
  const timeOf = (s: number, drive: number) => fromZero((x) => D / h(x, drive), s);
  const slopeOf = (s: number, drive: number) => fromZero((x) => (-D * x) / (h(x, drive) * h(x, drive)), s);
  const kept = new Map<number, Pieces>();
  let last: { drive: number; pieces: Pieces } | undefined;
  const piecesOf = (drive: number): Pieces => {
    if (last?.drive === drive) return last.pieces;
    let pieces = kept.get(drive);
    if (!pieces) {
      if (kept.size >= MOST_DRIVES) {
        throw new EngramError(
          'usage',
          `EIF neurons keep a table for every drive, up to ${MOST_DRIVES} of them; use lif or qif where drives differ more`,
        );
      }
      const cells = Math.round((2 * D - BOTTOM) / STEP);
      const corner = exp(-2);
      pieces = {
        times: tabulate((v) => 1 / flow(v, drive), BOTTOM, 2 * D, cells),
        slopes: undefined,
        corner,
        top: timeOf(corner, drive),
        topSlope: slopeOf(corner, drive),
      };
      kept.set(drive, pieces);
    }
    last = { drive, pieces };
    return pieces;
  };
  const timeToSpike = (v: number, drive: number): number => {
    if (v >= 2 * D) return timeOf(exp(-v / D), drive);
    const { times, top } = piecesOf(drive);
    if (v >= BOTTOM) return top + times.at(v);
    return top + times.total + ln((drive - v) / (drive - BOTTOM));
  };
  const voltage = (r: number, drive: number): number => {
    const { times, top, corner } = piecesOf(drive);
    if (r > top + times.total) return drive - (drive - BOTTOM) * exp(r - top - times.total);
    if (r >= top) return times.inverse(r - top);
    if (r <= 0) return SPIKE;
    // ds/dr = h(s) / D, which is close to 1.
    let s = Math.min(r, corner);
    for (let k = 0; k < 50; k++) {
      const step = ((timeOf(s, drive) - r) * h(s, drive)) / D;
      s -= step;
      if (Math.abs(step) <= 1e-15 * s) break;
    }
    return -D * ln(s);
  };
  const driveSlope = (v: number, drive: number): number => {
    if (v >= 2 * D) return slopeOf(exp(-v / D), drive);
    const pieces = piecesOf(drive);
    const { times, topSlope } = pieces;
    const square = (u: number) => -1 / (flow(u, drive) * flow(u, drive));
    pieces.slopes ??= tabulate(square, times.low, times.high, Math.round((times.high - times.low) / STEP));
    if (v >= BOTTOM) return topSlope + pieces.slopes.at(v);
    return topSlope + pieces.slopes.total + 1 / (drive - v) - 1 / (drive - BOTTOM);
  };
  const neuron: Neuron = {
    name: 'eif',
    reset: RESET,
    threshold: SPIKE,
    flow,
    curvature: (v) => exp(v / D) - 1,
    timeToSpike,
    voltage,
    driveSlope,
    kick: (r, weight, drive) => kickByVoltage(neuron, r, weight, drive),
    slopes(r, _, weight, drive, out: Slopes) {
      const v = voltage(r, drive);
      const x = v + weight;
      if (Math.min(v, x) < 2 * D) {
        const after = flow(x, drive);
        out.d = flow(v, drive) / after;
        out.weight = -1 / after;
      } else {
        const [sv, sx] = [exp(-v / D), exp(-x / D)];
        out.d = (exp(-weight / D) * h(sv, drive)) / h(sx, drive);
        out.weight = -sx / h(sx, drive);
      }
      out.drive = driveSlope(x, drive) - out.d * driveSlope(v, drive);
    },
    check: (drive) => needDrive('EIF', drive, -D, 'their rheobase'),
  };
  return neuron;
}
