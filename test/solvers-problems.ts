/**
 * Problems whose answers are known because they were built from them: optimality conditions around a chosen point,
 * a contradiction among rows, or a direction in which the objective falls for ever. One family per pitfall.
 */
import type { QpProblem } from '../solvers/index.js';
import { lcg } from './helpers.js';

export interface Known {
  family: Family;
  problem: QpProblem;
  status: 'solved' | 'infeasible' | 'unbounded';
  objective?: number;
}

export const families = [
  'definite',
  'identity',
  'diagonal',
  'semidefinite',
  'linear',
  'degenerate',
  'repeated',
  'parallel',
  'fixed',
  'infeasible',
  'unbounded',
  'scaled',
] as const;
export type Family = (typeof families)[number];

const INF = Number.POSITIVE_INFINITY;

/** Problem number `index` with up to `most` variables; families take turns. */
export function knownProblem(index: number, most: number): Known {
  const family = families[index % families.length];
  const random = lcg(index + 1);
  for (let i = 0; i < 5; i++) random();
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const n = integer(1, most);
  const m = integer(0, 2 * most);
  // Small integers make sums exact, and ties and degenerate corners common; every second problem has them.
  const whole = index % 24 >= 12;
  const entry = () => (whole ? integer(-4, 4) : 2 * random() - 1);
  const share = 0.3 + 0.7 * random();
  const A = Float64Array.from({ length: m * n }, () => (random() < share ? entry() : 0));

  let rank = n;
  if (family === 'semidefinite' || family === 'unbounded') rank = integer(0, Math.max(0, n - 1));
  const curved = family !== 'linear' && family !== 'parallel' && !(family === 'degenerate' && random() < 0.5);
  if (!curved) rank = 0;
  const B = Float64Array.from({ length: rank * n }, entry);
  if (family === 'repeated' && m > 1) for (let k = 0; k < n; k++) A[n * (m - 1) + k] = random() < 0.5 ? 0 : A[k];

  if (family === 'unbounded') return unbounded(n, m, A, B, random, integer);

  const P = hessian(n, B, family === 'definite' || family === 'fixed' || family === 'repeated' ? 0.1 : 0);
  const diagonal = Float64Array.from({ length: n }, () =>
    random() < 0.3 ? 0 : whole ? integer(1, 5) : random() + 0.01,
  );
  const flat = new Float64Array(n * n);
  const quadratic: QpProblem['P'] =
    family === 'identity' ? 'identity' : family === 'diagonal' ? diagonal : rank > 0 ? P : undefined;
  const times = (x: Float64Array) => {
    if (family === 'identity') return x;
    if (family === 'diagonal') return x.map((value, k) => value * diagonal[k]);
    return product(rank > 0 ? P : flat, x);
  };

  // The optimum and its multipliers.
  const x = Float64Array.from({ length: n }, () => (random() < 0.2 ? 0 : whole ? integer(-3, 3) : 4 * random() - 2));
  const lb = new Float64Array(n).fill(-INF);
  const ub = new Float64Array(n).fill(INF);
  const z = new Float64Array(n);
  const corner = family === 'degenerate' ? 0.8 : 0.3;
  const strength = () =>
    random() < (family === 'degenerate' ? 0.6 : 0.1) ? 0 : whole ? integer(1, 4) : random() + 0.01;
  for (let k = 0; k < n; k++) {
    const kind = random();
    if (family === 'fixed' && kind < 0.5) {
      lb[k] = ub[k] = x[k];
      z[k] = 2 * random() - 1;
    } else if (kind < corner / 2) {
      lb[k] = x[k];
      z[k] = strength();
    } else if (kind < corner) {
      ub[k] = x[k];
      z[k] = -strength();
    } else if (kind < 0.9) {
      lb[k] = x[k] - 1 - random();
      ub[k] = x[k] + 1 + random();
    }
  }
  const l = new Float64Array(m).fill(-INF);
  const u = new Float64Array(m).fill(INF);
  const y = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    let value = 0;
    for (let k = 0; k < n; k++) value += A[n * i + k] * x[k];
    const kind = random();
    if (kind < 0.15) {
      l[i] = u[i] = value;
      y[i] = entry();
    } else if (kind < 0.15 + corner / 2) {
      l[i] = value;
      y[i] = strength();
    } else if (kind < 0.15 + corner) {
      u[i] = value;
      y[i] = -strength();
    } else {
      if (random() < 0.7) l[i] = value - 0.5 - random();
      if (random() < 0.7) u[i] = value + 0.5 + random();
    }
  }
  const repeats = family === 'repeated' && m > 1;
  if (repeats) {
    // The last row says what the first does, or is zero.
    const same = A.subarray(n * (m - 1)).some((value) => value !== 0);
    l[m - 1] = same ? l[0] : -1;
    u[m - 1] = same ? u[0] : 0;
    for (let k = 0; k < n; k++) A[n * (m - 1) + k] = same ? A[k] : 0;
    y[m - 1] = 0;
  }
  const q = times(x).map((value) => -value);
  for (let k = 0; k < n; k++) {
    q[k] += z[k];
    for (let i = 0; i < m; i++) q[k] += A[n * i + k] * y[i];
  }
  const problem: QpProblem = { P: quadratic, q, A, l, u, lb, ub, constant: index % 7 };
  if (family === 'parallel' && m > 0) {
    // The cost is the first row's: a whole face is optimal.
    for (let k = 0; k < n; k++) q[k] = A[k];
    let value = 0;
    for (let k = 0; k < n; k++) value += A[k] * x[k];
    l[0] = value;
    u[0] = Math.max(u[0], value + 1);
    for (let i = 1; i < m; i++) if (l[i] === u[i]) l[i] -= 1;
    return { family, problem, status: 'solved', objective: value + (problem.constant ?? 0) };
  }
  if (family === 'infeasible') return contradicted(problem, n, m, random, integer, whole);
  if (family === 'scaled') return rescaled(problem, n, m, random, x, times(x));
  return { family, problem, status: 'solved', objective: objectiveAt(problem, x, times(x)) };
}

