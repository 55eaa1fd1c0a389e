export { findInputs, findShortfall, type Shortfall } from './diagnose.js';
export { type ExactLevels, exactLevels, fewEnough } from './exact-levels.js';
export { explain, type Verdict } from './explain.js';
export { type NeuronReport, PROMISE } from './judge.js';
export {
  boundsOf,
  checkModel,
  checkProblem,
  type Memory,
  memorize,
  memorizeEach,
  memorizeJob,
  type Problem,
  scoresOf,
} from './memorize.js';
export type { NoiseGain } from './noise.js';
export { LEAST_COST, MOST_COST, OBJECTIVES, type Objective, parseObjective } from './objective.js';
export { ALLOWED } from './quantise.js';
export { type Robust, robustTemplate } from './robust.js';
export { type Payment, payments } from './soft.js';
