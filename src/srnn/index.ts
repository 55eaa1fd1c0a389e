export { type Ablation, ablations, silenced } from './ablate.js';
export { type Accuracy, accuracyOf, hasRule, intervalOf, type Share, shareOf } from './accuracy.js';
export {
  type Asking,
  type BatchAsk,
  here,
  type Outcome,
  over,
  type Perturbation,
  runBatch,
  runTrials,
  type Trains,
  type TrialPlan,
} from './batch.js';
export { checkpointBytes, readCheckpoint, readState, stateBytes } from './checkpoint.js';
export { type Decoding, decodeRule } from './decode.js';
export {
  type Effect,
  effectIn,
  effectOf,
  type Manipulated,
  type Manipulation,
  manipulated,
  type Region,
  regions,
  sweeps,
} from './manipulate.js';
export { drawWeights, type Gradients, TRAINED, type Weights } from './network.js';
export { type RecordedStep, recordTrials } from './record.js';
export {
  delayOf,
  delayRates,
  playSession,
  populationRates,
  type Session,
  trialsByRule,
} from './session.js';
export {
  type CellSettings,
  DEFAULTS,
  excitatoryOf,
  type LearningSettings,
  prepared,
  recipes,
  type SrnnSettings,
} from './settings.js';
export {
  advanceTraining,
  BATCH_COLUMNS,
  columnOf,
  cyclePlan,
  isDone,
  ruleSoFar,
  startTraining,
  TEST_COLUMNS,
  type Trained,
} from './train.js';
export { type Trajectories, type Trajectory, trajectoriesOf } from './trajectories.js';
export { heatMap, type Psth, psthOf, type Tuned, tuningOf } from './tuning.js';
