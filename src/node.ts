/** What the library has for Node alone: worker threads that run its jobs. */
export { type Batch, createPool, type Pool, type Runnable } from './campaign/index.js';
