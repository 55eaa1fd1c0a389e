export type { Checkpoint } from './loaded.js';
export type { KernelModel, Model } from './model.js';
export { simulateByQueue } from './reference.js';
export {
  type Background,
  type Clamps,
  concatenate,
  mergeTrains,
  type Noise,
  type Run,
  type Spikes,
  splitTrains,
} from './run.js';
export type { Session, Trace } from './session.js';
export {
  createSimulator,
  LONGEST_DELAY,
  SHORTEST_DELAY,
  type SimulationCounters,
  type Simulator,
  type SimulatorOptions,
} from './simulate.js';
