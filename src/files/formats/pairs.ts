/** Spikes that a file has as pairs of a neuron's number and a time, population after population, as trains. */
import { SECONDS, type TimeUnit } from '../../core/index.js';
import type { Ask, Spikes } from './format.js';
import { MOST_UNITS, refuseUnit } from './plausible.js';
import { parseSelection } from './select.js';

/** The spikes of one population. */
export interface Population {
  readonly name: string;
  /** Of each spike whose it is, and when, in the unit of the file. */
  readonly ids: Float64Array;
  readonly times: Float64Array;
  /** How many neurons there are, numbered from 0, where the file says it; some may have no spikes. */
  readonly neurons?: number | undefined;
  /** What they are called, where that is not their number. */
  readonly called?: readonly (number | string)[] | undefined;
}

/** What the trains of populations become. */
export type Trains = Pick<Spikes, 'ids' | 'starts' | 'times'>;

/**
 * The trains of all neurons that are asked for, by `population` and `id`. Of several populations a neuron is
 * called `population/id`. `fail` throws.
 */
export function trainsOfPairs(
  populations: readonly Population[],
  unit: TimeUnit,
  { select, window, unit: said }: Ask,
  { name, fail }: { name: string; fail(problem: string): never },
): Trains {
  if (typeof window === 'string') fail(`names no intervals; give a stretch such as 2s..4s`);
  const conditions = select === undefined ? [] : parseSelection(select);
  const other = conditions.find(({ column }) => column !== 'population' && column !== 'id');
  if (other) fail(`neurons are chosen by population and id; there is no ${other.column}`);
  const fits = (population: string, id: number | string) =>
    conditions.every(({ column, holds }) => holds([column === 'id' ? id : population]));
  const trains: { called: number | string; times: Float64Array }[] = [];
  const several = populations.length > 1;
  for (const population of populations) {
    if ((population.neurons ?? 0) > MOST_UNITS)
      fail(`${population.name} has ${population.neurons} neurons; at most ${MOST_UNITS} are read`);
    const own = trainsWithin(population, fail);
    const longest = [...own.values()].reduce((most, train) => (train.length > most.length ? train : most), NONE);
    if (said === undefined && longest.length > 0) {
      const [first, last] = longest.reduce(
        ([a, b], time) => [Math.min(a, time), Math.max(b, time)],
        [longest[0], longest[0]],
      );
      refuseUnit(name, longest.length, last - first, unit);
    }
    for (const [id, raw] of [...own].sort(([a], [b]) => a - b)) {
      const called = population.called?.[id] ?? id;
      if (!fits(population.name, called)) continue;
      const times = raw.map((time) => time * SECONDS[unit]);
      trains.push({ called: several ? `${population.name}/${called}` : called, times });
    }
  }
  if (trains.length === 0) fail(select === undefined ? 'there are no spikes' : `no neuron fits --select "${select}"`);
  return packed(trains);
}

const NONE = new Float64Array();

/** The trains of a population by neuron, in the unit and in the order of the file; counted first, then filled. */
function trainsWithin(
  { name, ids, times, neurons = 0 }: Population,
  fail: (problem: string) => never,
): Map<number, Float64Array> {
  const counts = new Map<number, number>();
  for (let id = 0; id < neurons; id++) counts.set(id, 0);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i];
    if (!Number.isFinite(times[i])) fail(`${name}: spike ${i} is at ${times[i]}, which is no time`);
    if (!(Number.isInteger(id) && id >= 0)) fail(`${name}: spike ${i} is of neuron ${id}, which is no number of one`);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const trains = new Map(Array.from(counts, ([id, count]) => [id, new Float64Array(count)]));
  counts.forEach((_, id) => counts.set(id, 0));
  for (let i = 0; i < ids.length; i++) {
    const at = counts.get(ids[i]) as number;
    (trains.get(ids[i]) as Float64Array)[at] = times[i];
    counts.set(ids[i], at + 1);
  }
  return trains;
}

/** Trains one after the other. */
export function packed(trains: readonly { called: number | string; times: ArrayLike<number> }[]): Trains {
  const starts = new Uint32Array(trains.length + 1);
  trains.forEach(({ times }, u) => {
    starts[u + 1] = starts[u] + times.length;
  });
  const times = new Float64Array(starts[trains.length]);
  trains.forEach((train, u) => {
    times.set(train.times, starts[u]);
  });
  return { ids: trains.map(({ called }) => called), starts, times };
}
