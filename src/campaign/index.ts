export { createPool, inSharedMemory, type Pool } from './pool.js';
