/**
 * A wiring as a table with a header: `source`, `target`, `delay` (or `delay_ms`, `delay_s`, ...), and if wanted
 * `lower` and `upper` bounds of the weight, in thresholds, a `sign` (1 excitatory, -1 inhibitory, 0 or empty
 * either), a `mask` (0: the weight is zero, 1 or empty: it is free), and what the synapse costs the objective (`cost`, 1
 * where empty). Lines may come in any order; synapses of a neuron keep theirs.
 */
import {
  demandObject,
  demandPositive,
  EngramError,
  secondsOf,
  stepName,
  type TimeStep,
  type TimeUnit,
  unitOf,
} from '../../core/index.js';
import { readTable, type Table } from '../../files/index.js';
import { LEAST_COST, MOST_COST } from '../memorize/index.js';
import type { Wiring } from '../network/index.js';
import type { Id } from '../score/index.js';
import type { Box } from '../template/index.js';
import { areNames, wordOf } from './ids.js';

/** What a table of synapses does not say by itself. */
export interface WiringOptions {
  /** Seconds per refractory period. */
  tau0: number;
  /** The id that the file uses for each neuron. */
  ids: ArrayLike<Id>;
  /** Largest absolute weight where the file gives no bound. */
  bound: number;
  /** Unit of the delays, or the seconds of their step, where their column does not say it. */
  unit?: TimeStep | undefined;
}

/** A wiring from a table. */
export interface WiredTable {
  /** The synapses. */
  wiring: Wiring;
  /** Undefined if the file says nothing about weights. */
  bounds: Box | undefined;
  /** Undefined if the file has no column `cost`. */
  costs: Float64Array | undefined;
  /** How the file was understood, for people. */
  notes: string[];
}

const DELAY = /^delays?[ _.-]*[([]?(s|ms|us|µs|μs)?[)\]]?$/;

/** Reads a wiring. Throws `input` with file and line. */
export function readWiringTable(bytes: Uint8Array, file: string, options: WiringOptions): WiredTable {
  demandObject('the options of a wiring', options);
  demandPositive('the refractory period in seconds', options.tau0);
  return wiringOfTable(readTable(bytes, file), file, options);
}

/** A wiring in a table, whatever that was read from. Throws `input` with file and line. */
export function wiringOfTable(table: Table, file: string, options: WiringOptions): WiredTable {
  const { rows } = table;
  const { place, column, ends } = columnsOf(table, file, areNames(options.ids));
  const spelt = DELAY.exec(table.header?.[place.delay] ?? '')?.[1];
  const written = spelt === undefined ? undefined : unitOf(spelt);
  const unit = written ?? options.unit ?? guessedUnit(column.delay);
  const notes = [
    `${rows} synapses · delays in ${stepName(unit)}${written || options.unit ? '' : ' (by their size; --time-unit says another)'}`,
  ];
  const neuronOf = new Map(Array.from(options.ids, (id, neuron) => [wordOf(id), neuron]));
  const neurons = options.ids.length;

  const targets = new Uint32Array(rows);
  const starts = new Uint32Array(neurons + 1);
  const of = (row: number, name: 'source' | 'target') => {
    const id = ends[name][row];
    if (id === '' || Number.isNaN(id)) fail(row, `the ${name} is missing`);
    const neuron = neuronOf.get(wordOf(id));
    if (neuron === undefined) {
      fail(row, `${name} ${id} is no neuron; there are ${options.ids[0]} to ${options.ids[neurons - 1]}`);
    }
    return neuron as number;
  };
  for (let row = 0; row < rows; row++) {
    targets[row] = of(row, 'target');
    starts[targets[row] + 1]++;
  }
  for (let l = 0; l < neurons; l++) starts[l + 1] += starts[l];
  const next = starts.slice(0, neurons);
  const sources = new Uint32Array(rows);
  const [delays, lower, upper, costs] = [0, 1, 2, 3].map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const k = next[targets[row]]++;
    sources[k] = of(row, 'source');
    delays[k] = (column.delay[row] * secondsOf(unit)) / options.tau0;
    if (!(delays[k] >= 0)) fail(row, `the delay must be a time of at least 0; got ${column.delay[row]}`);
    [lower[k], upper[k]] = boundsOf(column, row, options.bound, fail);
    costs[k] = Number.isNaN(column.cost[row]) ? 1 : column.cost[row];
    if (!(costs[k] >= LEAST_COST && costs[k] <= MOST_COST)) {
      fail(row, `the cost must be from ${LEAST_COST} to ${MOST_COST}; got ${costs[k]}`);
    }
  }
  const bounded = place.lower >= 0 || place.upper >= 0 || place.sign >= 0 || place.mask >= 0;
  return {
    wiring: { starts, sources, delays },
    bounds: bounded ? { lower, upper } : undefined,
    costs: place.cost < 0 ? undefined : costs,
    notes,
  };

  function fail(row: number, problem: string): never {
    throw new EngramError('input', `${file}:${table.lineOf(row)}: ${problem}`);
  }
}

