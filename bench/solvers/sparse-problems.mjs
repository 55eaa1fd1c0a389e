// Sparse convex programs of four kinds, as typed arrays with compressed columns, each from a seed.

/** A deterministic generator. */
function lcg(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Entries (row, column, value), repeated ones added up, as compressed columns. */
function csc(n, entries) {
  const sum = new Map();
  for (const [i, k, value] of entries) sum.set(`${i} ${k}`, [i, k, (sum.get(`${i} ${k}`)?.[2] ?? 0) + value]);
  const sorted = [...sum.values()].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  const starts = new Int32Array(n + 1);
  for (const [, k] of sorted) starts[k + 1]++;
  for (let k = 0; k < n; k++) starts[k + 1] += starts[k];
  return { starts, rows: Int32Array.from(sorted, ([i]) => i), values: Float64Array.from(sorted, (e) => e[2]) };
}

const numbers = (length, make) => Float64Array.from({ length }, (_, k) => make(k));

/** A chain: P tridiagonal, rows over three neighbours, a box. */
export function banded(n, seed) {
  const random = lcg(seed);
  const m = n >> 1;
  const [P, A] = [[], []];
  for (let k = 0; k < n; k++) {
    P.push([k, k, 2.1]);
    if (k > 0) P.push([k, k - 1, -1], [k - 1, k, -1]);
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < 3; j++) A.push([i, (2 * i + j) % n, random() - 0.5]);
  const q = numbers(n, () => 4 * random() - 2);
  const [l, u] = [numbers(m, () => -0.3 * random()), numbers(m, () => 0.3 * random())];
  return { P: csc(n, P), q, A: csc(n, A), l, u, lb: numbers(n, () => -1), ub: numbers(n, () => 1) };
}

/** Model predictive control: x_{t+1} = F x_t + G u_t over `steps` steps, inputs bounded. */
export function control(steps, states, inputs, seed) {
  const random = lcg(seed);
  const block = states + inputs;
  const [n, m] = [steps * block, steps * states];
  const F = Array.from({ length: states }, (_, i) =>
    Array.from({ length: states }, (_, j) => (i === j ? 0.9 : 0) + 0.2 * (random() - 0.5)),
  );
  const G = Array.from({ length: states }, () => Array.from({ length: inputs }, () => random() - 0.5));
  const first = numbers(states, () => 4 * (random() - 0.5));
  const b = new Float64Array(m);
  const A = [];
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < states; i++) {
      const row = t * states + i;
      A.push([row, t * block + inputs + i, 1]);
      for (let j = 0; j < inputs; j++) A.push([row, t * block + j, -G[i][j]]);
      for (let j = 0; j < states; j++) {
        if (t > 0) A.push([row, (t - 1) * block + inputs + j, -F[i][j]]);
        else b[row] += F[i][j] * first[j];
      }
    }
  }
  const isInput = (k) => k % block < inputs;
  const P = Array.from({ length: n }, (_, k) => [k, k, isInput(k) ? 0.1 : 1]);
  const limit = (sign) => numbers(n, (k) => sign * (isInput(k) ? 0.3 : Number.POSITIVE_INFINITY));
  return { P: csc(n, P), q: new Float64Array(n), A: csc(n, A), l: b, u: b.slice(), lb: limit(-1), ub: limit(1) };
}

/** A portfolio of n assets on k factors: weights that sum to 1, none negative. */
export function portfolio(n, k, seed) {
  const random = lcg(seed);
  const P = Array.from({ length: n + k }, (_, i) => [i, i, i < n ? 0.1 + random() / 2 : 1]);
  const A = [];
  for (let i = 0; i < n; i++) {
    A.push([0, i, 1]);
    for (let j = 1; j <= k; j++) if (random() < 0.5) A.push([j, i, random() - 0.5]);
  }
  for (let j = 0; j < k; j++) A.push([1 + j, n + j, -1]);
  const l = numbers(1 + k, (i) => (i === 0 ? 1 : 0));
  const q = numbers(n + k, (i) => (i < n ? -random() : 0));
  const lb = numbers(n + k, (i) => (i < n ? 0 : Number.NEGATIVE_INFINITY));
  const ub = numbers(n + k, () => Number.POSITIVE_INFINITY);
  return { P: csc(n + k, P), q, A: csc(n + k, A), l, u: l.slice(), lb, ub };
}

/** A linear program of m rows with `width` entries each, feasible and bounded by construction. */
export function linear(n, m, width, seed) {
  const random = lcg(seed);
  const x = numbers(n, () => (random() < 0.5 ? 0 : random()));
  const y = numbers(m, () => Math.max(0, random() - 0.5));
  const [l, q, A] = [new Float64Array(m), new Float64Array(n), []];
  for (let i = 0; i < m; i++) {
    for (let t = 0; t < width; t++) {
      const [k, value] = [Math.floor(random() * n), Math.round(20 * (random() - 0.5)) || 1];
      A.push([i, k, value]);
      l[i] += value * x[k];
      q[k] += value * y[i];
    }
    if (y[i] === 0) l[i] -= random();
  }
  for (let k = 0; k < n; k++) if (x[k] === 0) q[k] += random();
  const none = (length) => numbers(length, () => Number.POSITIVE_INFINITY);
  return { q, A: csc(n, A), l, u: none(m), lb: new Float64Array(n), ub: none(n) };
}

/** The classes of the table: problems from a seed. */
export const classes = {
  'banded 100': (seed) => banded(100, seed),
  'banded 1000': (seed) => banded(1000, seed),
  'banded 10000': (seed) => banded(10000, seed),
  'control 10 x (4 + 2)': (seed) => control(10, 4, 2, seed),
  'control 30 x (8 + 3)': (seed) => control(30, 8, 3, seed),
  'control 100 x (12 + 4)': (seed) => control(100, 12, 4, seed),
  'portfolio 500 on 10': (seed) => portfolio(500, 10, seed),
  'portfolio 3000 on 30': (seed) => portfolio(3000, 30, seed),
  'LP 100 x 60': (seed) => linear(100, 60, 4, seed),
  'LP 400 x 300': (seed) => linear(400, 300, 4, seed),
  'LP 2000 x 1200': (seed) => linear(2000, 1200, 4, seed),
};
