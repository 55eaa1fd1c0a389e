/** What a simulator and its sessions keep: the loaded network, where a run's tables lie, and a run's state at rest. */
import type { Arena } from '../../core/index.js';
import type { Constants } from './model.js';

/** A loaded network, and the number of the session that owns its state. */
export interface Loaded {
  readonly arena: Arena;
  readonly mark: number;
  readonly neurons: number;
  readonly synapses: number;
  readonly window: number;
  readonly shortest: number;
  readonly neuronTable: number;
  readonly modelTable: number;
  /** Of leaky integrate-and-fire neurons only. */
  readonly membranes: number;
  readonly synapseTable: number;
  readonly counts: number;
  readonly model: Constants;
  readonly oneScale: boolean;
  session: number;
}

/** The state of a run: arrays by name, such as `writeNpz` stores and `readNpz` gives back. */
export type Checkpoint = Record<string, Float64Array | Uint32Array>;

/** Where a session's tables lie, for a checkpoint. */
export interface Layout {
  cursors: { readonly at: number };
  outTimes: { readonly at: number };
  outNeurons: { readonly at: number };
  events: { readonly at: number };
  buckets: number;
  bucketCount: number;
  background: number;
  processes: number;
}
