/**
 * Spikes as other people keep them: pairs of a neuron's id and a time, as text (CSV, NEST's .dat and .gdf) or as
 * the arrays `channels` and `times` of an npz. What is not said is guessed from the data, and the guess is told.
 */
import {
  demandObject,
  EngramError,
  SECONDS,
  secondsOf,
  stepName,
  type TimeStep,
  type TimeUnit,
  timeUnits,
} from '../../core/index.js';
import { type NpyArray, numberOf, numbersOf, readNpy, readTable, type Table } from '../../files/index.js';
import type { Id } from '../score/index.js';
import { areNames } from './ids.js';

/** What the reader is told instead of guessing. */
export interface SpikeHints {
  /** The columns in order: `channel`, `time`, `population` where one tells apart neurons of equal number, or anything else for one that is not read. */
  columns?: readonly string[] | undefined;
  /** The unit of the times; a number if they are counted in steps of so many seconds. */
  unit?: TimeStep | undefined;
}

/** Spikes as a file has them. */
export interface Recording {
  /** One spike each, in any order: whose, as the file calls it, and when, in seconds. */
  ids: Float64Array | readonly string[];
  /** When, in seconds. */
  times: Float64Array;
  /** The unit that the file uses, or the seconds of its step. */
  unit: TimeStep;
  /** Whether the unit was said, by the file or by hand, and not guessed. */
  sure: boolean;
  /** All ids, where the file knows of neurons that have no spikes. */
  known?: ArrayLike<Id>;
  /** How the file was understood, for people. */
  understood: string;
  /** What else a person should know of it. */
  remarks?: readonly string[];
}

const CHANNEL = /^(channel|neuron|unit|cell|id|sender|source|gid|node|cluster)s?([ _.-]?ids?)?$/;
const TIME = /^(t|time|timestamp|time_step|spike|spike[ _.-]?time)s?[ _.-]*[([]?(s|sec|seconds|ms|us|µs|μs)?[)\]]?$/;
/** What tells apart neurons that share a number. */
const POPULATION =
  /^(pop|population|group|area|region|probe|shank|tetrode|electrode|array|layer|nucleus|hemisphere|side|animal|subject|session|trial)s?([ _.-]?(ids?|names?|index))?$/;

/** Reads spikes from text. Throws `input` with file and line. */
export function readSpikeText(bytes: Uint8Array, file: string, hints: SpikeHints): Recording {
  demandObject('the hints', hints);
  return spikesOfTable(readTable(bytes, file), file, hints);
}

/**
 * Spikes in a table, whatever it was read from; `listed` are the ids of all neurons, where the file says them beside. Throws `input`
 * with file and line.
 */
