export { backward, type Gradients, ofStart, runTrial, type Trial } from './adjoint.js';
export {
  type Calendar,
  type CalendarState,
  calendarRefusal,
  calendarStart,
  createCalendar,
} from './calendar.js';
export { type SeriesForm, type SeriesNeuron, withSeries } from './chebyshev.js';
export { type Circuit, type DriveSteps, fromPhases, fromVoltages, type InputSpikes } from './circuit.js';
export { type Connectivity, type CsrSpec, csr, type Drawn, type Fanout, generated, inMemory } from './connectivity.js';
export { type CovariantVectors, covariantVectors } from './covariant.js';
export { customNeuron, type NeuronSpec } from './custom.js';
export { eif } from './eif.js';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type EngineState,
  engineStart,
  type Observer,
} from './engine.js';
export { neuronHistogramsSpec, phaseSpec, rasterSpec } from './figures.js';
export {
  readConnectivity,
  readInput,
  readState,
  readSteps,
  readTargets,
  spikesCsv,
  stateArrays,
} from './files.js';
export { type Groups, groupsOf } from './groups.js';
export { lif } from './lif.js';
export {
  balanceDrive,
  type ModelName,
  modelNames,
  type NetworkSpec,
  networkDefaults,
  networkOf,
  neuronOf,
} from './models.js';
export { bend, type Neuron, periodOf, periodSlope, type Slopes } from './neuron.js';
export { type DistanceCurve, type Disturbance, disturb, disturbances } from './perturb.js';
export { type Oscillator, oscillator } from './phase.js';
export { qif } from './qif.js';
export {
  createRateNetwork,
  type RateNetwork,
  type RateParameters,
  type RatePass,
  type RateSpec,
  rateParameters,
} from './rate-network.js';
export {
  drawnStart,
  fastestQueue,
  type Limit,
  type QueueName,
  queueNames,
  type SavedState,
  type Session,
  type Spikes,
  startSession,
} from './simulate.js';
export { intervalOf, kaplanYorke, type Spectrum, type SpectrumPlan, spectrumOf } from './spectrum.js';
export { type SpikeLoss, type SpikeTargets, spikeTimeLoss } from './spike-loss.js';
export { LEAST_INTERVALS, type TrainStatistics, trainStatistics } from './statistics.js';
export { createTangent, type Tangent } from './tangent.js';
export { driveForRate, type FoundDrive } from './target-rate.js';
export { type Tracker, type TrackTest, trainTracker } from './track.js';
export {
  drawGains,
  drawSignal,
  type Tracked,
  type TrackingTask,
  trackingLoss,
  trackingTask,
  withSignal,
} from './tracking.js';
export {
  type ExponentGoal,
  type NetworkTraining,
  type TrackingTraining,
  type Trained,
  type TrainSettings,
  trainSpikeTimes,
  trainTracking,
} from './training.js';
export { type TrialExponent, trialExponent } from './trial-exponent.js';
