export { arnoldi, type Eigenvalue, type Spectrum } from './arnoldi.js';
export { type Chance, chanceLevel, unrelatedTrains } from './baseline.js';
export { vanRossum, victorPurpura } from './distance.js';
export { applyDeflated, applyTransposed, type JitterMap, jitterMap, sweepPeriod } from './jitter-map.js';
export { type NoisePrediction, predictNoise } from './linear-noise.js';
export {
  type Convention,
  channelSimilarity,
  periodWindow,
  type Similarity,
  similarity,
  similarityAt,
  similarityBounds,
} from './precision.js';
export { measurePeriod, type PeriodRecall, type RecallTest, recallJob, type Trial } from './recall.js';
export { type Jitter, jitterStatistics, lagTrack, lastOffset, timingErrors, trend } from './timing.js';
