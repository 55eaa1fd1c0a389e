// node bench/solvers/models.mjs [python]: 1000 slightly changed problems of model predictive control, dense, each solved from nothing and by
// a model that goes on from the last optimum; where a Python with numpy and daqp is named, DAQP in turn on the same ones. Processor
// time a solve, of that batch of a hundred that took least in twelve rounds: longer ones are interrupted on any machine that has other
// work. Every answer of ours is `solved`, or it ends.
import { createModel, solveQp } from '../../dist/solvers/index.js';
import { asking } from './python.mjs';
import { control } from './sparse-problems.mjs';

const SOLVES = 1000;
const BATCH = 100;
const ROUNDS = 12;
const python = process.argv[2] && asking(process.argv[2], 'models.py');

const rowsOf = ({ starts, rows, values }, m) => {
  const n = starts.length - 1;
  const out = new Float64Array(m * n);
  for (let k = 0; k < n; k++) for (let p = starts[k]; p < starts[k + 1]; p++) out[n * rows[p] + k] = values[p];
  return out;
};
/** Microseconds a solve, in the batch that takes least. */
const least = (costs, solve) => {
  let best = Infinity;
  for (let first = 0; first < costs.length; first += BATCH) {
    const begin = process.cpuUsage();
    for (let i = first; i < first + BATCH; i++) solve(costs[i]);
    const { user, system } = process.cpuUsage(begin);
    best = Math.min(best, (user + system) / BATCH);
  }
  return best;
};
const demand = ({ status }) => {
  if (status !== 'solved') throw new Error(status);
};
const limits = (a, b, none) => Array.from([...a, ...b], (v) => (Number.isFinite(v) ? v : none));

console.log('| control | cold | warm | cold / warm | DAQP cold | DAQP warm | cold / DAQP | warm / DAQP |');
console.log('|---|---|---|---|---|---|---|---|');
for (const size of [
  [5, 2, 1],
  [5, 6, 4],
  [10, 4, 2],
]) {
  const sparse = control(...size, 1);
  const [n, m] = [sparse.q.length, sparse.l.length];
  const problem = { ...sparse, A: rowsOf(sparse.A, m), P: sparse.P.values };
  const costs = Array.from({ length: SOLVES }, (_, i) => problem.q.map((cost, k) => cost + 0.01 * Math.sin(i + k * k)));
  const best = { cold: Infinity, warm: Infinity, peerCold: Infinity, peerWarm: Infinity };
  const note = (key, value) => {
    best[key] = Math.min(best[key], value);
  };
  for (let round = 0; round < ROUNDS; round++) {
    note(
      'cold',
      least(costs, (q) => demand(solveQp({ ...problem, q }))),
    );
    const model = createModel(problem);
    demand(model.solve());
    const again = (q) => {
      model.update({ q });
      demand(model.solve());
    };
    note('warm', least(costs, again));
    if (!python) continue;
    const split = (M, count) => Array.from({ length: count }, (_, i) => Array.from(M.subarray(n * i, n * i + n)));
    const H = rowsOf(sparse.P, n);
    const line = {
      H: split(H, n),
      f: Array.from(problem.q),
      A: split(problem.A, m),
      upper: limits(problem.ub, problem.u, 1e30),
      lower: limits(problem.lb, problem.l, -1e30),
      costs: costs.map((q) => Array.from(q)),
    };
    const peer = await python.ask(line);
    note('peerCold', peer.cold);
    note('peerWarm', peer.warm);
  }
  const us = (value) => `${value.toPrecision(2)} us`;
  const lost = (ratio) => (ratio > 1 ? `**${ratio.toPrecision(2)} x**` : `${ratio.toPrecision(2)} x`);
  const peers = python
    ? [us(best.peerCold), us(best.peerWarm), lost(best.cold / best.peerCold), lost(best.warm / best.peerWarm)]
    : ['-', '-', '-', '-'];
  const own = [us(best.cold), us(best.warm), `${(best.cold / best.warm).toPrecision(2)} x`];
  console.log(`| ${size[0]} x (${size[1]} + ${size[2]}) | ${[...own, ...peers].join(' | ')} |`);
}
python?.end();
