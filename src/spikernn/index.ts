export { type ActivationName, activations } from './activation.js';
export { type Activity, rateActivity, spikingActivity } from './activity.js';
export { correlationWithRate } from './agreement.js';
export { type Components, principalComponents } from './components.js';
export { type Evaluation, evaluateRate, type LossName } from './evaluate.js';
export { type Lesion, lesioned, type Silenced } from './lesion.js';
export {
  aliveShare,
  type RateModel,
  rateModelBytes,
  readRateModel,
  type TauSummary,
  tauSummary,
  withScale,
  withWeights,
} from './model-file.js';
export { type Draw, drawNetwork, type RateNetwork, tausOf } from './network.js';
export { type Answer, type OwnAnswer, type OwnStimulus, type OwnTask, readOwnTask } from './own-task.js';
export { createRatePass, drawTrial, type Gradients, type RatePass, type TrialInput, type TrialRun } from './pass.js';
export { type Polish, polished } from './polish.js';
export { type FiringCurve, firingAt, firingCurve, type PredictedScale, predictScale } from './predict.js';
export {
  bestOf,
  lowScaleGrid,
  type ScalePlan,
  type SpikingScore,
  scaleGrid,
  scaleJob,
  searchScale,
} from './scale.js';
export { type Enough, leastOf, spikernnDefaults, type TrainingSettings } from './settings.js';
export { type PlayedNetwork, type SpikingScript, simulatorScript } from './simulator-script.js';
export { eigenvaluesOf, type Reach, spectralReach } from './spectrum.js';
export {
  lifModel,
  type Mapping,
  mapNetwork,
  qifModel,
  type RunOptions,
  type SpikingModel,
  type SpikingNetwork,
  type SpikingRun,
  type SpikingState,
  type StatesOptions,
  type Stimulation,
} from './spiking.js';
export { AXES, type Separation, separationOf, type Targeted, type TargetedPath, targetedAxes } from './targeted.js';
export {
  isRight,
  judgedSteps,
  type Label,
  nameOfTask,
  type RateTask,
  rateTask,
  speaks,
  spikingRight,
  type TaskChoice,
  type TaskName,
  type TaskTimes,
  taskNames,
} from './tasks.js';
export { advanceRate, startRate, type TrainedRate } from './train.js';
