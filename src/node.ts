/** What the library has for Node alone: worker threads that run its jobs. */
export { createPool, type Pool } from './campaign/index.js';
