export { simulateByQueue } from './reference.js';
export { mergeTrains, type Run, type Spikes, splitTrains } from './run.js';
export { createSimulator, LONGEST_DELAY, SHORTEST_DELAY, type Simulator } from './simulate.js';