export function spikesOfTable(table: Table, file: string, hints: SpikeHints, listed?: readonly Id[]): Recording {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const { header, columns } = table;
  if (header?.includes('time_step') && typeof hints.unit !== 'number') {
    fail('times are in steps, and the resolution is not in the file: say it, such as --time-unit 0.1ms');
  }
  const roles = hints.columns ?? header?.map(roleOf) ?? guessRoles(table, file, fail);
  if (roles.length !== columns) fail(`--columns names ${roles.length} columns, the file has ${columns}`);
  const place = (role: string) => {
    const at = roles.indexOf(role);
    if (at < 0 || roles.lastIndexOf(role) !== at) {
      fail(
        `which column is the ${role}? the columns are ${header ? header.join(', ') : columns}; say it with --columns, for example --columns channel,time` +
          ' (population for one that tells apart neurons of equal number)',
      );
    }
    return at;
  };
  // A list of times per row needs no name: it is called by its row.
  const channelAt = table.folded && !roles.includes('channel') ? -1 : place('channel');
  const timeAt = place('time');
  const populationAt = roles.includes('population') ? place('population') : -1;
  const raw = table.numbers(timeAt);
  const { ids, known } = listed
    ? { ids: listedIn(table, file, channelAt, listed), known: listed }
    : neuronsIn(table, file, channelAt, populationAt);
  const together = populationAt >= 0 && String(ids[0]).includes('/');
  const missing = raw.findIndex(Number.isNaN);
  if (missing >= 0) throw new EngramError('input', `${file}:${table.lineOf(missing)}: the time is missing`);
  if (!hints.columns) refuseAmbiguous(table, roles, ids, fail);
  const written = header && writtenUnit(header[timeAt], hints, fail);
  const nest = /\.(gdf|dat)(\.gz)?$/i.test(file) ? 'ms' : undefined;
  if (nest && !hints.unit && !written && raw.every(Number.isInteger)) {
    fail(
      'its times are whole numbers: steps, whose resolution is not in the file? say it, such as --time-unit 0.1ms; if they are ms, --time-unit ms',
    );
  }
  const sure = (hints.unit ?? written ?? nest) !== undefined;
  const unit = hints.unit ?? written ?? nest ?? guessUnit(ids, raw);
  const guessed = hints.unit || written ? '' : nest ? ' (NEST)' : ' (by the firing rate)';
  // NEST's precise neurons fire that many ms before the step.
  const early = header?.includes('time_offset') ? table.numbers(header.indexOf('time_offset')) : undefined;
  const layout = `${table.separator}s between, ${header ? 'with' : 'without'} a header`;
  return {
    ids,
    ...(known ? { known } : {}),
    times: raw.map((time, row) => time * secondsOf(unit) - (early ? early[row] * SECONDS.ms : 0)),
    unit,
    sure,
    understood:
      `columns ${roles.join(', ')} (${layout}) · times in ${stepName(unit)}${guessed}` +
      `${together ? ' · population and channel together are the neuron' : ''}`,
  };
}

/** Reads spikes from an npy array of two columns, or of two rows. Throws `input`. */
export function readSpikeTensor(bytes: Uint8Array, file: string, hints: SpikeHints): Recording {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const tensor = readNpy(bytes, file);
  if (typeof tensor === 'string') return fail('a text; expected is an array of spikes x 2: whose each is, and when');
  const [rows, columns] = tensor.shape;
  const wide = columns !== 2 && rows === 2;
  if (tensor.shape.length !== 2 || (columns !== 2 && !wide)) {
    return fail(`an array of shape (${tensor.shape.join(', ')}); expected is spikes x 2: whose each is, and when`);
  }
  const values = numbersOf(tensor, file);
  const column = (at: number) => values.filter((_, i) => (wide ? Math.floor(i / columns) : i % 2) === at);
  const both = [column(0), column(1)];
  const whole = both.map((numbers) => numbers.every(Number.isInteger));
  if (!hints.columns && whole[0] === whole[1]) fail('which column is the neuron? say it with --columns channel,time');
  if (hints.columns && hints.columns.length !== 2)
    fail(`--columns names ${hints.columns.length} columns, the array has 2`);
  const channelAt = hints.columns ? hints.columns.indexOf('channel') : whole[0] ? 0 : 1;
  return readSpikeArrays({ channels: both[channelAt], times: both[1 - channelAt] }, file, hints);
}

/** Reads spikes from the arrays `times` and `channels`. Throws `input`. */
export function readSpikeArrays(arrays: Record<string, NpyArray>, file: string, hints: SpikeHints): Recording {
  demandObject(`the arrays of ${file}`, arrays);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const nameOf = (role: 'channel' | 'time'): string => {
    const own = `${role}s`;
    const names = own in arrays ? [own] : Object.keys(arrays).filter((name) => spikeArrayRole(name) === role);
    if (names.length > 1) return fail(`which array holds the ${own}? ${names.join(', ')}; call it ${own}`);
    if (names.length === 0 || typeof arrays[names[0]] === 'string')
      return fail(`array "${own}" is missing; expected are times and channels, one number each per spike`);
    return names[0];
  };
  const [channels, times] = [nameOf('channel'), nameOf('time')];
  const [ids, raw] = [channels, times].map((name) => Float64Array.from(arrays[name] as Float64Array));
  if (ids.length !== raw.length)
    fail(`there are ${raw.length} ${times} and ${ids.length} ${channels}; they must be as many`);
  if (ids.length === 0) fail('there are no spikes');
  for (let i = 0; i < ids.length; i++) {
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0))
      fail(`${channels}[${i}] must be an integer of at least 0; got ${ids[i]}`);
    if (!Number.isFinite(raw[i])) fail(`${times}[${i}] must be a number; got ${raw[i]}`);
  }
  const written = writtenUnit(times, hints, fail);
  const unit = hints.unit ?? written ?? guessUnit(ids, raw);
  const guessed = hints.unit || written ? '' : ' (by the firing rate)';
  return {
    ids,
    times: raw.map((time) => time * secondsOf(unit)),
    unit,
    sure: guessed === '',
    understood: `arrays ${times} and ${channels} · times in ${stepName(unit)}${guessed}`,
  };
}

