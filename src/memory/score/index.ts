export { jitterTrain, truncatedNormal } from './jitter.js';
export { activityOfHazard, activityOfRate, expectedSpikes, sampleScore, spikeCountPmf } from './sample.js';
export {
  channelCount,
  checkScore,
  cutScore,
  demandChannels,
  demandScore,
  type Id,
  idOf,
  joinScores,
  type Score,
  scoreOf,
  spikesOf,
  withIds,
} from './score.js';
