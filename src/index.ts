/** The library: everything that runs in a browser as well as in Node. */
export * from './core/index.js';
export * from './memory/figures/index.js';
export * from './memory/files/index.js';
export * from './memory/gradient/index.js';
export * from './memory/measure/index.js';
export * from './memory/memorize/index.js';
export * from './memory/network/index.js';
export * from './memory/score/index.js';
export * from './memory/simulate/index.js';
export * from './memory/template/index.js';
export * from './plot/index.js';
