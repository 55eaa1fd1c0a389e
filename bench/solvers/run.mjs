// npm run bench:solvers: dense convex programs by our solvers and their peers, interleaved in one process. For each
// class the median time of one solve from the problem as typed arrays, the ratio to ours, and how many answers our judge
// accepts (residuals and gap at most 1e-9). Peers get the tightest tolerance that they take.
import lp from 'javascript-lp-solver';
import quadprog from 'quadprog';
import createScs from 'scs-solver';
import { loadHighs, solveQp, verify } from '../../dist/solvers/index.js';

const highs = await loadHighs();
const scs = await createScs();

/** A deterministic generator. */
function lcg(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** P = B'B + 0.1 I (rank of B: `curved`), m rows, about a third of them active. */
function quadratic(seed, n, m, curved) {
  const random = lcg(seed);
  const B = Float64Array.from({ length: curved * n }, () => random() - 0.5);
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) for (let r = 0; r < curved; r++) P[n * i + j] += B[n * r + i] * B[n * r + j];
    P[n * i + i] += 0.1;
  }
  const A = Float64Array.from({ length: m * n }, () => random() - 0.5);
  const l = Float64Array.from({ length: m }, () => -random());
  return { P, q: Float64Array.from({ length: n }, () => 4 * random() - 2), A, l };
}

function linear(seed, n, m) {
  const random = lcg(seed);
  const A = Float64Array.from({ length: m * n }, () => random());
  const u = Float64Array.from({ length: m }, () => n * (0.5 + random()));
  return { q: Float64Array.from({ length: n }, () => -random()), A, u, lb: new Float64Array(n) };
}

/** Knowles' semi-infinite problem (KSIP) on m points. */
function sine(m) {
  const n = 20;
  return {
    P: Float64Array.from({ length: n }, (_, k) => 1 / (k + 1)),
    q: Float64Array.from({ length: n }, (_, k) => 1 / (k + 1)),
    A: Float64Array.from({ length: m * n }, (_, at) => (Math.floor(at / n) / (m - 1)) ** (at % n)),
    l: Float64Array.from({ length: m }, (_, i) => Math.sin(i / (m - 1))),
  };
}

const entry = ({ P, q }, i, j) => {
  if (!P) return 0;
  if (P.length === q.length) return i === j ? P[i] : 0;
  return P[q.length * i + j];
};
/** All rows as a . x >= b. */
function oneSided({ q, A, l, u, lb }) {
  const n = q.length;
  const rows = [];
  const limits = [];
  const m = (l ?? u).length;
  for (let i = 0; i < m; i++) {
    const row = Array.from(A.subarray(n * i, n * i + n));
    rows.push(l ? row : row.map((a) => -a));
    limits.push(l ? l[i] : -u[i]);
  }
  if (lb) {
    for (let k = 0; k < n; k++) {
      rows.push(Array.from({ length: n }, (_, j) => (j === k ? 1 : 0)));
      limits.push(lb[k]);
    }
  }
  return { rows, limits, m };
}
/** Multipliers of `oneSided` rows as y and z. */
function split({ q, l, lb }, multipliers, m) {
  const y = Float64Array.from({ length: m }, (_, i) => (l ? multipliers[i] : -multipliers[i]));
  const z = Float64Array.from({ length: q.length }, (_, k) => (lb ? multipliers[m + k] : 0));
  return { y, z };
}

