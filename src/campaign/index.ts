export { bytesOfCell, cellOf, valueIn } from './cells.js';
export { type Counted, countedTasks } from './counted.js';
export type { Cell, Row, Tasks, Work } from './experiment.js';
export { mergeRows, rowsCsv, rowsNpz } from './merge.js';
export { keepNear, type Records } from './near.js';
export { beginCampaign, type Campaign, openCampaign, type Plan, planOf, readPlan, shardCount } from './plan.js';
export { createPool, indicesFrom, inSharedMemory, type Pool, type Spread } from './pool.js';
export {
  createRunner,
  isLeft,
  type Progress,
  progressOf,
  type RunOptions,
  runCampaign,
  serialRunner,
  type TaskRunner,
} from './run-campaign.js';
export { readShard, shardFiles } from './shards.js';
export { type Launch, type Launched, type LaunchOptions, launchOnSlurm } from './slurm/launch.js';
export { slurmSeconds } from './slurm/site.js';
export { type LaunchStatus, launchStatus } from './slurm/status.js';
export type { Batch, Runnable } from './worker.js';
