/**
 * What solvers claim, held against whole numbers: doubles are fractions over a power of two, sums of their products are
 * exact, and a claim is right or wrong. Written from the definitions, with no code of the judge. And problems built to break
 * claims: almost flat, almost indefinite, almost dependent, huge and tiny.
 */
import type { QpProblem, Solution } from '../solvers/index.js';
import { lcg } from './helpers.js';
import { limitsOf } from './solvers-check.js';

/** A number v is the whole number v 2^BITS: doubles down to the least are exact. */
const BITS = 1074n;

function exact(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = word & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return x < 0 ? -size : size;
}

const abs = (a: bigint) => (a < 0n ? -a : a);
const dot = (a: readonly bigint[], b: readonly bigint[]) => a.reduce((sum, value, k) => sum + value * b[k], 0n);
/** A number among products of two. */
const once = (a: bigint) => a << BITS;
const list = (values: ArrayLike<number>) => Array.from(values, exact);

interface Exact {
  n: number;
  P: bigint[][];
  A: bigint[][];
  q: bigint[];
}

function exactData({ P, q, A = new Float64Array() }: QpProblem): Exact {
  const n = q.length;
  const entry = (i: number, j: number): number => {
    if (P === undefined) return 0;
    if (P === 'identity') return i === j ? 1 : 0;
    if (P.length === n && n > 0 && P.length !== n * n) return i === j ? P[i] : 0;
    return P[n * i + j];
  };
  const matrix = (rows: number, at: (i: number, j: number) => number) =>
    Array.from({ length: rows }, (_, i) => Array.from({ length: n }, (_, j) => exact(at(i, j))));
  return { n, P: matrix(n, entry), A: matrix(A.length / n, (i, j) => A[n * i + j]), q: list(q) };
}

/** Whether P is positive semidefinite: no principal minor is negative. */
export function isConvex(problem: QpProblem): boolean {
  const { n, P } = exactData(problem);
  for (let set = 1; set < 1 << n; set++) {
    const chosen = Array.from({ length: n }, (_, k) => k).filter((k) => set & (1 << k));
    if (determinant(chosen.map((i) => chosen.map((j) => P[i][j]))) < 0n) return false;
  }
  return true;
}

function determinant(rows: bigint[][]): bigint {
  if (rows.length === 0) return 1n;
  return rows[0].reduce((sum, value, k) => {
    const minor = rows.slice(1).map((row) => row.filter((_, j) => j !== k));
    return sum + (k % 2 === 0 ? value : -value) * determinant(minor);
  }, 0n);
}

/** 1e-9, and what the last rounding of a residual may add. */
const ALLOWED = once(exact(1.000001e-9));

/** What is wrong with a claim, or undefined. */
export function refuted(problem: QpProblem, solution: Solution): string | undefined {
  const { status, residuals, x, objective } = solution;
  if (![...Object.values(residuals), objective, ...x].every(Number.isFinite))
    return `numbers beside ${status} that are none`;
  if (solution.convexity === 'proved' && !isConvex(problem)) return 'an indefinite P was proved convex';
  if (status === 'solved') return refutedOptimum(problem, solution);
  if (status === 'infeasible') return refutedProof(problem, solution);
  if (status === 'unbounded') return feasible(problem, x) ?? (hasRay(problem) ? undefined : 'there is no ray');
  return undefined;
}

function feasible(problem: QpProblem, x: Float64Array): string | undefined {
  const { m, l, u, lb, ub } = limitsOf(problem);
  const { A } = exactData(problem);
  const point = list(x);
  const within = (value: bigint, low: number, high: number) =>
    !(low > -1e20 && once(exact(low)) - value > ALLOWED) && !(high < 1e20 && value - once(exact(high)) > ALLOWED);
  for (let i = 0; i < m; i++) if (!within(dot(A[i], point), l[i], u[i])) return `row ${i} is violated`;
  for (let k = 0; k < point.length; k++) if (!within(once(point[k]), lb[k], ub[k])) return `bound ${k} is violated`;
  return undefined;
}

