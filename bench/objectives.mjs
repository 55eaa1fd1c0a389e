// Objectives against least norm and against HiGHS, in one process and interleaved: node bench/objectives.mjs [neurons [objectives]],
// these with commas between them, l2 first.
//
// `ours` is what `memorize` does for one neuron, judge included; `highs` solves the same objective under the active rows
// of our answer alone, handed to it at once as numbers (no rounds, no scans): less work than ours. Processor time.
import { loadHighs } from '../dist/solvers/index.js';
import { createArena } from '../dist/src/core/index.js';
import { memorizeJob } from '../dist/src/memory/memorize/index.js';
import { spikesOf } from '../dist/src/memory/score/index.js';
import { defaultTemplate, loadScore } from '../dist/src/memory/template/index.js';
import { instances } from './instances.mjs';
import { median } from './measure.mjs';

const NEURONS = Number(process.argv[2] ?? 10);
const ALL = 'l2,elastic:0.5,l1,sparse,linf,energy:0.001,recall:0.1';
const OBJECTIVES = (process.argv[3] ?? ALL).split(',');
/** Neurons whose linear programs HiGHS solves too; its method for quadratic ones gives up at these sizes. */
const COMPARED = 3;
const { bound } = defaultTemplate;
const highs = await loadHighs();

const milliseconds = (work) => {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { time: (user + system) / 1e3, result };
};

/** Half a second of a job, and three neurons at least: small neurons are else measured while they are being compiled. */
function warm(job) {
  for (let l = 0, spent = 0; l < 3 || spent < 500; l++) spent += milliseconds(() => job(l % 20)).time;
}

for (const { name, score, wiring } of instances().filter((one) =>
  /500\/50$|500\/50\/0.2|1000\/100|1000\/200\/0.2|2000/.test(one.name),
)) {
  const jobs = OBJECTIVES.map((objective) =>
    memorizeJob.prepare({ score, wiring, template: defaultTemplate, objective }),
  );
  for (const job of jobs) warm(job);
  const rows = OBJECTIVES.map((objective) => ({
    objective,
    solved: 0,
    times: [],
    peer: [],
    apart: [],
    steps: [],
    used: [],
  }));
  let least = [];
  for (let l = 0; l < NEURONS; l++) {
    jobs.forEach((job, i) => {
      const { time, result } = milliseconds(() => job(l));
      const row = rows[i];
      if (i === 0) least = [...least, time];
      row.times.push(time);
      if (result.status !== 'solved') return;
      row.solved++;
      row.steps.push(result.counters.additions);
      row.used.push(result.weights.reduce((count, w) => count + (w === 0 ? 0 : 1), 0));
      if (!['l1', 'linf'].includes(row.objective) || result.cuts.length === 0 || l >= COMPARED) return;
      const problem = problemOf(row.objective, l, result.cuts);
      const answer = milliseconds(() => highs.solve(problem));
      row.peer.push(answer.time / time);
      const { objective: best } = answer.result;
      const value = row.objective === 'linf' ? -1 / best : best;
      row.apart.push(Math.abs(value - result.optimum.value) / result.optimum.value);
    });
  }
  console.log(`\n${name}, ${NEURONS} neurons`);
  console.log('objective     solved  ms     / l2   steps  used  highs / ours  values apart');
  for (const { objective, solved, times, peer, apart, steps, used } of rows) {
    const ratio = median(times.map((time, l) => time / least[l]));
    const cells = [
      objective.padEnd(13),
      `${solved}`.padEnd(7),
      median(times).toFixed(1).padEnd(6),
      ratio.toFixed(1).padEnd(6),
      median(steps).toFixed(0).padEnd(6),
      median(used).toFixed(0).padEnd(5),
      (peer.length > 0 ? median(peer).toFixed(1) : '-').padEnd(13),
      apart.length > 0 ? Math.max(...apart).toExponential(0) : '-',
    ];
    console.log(cells.join(' '));
  }

  /** The objective under some rows, as HiGHS takes it. */
  function problemOf(objective, l, cuts) {
    const [first, last] = [wiring.starts[l], wiring.starts[l + 1]];
    const inputs = { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
    const n = last - first;
    const arena = createArena();
    const { order, writeRow } = loadScore(arena, score, 10)(
      spikesOf(score, l),
      inputs.sources,
      inputs.delays,
      defaultTemplate,
    );
    const at = arena.alloc(8 * n);
    const dense = cuts.map((cut) => {
      writeRow(cut, at);
      const row = new Float64Array(n);
      arena.f64(at, n).forEach((entry, i) => {
        row[order[i]] = entry;
      });
      return row;
    });
    const low = cuts.map(({ limit }) => limit);
    const high = cuts.map(({ kind, limit }) => (kind === 'spike' ? limit : Number.POSITIVE_INFINITY));
    if (objective === 'linf') {
      // x = w / c, the least peak by the largest c, as we do it: without a row for every weight.
      const scaled = dense.map((row, i) => Float64Array.of(...row, -low[i]));
      const q = Float64Array.from({ length: n + 1 }, (_, k) => (k === n ? -1 : 0));
      return program(
        n + 1,
        scaled,
        low.map(() => 0),
        high.map((top) => (top === Number.POSITIVE_INFINITY ? top : 0)),
        {
          q,
          lb: -1,
          ub: Float64Array.from(q, (_, k) => (k === n ? 1e6 : 1)),
        },
      );
    }
    const split = dense.map((row) => Float64Array.of(...row, ...row.map((x) => -x)));
    return program(2 * n, split, low, high, { q: new Float64Array(2 * n).fill(1), lb: 0 });
  }
}

function program(n, rows, low, high, { lb, ub, ...rest }) {
  const A = new Float64Array(n * rows.length);
  rows.forEach((row, i) => {
    A.set(row, n * i);
  });
  return {
    ...rest,
    A,
    l: Float64Array.from(low),
    u: Float64Array.from(high),
    lb: new Float64Array(n).fill(lb),
    ub: ub ?? new Float64Array(n).fill(bound),
  };
}
