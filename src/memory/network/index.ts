export {
  checkNetwork,
  checkWiring,
  delayRange,
  type Network,
  neuronCount,
  shortestDelays,
  teacherForced,
  type Wiring,
} from './network.js';
export {
  type ContinuationModel,
  checkNeurons,
  currentResponse,
  type LifModel,
  NEST,
  type NeuronModel,
  ofNeuron,
  type PerNeuron,
  picoamperes,
  type ResetModel,
  responsePeak,
} from './neuron.js';
export {
  type Bounds,
  daleBounds,
  twinCount,
  type WireOptions,
  wireFixedIn,
  wireFixedInOut,
  wireFixedOut,
  wireFull,
  wireUniform,
} from './wire.js';
