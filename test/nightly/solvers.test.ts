/** The long run over generated problems: `npm run test:nightly`. */
import { expect, it } from 'vitest';
import { solveQp } from '../../solvers/index.js';
import { trial } from '../exact-claims.js';
import { tally } from '../solvers-check.js';
import { type Known, knownProblem } from '../solvers-problems.js';

function* numbered(from: number, to: number, most: number): Iterable<Known> {
  for (let index = from; index < to; index++) yield knownProblem(index, most);
}

it('on 100 000 problems every claim is right', () => {
  const rates = tally(numbered(100000, 200000, 24), (problem) => solveQp(problem));
  console.log(rates);
  for (const [family, { problems, right }] of Object.entries(rates)) {
    expect(right / problems, `${family}: ${right} of ${problems}`).toBeGreaterThan(family === 'scaled' ? 0.75 : 0.995);
  }
});

it('on problems of up to 200 variables every claim is right', () => {
  const rates = tally(numbered(200000, 200600, 200), (problem) => solveQp(problem));
  console.log(rates);
});

it('on 30 000 hard problems no claim is refuted by exact arithmetic', () => {
  const { wrong, counts } = trial(10000, 40000, (problem) => solveQp(problem, { roundLimit: 400 }));
  console.log(counts);
  expect(wrong).toEqual([]);
});
