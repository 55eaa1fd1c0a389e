import type { Wiring } from '../network/index.js';
import type { Box } from '../template/index.js';

/** A wiring from a file. */
export interface LoadedWiring {
  /** Sources, delays and synapses of each neuron. */
  wiring: Wiring;
  /** Undefined if the file says nothing about weights. */
  bounds: Box | undefined;
  /** What each synapse costs the objective, if the file says it. */
  costs: Float64Array | undefined;
  /** How the file was understood, for people. */
  notes: string[];
}
