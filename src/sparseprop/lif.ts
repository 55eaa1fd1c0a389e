/**
 * The leaky integrate-and-fire neuron, F = I - V, reset -1, threshold 0:
 *
 *   r(V) = ln((I - V) / I),   v(r) = I (1 - e^r),   T = ln(1 + 1 / I),
 *   r' = ln(e^r - W / I),     for large r  r + log1p(-(W / I) e^-r).
 *
 * With E = e^r and E' = e^r': d = E / E', dn'/dW = -1 / (I E'), dn'/dI = (d - 1) / I; p(V) = 1 / (I - V) - 1 / I.
 * Inhibition contracts: 0 < d < 1.
 */
import { exp, ln, log1p } from '../core/index.js';
import { type Neuron, needDrive } from './neuron.js';

/** Beyond it e^r is left alone. */
const FAR = 600;
/** Beyond it a period is lost in the rounding of 1 + 1 / I. */
const MOST_DRIVE = 1e12;

/** LIF. */
export const lif: Neuron = {
  name: 'lif',
  reset: -1,
  threshold: 0,
  flow: (v, drive) => drive - v,
  curvature: () => -1,
  timeToSpike: (v, drive) => ln((drive - v) / drive),
  voltage: (r, drive) => drive * (1 - exp(r)),
  driveSlope: (v, drive) => 1 / (drive - v) - 1 / drive,
  kick(r, weight, drive) {
    if (r > FAR) return Math.max(0, r + log1p(-(weight / drive) * exp(-r)));
    const after = exp(r) - weight / drive;
    return after > 1 ? ln(after) : 0;
  },
  slopes(r, after, _, drive, out) {
    out.d = exp(r - after);
    out.weight = -exp(-after) / drive;
    out.drive = (out.d - 1) / drive;
  },
  check: (drive) => needDrive('LIF', drive, 0, 'the threshold, or they never fire by themselves', MOST_DRIVE),
};
