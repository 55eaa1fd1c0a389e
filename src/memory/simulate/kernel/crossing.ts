// The first crossing of z(x) = (a + b x) e^{-x} with a threshold, in closed form up to a Newton step.

import { randomLn } from "./random";

/** A peak this close below the threshold, relative to it, touches it. */
export const TOUCH: f64 = 2e-13;

/** f(x) = a + b x - threshold e^x has the sign of z - threshold. */
@inline
function excess(a: f64, b: f64, x: f64, threshold: f64): f64 {
  return a + b * x - threshold * Math.exp(x);
}

/** The first x in [from, to] where (a + b x) e^{-x} reaches the threshold, or NaN. */
@inline
export function simulateCrossing(a: f64, b: f64, from: f64, to: f64, threshold: f64): f64 {
  if (excess(a, b, from, threshold) >= 0) return from;
  // f is concave: its top is at e^x = b / threshold.
  let top = to;
  if (b < threshold * Math.exp(to)) top = b > threshold * Math.exp(from) ? randomLn(b / threshold) : from;
  top = Math.min(Math.max(top, from), to);
  const height = excess(a, b, top, threshold);
  if (!(height >= -TOUCH * threshold * Math.exp(top))) return NaN;
  if (height <= 0) return top;
  // Newton from the left of the first root of a concave function never passes it.
  let x = from;
  for (let i = 0; i < 100; i++) {
    const growth = threshold * Math.exp(x);
    const next = x - (a + b * x - growth) / (b - growth);
    if (!(next > x)) break;
    x = Math.min(next, top);
  }
  return x;
}
