export { jitterTrain, truncatedNormal } from './jitter.js';
export { activityOfHazard, activityOfRate, expectedSpikes, sampleScore, spikeCountPmf } from './sample.js';
export {
  channelCount,
  checkScore,
  cutScore,
  demandChannels,
  demandScore,
  joinScores,
  type Score,
  scoreOf,
  spikesOf,
} from './score.js';
