// Who is how fast on the same cases: every measurement of a contender follows one of ours on the same case, so that
// a ratio compares the same minute, and every answer is judged.
//
// A contender is { name, start, run(case) }, where `start` says what it knows beforehand and `run` resolves to
// { milliseconds, residual, work } or { failure }: the residual relative to the answer's size, and work as
// { counter: amount }.
import { TOLERANCE } from './judge.mjs';
import { mean, median } from './measure.mjs';

/** Passes over the cases. */
const PASSES = 3;
/** A contender spends no more than this on the cases of one instance, once it has answered. */
const BUDGET = 2500;
/** The patience with one solve, for codes that can be told. */
export const PATIENCE = 10000;
/** A code that takes longer than this for one solve is not tried on larger instances. */
const TOO_SLOW = 5000;

/**
 * Rows of a table, one per contender, on the cases of an instance; `ours` resolves to our milliseconds on a case.
 * `slow` remembers, over several instances, who is too slow for larger ones: a map from name to words.
 */
export async function compare(instance, cases, ours, contenders, slow) {
  const records = contenders.map((contender) => ({ contender, spent: 0, answers: [], ratios: [], failures: [] }));
  for (let pass = 0; pass < PASSES; pass++) {
    for (const each of cases) {
      for (const record of records) {
        const { name, start, run } = record.contender;
        if (record.spent > BUDGET || slow.has(`${name} ${start}`)) continue;
        const before = await ours(each);
        const begin = performance.now();
        const answer = await run(each).catch((error) => ({ failure: `failed: ${error.message}` }));
        record.spent += performance.now() - begin;
        const solve = answer.milliseconds / (answer.work?.solves ?? 1);
        if (solve > TOO_SLOW) record.slow = `${(solve / 1000).toFixed(0)} s at ${instance}`;
        if (answer.failure) {
          record.failures.push(answer.failure);
          continue;
        }
        record.answers.push(answer);
        record.ratios.push(answer.milliseconds / before);
      }
    }
  }
  return records.map(({ contender, answers, ratios, failures, slow: late }) => {
    const { name, start } = contender;
    const key = `${name} ${start}`;
    const skipped = slow.has(key) ? [`not tried: ${slow.get(key)}`] : [];
    if (late && !slow.has(key)) slow.set(key, late);
    const tries = answers.length + failures.length;
    const row = { name, start, tries, failures: [...new Set([...failures, ...skipped])] };
    if (answers.length === 0) return row;
    const residuals = answers.map(({ residual }) => residual);
    return {
      ...row,
      milliseconds: median(answers.map((answer) => answer.milliseconds)),
      ratio: median(ratios),
      good: residuals.filter((residual) => residual <= TOLERANCE).length,
      worst: Math.max(...residuals),
      work: averageWork(answers),
    };
  });
}

function averageWork(answers) {
  const counters = Object.keys(answers[0].work);
  return Object.fromEntries(counters.map((name) => [name, mean(answers.map(({ work }) => work[name]))]));
}

const HEADS = ['code', 'starts from', 'ms', 'x ours', 'answers within 1e-9', 'worst residual', 'work (mean)'];

/** The rows as a Markdown table. */
export function comparisonTable(rows) {
  const lines = rows.map(({ name, start, tries, failures, milliseconds, ratio, good, worst, work }) => {
    const failed = failures.map((failure) => `**${failure}**`);
    if (milliseconds === undefined)
      return [name, start, failed.join(', '), '', tries ? `**0 of ${tries}**` : '', '', ''];
    const counted = Object.entries(work).map(([counter, amount]) => `${round(amount)} ${counter}`);
    const verdict = good === tries ? `${good} of ${tries}` : `**${good} of ${tries}**`;
    const words = [...counted, ...failed].join(', ');
    return [name, start, digits(milliseconds), digits(ratio), verdict, worst.toExponential(0), words];
  });
  return table(HEADS, lines);
}

/** Ratios of all instances side by side: `tables` are [instance, rows], and `start` says which rows count. */
export function summaryTable(tables, start) {
  const names = [
    ...new Set(tables.flatMap(([, rows]) => rows.filter((row) => row.start === start).map(({ name }) => name))),
  ];
  const cell = (row) => {
    if (row?.ratio === undefined) return 'none';
    const wrong = row.good < row.tries ? ' (not all right)' : '';
    return row.ratio < 1 ? `**${digits(row.ratio)}**${wrong}` : `${digits(row.ratio)}${wrong}`;
  };
  const lines = tables.map(([instance, rows]) => [
    instance,
    ...names.map((name) => cell(rows.find((row) => row.name === name && row.start === start))),
  ]);
  return table(['', ...names], lines);
}

export const digits = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
export const round = (value) => (value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1));

export const table = (heads, lines) =>
  [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
