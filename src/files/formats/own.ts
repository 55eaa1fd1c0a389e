/**
 * What a format of the field has no place for, in a group /engram that its other readers pass over, so that a network that is
 * written comes back whole: what the neurons are called, the period, the spikes where the format has none, bounds and costs of
 * synapses, and the dead time.
 */
import type * as Library from 'h5wasm';
import type { Hdf5 } from '../hdf5.js';

const ROOT = '/engram';

/** What is kept there; each only where the format has no place for it. */
export interface Own {
  /** What the neurons are called, in the order of their numbers. */
  readonly ids?: readonly (number | string)[] | undefined;
  /** In seconds. */
  readonly period?: number | undefined;
  /** How long a neuron is dead after a spike, in seconds. */
  readonly dead?: number | undefined;
  /** The spikes of each neuron, in seconds. */
  readonly spikes?: { readonly starts: Uint32Array; readonly times: Float64Array } | undefined;
  /** The target of each synapse, where the format loses those of weight 0. */
  readonly targets?: Uint32Array | undefined;
  /** One per synapse, in the order of the file. */
  readonly lower?: Float64Array | undefined;
  readonly upper?: Float64Array | undefined;
  readonly cost?: Float64Array | undefined;
}

/** Writes the group into a file. */
export function writeOwn(file: Library.File, { ids, period, dead, spikes, targets, lower, upper, cost }: Own): void {
  const group = file.create_group(ROOT.slice(1));
  const put = (name: string, data: Float64Array | Uint32Array | string[] | undefined) => {
    if (data) group.create_dataset({ name, data });
  };
  const one = (value: number | undefined) => (value === undefined ? undefined : Float64Array.of(value));
  const named = ids?.some((id) => typeof id === 'string');
  put('ids', named ? ids?.map(String) : ids && Float64Array.from(ids as number[]));
  put('period_s', one(period));
  put('dead_time_s', one(dead));
  put('spike_times_s', spikes?.times);
  put('spike_times_index', spikes?.starts.slice(1));
  put('targets', targets);
  put('lower', lower);
  put('upper', upper);
  put('cost', cost);
}

/** What the group holds; nothing where there is none. Throws `input` where its parts contradict each other. */
export function readOwn(file: Hdf5): Own {
  const column = (name: string) =>
    file.kind(`${ROOT}/${name}`) === 'dataset' ? file.column(`${ROOT}/${name}`) : undefined;
  const numbers = (name: string) => column(name)?.numbers();
  const ids = column('ids');
  const targets = numbers('targets');
  const [times, ends] = [numbers('spike_times_s'), numbers('spike_times_index')];
  if (times && !ends?.every((end, i) => end >= (ends[i - 1] ?? 0) && end <= times.length))
    file.fail(`${ROOT}/spike_times_index must rise to at most ${times.length}`);
  return {
    ids: ids?.kind === 'text' ? ids.words() : ids && Array.from(ids.numbers()),
    period: numbers('period_s')?.[0],
    dead: numbers('dead_time_s')?.[0],
    spikes: times && ends && { times, starts: Uint32Array.of(0, ...ends) },
    targets: targets && Uint32Array.from(targets),
    lower: numbers('lower'),
    upper: numbers('upper'),
    cost: numbers('cost'),
  };
}
