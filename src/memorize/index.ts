export { findInputs, findShortfall, type Shortfall } from './diagnose.js';
export type { Robust } from './easing.js';
export { explain, type Verdict } from './explain.js';
export { type NeuronReport, PROMISE } from './judge.js';
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
export { ALLOWED } from './quantise.js';
export { type Payment, payments } from './soft.js';
