export { findInputs, findShortfall, type Shortfall } from './diagnose.js';
export { explain, type Verdict } from './explain.js';
export {
  checkProblem,
  type Memory,
  memorize,
  memorizeEach,
  memorizeJob,
  type NeuronReport,
  type Problem,
  scoresOf,
} from './memorize.js';
export type { Objective } from './neuron.js';