function refutedOptimum(problem: QpProblem, { x, y, z }: Solution): string | undefined {
  const { n, P, A, q } = exactData(problem);
  const { l, u, lb, ub } = limitsOf(problem);
  const [point, rows, bounds] = [x, y, z].map(list);
  let gap = 0n;
  const complement = (multiplier: bigint, value: number, low: number, high: number) => {
    const limit = value > 0 ? low : high;
    if (Math.abs(limit) < 1e20) gap -= once(multiplier * exact(limit));
    else if (once(abs(multiplier)) > ALLOWED) return 'a multiplier of a limit that is none';
    return undefined;
  };
  for (let k = 0; k < n; k++) {
    const columnOfA = A.map((row) => row[k]);
    const slope = dot(P[k], point) + once(q[k]) - dot(columnOfA, rows) - once(bounds[k]);
    // A multiplier of a bound stands for the one whose nearest double it is.
    const rounding = Math.abs(z[k] > 0 ? lb[k] : ub[k]) < 1e20 ? once(abs(bounds[k])) >> 53n : 0n;
    if (abs(slope) > ALLOWED && abs(slope) > rounding) return `the slope of variable ${k}`;
    if (abs(slope) <= rounding) gap -= slope * exact(z[k] > 0 ? lb[k] : ub[k]);
    const wrong = complement(bounds[k], z[k], lb[k], ub[k]);
    if (wrong) return wrong;
    gap += (dot(P[k], point) + once(q[k])) * point[k];
  }
  for (let i = 0; i < rows.length; i++) {
    const wrong = complement(rows[i], y[i], l[i], u[i]);
    if (wrong) return wrong;
  }
  // Twice the objective is x'P x + 2 q'x; all of it among products of three.
  const twice = point.reduce((sum, value, k) => sum + (dot(P[k], point) + 2n * once(q[k])) * value, 0n);
  const bound = (exact(1.000001e-9) * ((1n << (3n * BITS)) + abs(twice) / 2n)) >> BITS;
  if (abs(gap) > bound) return 'the gap';
  return feasible(problem, x);
}

/** No x in the box, unbounded entries up to the radius, has sum y_i (a_i x) >= sum y_i b_i. */
function refutedProof(problem: QpProblem, { certificate }: Solution): string | undefined {
  if (!certificate) return 'no certificate';
  const { n, A } = exactData(problem);
  const { m, l, u, lb, ub } = limitsOf(problem);
  if (l.some((low, i) => low > u[i]) || lb.some((low, k) => low > ub[k])) return undefined;
  const y = list(certificate.y);
  let margin = 0n;
  for (let i = 0; i < m; i++) {
    if (y[i] === 0n) continue;
    const limit = y[i] > 0n ? l[i] : u[i];
    if (Math.abs(limit) >= 1e20) return 'a multiplier of a limit that is none';
    margin += y[i] * exact(limit);
  }
  for (let k = 0; k < n; k++) {
    const v = y.reduce((sum, value, i) => sum + value * A[i][k], 0n);
    if (v === 0n) continue;
    const bound = v > 0n ? ub[k] : lb[k];
    if (Math.abs(bound) < 1e20) margin -= (v * exact(bound)) >> BITS;
    else if (certificate.radius === Number.POSITIVE_INFINITY) return 'the proof leans on an unbounded variable';
    else margin -= (abs(v) * exact(certificate.radius)) >> BITS;
  }
  return margin > 0n ? undefined : 'the proof does not hold';
}

/**
 * Whether some d has P d = 0, q'd < 0 and keeps all limits, for up to three variables: if there is one, there is one on an
 * edge of that cone, where as many rows vanish as leave a line, or where the cone is a plane or more, along q or a row.
 */
function hasRay(problem: QpProblem): boolean {
  const { n, P, A, q } = exactData(problem);
  const { m, l, u, lb, ub } = limitsOf(problem);
  const axes = Array.from({ length: n }, (_, k) => Array.from({ length: n }, (_, j) => (j === k ? 1n : 0n)));
  const rows = [...P, ...A, ...axes, q].filter((row) => row.some((value) => value !== 0n));
  const minus = (row: readonly bigint[]) => row.map((value) => -value);
  let lines: bigint[][] = [...rows];
  if (n === 2) lines.push(...rows.map(([a, b]) => [-b, a]));
  if (n === 3) {
    for (const [a, b, c] of rows)
      for (const [d, e, f] of rows) lines.push([b * f - c * e, c * d - a * f, a * e - b * d]);
  }
  lines = lines.flatMap((line) => [line, minus(line)]);
  const kept = (rise: bigint, low: number, high: number) => !(low > -1e20 && rise < 0n) && !(high < 1e20 && rise > 0n);
  return lines.some(
    (d) =>
      dot(q, d) < 0n &&
      P.every((row) => dot(row, d) === 0n) &&
      d.every((step, k) => kept(step, lb[k], ub[k])) &&
      Array.from({ length: m }, (_, i) => i).every((i) => kept(dot(A[i], d), l[i], u[i])),
  );
}

const INF = Number.POSITIVE_INFINITY;
const f64 = (...values: number[]) => Float64Array.of(...values);

export const hardFamilies = [
  'flat',
  'indefinite',
  'flat program',
  'dependent',
  'huge and tiny',
  'big M',
  'perturbed',
] as const;

