// Small dense problems without structure, where the rows are all there: what a solver costs apart from neurons.

import { streamKey, uniformStream } from '../../dist/src/core/index.js';
import { compare, comparisonTable, PATIENCE, summaryTable } from '../compare.mjs';
import { ourSolver, rowContenders } from '../contenders.mjs';

const SIZES = [
  [5, 10],
  [20, 40],
  [100, 200],
  [400, 800],
];
const CASES = 4;

/**
 * minimize 1/2 |w|^2 subject to A w >= A z - s, |w_k| <= 1: entries of A uniform in (-1, 1), z in the middle half of
 * the box, and slacks s of which every second is zero.
 */
function randomProblem(n, m, index) {
  const uniform = uniformStream(streamKey(1, `bench rows ${n}`), index);
  const rows = Float64Array.from({ length: n * m }, () => 2 * uniform() - 1);
  const inside = Float64Array.from({ length: n }, () => uniform() - 0.5);
  const limits = Float64Array.from({ length: m }, (_, i) => {
    const value = rows.subarray(n * i, n * (i + 1)).reduce((sum, entry, k) => sum + entry * inside[k], 0);
    return value - (i % 2) * uniform();
  });
  return { n, m, rows, limits, equalities: 0, bound: 1 };
}

/** Markdown: one table per size, with the given peers ({ name, solve }). */
export async function compareRows(peers, log) {
  const slow = new Map();
  const sections = [];
  const tables = [];
  for (const [n, m] of SIZES) {
    log(`random, ${n} variables`);
    const cases = Array.from({ length: CASES }, (_, index) => ({ problem: randomProblem(n, m, index), signs: [] }));
    const ours = async ({ problem }) => (await ourSolver.solve(problem)).milliseconds;
    const contenders = [ourSolver, ...peers].map((peer) => rowContenders(peer, PATIENCE));
    for (const each of cases) await ours(each);
    const rows = await compare(`${n} variables`, cases, ours, contenders, slow);
    tables.push([`${n} variables`, rows]);
    sections.push(`### ${n} variables, ${m} rows\n\n${CASES} problems.\n\n${comparisonTable(rows)}`);
  }
  return [
    'How many times as long as ours the others take (in bold where they are faster):',
    summaryTable(
      tables.map(([name, rows]) => [name, rows.slice(1)]),
      'the rows',
    ),
    ...sections,
  ].join('\n\n');
}
