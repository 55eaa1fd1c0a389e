export {
  advance,
  type Descent,
  type DescentSettings,
  type Loss,
  outcomeOf,
  startDescent,
} from './descend.js';
export type { FpSettings } from './fp.js';
export type { HingeSettings } from './hinge.js';
export { createOptimizer, type OptimizerName, type OptimizerState, project, takeStep } from './optimizer.js';
export { type Schedule, scheduled } from './schedule.js';
export type { SuperSpikeSettings } from './superspike.js';
export { fastSigmoid, type Surrogate, triangle } from './surrogate.js';
export {
  checkTask,
  type NetworkTrainer,
  type NeuronMethod,
  type NeuronPart,
  type NeuronSettings,
  partOf,
  type Target,
  type Trained,
  type TrainingStatus,
  type TrainingTask,
} from './task.js';
