/** Networks, inputs, spikes and states as arrays of npz files and as tables. */
import { demandArray, demandFunction, demandObject, demandPositive, demandText, EngramError } from '../core/index.js';
import { type NpyArray, type NpyEntry, readNpz, readTable } from '../files/index.js';
import type { InputSpikes } from './circuit.js';
import { type Connectivity, csr } from './connectivity.js';
import { demandSpikes } from './demand.js';
import type { SavedState } from './simulate.js';
import type { SpikeTargets } from './spike-loss.js';

const input = (text: string) => new EngramError('input', text);

/** The columns of a table, by the names that it must have, or by their order where it names none. */
function columnsOf(bytes: Uint8Array, file: string, names: readonly string[]): Float64Array[] {
  const table = readTable(bytes, file);
  if (table.columns < names.length)
    throw input(`${file}: there must be columns ${names.join(', ')}; got ${table.columns}`);
  return names.map((name, k) => {
    const column = table.header ? table.header.indexOf(name) : k;
    if (column < 0) throw input(`${file}: there is no column "${name}"; there must be ${names.join(', ')}`);
    const values = table.numbers(column);
    const empty = values.findIndex(Number.isNaN);
    if (empty >= 0) throw input(`${file}:${table.lineOf(empty)}: no number in column ${name}`);
    return values;
  });
}

const isNpz = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * Connectivity from an npz file with `starts`, `targets` and `weights` (one, or one per synapse), or from a table `source,target,weight`.
 * @param n neurons: of a table as many as its largest number says, unless more are given; an npz file must have so many
 */
export function readConnectivity(bytes: Uint8Array, file: string, n?: number): Connectivity {
  demandArray('the bytes of the file', bytes, Uint8Array);
  if (isNpz(bytes)) {
    const arrays = readNpz(bytes, file, ['starts', 'targets', 'weights']);
    const numbers = (name: string): Float64Array => {
      const array = arrays[name];
      if (array === undefined || typeof array === 'string')
        throw input(`${file}: there is no array ${name}; a network has starts, targets and weights`);
      return Float64Array.from(array);
    };
    const weights = numbers('weights');
    const size = numbers('starts').length - 1;
    if (n !== undefined && size !== n) throw input(`${file} has ${size} neurons; asked for are ${n}`);
    return csr({
      starts: indices(numbers('starts'), file, 'starts'),
      targets: indices(numbers('targets'), file, 'targets'),
      weights: weights.length === 1 ? weights[0] : weights,
    });
  }
  const [sources, targets, weights] = columnsOf(bytes, file, ['source', 'target', 'weight']);
  const [from, to] = [indices(sources, file, 'source'), indices(targets, file, 'target')];
  let size = n ?? 0;
  if (n === undefined) for (const list of [from, to]) for (const i of list) size = Math.max(size, i + 1);
  const starts = new Uint32Array(size + 1);
  for (const j of from) {
    if (j >= size) throw input(`${file}: sources are 0 to ${size - 1}; got ${j}`);
    starts[j + 1]++;
  }
  for (let j = 0; j < size; j++) starts[j + 1] += starts[j];
  const at = starts.slice();
  const made = { targets: new Uint32Array(to.length), weights: new Float64Array(to.length) };
  from.forEach((j, s) => {
    made.targets[at[j]] = to[s];
    made.weights[at[j]++] = weights[s];
  });
  return csr({ starts, ...made });
}

function indices(values: Float64Array, file: string, name: string): Uint32Array {
  const bad = values.find((value) => !(Number.isInteger(value) && value >= 0 && value < 2 ** 31));
  if (bad !== undefined) throw input(`${file}: ${name} must be whole numbers from 0 to 2^31 - 1; got ${bad}`);
  return Uint32Array.from(values);
}

