// node bench/solvers/sets.mjs python folder... [variables=1000] [seconds=60]: the problem files of folders (.json, .mps, .qps), a set each, by our
// solvers and those of peers.py, which also checks all answers, ours among them: right is what keeps 1e-9 there. Processor time of a
// solve, set-up included, the least of some (peers.py says how many); ratios are geometric means over what both have right, losses of ours are bold.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJsonProblem, readMps, solveQp, sparseProblem } from '../../dist/solvers/index.js';
import { geometric, leastTime } from '../measure.mjs';
import { asking } from './python.mjs';

const [command, ...rest] = process.argv.slice(2);
const folders = rest.filter((word) => !word.includes('='));
const { variables = '1000', seconds = '60' } = Object.fromEntries(
  rest.filter((word) => word.includes('=')).map((word) => word.split('=')),
);
const NAMES = ['daqp', 'piqp_dense', 'piqp', 'clarabel', 'highs', 'osqp'];
const python = asking(command, 'peers.py');

const read = (path) => {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? readJsonProblem(text, path) : sparseProblem(readMps(text, path));
};
/** A matrix by its columns, however it was given. */
const columns = (M, n) => {
  if (M?.starts || M === undefined) return M;
  const [starts, rows, values] = [[0], [], []];
  for (let k = 0; k < n; k++) {
    for (let i = 0; n * i < M.length; i++) {
      if (M[n * i + k] === 0) continue;
      rows.push(i);
      values.push(M[n * i + k]);
    }
    starts.push(rows.length);
  }
  return { starts, rows, values };
};
console.log(`| set | problems | ours | ${NAMES.join(' | ')} |`);
console.log(`|---|---|---|${'---|'.repeat(NAMES.length)}`);
for (const folder of folders) {
  const right = Object.fromEntries(['ours', ...NAMES].map((name) => [name, 0]));
  const ratios = Object.fromEntries(NAMES.map((name) => [name, []]));
  let count = 0;
  for (const file of readdirSync(folder).filter((name) => /\.(json|mps|qps)$/i.test(name))) {
    const problem = read(join(folder, file));
    const n = problem.q.length;
    if (n > Number(variables)) continue;
    count++;
    const none = (list, value, size) => list ?? Array(size).fill(value);
    const m = (problem.l ?? problem.u ?? []).length;
    const question = {
      P: columns(problem.P, n) ?? null,
      q: problem.q,
      A: columns(problem.A, n) ?? { starts: Array(n + 1).fill(0), rows: [], values: [] },
      l: none(problem.l, null, m),
      u: none(problem.u, null, m),
      lb: none(problem.lb, null, n),
      ub: none(problem.ub, null, n),
    };
    const told = [];
    let own;
    try {
      own = leastTime(() => solveQp(problem));
      const { x, y, z, status } = own.result;
      own.right = status === 'solved' && (await python.ask({ ...question, point: [x, y, z] })).right;
      told.push(`ours ${own.result.status} ${own.right ? 'right' : 'wrong'} ${(1e3 * own.seconds).toPrecision(3)} ms`);
    } catch (error) {
      told.push(error.message);
    }
    if (own?.right) right.ours++;
    for (const name of NAMES) {
      const other = (await python.ask({ ...question, only: name }, Number(seconds)))?.[name];
      told.push(
        `${name} ${other?.right ? (1e3 * other.seconds).toPrecision(3) : other ? (other.error ?? 'wrong') : 'no answer'}`,
      );
      if (!other?.right) continue;
      right[name]++;
      // Clocks of processors may stand still for a microsecond.
      const seen = (value) => Math.max(value, 1e-6);
      if (own?.right) ratios[name].push(seen(own.seconds) / seen(other.seconds));
    }
    console.error(`${file} ${n}: ${told.join('; ')}`);
  }
  const cells = NAMES.map((name) => {
    if (ratios[name].length === 0) return `${right[name]}`;
    const ratio = geometric(ratios[name]);
    const text = `${right[name]}, ${ratio.toPrecision(2)} x`;
    return ratio > 1 || right[name] > right.ours ? `**${text}**` : text;
  });
  console.log(`| ${basename(folder)} | ${count} | ${right.ours} | ${cells.join(' | ')} |`);
}
python.end();
