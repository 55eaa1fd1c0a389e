export { clipNorm, gradientNorm } from './clip.js';
export { absoluteLoss, crossEntropyLoss, euclideanLoss, type Loss, meanSquaredLoss } from './loss.js';
export {
  createOptimizer,
  type Numbers,
  type OptimizerName,
  type OptimizerState,
  type ParameterGroup,
  project,
  STEP_MACS,
  takeStep,
} from './optimizer.js';
export {
  type ConstantSchedule,
  type FallingSchedule,
  type Schedule,
  type StepSchedule,
  scheduled,
} from './schedule.js';
export { arctangent, fastSigmoid, gaussian, type Surrogate, sigmoidSlope, triangle } from './surrogate.js';
export { logCsv, logged, restore, startTraining, stateOf, type Training, type TrainingPlan, train } from './train.js';
export { type Cell, type Unrolled, unroll } from './unroll.js';
