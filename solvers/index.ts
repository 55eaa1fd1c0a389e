export { type ActiveSet, activeSet, type Counters } from './active-set/active-set.js';
export { type MinNormProblem, type MinNormSolution, solveMinNorm } from './active-set/solve.js';
export type { Status } from './status.js';
export { type Bound, type Claim, farkasBound, kktResidual, type Proof } from './verify.js';
