export { findInputs, findShortfall, type Shortfall } from './diagnose.js';
export { type ExactLevels, exactLevels, fewEnough } from './exact-levels.js';
export { explain, type Verdict } from './explain.js';
export type { NeuronReport } from './judge.js';
export {
  checkProblem,
  type Memory,
  memorize,
  memorizeEach,
  memorizeJob,
  type Problem,
  scoresOf,
} from './memorize.js';
export type { Objective } from './neuron.js';
export type { NoiseGain } from './noise.js';
export { ALLOWED } from './quantise.js';
export { type Robust, robustTemplate } from './robust.js';
export { type Payment, payments } from './soft.js';
