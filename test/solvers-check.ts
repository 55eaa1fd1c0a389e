/** Checks of answers from the definitions, in plain loops: no code of the judge or the solvers. */
import { expect } from 'vitest';
import type { QpProblem, Solution } from '../solvers/index.js';
import type { Known } from './solvers-problems.js';

export const curve = ({ P, q }: QpProblem, x: Float64Array): Float64Array => {
  const n = q.length;
  if (P === undefined) return new Float64Array(n);
  if (P === 'identity') return x;
  if (P.length === n && n > 1) return x.map((value, k) => P[k] * value);
  if (n === 1) return x.map((value) => P[0] * value);
  return x.map((_, i) => x.reduce((sum, value, k) => sum + P[n * i + k] * value, 0));
};

const row = ({ A = new Float64Array(), q }: QpProblem, i: number) => A.subarray(q.length * i, q.length * (i + 1));
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const size = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, k) => sum + Math.abs(value * b[k]), 0);

export function limitsOf(problem: QpProblem) {
  const n = problem.q.length;
  const m = problem.l?.length ?? problem.u?.length ?? 0;
  const none = (length: number, value: number) => new Float64Array(length).fill(value);
  return {
    n,
    m,
    l: problem.l ?? none(m, Number.NEGATIVE_INFINITY),
    u: problem.u ?? none(m, Number.POSITIVE_INFINITY),
    lb: problem.lb ?? none(n, Number.NEGATIVE_INFINITY),
    ub: problem.ub ?? none(n, Number.POSITIVE_INFINITY),
  };
}

/** Whether the claim of a solution holds; `slack` allows for the rounding of these plain sums. */
export function holds(problem: QpProblem, solution: Solution): boolean {
  const { n, m, l, u, lb, ub } = limitsOf(problem);
  const { status, x, y, z } = solution;
  const within = (value: number, low: number, high: number, terms: number) => {
    const allowed = 1e-9 + 1e-13 * terms;
    return value >= low - allowed && value <= high + allowed;
  };
  const feasible = () => {
    for (let i = 0; i < m; i++)
      if (!within(dot(row(problem, i), x), l[i], u[i], size(row(problem, i), x))) return false;
    for (let k = 0; k < n; k++) if (!within(x[k], lb[k], ub[k], 0)) return false;
    return true;
  };
  if (status === 'solved') {
    const gradient = curve(problem, x).map((value, k) => value + problem.q[k] - z[k]);
    const terms = gradient.map((_, k) => Math.abs(problem.q[k]) + Math.abs(z[k]));
    for (let i = 0; i < m; i++) {
      row(problem, i).forEach((value, k) => {
        gradient[k] -= value * y[i];
        terms[k] += Math.abs(value * y[i]);
      });
    }
    const rightSign = (multiplier: number, low: number, high: number) =>
      Math.abs(multiplier) <= 1e-9 || Number.isFinite(multiplier > 0 ? low : high);
    return (
      feasible() &&
      gradient.every((value, k) => Math.abs(value) <= 1e-9 + 1e-12 * terms[k]) &&
      y.every((value, i) => rightSign(value, l[i], u[i])) &&
      z.every((value, k) => rightSign(value, lb[k], ub[k]))
    );
  }
  if (status === 'infeasible' && solution.certificate) {
    const { y, z } = solution.certificate;
    let demand = 0;
    const v = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      if (y[i] === 0) continue;
      demand += y[i] * (y[i] > 0 ? l[i] : u[i]);
      row(problem, i).forEach((value, k) => {
        v[k] += y[i] * value;
      });
    }
    for (let k = 0; k < n; k++) if (z[k] !== 0) demand += z[k] * (z[k] > 0 ? lb[k] : ub[k]);
    const terms = y.reduce((sum, value) => sum + Math.abs(value), 0) * Math.max(1, largest(problem.A));
    return demand > 0 && v.every((value, k) => Math.abs(value + z[k]) <= 1e-11 * terms);
  }
  if (status === 'unbounded' && solution.ray) {
    const d = solution.ray;
    const most = d.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const small = 1e-9 * most * (1 + largest(problem.A));
    for (let i = 0; i < m; i++) {
      const rise = dot(row(problem, i), d);
      if ((Number.isFinite(l[i]) && rise < -small) || (Number.isFinite(u[i]) && rise > small)) return false;
    }
    for (let k = 0; k < n; k++) {
      if ((Number.isFinite(lb[k]) && d[k] < 0) || (Number.isFinite(ub[k]) && d[k] > 0)) return false;
    }
    return feasible() && dot(problem.q, d) < 0;
  }
  return false;
}

const largest = (values: Float64Array = new Float64Array()) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Success by family, and a test failure at the first claim that is wrong. */
export function tally(known: Iterable<Known>, solve: (problem: QpProblem) => Solution) {
  const rates: Record<string, { problems: number; right: number }> = {};
  for (const { family, problem, status, objective } of known) {
    rates[family] ??= { problems: 0, right: 0 };
    const rate = rates[family];
    const solution = solve(problem);
    rate.problems++;
    if (solution.status === 'stalled' || solution.status === 'roundLimit') continue;
    expect(solution.status, `problem ${rate.problems} of ${family}`).toBe(status);
    expect(holds(problem, solution), `the ${solution.status} of problem ${rate.problems} of ${family}`).toBe(true);
    if (objective !== undefined) {
      expect(Math.abs(solution.objective - objective)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(objective)));
    }
    rate.right++;
  }
  return rates;
}