const peers = {
  highs(problem) {
    const { x, y, z } = highs.solve(problem);
    return { x, y, z };
  },

  'scs-solver'(problem) {
    const n = problem.q.length;
    const { rows, limits, m } = oneSided(problem);
    const A = { x: [], i: [], p: [0] };
    const H = { x: [], i: [], p: [0] };
    for (let k = 0; k < n; k++) {
      rows.forEach((row, i) => {
        if (row[k] === 0) return;
        A.x.push(-row[k]);
        A.i.push(i);
      });
      A.p.push(A.x.length);
      for (let i = 0; i <= k; i++) {
        const value = entry(problem, i, k);
        if (value === 0) continue;
        H.x.push(value);
        H.i.push(i);
      }
      H.p.push(H.x.length);
    }
    const settings = new scs.ScsSettings();
    scs.setDefaultSettings(settings);
    Object.assign(settings, { epsAbs: 1e-9, epsRel: 0, maxIters: 100000, verbose: 0 });
    const quadraticPart = problem.P ? { P_x: H.x, P_i: H.i, P_p: H.p } : {};
    const data = {
      m: rows.length,
      n,
      A_x: A.x,
      A_i: A.i,
      A_p: A.p,
      ...quadraticPart,
      b: limits.map((b) => -b),
      c: Array.from(problem.q),
    };
    const cone = { z: 0, l: rows.length, bsize: 0, qsize: 0, ep: 0, ed: 0, psize: 0 };
    const { x, y } = scs.solve(data, cone, settings);
    return { x: Float64Array.from(x), ...split(problem, y, m) };
  },

  quadprog(problem) {
    if (!problem.P) return undefined;
    const n = problem.q.length;
    const { rows, limits, m } = oneSided(problem);
    const oneBased = (values) => [undefined, ...values];
    const D = oneBased(
      Array.from({ length: n }, (_, i) => oneBased(Array.from({ length: n }, (_, j) => entry(problem, i, j)))),
    );
    const columns = oneBased(Array.from({ length: n }, (_, k) => oneBased(rows.map((row) => row[k]))));
    const answer = quadprog.solveQP(D, oneBased(Array.from(problem.q, (c) => -c)), columns, oneBased(limits), 0);
    if (answer.message) return { x: new Float64Array(n), y: new Float64Array(m), z: new Float64Array(n) };
    return { x: Float64Array.from(answer.solution.slice(1)), ...split(problem, answer.Lagrangian.slice(1), m) };
  },

  'javascript-lp-solver'(problem) {
    if (problem.P) return undefined;
    const n = problem.q.length;
    const constraints = Object.fromEntries(Array.from(problem.u, (max, i) => [`r${i}`, { max }]));
    const variables = Object.fromEntries(
      Array.from({ length: n }, (_, k) => [
        `x${k}`,
        { cost: problem.q[k], ...Object.fromEntries(Array.from(problem.u, (_, i) => [`r${i}`, problem.A[n * i + k]])) },
      ]),
    );
    const answer = lp.Solve({ optimize: 'cost', opType: 'min', constraints, variables }, 1e-12);
    // It gives no multipliers: the point alone is judged, by feasibility and objective.
    return { x: Float64Array.from({ length: n }, (_, k) => answer[`x${k}`] ?? 0) };
  },
};

/** Whether an answer is accepted: with multipliers by the judge, without them by our objective. */
function accepted(problem, answer, optimum) {
  if (answer.y) return verify(problem, answer).solved;
  const zero = { y: new Float64Array((problem.l ?? problem.u).length), z: new Float64Array(problem.q.length) };
  const { primal, objective } = verify(problem, { x: answer.x, ...zero }).residuals;
  return primal <= 1e-9 && Math.abs(objective - optimum) <= 1e-9 * (1 + Math.abs(optimum));
}

const classes = {
  'QP 20 x 40': (seed) => quadratic(seed, 20, 40, 20),
  'QP 100 x 200': (seed) => quadratic(seed, 100, 200, 100),
  'QP 100 x 1000': (seed) => quadratic(seed, 100, 1000, 10),
  'QP 300 x 600': (seed) => quadratic(seed, 300, 600, 300),
  'KSIP 20 x 1001': () => sine(1001),
  'LP 10 x 10': (seed) => linear(seed, 10, 10),
  'LP 50 x 50': (seed) => linear(seed, 50, 50),
  'LP 200 x 200': (seed) => linear(seed, 200, 200),
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const REPEATS = Number(process.argv[2] ?? 9);
const WARM = 4;

console.log('| class | ours | highs | scs-solver | quadprog | javascript-lp-solver |');
console.log('|---|---|---|---|---|---|');
for (const [name, make] of Object.entries(classes)) {
  const times = { ours: [] };
  const good = { ours: 0 };
  const work = new Set();
  for (let seed = 1 - WARM; seed <= REPEATS; seed++) {
    const problem = make(seed + WARM);
    const run = (who, solve) => {
      const begin = performance.now();
      const answer = solve(problem);
      const time = performance.now() - begin;
      if (!answer) return undefined;
      // The first problems warm up.
      times[who] ??= [];
      good[who] ??= 0;
      if (seed > 0) times[who].push(time);
      return answer;
    };
    const ours = run('ours', solveQp);
    work.add(ours.method);
    if (seed > 0 && ours.status === 'solved') good.ours++;
    for (const [who, solve] of Object.entries(peers)) {
      const answer = run(who, solve);
      if (answer && seed > 0 && accepted(problem, answer, ours.objective)) good[who]++;
    }
  }
  const own = median(times.ours);
  const cell = (who) => {
    if (!times[who]) return '-';
    const ratio = median(times[who]) / own;
    return `${ratio.toPrecision(2)} x, ${good[who]}/${REPEATS}`;
  };
  console.log(
    `| ${name} | ${own.toPrecision(2)} ms, ${good.ours}/${REPEATS}, ${[...work].join(' ')} | ${Object.keys(peers).map(cell).join(' | ')} |`,
  );
}
