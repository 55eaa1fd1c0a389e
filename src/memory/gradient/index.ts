export type { BpttSettings } from './bptt.js';
export {
  advance,
  type Descent,
  type DescentLoss,
  type DescentSettings,
  outcomeOf,
  startDescent,
} from './descend.js';
export type { EventPropSettings } from './eventprop.js';
export type { FlossSettings } from './floss.js';
export { forcedSpikes, type Reproduction, reproductionOf } from './forced.js';
export type { FpSettings } from './fp.js';
export { type HingeSettings, hingeLoss, sampledCuts } from './hinge.js';
export { initialWeights } from './initial.js';
export { type JitterExponents, type JitterPlan, jitterExponents } from './jitter-exponents.js';
export { judgeTrained, type TrainedReport } from './judge.js';
export {
  type NetworkMethod,
  type NetworkSettings,
  networkJob,
  neuronsOf,
  trainNetwork,
} from './network.js';
export { type NeuronMethod, type NeuronSettings, trainJob } from './neuron.js';
export { gridOf, type Response, responseOf } from './response.js';
export { networkDefaults, neuronDefaults } from './settings.js';
export { fire, type SuperSpikeSettings, superSpikeLoss } from './superspike.js';
export {
  checkTask,
  type NeuronPart,
  partOf,
  type Target,
  type Trained,
  type TrainingStatus,
  type TrainingTask,
} from './task.js';
export { createVanRossum, type VanRossum } from './van-rossum.js';