/** What an array of an archive may be by its name, which is as that of a column: `spike_times`, `senders`. */
export function spikeArrayRole(name: string): 'channel' | 'time' | undefined {
  const role = roleOf(name.toLowerCase());
  return role === 'channel' || role === 'time' ? role : undefined;
}

/** Words for units at the end of the name of a column. */
const UNIT_WORDS: readonly [RegExp, TimeUnit | string][] = [
  [/^(s|secs?|seconds?)$/, 's'],
  [/^(ms|msecs?|milliseconds?)$/, 'ms'],
  [/^(us|µs|μs|usecs?|microseconds?)$/, 'us'],
  [/^(min|mins|minutes?)$/, '60s'],
  [/^(h|hrs?|hours?)$/, '3600s'],
  [/^(ns|nanoseconds?)$/, '1e-6ms'],
  [/^(samples?|frames?|ticks?)$/, '0.05ms'],
];

const LAST_WORD = /[ _.([-]+(\p{L}+)[)\]]?$/u;

/** The unit that a column is named with: `time_ms`, `spike time (ms)`; of another unit than ours, how one may be said. */
function unitOfHeader(name: string): TimeUnit | { other: string; such: string } | undefined {
  const word = LAST_WORD.exec(name)?.[1];
  const such = word === undefined ? undefined : UNIT_WORDS.find(([words]) => words.test(word))?.[1];
  if (word === undefined || such === undefined) return undefined;
  return timeUnits.find((unit) => unit === such) ?? { other: word, such };
}

/** The unit that the name of the times says, if it is one of ours; of another one `--time-unit` must say how long it is. */
function writtenUnit(name: string, hints: SpikeHints, fail: (problem: string) => never): TimeUnit | undefined {
  const written = unitOfHeader(name.toLowerCase());
  if (written === undefined || typeof written === 'string') return written;
  if (hints.unit) return undefined;
  return fail(
    `its times are in ${written.other}, says the header; say how long one is, such as --time-unit ${written.such}`,
  );
}

const isTime = (name: string) =>
  TIME.test(name) || (unitOfHeader(name) !== undefined && TIME.test(name.replace(LAST_WORD, '')));

const roleOf = (name: string) =>
  isTime(name) ? 'time' : CHANNEL.test(name) ? 'channel' : POPULATION.test(name) ? 'population' : name;

/** The id of each spike, and, of rows with lists of times, those of all rows, which may have none. */
function neuronsIn(
  table: Table,
  file: string,
  channelAt: number,
  populationAt: number,
): Pick<Recording, 'ids' | 'known'> {
  if (!table.folded) return { ids: idsIn(table, file, channelAt, populationAt) };
  const { table: whole, rowOf } = table.folded;
  const known =
    channelAt < 0
      ? Float64Array.from({ length: whole.rows }, (_, row) => row)
      : idsIn(whole, file, channelAt, populationAt);
  const ids =
    known instanceof Float64Array
      ? Float64Array.from(rowOf, (row) => known[row])
      : Array.from(rowOf, (row) => known[row] as string);
  return { ids, known };
}

