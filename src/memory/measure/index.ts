export { wilson } from '../../core/index.js';
export { arnoldi, type Eigenvalue, type Spectrum } from './arnoldi.js';
export { type Chance, chanceLevel, unrelatedTrains } from './baseline.js';
export { circularVanRossum, vanRossum, victorPurpura } from './distance.js';
export { discriminability, expectedShare, NEEDED, type Swing, swingOf } from './expected-prompt.js';
export { applyDeflated, applyTransposed, type JitterMap, jitterMap, sweepPeriod } from './jitter-map.js';
export { type NoiseOptions, type NoisePrediction, predictNoise } from './linear-noise.js';
export {
  type Agreement,
  type ChannelAgreement,
  type Convention,
  channelSimilarity,
  periodWindow,
  type Similarity,
  similarity,
  similarityAt,
  similarityBounds,
} from './precision.js';
export { imposePrompt, type Prompt, repeatTrain, type Start } from './prompt.js';
export {
  type CoursePeriod,
  measurePeriod,
  type PeriodRecall,
  type RecallTest,
  recallJob,
  SUCCESS,
  type Trial,
  type TrialPlan,
} from './recall.js';
export { type Stability, stabilityOf } from './stability.js';
export { type StabilityPart, type StabilityTest, stabilityJob } from './stability-job.js';
export { type Block, inTurn, type SwitchingTest, type SwitchingTrial, switchingJob } from './switching.js';
export {
  type Jitter,
  jitterStatistics,
  lagTrack,
  lastOffset,
  type Trend,
  timingErrors,
  trend,
  wrapped,
} from './timing.js';
