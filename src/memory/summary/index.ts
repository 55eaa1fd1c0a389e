export { type Basin, basinTrials, JITTERS, MISSING, RETURN_PERIODS, type Returned, summarizeBasin } from './basin.js';
export { driftOf, millisecondsPerSecond } from './drift.js';
export { shareExpected } from './expected-prompt.js';
export { type FiringSummary, summarizeFiring } from './firing-summary.js';
export { type Extreme, type Fit, fitOf, wholeLimit } from './fit.js';
export { compareNoise, LOST, type NoiseComparison } from './noise-comparison.js';
export {
  lastOf,
  levelsOf,
  type MedianCourse,
  type Outcome,
  type RecallStatistics,
  type RecallSummary,
  recallStatistics,
  summarizeRecall,
  summarizeReplay,
} from './recall-summary.js';
export { lowerSpread, medianOf, type Spread } from './samples.js';
export {
  BYTES_PER_SYNAPSE,
  defaultInputs,
  MOST_POINTS,
  MOST_SIMULATED,
  memoryNeed,
  promptedChannels,
  type Size,
  simulationNeed,
} from './size.js';
export {
  type Counts,
  createStorageSummary,
  type Shortfall,
  type StorageSummary,
  type Unsolved,
} from './storage-summary.js';
export {
  byMemory,
  type MemoryRecall,
  type SwitchingSummary,
  summarizeSwitching,
  worstBlock,
} from './switching-summary.js';
export { createTrainingSummary, type Missed, type TrainingStanding, type TrainingSummary } from './training-summary.js';
