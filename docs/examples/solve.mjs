// A portfolio: least variance at a wanted return, nothing sold short. Run it with Node after `npm run build`:
//   node docs/examples/solve.mjs
import { solveQp } from 'engram/solvers';

const covariance = Float64Array.of(0.04, 0.006, 0.004, 0.006, 0.01, 0.002, 0.004, 0.002, 0.0225);
const returns = [0.12, 0.09, 0.14];

const problem = {
  P: covariance,
  q: Float64Array.of(0, 0, 0),
  A: Float64Array.of(...returns, 1, 1, 1), // two rows: the return, the budget
  l: Float64Array.of(0.11, 1),
  u: Float64Array.of(Infinity, 1),
  lb: Float64Array.of(0, 0, 0),
};

const { status, method, x, residuals } = solveQp(problem);
console.log(`${status} by ${method}: ${Array.from(x, (share) => share.toFixed(4)).join(' ')}`);
console.log(`residuals: primal ${residuals.primal.toExponential(0)}, dual ${residuals.dual.toExponential(0)}`);

// A return that nobody pays: the answer is a proof.
const { certificate } = solveQp({ ...problem, l: Float64Array.of(0.2, 1) });
console.log(`asking for 20 %: every portfolio misses by at least ${certificate.violation.toFixed(4)}`);
