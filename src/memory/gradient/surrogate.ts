/**
 * Surrogates of the spike function. A spike is a step of the potential's distance x = z - theta from the threshold; its
 * derivative is zero nearly everywhere, and a bounded bump f takes its place in the backward pass:
 *
 *   fast sigmoid  sigma(x) = x / (1 + b |x|)              f(x) = 1 / (1 + b |x|)^2        (Zenke and Ganguli 2018, eq. 3)
 *   triangle      sigma(x) = x (1 - b |x| / 2), |x| < 1/b   f(x) = max(0, 1 - b |x|)      (Esser 2016, Bellec 2018)
 *
 * f = sigma', f(0) = 1 and b is the steepness in 1 / threshold. Replacing the step by sigma gives a smooth cell whose
 * exact gradient is what the surrogate computes: by it gradients are checked.
 */
export interface Surrogate {
  /** sigma(x): the smooth step, odd, zero at the threshold. */
  value(x: number): number;
  /** f(x) = sigma'(x). */
  slope(x: number): number;
}

export const fastSigmoid = (steepness: number): Surrogate => ({
  value: (x) => x / (1 + steepness * Math.abs(x)),
  slope(x) {
    const root = 1 / (1 + steepness * Math.abs(x));
    return root * root;
  },
});

export const triangle = (steepness: number): Surrogate => ({
  value(x) {
    const inside = Math.max(-1 / steepness, Math.min(1 / steepness, x));
    return inside * (1 - 0.5 * steepness * Math.abs(inside));
  },
  slope: (x) => Math.max(0, 1 - steepness * Math.abs(x)),
});