/** Problem number `index`; families take turns. */
export function hardProblem(index: number): { family: (typeof hardFamilies)[number]; problem: QpProblem } {
  const family = hardFamilies[index % hardFamilies.length];
  const random = lcg(index + 1);
  for (let i = 0; i < 5; i++) random();
  const integer = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const small = () => (random() < 0.5 ? 1 : -1) * 2 ** -integer(8, 54);
  const scale = random() < 0.5 ? 1 : 2 ** integer(-60, 60);
  const box = (n: number): Partial<QpProblem> => {
    const kind = integer(0, 3);
    const side = 10 ** integer(-2, 8);
    if (kind === 0) return {};
    return {
      lb: new Float64Array(n).fill(kind === 2 ? -INF : kind === 1 ? 0 : -side),
      ub: new Float64Array(n).fill(kind === 1 ? INF : side),
    };
  };
  const costs = (n: number) => Float64Array.from({ length: n }, () => integer(-3, 3) * scale);
  if (family === 'flat') {
    const e = Math.abs(small());
    return { family, problem: { P: f64(scale, scale, scale, scale * (1 + e)), q: costs(2), ...box(2) } };
  }
  if (family === 'indefinite') {
    const e = small();
    const off = scale * (1 + e);
    return { family, problem: { P: f64(scale, off, off, scale), q: costs(2), ...box(2) } };
  }
  if (family === 'flat program') {
    const e = small();
    const sides = { l: f64(-INF, -INF), u: f64(integer(0, 1), integer(0, 2)) };
    const lb = f64(0, random() < 0.5 ? 0 : -INF);
    return { family, problem: { q: f64(-1, integer(-1, 1)), A: f64(1, -(1 - e), -1, 1), ...sides, lb } };
  }
  if (family === 'dependent') {
    const [e, gap] = [small(), random() < 0.5 ? 0 : small()];
    const limits = f64(1, 1 + gap);
    const [l, u] = random() < 0.5 ? [limits, limits] : [f64(-INF, 1 + gap), f64(1, INF)];
    const P = random() < 0.5 ? ({ P: 'identity' } as const) : {};
    return { family, problem: { ...P, q: costs(2), A: f64(1, 1, 1, 1 + e), l, u, ...box(2) } };
  }
  if (family === 'huge and tiny') {
    const wild = () => (random() < 0.2 ? 0 : (random() - 0.5) * 10 ** integer(-140, 140));
    const [n, m] = [integer(1, 3), integer(0, 2)];
    const A = Float64Array.from({ length: n * m }, () => (random() < 0.5 ? integer(-2, 2) : wild()));
    const l = Float64Array.from({ length: m }, () => (random() < 0.5 ? -INF : -random() * 10));
    const P = random() < 0.5 ? { P: Float64Array.from({ length: n }, () => Math.abs(wild())) } : {};
    return { family, problem: { ...P, q: Float64Array.from({ length: n }, wild), A, l, u: l.map(() => 8), ...box(n) } };
  }
  if (family === 'big M') {
    const M = 10 ** integer(3, 9) * (1 + random());
    const q = f64(-integer(1, 5), -integer(1, 5), 100 * random(), 100 * random());
    const data = { A: f64(1, 0, -M, 0, 0, 1, 0, -M), l: f64(-INF, -INF), u: f64(0, 0) };
    return { family, problem: { q, ...data, lb: new Float64Array(4), ub: f64(INF, INF, 1, 1) } };
  }
  const [n, m] = [integer(2, 3), integer(0, 3)];
  const entry = () => integer(-2, 2) * (random() < 0.3 ? 1 + small() : 1);
  const A = Float64Array.from({ length: n * m }, entry);
  const l = Float64Array.from({ length: m }, () => (random() < 0.4 ? -INF : integer(-3, 1)));
  const u = l.map((low) => (random() < 0.4 ? INF : Math.max(low, -3) + integer(0, 3)));
  const B = Float64Array.from({ length: n }, entry);
  const P =
    random() < 0.5 ? { P: Float64Array.from({ length: n * n }, (_, at) => B[Math.floor(at / n)] * B[at % n]) } : {};
  return { family, problem: { ...P, q: costs(n), A, l, u, ...box(n) } };
}

/** How often each family was claimed, refused or left undecided; `wrong` names the first claims that are refuted. */
export function trial(from: number, to: number, solve: (problem: QpProblem) => Solution) {
  const wrong: string[] = [];
  const counts: Record<string, Record<string, number>> = {};
  for (let index = from; index < to; index++) {
    const { family, problem } = hardProblem(index);
    counts[family] ??= {};
    let outcome: string;
    let fault: string | undefined;
    try {
      const solution = solve(problem);
      outcome = solution.status;
      fault = refuted(problem, solution);
    } catch (error) {
      if ((error as Error).name !== 'EngramError') throw error;
      outcome = 'refused';
      if (/semidefinite/.test((error as Error).message) && isConvex(problem)) fault = 'a convex P was refused';
    }
    counts[family][outcome] = (counts[family][outcome] ?? 0) + 1;
    if (fault) wrong.push(`${index} (${family}, ${outcome}): ${fault}`);
  }
  return { wrong, counts };
}
