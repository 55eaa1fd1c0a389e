/** What a format of the field is: how it is known, and what is read of it. */
import type { TimeUnit } from '../../core/index.js';
import type { Hdf5 } from '../hdf5.js';
import type { Source } from '../source.js';

/** What a reader is asked for. */
export interface Ask {
  /** Which of the units, as conditions on their columns; all of them if not given. */
  readonly select?: string | undefined;
  /** A stretch in seconds, or an interval that the file names: `trials:3`, `epochs:rest`. */
  readonly window?: readonly [number, number] | string | undefined;
  /** The unit of the times, where the file is not believed. */
  readonly unit?: TimeUnit | undefined;
}

/** Spike trains as a file has them. */
export interface Spikes {
  /** What the file calls each unit: a number or a name, of several populations `population/id`. */
  readonly ids: readonly (number | string)[];
  /** Unit u has times[starts[u]] to times[starts[u + 1] - 1], in the order of the file. */
  readonly starts: Uint32Array;
  /** In seconds. */
  readonly times: Float64Array;
  /** The unit in which the file has them. */
  readonly unit: TimeUnit;
  /** Whether that was said by hand; what a file says is held against what neurons do. */
  readonly sure: boolean;
  /** The stretch that was asked for by name, or that the file itself gives, in seconds. */
  readonly window?: readonly [number, number] | undefined;
  /** What was understood, in a line, and what else a person should know. */
  readonly notes: readonly string[];
}

/** Synapses as a file has them. */
export interface Synapses {
  /** What the file calls each neuron, where it says it. */
  readonly ids?: readonly (number | string)[] | undefined;
  /** Of each synapse, its source and its target: places among the ids, or ids themselves. */
  readonly sources: ArrayLike<number | string>;
  readonly targets: ArrayLike<number | string>;
  /** In seconds. */
  readonly delays: Float64Array;
  /** As the file has them; undefined where it has none. */
  readonly weights?: Float64Array | undefined;
  /** Bounds and cost of each, where a file of ours has them. */
  readonly own?: Partial<Record<'lower' | 'upper' | 'cost', Float64Array | undefined>> | undefined;
  readonly notes: readonly string[];
}

/** A file with its container open, where it has one. */
export interface Opened {
  readonly source: Source;
  readonly hdf5?: Hdf5 | undefined;
}

/** A format: one file, and one line in the list. */
export interface Format {
  /** What people call it. */
  readonly name: string;
  /** Whether a file is of this format, by its content. */
  is(file: Opened): boolean;
  spikes?(file: Opened, ask: Ask): Spikes | Promise<Spikes>;
  synapses?(file: Opened): Synapses | Promise<Synapses>;
}