/** The id of each spike: a whole number, a name, or `population/id`. Throws `input` with the line. */
function idsIn(table: Table, file: string, channelAt: number, populationAt: number): Recording['ids'] {
  const wrong = (row: number, problem: string): never => {
    throw new EngramError('input', `${file}:${table.lineOf(row)}: ${problem}`);
  };
  const own = table.holdsText(channelAt) ? table.words(channelAt) : table.numbers(channelAt);
  own.forEach((id, row) => {
    if (id === '' || Number.isNaN(id)) wrong(row, 'the neuron is missing');
    if (typeof id === 'string') {
      if (Number.isNaN(numberOf(id))) return;
      wrong(row, `the neuron ${id} is a number, others are names; give all of them numbers, or names`);
    }
    if (!(Number.isInteger(id) && Number(id) >= 0))
      wrong(row, `the neuron must be an integer of at least 0; got ${id}`);
    if (!Number.isSafeInteger(id)) wrong(row, `the id of the neuron is too large: ids of 2^53 and more run together`);
  });
  if (populationAt < 0) return own;
  // Where each neuron is in one population its id is enough.
  const populations = table.words(populationAt);
  if (!differsWithin(own, populations)) return own;
  return populations.map((population, row) => {
    if (population === '') wrong(row, 'the population is missing');
    return `${population}/${own[row]}`;
  });
}

/** The id of each spike, one of those that the file lists. Throws `input` with the line. */
function listedIn(table: Table, file: string, channelAt: number, listed: readonly Id[]): Recording['ids'] {
  const named = areNames(listed);
  const idOf = new Map(listed.map((id): [string, Id] => [String(id), named ? String(id) : id]));
  const ids = table.words(channelAt).map(
    (word, row) =>
      idOf.get(word) ??
      (() => {
        throw new EngramError('input', `${file}:${table.lineOf(row)}: the neuron "${word}" is none of its ids`);
      })(),
  );
  return named ? (ids as string[]) : Float64Array.from(ids as number[]);
}

/** Whether a column says different things of one neuron. */
function differsWithin(ids: ArrayLike<Id>, words: readonly string[]): boolean {
  const of = new Map<Id, string>();
  return words.some((word, row) => {
    const first = of.get(ids[row]) ?? word;
    of.set(ids[row], first);
    return word !== first;
  });
}

/** Refuses a column of words that differ within a neuron: they may tell neurons apart, or say something of each spike. */
function refuseAmbiguous(
  table: Table,
  roles: readonly string[],
  ids: ArrayLike<Id>,
  fail: (problem: string) => never,
): void {
  roles.forEach((role, column) => {
    if (role === 'channel' || role === 'time' || role === 'population') return;
    if (!table.holdsText(column)) return;
    if (!differsWithin(ids, table.words(column))) return;
    const said = (word: string) => roles.map((other, at) => (at === column ? word : other)).join(',');
    fail(
      `does the column "${role}" tell apart neurons of equal number? then say --columns ${said('population')}, else --columns ${said('skip')}`,
    );
  });
}

/** Of two columns without names the one with whole numbers, or with names, is the neuron; NEST writes it first. */
function guessRoles(table: Table, file: string, fail: (problem: string) => never): string[] {
  const { columns } = table;
  if (columns !== 2) fail(`${columns} columns without names; say which they are, for example --columns channel,time`);
  if (/\.gdf(\.gz)?$/i.test(file)) return ['channel', 'time'];
  const whole = [0, 1].map((at) => table.holdsText(at) || table.numbers(at).every(Number.isInteger));
  if (whole[0] !== whole[1]) return whole[0] ? ['channel', 'time'] : ['time', 'channel'];
  if (!whole[0]) fail('neither column holds whole numbers; say which is the neuron, with --columns channel,time');
  return fail('both columns could be the neuron; say which is, with --columns channel,time or --columns time,channel');
}

/** A rate that most recordings are nearest to, of these units. */
const TYPICAL_RATE = 5;

/** The unit in which the mean rate of the neurons is nearest to a typical one, on a logarithmic scale. */
function guessUnit(ids: ArrayLike<Id>, raw: Float64Array): TimeUnit {
  const [first, last] = raw.reduce(([a, b], time) => [Math.min(a, time), Math.max(b, time)], [raw[0], raw[0]]);
  const perUnit = ids.length / new Set(Array.from(ids)).size / Math.max(last - first, Number.MIN_VALUE);
  const distance = (unit: TimeUnit) => {
    const ratio = perUnit / SECONDS[unit] / TYPICAL_RATE;
    return Math.max(ratio, 1 / ratio);
  };
  return timeUnits.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best));
}
