/** Claims against exact arithmetic, on problems that are built to break them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type QpProblem, readJsonProblem, solveQp } from '../solvers/index.js';
import { hardFamilies, refuted, trial } from './exact-claims.js';

const cases = new URL('../../shared/cases/', import.meta.url);

it('no claim on 301 hard problems is refuted by exact arithmetic', () => {
  const { wrong, counts } = trial(0, 301, (problem) => solveQp(problem, { roundLimit: 200 }));
  expect(wrong).toEqual([]);
  expect(Object.keys(counts)).toEqual([...hardFamilies]);
  // Not by claiming nothing: where there is an answer it is mostly found.
  for (const family of ['big M', 'dependent', 'perturbed']) expect(counts[family].solved, family).toBeGreaterThan(12);
  for (const family of ['flat program', 'perturbed']) expect(counts[family].unbounded, family).toBeGreaterThan(1);
  console.log(counts);
});

it('the checker refutes what is wrong', () => {
  const problem = { q: Float64Array.of(1, 2), lb: Float64Array.of(0, 0) };
  const solution = solveQp(problem);
  expect(refuted(problem, solution)).toBeUndefined();
  const off = Float64Array.of(1e-8, 0);
  expect(refuted(problem, { ...solution, x: off })).toMatch(/gap/);
  expect(refuted(problem, { ...solution, x: Float64Array.of(-1e-8, 0) })).toBeDefined();
  expect(refuted(problem, { ...solution, z: Float64Array.of(1, 2.1) })).toMatch(/slope/);
  expect(refuted(problem, { ...solution, status: 'unbounded' })).toMatch(/ray/);
  expect(refuted(problem, { ...solution, status: 'infeasible' })).toMatch(/certificate/);
  expect(refuted(problem, { ...solution, objective: Number.NaN })).toMatch(/none/);
  expect(refuted({ ...problem, P: Float64Array.of(1, 2, 2, 1) }, solution)).toMatch(/indefinite/);
});

/** What each file of ../shared/cases must come to: see its README. */
const right: Record<string, (outcome: string, objective: number) => boolean> = {
  'big-m-roundlimit': (outcome, objective) => outcome === 'solved' && Math.abs(objective + 34359008.461) < 1e-3,
  'huge-cost': (outcome) => outcome === 'refused',
  'huge-entry-solved': (outcome) => outcome === 'refused',
  'indefinite-solved': (outcome) => outcome === 'refused',
  'indefinite-unbounded-solved': (outcome) => outcome === 'refused',
  'lp-bounded-called-unbounded': (outcome) => outcome !== 'unbounded',
  'strictly-convex-unbounded': (outcome) => outcome !== 'unbounded',
};

it.skipIf(!existsSync(cases))('files that once were answered wrongly', () => {
  for (const file of readdirSync(cases).filter((name) => name.replace('.json', '') in right)) {
    const problem = readJsonProblem(readFileSync(new URL(file, cases), 'utf8'), file) as QpProblem;
    for (const method of ['auto', 'activeSet', 'interiorPoint'] as const) {
      let [outcome, objective] = ['refused', 0];
      try {
        const solution = solveQp(problem, { method });
        expect(refuted(problem, solution), file).toBeUndefined();
        [outcome, objective] = [solution.status, solution.objective];
      } catch (error) {
        expect((error as Error).name).toBe('EngramError');
      }
      const good = right[file.replace('.json', '')](outcome, objective);
      expect(good || (method !== 'auto' && outcome !== 'unbounded'), `${file} by ${method}: ${outcome}`).toBe(true);
    }
  }
});
