/** The loop of constraint refinement where rounding brings violations back. */
import { expect, it } from 'vitest';
import type { ActiveSet } from '../solvers/active-set/active-set.js';
import { refineRounds } from '../solvers/active-set/rounds.js';

/** A solver whose refined points violate a row by rounding, every time; with one round that row is gone. */
function spoiling(roundLimit: number) {
  const counters = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  let amount = 0;
  const solver = {
    counters,
    tolerance: 1e-12,
    violatedBounds: () => 0,
    refine: () => {
      amount = 3e-9;
    },
  } as unknown as ActiveSet;
  const status = refineRounds(
    solver,
    'solved',
    roundLimit,
    (spoiled) => (amount > (spoiled ? 5e-9 : 1e-9) ? [amount] : []),
    () => {
      counters.rounds++;
      amount = 0;
      return 'solved';
    },
  );
  return { status, rounds: counters.rounds, amount };
}

it('ends at a refined optimum that rounding alone spoils, once the oracle leaves as much alone', () => {
  const { status, rounds, amount } = spoiling(300);
  expect(status).toBe('solved');
  expect(rounds).toBe(4);
  // The optimum has been refined last: only then are its multipliers right to the last digits.
  expect(amount).toBe(3e-9);
});

it('does not say so before the rounds are used up', () => {
  expect(spoiling(3)).toMatchObject({ status: 'roundLimit', rounds: 3 });
});
