/**
 * Spikes as other people keep them: pairs of a neuron's id and a time, as text (CSV, NEST's .dat and .gdf) or as
 * the arrays `channels` and `times` of an npz. What is not said is guessed from the data, and the guess is told.
 */
import { demandObject, EngramError, SECONDS, type TimeUnit, timeUnits } from '../../core/index.js';
import { type NpyArray, readTable, type Table } from '../../files/index.js';

/** What the reader is told instead of guessing. */
export interface SpikeHints {
  /** The columns in order: `channel`, `time`, or anything else for one that is not read. */
  columns?: readonly string[] | undefined;
  /** The unit of the times. */
  unit?: TimeUnit | undefined;
}

/** Spikes as a file has them. */
export interface Recording {
  /** One spike each, in any order: whose, as the file calls it, and when, in seconds. */
  ids: Float64Array;
  /** When, in seconds. */
  times: Float64Array;
  /** The unit that the file uses. */
  unit: TimeUnit;
  /** Whether the unit was said, by the file or by hand, and not guessed. */
  sure: boolean;
  /** All ids, where the file knows of neurons that have no spikes. */
  known?: Float64Array;
  /** How the file was understood, for people. */
  understood: string;
}

const CHANNEL = /^(channel|neuron|unit|cell|id|sender|source|gid|node|cluster)s?([ _.-]?ids?)?$/;
const TIME = /^(t|time|timestamp|spike|spike[ _.-]?time)s?[ _.-]*[([]?(s|sec|seconds|ms|us|µs)?[)\]]?$/;

/** Reads spikes from text. Throws `input` with file and line. */
export function readSpikeText(bytes: Uint8Array, file: string, hints: SpikeHints): Recording {
  demandObject('the hints', hints);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const table = readTable(bytes, file);
  const { header, columns, rows } = table;
  if (header?.includes('time_step')) {
    fail('times are in steps, and the resolution is not in the file: record with time_in_steps false');
  }
  const roles = hints.columns ?? header?.map(roleOf) ?? guessRoles(table, fail);
  if (roles.length !== columns) fail(`--columns names ${roles.length} columns, the file has ${columns}`);
  const place = (role: string) => {
    const at = roles.indexOf(role);
    if (at < 0 || roles.lastIndexOf(role) !== at) {
      fail(
        `which column is the ${role}? the columns are ${header ? header.join(', ') : columns}; say it with --columns, for example --columns channel,time`,
      );
    }
    return at;
  };
  const [channelAt, timeAt] = [place('channel'), place('time')];
  const [ids, raw] = [channelAt, timeAt].map((at) => table.numbers(at));
  for (let i = 0; i < rows; i++) {
    const wrong = (problem: string) => {
      throw new EngramError('input', `${file}:${table.lineOf(i)}: ${problem}`);
    };
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0)) wrong(`the neuron must be an integer of at least 0; got ${ids[i]}`);
    if (Number.isNaN(raw[i])) wrong('the time is missing');
  }
  const named = header && TIME.exec(header[timeAt])?.[2];
  const written =
    named === undefined ? undefined : ((named.startsWith('s') ? 's' : named === 'µs' ? 'us' : named) as TimeUnit);
  const nest = /\.(gdf|dat)$/i.test(file) ? 'ms' : undefined;
  if (nest && !hints.unit && !written && raw.every(Number.isInteger)) {
    fail('its times are whole numbers: steps, whose resolution is not in the file? if they are ms, say --time-unit ms');
  }
  const sure = (hints.unit ?? written ?? nest) !== undefined;
  const unit = hints.unit ?? written ?? nest ?? guessUnit(ids, raw);
  const guessed = hints.unit || written ? '' : nest ? ' (NEST)' : ' (by the firing rate)';
  const layout = `${table.separator}s between, ${header ? 'with' : 'without'} a header`;
  return {
    ids,
    times: raw.map((time) => time * SECONDS[unit]),
    unit,
    sure,
    understood: `columns ${roles.join(', ')} (${layout}) · times in ${unit}${guessed}`,
  };
}

/** Reads spikes from the arrays `times` and `channels`. Throws `input`. */
export function readSpikeArrays(arrays: Record<string, NpyArray>, file: string, hints: SpikeHints): Recording {
  demandObject(`the arrays of ${file}`, arrays);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const numbers = (name: string): Float64Array => {
    const array = arrays[name];
    if (array === undefined || typeof array === 'string') {
      return fail(`array "${name}" is missing; expected are times and channels, one number each per spike`);
    }
    return Float64Array.from(array as Float64Array);
  };
  const [ids, raw] = [numbers('channels'), numbers('times')];
  if (ids.length !== raw.length) fail(`there are ${raw.length} times and ${ids.length} channels; they must be as many`);
  if (ids.length === 0) fail('there are no spikes');
  for (let i = 0; i < ids.length; i++) {
    if (!(Number.isInteger(ids[i]) && ids[i] >= 0))
      fail(`channels[${i}] must be an integer of at least 0; got ${ids[i]}`);
    if (!Number.isFinite(raw[i])) fail(`times[${i}] must be a number; got ${raw[i]}`);
  }
  const unit = hints.unit ?? guessUnit(ids, raw);
  const guessed = hints.unit ? '' : ' (by the firing rate)';
  return {
    ids,
    times: raw.map((time) => time * SECONDS[unit]),
    unit,
    sure: hints.unit !== undefined,
    understood: `arrays times and channels · times in ${unit}${guessed}`,
  };
}

const roleOf = (name: string) => (TIME.test(name) ? 'time' : CHANNEL.test(name) ? 'channel' : name);

/** Of two columns without names the one with whole numbers is the neuron, or the one with fewer different values. */
function guessRoles({ columns, numbers }: Table, fail: (problem: string) => never): string[] {
  if (columns !== 2) fail(`${columns} columns without names; say which they are, for example --columns channel,time`);
  const whole = [0, 1].map((at) => numbers(at).every(Number.isInteger));
  const different = [0, 1].map((at) => new Set(numbers(at)).size);
  if (whole[0] !== whole[1]) return whole[0] ? ['channel', 'time'] : ['time', 'channel'];
  if (!whole[0]) fail('neither column holds whole numbers; say which is the neuron, with --columns channel,time');
  if (different[0] === different[1])
    fail('both columns could be the neuron; say which is, with --columns channel,time');
  return different[0] < different[1] ? ['channel', 'time'] : ['time', 'channel'];
}

/** A rate that most recordings are nearest to, of these units. */
const TYPICAL_RATE = 5;

/** The unit in which the mean rate of the neurons is nearest to a typical one, on a logarithmic scale. */
function guessUnit(ids: Float64Array, raw: Float64Array): TimeUnit {
  const [first, last] = raw.reduce(([a, b], time) => [Math.min(a, time), Math.max(b, time)], [raw[0], raw[0]]);
  const perUnit = ids.length / new Set(ids).size / Math.max(last - first, Number.MIN_VALUE);
  const distance = (unit: TimeUnit) => {
    const ratio = perUnit / SECONDS[unit] / TYPICAL_RATE;
    return Math.max(ratio, 1 / ratio);
  };
  return timeUnits.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best));
}
