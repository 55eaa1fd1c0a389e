/** Ten thousand problems with known answers: no claim may be wrong, and few may be missing. */
import { expect, it } from 'vitest';
import { solveQp } from '../solvers/index.js';
import { tally } from './solvers-check.js';
import { families, type Known, knownProblem } from './solvers-problems.js';

function* numbered(from: number, to: number, most: number): Iterable<Known> {
  for (let index = from; index < to; index++) yield knownProblem(index, most);
}

it('on 3 000 problems every claim is right, and nearly all are claimed', { timeout: 300000 }, () => {
  const rates = tally(numbered(0, 3000, 16), (problem) => solveQp(problem));
  console.log(
    Object.entries(rates)
      .map(([family, { problems, right }]) => `${family} ${right}/${problems}`)
      .join(', '),
  );
  expect(Object.keys(rates)).toEqual([...families]);
  for (const [family, { problems, right }] of Object.entries(rates)) {
    // Units that differ by 1e18 leave some optima that no double represents to 1e-9.
    expect(right / problems, `${family}: ${right} of ${problems}`).toBeGreaterThan(family === 'scaled' ? 0.8 : 0.995);
  }
});

it('both methods are right on their own', { timeout: 300000 }, () => {
  for (const method of ['activeSet', 'interiorPoint'] as const) {
    const rates = tally(numbered(20000, 21200, 24), (problem) => solveQp(problem, { method }));
    for (const [family, { problems, right }] of Object.entries(rates)) {
      expect(right / problems, `${method} on ${family}`).toBeGreaterThan(family === 'scaled' ? 0.6 : 0.95);
    }
  }
});
