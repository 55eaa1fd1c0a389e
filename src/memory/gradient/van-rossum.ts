/**
 * The van Rossum loss of periodic spike trains, on the points t_g = g d of a grid (van Rossum 2001):
 *
 *   L = 1/2 int E(t)^2 dt,     E = alpha * (S_target - S),     alpha(t) = (e^{-t/p} - e^{-t/r}) / (p - r),  t > 0
 *
 * with the decay p = 1 and the rise r = 1/2 in refractory periods; alpha has unit area and the convolution goes around the
 * circle. Spikes keep their exact times: one that lies x before its grid point enters as e^{-x/p} and e^{-x/r}.
 * What a change of S at t_g does to L is -C(t_g), C the correlation of E with alpha.
 */
import { exp } from '../../core/index.js';

const [DECAY, RISE] = [1, 0.5];

export interface Kicks {
  /** What arrives at each grid point, seen by the slow and by the fast exponential. */
  readonly slow: Float64Array;
  readonly fast: Float64Array;
}

export interface VanRossum {
  readonly step: number;
  kicks(): Kicks;
  /** Adds a spike, or `mass` of one, at a time of the circle. */
  add(to: Kicks, time: number, mass: number): void;
  /** Writes alpha * S at the grid points. */
  convolve(kicks: Kicks, out: Float64Array): void;
  /** Writes C(t_g) = d sum_h E(t_h) alpha(t_h - t_g). */
  correlate(error: Float64Array, out: Float64Array): void;
  /** 1/2 d sum_g E_g^2. */
  loss(error: Float64Array): number;
  /** Multiply-adds of a convolution, and of a correlation. */
  readonly macs: number;
}

export function createVanRossum(period: number, cells: number): VanRossum {
  const step = period / cells;
  const scale = 1 / (DECAY - RISE);
  const [slow, fast] = [exp(-step / DECAY), exp(-step / RISE)];
  // One period of decay closes the circle.
  const [wholeSlow, wholeFast] = [1 / (1 - exp(-period / DECAY)), 1 / (1 - exp(-period / RISE))];
  return {
    step,
    macs: 8 * cells,
    kicks: () => ({ slow: new Float64Array(cells), fast: new Float64Array(cells) }),
    add(to, time, mass) {
      const turned = time - Math.floor(time / period) * period;
      const g = Math.ceil(turned / step);
      const x = g * step - turned;
      const cell = g < cells ? g : g - cells;
      to.slow[cell] += mass * exp(-x / DECAY);
      to.fast[cell] += mass * exp(-x / RISE);
    },
    convolve(kicks, out) {
      let [u, v] = [0, 0];
      for (let g = 0; g < cells; g++) {
        u = u * slow + kicks.slow[g];
        v = v * fast + kicks.fast[g];
      }
      u *= wholeSlow;
      v *= wholeFast;
      for (let g = 0; g < cells; g++) {
        u = u * slow + kicks.slow[g];
        v = v * fast + kicks.fast[g];
        out[g] = scale * (u - v);
      }
    },
    correlate(error, out) {
      let [u, v] = [0, 0];
      for (let g = cells - 1; g >= 0; g--) {
        u = u * slow + error[g];
        v = v * fast + error[g];
      }
      u *= wholeSlow;
      v *= wholeFast;
      for (let g = cells - 1; g >= 0; g--) {
        u = u * slow + error[g];
        v = v * fast + error[g];
        out[g] = step * scale * (u - v);
      }
    },
    loss(error) {
      let sum = 0;
      for (let g = 0; g < cells; g++) sum += error[g] * error[g];
      return (step * sum) / 2;
    },
  };
}