function objectiveAt({ q, constant = 0 }: QpProblem, x: Float64Array, curved: Float64Array): number {
  return x.reduce((sum, value, k) => sum + value * (q[k] + curved[k] / 2), constant);
}

/** B'B + shift I for B of some rows and n columns. */
function hessian(n: number, B: Float64Array, shift: number): Float64Array {
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let r = 0; r < B.length / n; r++) P[n * i + j] += B[n * r + i] * B[n * r + j];
    }
    P[n * i + i] += shift;
  }
  return P;
}

const product = (P: Float64Array, x: Float64Array) =>
  x.map((_, i) => x.reduce((sum, value, k) => sum + P[x.length * i + k] * value, 0));

/** Adds a row that a combination of others forbids. */
function contradicted(
  problem: QpProblem,
  n: number,
  m: number,
  random: () => number,
  integer: (from: number, to: number) => number,
  whole: boolean,
): Known {
  const { A, l, u } = problem as Required<Omit<QpProblem, 'P'>>;
  const { lb, ub } = problem as Required<Omit<QpProblem, 'P'>>;
  const row = new Float64Array(n);
  let least = 0;
  for (let term = 0; term < 3; term++) {
    const factor = whole ? integer(1, 3) : random() + 0.1;
    const i = integer(0, m + n - 1);
    if (i >= m) {
      const k = i - m;
      if (lb[k] === -INF && ub[k] === INF) lb[k] = -1;
      const sign = lb[k] > -INF ? 1 : -1;
      row[k] += sign * factor;
      least += sign * factor * (sign > 0 ? lb[k] : ub[k]);
    } else {
      if (l[i] === -INF && u[i] === INF) l[i] = 0;
      const sign = l[i] > -INF ? 1 : -1;
      for (let k = 0; k < n; k++) row[k] += sign * factor * A[n * i + k];
      least += sign * factor * (sign > 0 ? l[i] : u[i]);
    }
  }
  const grown: QpProblem = {
    ...problem,
    A: Float64Array.from([...A, ...row]),
    l: Float64Array.from([...l, -INF]),
    u: Float64Array.from([...u, least - (whole ? integer(1, 3) : 0.01 + random())]),
  };
  return { family: 'infeasible', problem: grown, status: 'infeasible' };
}

