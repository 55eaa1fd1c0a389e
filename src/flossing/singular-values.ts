/**
 * Singular values of a square matrix, from the largest on, by one-sided Jacobi rotations (Hestenes 1958): columns p and q are turned
 *
 *   a = |p|^2,  b = |q|^2,  c = p q,   z = (b - a) / (2 c),   t = sign(z) / (|z| + sqrt(1 + z^2)),   cos = 1 / sqrt(1 + t^2)
 *
 * until all are at right angles; their norms are the singular values. Nothing but square roots, so that bytes do not depend on the engine.
 */
const [SWEEPS, CLOSE] = [30, 1e-12];

/** Of an n x n matrix, row after row. */
export function singularValues(matrix: Float64Array, n: number): Float64Array {
  // Columns of the transpose are rows, which lie together.
  const rows = Array.from({ length: n }, (_, i) => matrix.slice(i * n, (i + 1) * n));
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) turned = turn(rows[p], rows[q]) || turned;
  }
  return Float64Array.from(rows, (row) => Math.sqrt(product(row, row)))
    .sort()
    .reverse();
}

function product(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** Turns two rows to a right angle; whether they were not at one. */
function turn(x: Float64Array, y: Float64Array): boolean {
  const [a, b, c] = [product(x, x), product(y, y), product(x, y)];
  if (!(Math.abs(c) > CLOSE * Math.sqrt(a * b))) return false;
  const z = (b - a) / (2 * c);
  const t = (z < 0 ? -1 : 1) / (Math.abs(z) + Math.sqrt(1 + z * z));
  const cos = 1 / Math.sqrt(1 + t * t);
  for (let i = 0; i < x.length; i++) [x[i], y[i]] = [cos * (x[i] - t * y[i]), cos * (y[i] + t * x[i])];
  return true;
}
