export { type ActiveSet, activeSet, type Counters } from './active-set/active-set.js';
export { type MinNormProblem, type MinNormSolution, solveMinNorm } from './active-set/solve.js';
export { type Certificate, PROMISE, type Residuals } from './judge.js';
export { type LpProblem, memoryNeed, type QpProblem } from './problem.js';
export { type Method, type Settings, type Solution, solveLp, solveQp } from './solve.js';
export type { Status } from './status.js';
export { type Claim, farkasBound, kktResidual, type Proof } from './verify.js';
