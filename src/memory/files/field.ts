/** From spike trains of a format of the field to a recording; of several files, each a population of its own. */
import { EngramError } from '../../core/index.js';
import type { Spikes, Synapses } from '../../files/index.js';
import type { Id } from '../score/index.js';
import type { LoadedWiring } from './loaded-wiring.js';
import type { Recording } from './spikes.js';

/** One file of a recording. */
export interface Part {
  name: string;
  spikes: Spikes;
}

/** One recording of the spikes of all files; of several the neurons are called `file/id`, and their clock is taken for one. */
export function recordingOf(parts: readonly Part[]): {
  recording: Recording;
  window: readonly [number, number] | undefined;
} {
  const names = callNames(parts);
  const known = parts.flatMap(({ spikes }, i): Id[] =>
    parts.length > 1 ? spikes.ids.map((id) => `${names[i]}/${id}`) : [...spikes.ids],
  );
  const count = parts.reduce((sum, { spikes }) => sum + spikes.times.length, 0);
  const times = new Float64Array(count);
  const numbered = known.every((id) => typeof id === 'number');
  const ids: Float64Array | string[] = numbered ? new Float64Array(count) : new Array<string>(count);
  let [at, first] = [0, 0];
  for (const { spikes } of parts) {
    times.set(spikes.times, at);
    spikes.ids.forEach((_, unit) => {
      ids.fill(known[first + unit] as never, at + spikes.starts[unit], at + spikes.starts[unit + 1]);
    });
    at += spikes.times.length;
    first += spikes.ids.length;
  }
  const [{ spikes }] = parts;
  const together = parts.length > 1 ? ' · file and unit together are the neuron, on one clock' : '';
  return {
    recording: {
      ids,
      times,
      known: numbered ? known : known.map(String),
      unit: spikes.unit,
      sure: parts.every((part) => part.spikes.sure),
      understood: parts.map((part) => part.spikes.notes[0]).join(' · ') + together,
      remarks: parts.flatMap((part) => part.spikes.notes.slice(1)),
    },
    window: commonWindow(parts),
  };
}

/** The stretch that all files give, if it is one. */
function commonWindow(parts: readonly Part[]): readonly [number, number] | undefined {
  const windows = parts.map(({ spikes }) => spikes.window);
  const [first] = windows;
  return first && windows.every((window) => window && window[0] === first[0] && window[1] === first[1])
    ? first
    : undefined;
}

/** What files are called in the names of neurons: without folder and ending. */
function callNames(parts: readonly Part[]): string[] {
  const names = parts.map(({ name }) => name.replace(/^.*[\\/]/, '').replace(/\.[^.]+$/, ''));
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i)
      throw new EngramError(
        'input',
        `${parts[i].name}: another file is called ${name} too; the names tell their units apart`,
      );
  });
  return names;
}

/** A wiring of synapses by the names of neurons, target after target. Throws `input` with `file` named. */
export function wiringOfSynapses(
  { ids: own, sources, targets, delays, own: each = {} }: Synapses,
  file: string,
  { ids, tau0, bound }: { ids: ArrayLike<Id>; tau0: number; bound: number },
): Pick<LoadedWiring, 'wiring' | 'bounds' | 'costs'> {
  const neurons = ids.length;
  const places = new Map(Array.from(ids, (id, neuron) => [String(id), neuron]));
  const placeOf = (id: Id, what: string, synapse: number): number => {
    const called = own ? own[id as number] : id;
    const place = places.get(String(called));
    if (place !== undefined) return place;
    throw new EngramError(
      'input',
      `${file}: ${what} ${called} of synapse ${synapse} is no neuron; there are ${ids[0]} to ${ids[neurons - 1]}`,
    );
  };
  const owners = Uint32Array.from({ length: targets.length }, (_, k) => placeOf(targets[k], 'target', k));
  const starts = new Uint32Array(neurons + 1);
  for (const owner of owners) starts[owner + 1]++;
  for (let l = 0; l < neurons; l++) starts[l + 1] += starts[l];
  const next = starts.slice(0, neurons);
  const wiring = { starts, sources: new Uint32Array(owners.length), delays: new Float64Array(owners.length) };
  const order = new Uint32Array(owners.length);
  owners.forEach((owner, k) => {
    const place = next[owner]++;
    order[place] = k;
    wiring.sources[place] = placeOf(sources[k], 'source', k);
    wiring.delays[place] = delays[k] / tau0;
  });
  const ordered = (name: 'lower' | 'upper' | 'cost', usual: number): Float64Array => {
    const values = each[name];
    if (values && values.length !== order.length)
      throw new EngramError('input', `${file}: ${values.length} values of ${name} for ${order.length} synapses`);
    return Float64Array.from(order, (k) => values?.[k] ?? usual);
  };
  const bounds =
    each.lower || each.upper ? { lower: ordered('lower', -bound), upper: ordered('upper', bound) } : undefined;
  return { wiring, bounds, costs: each.cost && ordered('cost', 1) };
}
