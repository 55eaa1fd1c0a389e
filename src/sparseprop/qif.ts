/**
 * The quadratic integrate-and-fire (theta) neuron, F = V^2 + I, reset -infinity, threshold infinity, a = sqrt(I):
 *
 *   r(V) = acot(V / a) / a,   v(r) = a cot(a r),   T = pi / a,   acot = pi / 2 - atan in (0, pi),
 *   p(V) = (u / (1 + u^2) - acot u) / (2 a^3),   u = V / a.
 *
 * Its phase is 2 atan(V / a) = pi - 2 a r. Kicks never reach the threshold; r' < T, and a neuron that has just been reset (r = T) stays
 * there whatever arrives. d = sin^2(a r') / sin^2(a r) may exceed 1.
 */
import { atan, tan } from '../core/index.js';
import { type Neuron, needDrive } from './neuron.js';

const HALF = Math.PI / 2;

/** acot x in (0, pi), with all digits also where it is small. */
const acot = (x: number): number => (x > 1 ? atan(1 / x) : HALF - atan(x));
/** cot x for 0 < x < pi, with all digits around pi / 2 and at both ends. */
const cot = (x: number): number => (x < 1 || x > 2 ? 1 / tan(x) : tan(HALF - x));

const roots = { drive: Number.NaN, root: 0 };
/** a; the last one is kept, as most networks have one drive. */
function rootOf(drive: number): number {
  if (drive !== roots.drive) {
    roots.drive = drive;
    roots.root = Math.sqrt(drive);
  }
  return roots.root;
}

const voltage = (r: number, drive: number): number => {
  const a = rootOf(drive);
  const x = a * r;
  if (x >= Math.PI) return Number.NEGATIVE_INFINITY;
  return x <= 0 ? Number.POSITIVE_INFINITY : a * cot(x);
};
const timeToSpike = (v: number, drive: number): number => acot(v / rootOf(drive)) / rootOf(drive);

/** QIF. */
export const qif: Neuron = {
  name: 'qif',
  reset: Number.NEGATIVE_INFINITY,
  threshold: Number.POSITIVE_INFINITY,
  flow: (v, drive) => v * v + drive,
  curvature: (v) => 2 * v,
  timeToSpike,
  voltage,
  driveSlope(v, drive) {
    const a = rootOf(drive);
    const u = v / a;
    const part = Math.abs(u) > 1e150 ? 0 : u / (1 + u * u);
    return (part - acot(u)) / (2 * a * drive);
  },
  kick(r, weight, drive) {
    const v = voltage(r, drive);
    return Number.isFinite(v) ? timeToSpike(v + weight, drive) : r;
  },
  slopes(r, _, weight, drive, out) {
    const v = voltage(r, drive);
    if (!Number.isFinite(v)) {
      out.d = 1;
      out.weight = 0;
      out.drive = 0;
      return;
    }
    const x = v + weight;
    const flow = x * x + drive;
    // Both squares may overflow, far above any threshold.
    out.d = Math.abs(v) > 1e150 ? 1 : (v * v + drive) / flow;
    out.weight = -1 / flow;
    out.drive = qif.driveSlope(x, drive) - out.d * qif.driveSlope(v, drive);
  },
  check: (drive) => needDrive('QIF', drive, 0, 'or they rest below their threshold'),
};
