/**
 * The kernel of the default neuron, in units of its time constant:
 *
 *   h(t) = t e^{1-t},     h'(t) = (1 - t) e^{1-t}     for t > 0, zero before;     its peak is h(1) = 1.
 *
 * A sum of kernels is (a + b x) e^{-x}, x after its last arrival. An arrival of weight w adds e w to b (KERNEL_DRIVE is
 * e), and x later the pair is ((a + b x) e^{-x}, b e^{-x}). What repeats every period T adds up to a geometric sum.
 */
import { exp } from '../../core/index.js';

/** What an arrival of weight 1 adds to b. */
export const KERNEL_DRIVE = Math.E;

/** h(t) for t > 0. */
const kernel = (t: number): number => t * exp(1 - t);

/** h'(t) for t > 0. */
export const kernelSlope = (t: number): number => (1 - t) * exp(1 - t);

/**
 * The age beyond which the kernel is below `accuracy` of its peak, rounded up to whole time constants.
 * @param accuracy from 1e-300 up to 1
 */
export function horizonFor(accuracy: number): number {
  let age = 1;
  while (kernel(age) > accuracy) age++;
  return age;
}

/** The pair (a, b) at the end of a period that repeats for ever, from what one period alone leaves there. */
export function everyPeriod(a: number, b: number, period: number): [a: number, b: number] {
  const q = exp(-period);
  const drive = b / (1 - q);
  return [(a + drive * period * q) / (1 - q), drive];
}
