// node bench/solvers/sparse.mjs [problems of a class] [python]: sparse convex programs by our solvers and, where a Python with
// numpy, scipy, piqp, clarabel, highspy, osqp and daqp is named, by these. Processor time of one solve, set-up included, the
// least of some; ours and theirs take turns. An answer counts where our judge accepts it (1e-9).
import { solveQp, verify } from '../../dist/solvers/index.js';
import { geometric, leastTime } from '../measure.mjs';
import { asking } from './python.mjs';
import { classes } from './sparse-problems.mjs';

const count = Number(process.argv[2] ?? 3);
const python = process.argv[3] && asking(process.argv[3], 'peers.py');
const peers = async (problem) => (await python?.ask(problem)) ?? {};

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const names = ['piqp', 'piqp_dense', 'clarabel', 'highs', 'osqp', 'daqp'];
console.log(`| class | ours | judge's part | ${names.map((name) => `${name} | `).join('')}`.trimEnd());
console.log(`|---|---|---|${'---|'.repeat(names.length)}`);
for (const [name, make] of Object.entries(classes)) {
  const first = make(0);
  for (let run = 0; run < 2e4 / first.q.length; run++) solveQp(first);
  const own = [];
  const part = [];
  const methods = new Set();
  let good = 0;
  const ratios = {};
  const right = {};
  for (let seed = 1; seed <= count; seed++) {
    const problem = make(seed);
    const { seconds: time, result: answer } = leastTime(() => solveQp(problem));
    const begin = seconds();
    verify(problem, answer);
    part.push((seconds() - begin) / time);
    own.push(time);
    methods.add(answer.method);
    if (answer.status === 'solved') good++;
    for (const [peer, { seconds: other, error, x, y, z }] of Object.entries(await peers(problem))) {
      if (error) continue;
      const point = { x: Float64Array.from(x), y: Float64Array.from(y), z: Float64Array.from(z) };
      ratios[peer] ??= [];
      ratios[peer].push(other / time);
      right[peer] = (right[peer] ?? 0) + (verify(problem, point).solved ? 1 : 0);
    }
  }
  // Losses are bold.
  const cell = (peer) => {
    if (!ratios[peer]) return '-';
    const text = `${geometric(ratios[peer]).toPrecision(2)} x, ${right[peer]}/${count}`;
    return geometric(ratios[peer]) < 1 ? `**${text}**` : text;
  };
  console.log(
    `| ${name} | ${(1000 * geometric(own)).toPrecision(2)} ms, ${good}/${count}, ${[...methods].join(' ')} | ${Math.round(100 * geometric(part))} % | ${names.map(cell).join(' | ')} |`,
  );
}
python?.end();
