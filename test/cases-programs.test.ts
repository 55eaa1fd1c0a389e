/** MPS files that were once misread or refused, as files of ../shared/cases, with what is right. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readMps, solveQp, sparseProblem } from '../solvers/index.js';

const cases = new URL('../../shared/cases/', import.meta.url);
if (!existsSync(cases)) console.log('skipped: no ../shared/cases with programs');
const there = it.skipIf(!existsSync(cases));

const read = (name: string) => {
  const bytes = readFileSync(new URL(name, cases));
  return readMps(new TextDecoder(name.startsWith('latin1') ? 'windows-1252' : 'utf-8').decode(bytes), name);
};

there.each([
  ['fixed_lo.mps', -0.0015],
  ['fixed_field6.mps', 300],
  ['latin1.mps', 2],
  ['sense_max_nl.mps', -17],
])('%s has the optimum %d, of a maximization with its sign turned', (name, optimum) => {
  const { status, objective } = solveQp(sparseProblem(read(name)));
  expect(status).toBe('solved');
  expect(objective).toBeCloseTo(optimum, 9);
});

there.each(['qsection_pairs.qps', 'sense_max_col0.mps', 'dollar2.mps'])('%s is read, and solved', (name) => {
  expect(solveQp(sparseProblem(read(name))).status).toBe('solved');
});

there('names with blanks may stand beside integer markers', () => {
  const { columns, integer } = read('fixed_blanks_int.mps');
  expect(columns).toEqual(['COL A', 'COL B']);
  expect(integer.some((is) => is)).toBe(true);
});

there('a maximization keeps that it is one', () => {
  expect(read('sense_max_nl.mps').maximize).toBe(true);
});

there.each([
  ['fixed_gap.mps', /^fixed_gap\.mps:6: /],
  ['qsection_con.qps', /:10: "c1" is a quadratic constraint/],
  ['qsection_nosuch.qps', /:10: unknown row "nosuch"/],
  ['up_twice.mps', /:11: the upper bound of column "x" is given twice/],
  ['fx_inf.mps', /:10: FX of Infinity/],
])('%s is refused with its line', (name, message) => {
  expect(() => read(name)).toThrow(message);
});