/** Rows and variables in units that differ by up to 1e18. */
function rescaled(
  problem: QpProblem,
  n: number,
  m: number,
  random: () => number,
  x: Float64Array,
  curved: Float64Array,
): Known {
  const { A, l, u, lb, ub, q } = problem as Required<Omit<QpProblem, 'P'>>;
  const P = problem.P as Float64Array | undefined;
  const objective = objectiveAt(problem, x, curved);
  const decades = [3, 6, 9][Math.floor(random() * 3)];
  const factor = () => 10 ** Math.round((2 * random() - 1) * decades);
  const row = Float64Array.from({ length: m }, factor);
  // One in three problems also has variables in odd units.
  const column = Float64Array.from({ length: n }, random() < 0.33 ? () => factor() : () => 1);
  for (let i = 0; i < m; i++) {
    for (let k = 0; k < n; k++) A[n * i + k] *= row[i] * column[k];
    l[i] *= row[i];
    u[i] *= row[i];
  }
  for (let k = 0; k < n; k++) {
    q[k] *= column[k];
    lb[k] /= column[k];
    ub[k] /= column[k];
    if (P) for (let j = 0; j < n; j++) P[n * k + j] *= column[k] * column[j];
  }
  return { family: 'scaled', problem, status: 'solved', objective };
}

/** A direction with small integers along which every limit is kept, P is flat and the cost falls. */
function unbounded(
  n: number,
  m: number,
  A: Float64Array,
  B: Float64Array,
  random: () => number,
  integer: (from: number, to: number) => number,
): Known {
  const d = Float64Array.from({ length: n }, (_, k) => (k === 0 ? 1 : integer(-2, 2)));
  const point = Float64Array.from({ length: n }, () => integer(-3, 3));
  for (let at = 0; at < B.length; at += n) {
    for (let k = 0; k < n; k++) B[at + k] = integer(-3, 3);
    for (let k = 1; k < n; k++) B[at] -= k === 1 ? B[at] + B[at + 1] * d[1] : B[at + k] * d[k];
    if (n === 1) B[at] = 0;
  }
  const l = new Float64Array(m).fill(-INF);
  const u = new Float64Array(m).fill(INF);
  for (let i = 0; i < m; i++) {
    let [along, value] = [0, 0];
    for (let k = 0; k < n; k++) {
      A[n * i + k] = integer(-3, 3);
      along += A[n * i + k] * d[k];
      value += A[n * i + k] * point[k];
    }
    if (along >= 0) l[i] = value - integer(0, 3);
    if (along <= 0) u[i] = value + integer(0, 3);
  }
  const lb = Float64Array.from(d, (step, k) => (step >= 0 && random() < 0.5 ? point[k] - integer(0, 2) : -INF));
  const ub = Float64Array.from(d, (step, k) => (step <= 0 && random() < 0.5 ? point[k] + integer(0, 2) : INF));
  const q = Float64Array.from({ length: n }, () => integer(-3, 3));
  const fall = q.reduce((sum, cost, k) => sum + cost * d[k], 0);
  if (fall >= 0) q[0] -= fall + integer(1, 3);
  const problem: QpProblem = { P: B.length > 0 ? hessian(n, B, 0) : undefined, q, A, l, u, lb, ub };
  return { family: 'unbounded', problem, status: 'unbounded' };
}
