/**
 * The Cholesky factorisation of S P S + shift I of convexity.ts for a dense P, in plain TypeScript: four rows by four columns, whose sums
 * go on side by side.
 */
import type { Trial } from './convexity-sparse.js';

/** A factorisation of S P S + shift I; axes without curvature are passed over. */
export function denseTrial(P: Float64Array, s: Float64Array): (shift: number) => Trial {
  const n = s.length;
  // Left of the diagonal, with rows and columns of the identity up to a multiple of four.
  const stride = n + (-n & 3);
  const H = new Float64Array(stride * stride);
  for (let i = 0; i < n; i++) {
    const own = s[i];
    for (let j = 0, from = n * i, to = stride * i; j <= i; j++) H[to + j] = own * P[from + j] * s[j];
  }
  for (let k = n; k < stride; k++) H[stride * k + k] = 1;
  return (shift) => factor(H, stride, shift);
}

/** L L' = H + shift I, four by four entries after the others, up to the pivot that is not positive; axes without curvature are passed over. */
function factor(H: Float64Array, n: number, shift: number): Trial {
  const L = H.slice();
  let least = 1;
  for (let first = 0; first < n; first += 4) {
    for (let left = 0; left <= first; left += 4) {
      twoRows(L, n, first, left);
      twoRows(L, n, first + 2, left);
    }
    for (let i = first; i < first + 4; i++) {
      const row = n * i;
      for (let j = first; j < i; j++) {
        let sum = L[row + j];
        for (let k = first; k < j; k++) sum -= L[row + k] * L[n * j + k];
        L[row + j] = sum / L[n * j + j];
      }
      if (H[row + i] === 0) {
        least = 0;
        L[row + i] = 1;
        continue;
      }
      let pivot = L[row + i];
      for (let k = first; k < i; k++) pivot -= L[row + k] * L[row + k];
      least = Math.min(least, pivot);
      if (!(pivot + shift > 0)) return { least, failed: { variable: i, direction: directionOf(L, n, i) } };
      L[row + i] = Math.sqrt(pivot + shift);
    }
  }
  return { least };
}

/**
 * The entries j to j + 3 of the rows i and i + 1 of L, at the diagonal less the columns before j alone: eight sums that go on side by
 * side.
 */
function twoRows(L: Float64Array, n: number, i: number, j: number): void {
  const row = n * i + j;
  // One by one: engines make arrays to take apart.
  let a = L[row];
  let b = L[row + 1];
  let c = L[row + 2];
  let d = L[row + 3];
  let e = L[row + n];
  let f = L[row + n + 1];
  let g = L[row + n + 2];
  let h = L[row + n + 3];
  for (let k = n * i, above = n * j; k < row; k++, above++) {
    const one = L[k];
    const two = L[k + n];
    let entry = L[above];
    a -= one * entry;
    e -= two * entry;
    entry = L[above + n];
    b -= one * entry;
    f -= two * entry;
    entry = L[above + 2 * n];
    c -= one * entry;
    g -= two * entry;
    entry = L[above + 3 * n];
    d -= one * entry;
    h -= two * entry;
  }
  if (i >= j + 4) {
    const own = n * j + j;
    let pivot = L[own];
    a /= pivot;
    e /= pivot;
    let x = L[own + n];
    pivot = L[own + n + 1];
    b = (b - a * x) / pivot;
    f = (f - e * x) / pivot;
    x = L[own + 2 * n];
    let y = L[own + 2 * n + 1];
    pivot = L[own + 2 * n + 2];
    c = (c - a * x - b * y) / pivot;
    g = (g - e * x - f * y) / pivot;
    x = L[own + 3 * n];
    y = L[own + 3 * n + 1];
    const z = L[own + 3 * n + 2];
    pivot = L[own + 3 * n + 3];
    d = (d - a * x - b * y - c * z) / pivot;
    h = (h - e * x - f * y - g * z) / pivot;
  }
  L[row] = a;
  L[row + 1] = b;
  L[row + 2] = c;
  L[row + 3] = d;
  L[row + n] = e;
  L[row + n + 1] = f;
  L[row + n + 2] = g;
  L[row + n + 3] = h;
}

/** d with d_i = 1 and L' d = 0 in the rows before: the direction whose curvature the pivot i is. */
function directionOf(L: Float64Array, n: number, i: number): Float64Array {
  const d = new Float64Array(n);
  d[i] = 1;
  for (let k = i - 1; k >= 0; k--) {
    let sum = 0;
    for (let j = k + 1; j <= i; j++) sum += L[n * j + k] * d[j];
    d[k] = -sum / L[n * k + k];
  }
  return d;
}
