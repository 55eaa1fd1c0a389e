export { wilson } from '../../core/index.js';
export { arnoldi, type Eigenvalue, type Spectrum } from './arnoldi.js';
export { type Chance, chanceLevel, unrelatedTrains } from './baseline.js';
export { circularVanRossum, vanRossum, victorPurpura } from './distance.js';
export { discriminability, expectedShare, NEEDED, type Swing, swingOf } from './expected-prompt.js';
export { type Firing, firingOf, firingOfScore } from './firing.js';
export { type Beside, type Imposed, imposePrompt, type Start } from './impose.js';
export { entriesToWeights, pullDeflated } from './jitter-adjoint.js';
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
export {
  type Draws,
  type Flaws,
  MOST_JITTER,
  MOST_WARP,
  ofSize,
  type Prompt,
  type Prompted,
  promptedChannels,
  promptSize,
  repeatTrain,
  wrongCount,
} from './prompt.js';
export {
  type CoursePeriod,
  isDeterministic,
  measurePeriod,
  outcomeJob,
  type PeriodRecall,
  type RecallTest,
  recallJob,
  SUCCESS,
  type Trial,
  type TrialPlan,
} from './recall.js';
export { carriesFrom, type MapPoint, meanMap, type RecallMapTest, recallMapJob } from './recall-map.js';
export { findSmallest, type SmallestSize, type TriedSize, WANTED } from './smallest.js';
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
