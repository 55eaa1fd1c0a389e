/**
 * Clipping of gradients by their Euclidean norm (Pascanu, Mikolov and Bengio 2013):
 *
 *   g <- g min(1, c / |g|)
 *
 * where |g| goes over all arrays that are given together: all of a network for the global norm, one at a time for
 * a norm of each array by itself.
 */
import { demandPositive, refuse } from '../core/index.js';
import { demandNumbers, type Numbers } from './optimizer.js';

/** The norm over all arrays, summed in float64; infinite or NaN if an entry is, or if a square overflows. */
export function gradientNorm(gradients: readonly Numbers[]): number {
  if (!Array.isArray(gradients)) refuse('the gradients must be a list of arrays');
  gradients.forEach((gradient, i) => demandNumbers(`gradient ${i}`, gradient));
  let sum = 0;
  for (const gradient of gradients) for (let k = 0; k < gradient.length; k++) sum += gradient[k] * gradient[k];
  return Math.sqrt(sum);
}

/**
 * Scales the arrays in place where their common norm is above `most`; a norm that is not finite leaves them alone.
 * @returns the norm before
 */
export function clipNorm(gradients: readonly Numbers[], most: number): number {
  demandPositive('the largest norm', most);
  const norm = gradientNorm(gradients);
  if (norm > most && norm < Number.POSITIVE_INFINITY) {
    const factor = most / norm;
    for (const gradient of gradients) for (let k = 0; k < gradient.length; k++) gradient[k] *= factor;
  }
  return norm;
}
