export { periodWindow, type Similarity, similarity, similarityAt, timingErrors } from './precision.js';
export { measurePeriod, type PeriodRecall, type RecallTest, recallJob, type Trial } from './recall.js';
