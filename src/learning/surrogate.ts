/**
 * Surrogates of the spike function. A spike is a step of the distance x from the threshold; its derivative is zero nearly
 * everywhere, and a bump f takes its place in the backward pass. With sharpness b, in 1 / unit of x, and t = b |x|:
 *
 *   fast sigmoid   f = 1 / (1 + t)^2           sigma = x / (1 + t)          (SuperSpike: Zenke and Ganguli 2018, eq. 3)
 *   triangle       f = max(0, 1 - t)           sigma = x (1 - t / 2)        (Esser 2016, Bellec 2018); t <= 1
 *   Gaussian       f = e^{-t^2 / 2}            sigma = int_0^x f            (Yin 2021)
 *   sigmoid        f = 4 s (1 - s)             sigma = (4 s - 2) / b        s = 1 / (1 + e^{-b x})
 *   arctangent     f = 1 / (1 + (pi t / 2)^2)  sigma = atan(pi b x / 2) 2 / (pi b)    (Fang 2021)
 *
 * All have f = sigma', f(0) = 1, f even, sigma odd. Replacing the step by sigma gives a smooth cell whose exact gradient is
 * what the surrogate computes: by it gradients are checked. f' is what a loss of the surrogate's own Jacobians needs.
 */
import { atan, demandPositive, exp } from '../core/index.js';

/** A smooth stand-in for the step of a spike: f in the backward pass, sigma where gradients are checked. */
export interface Surrogate {
  /** sigma(x): the smooth spike, odd, zero at the threshold. */
  spike(x: number): number;
  /** f(x) = sigma'(x). */
  slope(x: number): number;
  /** f'(x). */
  curvature(x: number): number;
}

/** f = 1 / (1 + b |x|)^2 with sharpness b (SuperSpike: Zenke and Ganguli 2018, eq. 3). */
export function fastSigmoid(sharpness: number): Surrogate {
  demandPositive('the sharpness', sharpness);
  return {
    spike: (x) => x / (1 + sharpness * Math.abs(x)),
    slope(x) {
      const root = 1 / (1 + sharpness * Math.abs(x));
      return root * root;
    },
    curvature(x) {
      const root = 1 / (1 + sharpness * Math.abs(x));
      return -2 * sharpness * Math.sign(x) * root * root * root;
    },
  };
}

/** f = max(0, 1 - b |x|) with sharpness b (Esser 2016, Bellec 2018). */
export function triangle(sharpness: number): Surrogate {
  demandPositive('the sharpness', sharpness);
  return {
    spike(x) {
      const inside = Math.max(-1 / sharpness, Math.min(1 / sharpness, x));
      return inside * (1 - 0.5 * sharpness * Math.abs(inside));
    },
    slope: (x) => Math.max(0, 1 - sharpness * Math.abs(x)),
    curvature: (x) => (sharpness * Math.abs(x) < 1 ? -sharpness * Math.sign(x) : 0),
  };
}

/** f = e^{-(b x)^2 / 2} with sharpness b (Yin 2021). */
export const gaussian = (sharpness: number): Surrogate => {
  demandPositive('the sharpness', sharpness);
  const slope = (x: number) => exp((-sharpness * sharpness * x * x) / 2);
  return {
    spike(x) {
      const t = sharpness * x;
      // Beyond nine deviations the integral has come to its end. The series has positive terms only.
      if (Math.abs(t) > 9) return (Math.sign(t) * Math.sqrt(Math.PI / 2)) / sharpness;
      let [sum, term] = [0, t];
      for (let n = 1; sum + term !== sum; n++) {
        sum += term;
        term *= (t * t) / (2 * n + 1);
      }
      return (slope(x) * sum) / sharpness;
    },
    slope,
    curvature: (x) => -sharpness * sharpness * x * slope(x),
  };
};

/** The derivative of the logistic function. */
export const sigmoidSlope = (sharpness: number): Surrogate => {
  demandPositive('the sharpness', sharpness);
  const fade = (x: number) => exp(-sharpness * Math.abs(x));
  return {
    spike(x) {
      const u = fade(x);
      return (Math.sign(x) * 2 * (1 - u)) / (sharpness * (1 + u));
    },
    slope(x) {
      const u = fade(x);
      return (4 * u) / ((1 + u) * (1 + u));
    },
    curvature(x) {
      const u = fade(x);
      return (-4 * sharpness * Math.sign(x) * u * (1 - u)) / ((1 + u) * (1 + u) * (1 + u));
    },
  };
};

/** f = 1 / (1 + (pi b x / 2)^2) with sharpness b (Fang 2021). */
export const arctangent = (sharpness: number): Surrogate => {
  demandPositive('the sharpness', sharpness);
  const c = (Math.PI * sharpness) / 2;
  const slope = (x: number) => 1 / (1 + c * x * c * x);
  return {
    spike: (x) => atan(c * x) / c,
    slope,
    curvature: (x) => -2 * c * c * x * slope(x) * slope(x),
  };
};
