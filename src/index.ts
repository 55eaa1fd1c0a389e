/** The library: everything that runs in a browser as well as in Node. */
export * from './core/index.js';
export * from './gradient/index.js';
export * from './io/index.js';
export * from './measure/index.js';
export * from './memorize/index.js';
export * from './network/index.js';
export * from './plot/index.js';
export * from './score/index.js';
export * from './simulate/index.js';
export * from './template/index.js';
