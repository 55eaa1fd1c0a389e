/** What the library has for Node alone: worker threads that run its jobs. */
export { type Batch, createPool, type Pool, type Runnable, type Spread } from './campaign/index.js';
