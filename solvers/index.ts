export { type Arena, createArena, type KernelModule } from '../src/core/index.js';
export { type ActiveSet, activeSet, addCounters, type Counters, type Held } from './active-set/active-set.js';
export type { Metric } from './active-set/factor.js';
export { refineInMetric } from './active-set/metric-cuts.js';
export { type MinNormProblem, type MinNormSolution, solveMinNorm } from './active-set/min-norm.js';
export { type Highs, loadHighs, type MipSolution, type MipStatus } from './adapters/highs.js';
export { type JavascriptLpSolver, loadJavascriptLpSolver } from './adapters/javascript-lp-solver.js';
export type { Work } from './candidate.js';
export type { Convexity } from './convexity.js';
export {
  type CutOracle,
  type CutSettings,
  type CutSolution,
  type CutSource,
  type JointSource,
  type Refined,
  refineByCuts,
  solveWithCuts,
  solveWithCutsLater,
} from './cuts.js';
export { refineSeparable, type SeparableSource } from './dual-newton/cuts.js';
export type { Separable } from './dual-newton/state.js';
export { readJsonProblem } from './formats/json.js';
export { readMps } from './formats/mps.js';
export { denseProblem, type SparseProblem, sparseProblem } from './formats/sparse-problem.js';
export type { Certificate, Residuals } from './judge.js';
export { createModel, type QpModel, type Rows } from './model.js';
export {
  type Bound,
  type Claim,
  farkasBound,
  kktResidual,
  type Optimum,
  optimalityGap,
  type Proof,
} from './optimality.js';
export { type LpProblem, memoryNeed, type QpProblem } from './problem.js';
export type { Method, Settings, Solution, Solver } from './solution.js';
export { solveLp, solveQp, solveQpLater } from './solve.js';
export type { SparseMatrix } from './sparse/csc.js';
export type { Status } from './status.js';
export { verify } from './verify.js';
