// `quadprog` (npm): the dual method of Goldfarb and Idnani in JavaScript, dense. It is told that the factor of the
// identity is the identity, which spares it a Cholesky factorization. It takes no tolerance and no bounds other than
// as rows.
import quadprog from 'quadprog';
import { timed } from '../measure.mjs';

export const name = 'quadprog';

/** { milliseconds, x, y, iterations } of a problem (bench/neuron.mjs); the arrays that it wants are made beforehand. */
export async function solve({ n, m, rows, limits, equalities, bound }) {
  // One-based arrays, constraints in columns.
  const oneBased = (length, value) => [undefined, ...Array.from({ length }, (_, i) => value(i))];
  const identity = oneBased(n, (i) => oneBased(n, (k) => (k === i ? 1 : 0)));
  const constraints = oneBased(n, (k) => [
    undefined,
    ...Array.from({ length: m }, (_, i) => rows[n * i + k]),
    ...Array.from({ length: n }, (_, i) => (i === k ? 1 : 0)),
    ...Array.from({ length: n }, (_, i) => (i === k ? -1 : 0)),
  ]);
  const sides = [undefined, ...limits, ...new Array(2 * n).fill(-bound)];
  const linear = oneBased(n, () => 0);
  const { milliseconds, result } = timed(() =>
    quadprog.solveQP(identity, linear, constraints, sides, equalities, [undefined, 1]),
  );
  if (result.message) return { milliseconds, failure: result.message };
  // It turns equalities around in place, and back, without a trace: the sign of their multipliers is lost.
  return {
    milliseconds,
    x: Float64Array.from(result.solution.slice(1)),
    y: Float64Array.from(result.Lagrangian.slice(1, m + 1)),
    unsigned: true,
    iterations: result.iterations[1],
  };
}