/** The column names that say what. */
const PATTERNS = {
  source: /^(source|pre|from)$/,
  target: /^(target|post|to)$/,
  delay: DELAY,
  lower: /^(lower|min|w_?min)$/,
  upper: /^(upper|max|w_?max)$/,
  sign: /^sign$/,
  mask: /^mask$/,
  cost: /^costs?$/,
  /** Not read: the weights are what is looked for. */
  weight: /^weights?$/,
};
type Column = keyof typeof PATTERNS;

/** Where each column stands (-1 if it does not), and its numbers (NaN where there are none). */
function columnsOf(
  table: Table,
  file: string,
  named: boolean,
): {
  place: Record<Column, number>;
  column: Record<Column, Float64Array>;
  ends: Record<'source' | 'target', ArrayLike<Id>>;
} {
  const header = table.header ?? [];
  const names = Object.keys(PATTERNS) as Column[];
  const record = <T>(of: (name: Column) => T) =>
    Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Column, T>;
  const place = record((name) => header.findIndex((column) => PATTERNS[name].test(column)));
  if (place.source < 0 || place.target < 0 || place.delay < 0) {
    const got = header.length > 0 ? header.join(', ') : 'no header';
    throw new EngramError(
      'input',
      `${file}: a wiring needs the columns source, target and delay_ms (or delay_s), and may have lower, upper, sign, mask and cost; got ${got}`,
    );
  }
  const all = Object.values(PATTERNS);
  const unknown = header.find((name) => !all.some((pattern) => pattern.test(name)));
  const twice = all.map((pattern) => header.filter((name) => pattern.test(name))).find((found) => found.length > 1);
  if (unknown !== undefined || twice) {
    throw new EngramError(
      'input',
      `${file}: ${twice ? `the columns ${twice.join(' and ')} say the same` : `there is no column "${unknown}" in a wiring`}; allowed are source, target, delay_ms, lower, upper, sign, mask, cost and weight (not read)`,
    );
  }
  const missing = () => new Float64Array(table.rows).fill(Number.NaN);
  const ids = (at: number) => (named || table.holdsText(at) ? table.words(at) : table.numbers(at));
  const read = (name: Column) => place[name] >= 0 && name !== 'source' && name !== 'target';
  return {
    place,
    column: record((name) => (read(name) ? table.numbers(place[name]) : missing())),
    ends: { source: ids(place.source), target: ids(place.target) },
  };
}

/** The bounds of one synapse: what its columns say, within the bound of all. */
function boundsOf(
  column: Record<Column, Float64Array>,
  row: number,
  bound: number,
  fail: (row: number, problem: string) => never,
): [number, number] {
  const [low, high, sign] = [column.lower[row], column.upper[row], column.sign[row]];
  if (![1, -1, 0].includes(sign) && !Number.isNaN(sign)) fail(row, `the sign must be 1, -1 or 0; got ${sign}`);
  const least = Math.max(Number.isNaN(low) ? -bound : low, sign === 1 ? 0 : Number.NEGATIVE_INFINITY);
  const most = Math.min(Number.isNaN(high) ? bound : high, sign === -1 ? 0 : Number.POSITIVE_INFINITY);
  const mask = column.mask[row];
  if (![0, 1].includes(mask) && !Number.isNaN(mask)) fail(row, `the mask must be 0 or 1; got ${mask}`);
  if (mask === 0) {
    if (!(least <= 0 && most >= 0)) fail(row, `the mask asks for weight 0, the bounds for ${least} to ${most}`);
    return [0, 0];
  }
  if (least > most) fail(row, `no weight is between ${least} and ${most}: bounds and sign contradict each other`);
  return [least, most];
}

/** Delays are milliseconds long: numbers above 0.1 are not seconds. */
function guessedUnit(delays: Float64Array): TimeUnit {
  return delays.slice().sort()[delays.length >> 1] > 0.1 ? 'ms' : 's';
}
