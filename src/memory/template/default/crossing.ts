/** When a potential crosses a threshold: for simulators, and for what a neuron would do on its own. */
import { exp, ln } from '../../../core/index.js';

/**
 * The first x in [from, to] with (a + b x) e^{-x} >= threshold, or NaN. A peak that falls short of the
 * threshold by no more than rounding touches it.
 */
export function firstCrossing(a: number, b: number, from: number, to: number, threshold: number): number {
  // f(x) = a + b x - threshold e^x has the sign of z - threshold, and is concave for threshold >= 0.
  const f = (x: number) => a + b * x - threshold * exp(x);
  if (f(from) >= 0) return from;
  const peak = threshold > 0 ? (b > threshold * exp(from) ? ln(b / threshold) : from) : to;
  const top = Math.min(Math.max(peak, from), to);
  const height = f(top);
  if (!(height >= -TOUCH * threshold * exp(top))) return Number.NaN;
  if (height <= 0) return top;
  // Newton from the left of a concave function's first root never passes it.
  let x = from;
  for (let i = 0; i < 100; i++) {
    const next = x - f(x) / (b - threshold * exp(x));
    if (!(next > x)) break;
    x = Math.min(next, top);
  }
  return x;
}

/** How far below the threshold, relative to it, a peak still counts as touching. */
const TOUCH = 2e-13;
