/** The box lower <= w <= upper that weights lie in. */
import { demandArray, refuse } from '../src/core/index.js';

/** Throws `usage` unless these are as many lower as upper bounds, in order; infinite ones are none. */
export function demandBox(lower: Float64Array, upper: Float64Array): void {
  demandArray('the lower bounds', lower, Float64Array);
  demandArray('the upper bounds', upper, Float64Array, lower.length);
  const wrong = lower.findIndex((low, k) => !(low <= upper[k]));
  if (wrong >= 0)
    refuse(`bounds must be numbers in order; got ${lower[wrong]} and ${upper[wrong]} of variable ${wrong}`);
}
