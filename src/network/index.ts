export { checkWiring, delayRange, type Network, neuronCount, shortestDelays, type Wiring } from './network.js';
export {
  daleBounds,
  type WireOptions,
  wireFixedIn,
  wireFixedInOut,
  wireFixedOut,
  wireFull,
  wireUniform,
} from './wire.js';