/** Spikes from outside, from a table `time_s,neuron,weight`. */
export function readInput(bytes: Uint8Array, file: string, tau: number): InputSpikes {
  demandArray('the bytes of the file', bytes, Uint8Array);
  demandPositive('tau', tau);
  const [times, neurons, weights] = columnsOf(bytes, file, ['time_s', 'neuron', 'weight']);
  return { times: times.map((time) => time / tau), targets: indices(neurons, file, 'neuron'), weights };
}

/** Steps of the drive, from a table `time_s,factor`: every drive is multiplied by the factor from that time on. */
export function readSteps(
  bytes: Uint8Array,
  file: string,
  tau: number,
): {
  /** When each step comes, in membrane time constants (`time_s` over `tau`). */
  times: Float64Array;
  /** What the drives that the circuit has at first are multiplied by from then on. */
  factors: Float64Array;
} {
  demandArray('the bytes of the file', bytes, Uint8Array);
  demandPositive('tau', tau);
  const [times, factors] = columnsOf(bytes, file, ['time_s', 'factor']);
  return { times: times.map((time) => time / tau), factors };
}

/** Wanted spikes, from a table `neuron,spike,time_s`, spikes of a neuron counted from 0. */
export function readTargets(bytes: Uint8Array, file: string, tau: number): SpikeTargets {
  demandArray('the bytes of the file', bytes, Uint8Array);
  demandPositive('tau', tau);
  const [neurons, orders, times] = columnsOf(bytes, file, ['neuron', 'spike', 'time_s']);
  return {
    neurons: indices(neurons, file, 'neuron'),
    orders: indices(orders, file, 'spike'),
    times: times.map((time) => time / tau),
  };
}

/** A state as arrays of an npz file; `about` says of which network. */
export function stateArrays(state: SavedState, about: string): Record<string, NpyEntry> {
  demandObject('the state', state);
  demandText('what the state is of', about);
  const arrays: Record<string, NpyEntry> = { about, queue: state.queue };
  for (const [name, value] of Object.entries(state)) {
    if (typeof value === 'number') arrays[name] = Float64Array.of(value);
    else if (Array.isArray(value)) arrays[name] = Float64Array.from(value);
    else if (typeof value !== 'string') arrays[name] = value as NpyArray;
  }
  return arrays;
}

/** The state of a file that `stateArrays` made; throws `input` where it is of another network. */
export function readState(bytes: Uint8Array, file: string, about: string): SavedState {
  demandArray('the bytes of the file', bytes, Uint8Array);
  const arrays = readNpz(bytes, file);
  if (typeof arrays.about !== 'string' || typeof arrays.queue !== 'string')
    throw input(`${file} holds no state of a run`);
  if (arrays.about !== about) {
    throw input(`${file} holds the state of another network: ${arrays.about}; this is ${about}`);
  }
  const state: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(arrays)) {
    if (['epoch', 'now', 'steps', 'inputs', 'base', 'time'].includes(name)) state[name] = (value as Float64Array)[0];
    else if (['arrivals', 'senders'].includes(name)) state[name] = Array.from(value as Float64Array);
    else if (name !== 'about') state[name] = value;
  }
  return state as unknown as SavedState;
}

/** Lines `time_s,neuron`, piece by piece. */
export function spikesCsv(
  spikes: { times: Float64Array; neurons: Uint32Array },
  tau: number,
  sink: (bytes: Uint8Array) => void,
): void {
  demandSpikes(spikes);
  demandPositive('tau', tau);
  demandFunction('the sink', sink);
  const { times, neurons } = spikes;
  const encoder = new TextEncoder();
  sink(encoder.encode('time_s,neuron\n'));
  const LINES = 50000;
  for (let begin = 0; begin < times.length; begin += LINES) {
    const lines: string[] = [];
    for (let s = begin; s < Math.min(times.length, begin + LINES); s++) lines.push(`${times[s] * tau},${neurons[s]}\n`);
    sink(encoder.encode(lines.join('')));
  }
}
