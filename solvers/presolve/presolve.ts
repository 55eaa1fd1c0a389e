/**
 * Presolve: takes away what need not be solved (rows.ts, columns.ts, parallel.ts), again and again until nothing more is found, and
 * gives points, rays and proofs of what is left the variables and multipliers of the whole problem (undo.ts). Everything is
 * judged on the whole problem afterwards; what is lost to rounding here shows there.
 */

import type { Candidate, Point } from '../candidate.js';
import { addProduct } from '../doubled.js';
import type { Program } from '../problem.js';
import { rounded, stationarity } from '../products.js';
import { type Compressed, isCompressed } from '../sparse/matrix.js';
import { reduceColumn } from './columns.js';
import { type Contradiction, mergeParallel } from './parallel.js';
import { reduceRow } from './rows.js';
import { type Tableau, tableauOf, takenFrom } from './tableau.js';
import { slopeOf, undo } from './undo.js';

/** What is left, or multipliers of the rows that say that nothing is feasible. */
export type Presolved =
  | { proof: Float64Array }
  | {
      program: Program<Compressed>;
      /** The point, ray or proof of the whole problem, for one of what is left. */
      whole(candidate: Candidate): Candidate;
    };

/** Sweeps at most, and those in a row that tighten bounds and take nothing away: bounds may go to and fro between rows for long. */
const SWEEPS = 12;
const IDLE = 3;

/** Undefined where nothing can be taken away. */
export function presolve(program: Program<Compressed>): Presolved | undefined {
  const t = tableauOf(program);
  const contradiction = reduce(t);
  if (contradiction) return { proof: proofOf(t, contradiction) };
  loosen(t);
  const [rows, variables] = [kept(t.rowStays), kept(t.stays)];
  if (rows.length === program.m && variables.length === program.n) return undefined;
  return {
    program: left(t, rows, variables),
    whole: (candidate) => whole(t, rows, variables, candidate),
  };
}

/** The sweeps; ends early with rows that contradict each other or the bounds. */
function reduce(t: Tableau): Contradiction | undefined {
  const { n, m } = t.program;
  for (let sweep = 0, idle = 0; sweep < SWEEPS && idle < IDLE; sweep++) {
    let [found, taken] = [0, 0];
    for (let i = 0; i < m; i++) {
      if (!t.rowStays[i] || !t.changed[i]) continue;
      t.changed[i] = 0;
      const before = t.steps.length;
      const sign = reduceRow(t, i);
      if (sign !== 0) return [{ i, y: sign }];
      if (!t.rowStays[i]) taken++;
      else if (t.steps.length > before) found++;
    }
    for (let k = 0; k < n; k++) if (t.stays[k] && reduceColumn(t, k)) taken++;
    idle = taken > 0 ? 0 : idle + 1;
    if (found + taken > 0 && idle < IDLE) continue;
    const parallel = mergeParallel(t);
    if ('contradiction' in parallel) return parallel.contradiction;
    if (parallel.merged === 0) break;
    idle = 0;
  }
  return undefined;
}

/** Bounds that have served for nothing are given back: they would only be more to solve. */
function loosen(t: Tableau): void {
  const { A } = t.program;
  const kept: Tableau['steps'] = [];
  for (let s = t.steps.length - 1; s >= 0; s--) {
    const step = t.steps[s];
    if (step.kind === 'bound' && !t.leaned[step.k]) {
      (step.side === 'lower' ? t.lb : t.ub)[step.k] = step.wide;
      continue;
    }
    // The bounds that it came from are needed, too.
    if (step.kind === 'bound') for (let p = A.starts[step.i]; p < A.starts[step.i + 1]; p++) t.leaned[A.columns[p]] = 1;
    kept.push(step);
  }
  // There may be more than a function takes as arguments.
  t.steps.length = 0;
  for (let s = kept.length - 1; s >= 0; s--) t.steps.push(kept[s]);
}

const kept = (stays: Uint8Array) => Int32Array.from(stays.keys()).filter((at) => stays[at] === 1);
const picked = (values: Float64Array, at: Int32Array) => Float64Array.from(at, (k) => values[k]);

/** The program of the rows and variables that are left. */
function left(t: Tableau, rows: Int32Array, variables: Int32Array): Program<Compressed> {
  const { program, stays, x } = t;
  const { n, m, P, hessian, A } = program;
  const place = new Int32Array(n).fill(-1);
  variables.forEach((k, at) => {
    place[k] = at;
  });
  const none = { y: new Float64Array(m), z: new Float64Array(n) };
  // The costs of what is left: P x + q where x has what is gone; those of what is gone, for the constant.
  const cost = stationarity(program, x, none.y, none.z);
  const constant = { high: program.constant, low: 0 };
  for (let k = 0; k < n; k++) if (!stays[k]) addProduct(constant, x[k] / 2, cost[k] + program.q[k]);
  const taken = Float64Array.from(rows, (i) => takenFrom(t, i));
  const whole = isCompressed(hessian);
  const H = whole ? part(hessian, variables, place) : hessian.length > 0 ? picked(hessian, variables) : hessian;
  const flat = P === 'whole' && (H as Compressed).values.length === 0;
  return {
    n: variables.length,
    m: rows.length,
    P: flat ? 'zero' : P,
    hessian: flat ? new Float64Array() : H,
    A: part(A, rows, place),
    q: picked(cost, variables),
    l: picked(t.l, rows).map((limit, at) => limit - taken[at]),
    u: picked(t.u, rows).map((limit, at) => limit - taken[at]),
    lb: picked(t.lb, variables),
    ub: picked(t.ub, variables),
    constant: rounded(constant),
  };
}

/** Some rows of a matrix, on the variables that have a place. */
function part(M: Compressed, rows: Int32Array, place: Int32Array): Compressed {
  const starts = new Int32Array(rows.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  rows.forEach((i, at) => {
    for (let p = M.starts[i]; p < M.starts[i + 1]; p++) {
      if (place[M.columns[p]] < 0) continue;
      columns.push(place[M.columns[p]]);
      values.push(M.values[p]);
    }
    starts[at + 1] = columns.length;
  });
  return { starts, columns: Int32Array.from(columns), values: Float64Array.from(values) };
}

function whole(t: Tableau, rows: Int32Array, variables: Int32Array, { x, y, z, ray, ...rest }: Candidate): Candidate {
  const { n, m } = t.program;
  const spread = (values: Float64Array, at: Int32Array, base: Float64Array) => {
    at.forEach((k, place) => {
      base[k] = values[place];
    });
    return base;
  };
  const point: Point = {
    x: spread(x, variables, t.x.slice()),
    y: spread(y, rows, new Float64Array(m)),
    z: spread(z, variables, new Float64Array(n)),
  };
  const none = new Float64Array(n);
  const proof = rest.status === 'infeasible';
  undo(t, proof ? none : stationarity(t.program, point.x, new Float64Array(m), none), point.y, point.z);
  return { ...rest, ...point, ray: ray && spread(ray, variables, new Float64Array(n)) };
}

/** A contradiction of rows and bounds as multipliers of the rows of the whole problem. */
function proofOf(t: Tableau, contradiction: Contradiction): Float64Array {
  const { n, m } = t.program;
  const [y, z, none] = [new Float64Array(m), new Float64Array(n), new Float64Array(n)];
  for (const { i, y: value } of contradiction) y[i] = value;
  for (let k = 0; k < n; k++) if (t.stays[k]) z[k] = slopeOf(t, k, none, y);
  undo(t, none, y, z);
  return y;
}
