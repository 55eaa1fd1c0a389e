export { simulateByQueue } from './reference.js';
export { mergeTrains, type Run, type Spikes, splitTrains } from './run.js';
export { createSimulator, type Simulator } from './simulate.js';
