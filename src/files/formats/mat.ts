/**
 * MATLAB's files of level 5 and of version 7.3. Spike times are where labs put them: in the vectors of a cell array, in a field of an
 * array of structs, or in a matrix of two columns, neuron and time. Neurons count from 1 there, as MATLAB does, unless a
 * vector `ids` says otherwise.
 */
import { EngramError, SECONDS, type TimeUnit, unitOf } from '../../core/index.js';
import { type MatCell, type MatNumeric, type MatStruct, type MatValue, matLines } from '../mat.js';
import { readMat } from '../mat-read.js';
import { numbersOf } from '../npy.js';
import type { Ask, Format, Opened, Spikes, Synapses } from './format.js';
import { matOfHdf5 } from './mat-hdf5.js';
import { packed } from './pairs.js';
import { refuseUnit, unitByRate } from './plausible.js';
import { parseSelection } from './select.js';

const head = ({ source }: Opened) => new TextDecoder('latin1').decode(source.read(0, 128));

export const mat: Format = {
  name: 'MAT',
  is: (file) => {
    const text = head(file);
    if (text.startsWith('MATLAB ')) return true;
    return file.hdf5?.keys('/').some((name) => file.hdf5?.attribute(`/${name}`, 'MATLAB_class') !== undefined) ?? false;
  },
  spikes: (file, ask) => spikesIn(variablesOf(file), file.source.name, ask),
  synapses: (file) => synapsesIn(variablesOf(file), file.source.name),
};

const variablesOf = ({ source, hdf5 }: Opened): Map<string, MatValue> =>
  hdf5 ? matOfHdf5(hdf5) : readMat(source.read(0, source.size), source.name);

type Train = { called: number | string; times: Float64Array };

const failIn =
  (file: string) =>
  (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };

const isVector = (value: MatValue): value is MatNumeric =>
  value.kind === 'numeric' && !value.imaginary && value.dims.filter((length) => length > 1).length <= 1;

function spikesIn(variables: ReadonlyMap<string, MatValue>, file: string, { select, window, unit: said }: Ask): Spikes {
  const fail = failIn(file);
  if (typeof window === 'string') fail('names no intervals; give a stretch such as 2s..4s');
  const conditions = select === undefined ? [] : parseSelection(select);
  const other = conditions.find(({ column }) => column !== 'variable' && column !== 'id');
  if (other) fail(`spikes are chosen by variable and id; there is no ${other.column}`);
  const wanted = ([name]: [string, MatValue]) =>
    conditions.every(({ column, holds }) => column === 'id' || holds([name]));
  const found = [...variables].filter(wanted).flatMap(([name, value]) => trainsIn(name, value, file));
  if (found.length !== 1) {
    const list = [...variables].map(([name, value]) => `${name} (${wordsOf(value)})`).join(', ') || 'none';
    fail(
      found.length === 0
        ? `no variable holds spike times: a cell array of vectors, structs with such a field, or a matrix of neuron and time; there are ${list}`
        : `which variable holds the spike times? say it with --select variable=${found[0].name}; there are ${list}`,
    );
  }
  const [{ name, trains: all, form }] = found;
  const named = all.map(({ called, times }, i) => ({ called: idsBeside(variables, all.length)?.[i] ?? called, times }));
  const trains = named.filter(({ called }) =>
    conditions.every(({ column, holds }) => column !== 'id' || holds([called])),
  );
  if (trains.length === 0) fail(`no neuron fits --select "${select}"`);
  const { unit, words } = unitOfTrains(name, trains, file, said);
  const scale = SECONDS[unit];
  const cut = trains.map(({ called, times }) => ({ called, times: times.map((time) => time * scale) }));
  const period = variables.get('period_s');
  const whole = period?.kind === 'numeric' ? Number(period.values[0]) : 0;
  return {
    ...packed(cut),
    unit,
    sure: said !== undefined,
    window: window === undefined && whole > 0 ? [0, whole] : undefined,
    notes: [`MAT, variable ${name}: ${form}, ${trains.length} neurons · times in ${unit}${words}`],
  };
}

/** The unit of the times: said, in the name of the variable, or by the firing rate. */
function unitOfTrains(name: string, trains: readonly Train[], file: string, said: TimeUnit | undefined) {
  if (said) return { unit: said, words: '' };
  const longest = trains.reduce((most, { times }) => (times.length > most.length ? times : most), trains[0].times);
  const [first, last] = longest.reduce(
    ([a, b], time) => [Math.min(a, time), Math.max(b, time)],
    [longest[0], longest[0]],
  );
  const spelt = /_(s|ms|us)$/.exec(name)?.[1];
  if (spelt) {
    refuseUnit(file, longest.length, last - first, unitOf(spelt));
    return { unit: unitOf(spelt), words: ' (by the name)' };
  }
  return { unit: unitByRate(longest.length, last - first), words: ' (by the firing rate; --time-unit says another)' };
}

/** What a variable holds in trains, if it does. */
function trainsIn(name: string, value: MatValue, file: string): { name: string; trains: Train[]; form: string }[] {
  const trainsOf = (values: readonly MatValue[]): Train[] =>
    values.map((one, i) => ({ called: i + 1, times: timesOf(one as MatNumeric, `${file}: ${name}`) }));
  if (value.kind === 'cell' && value.cells.length > 0 && value.cells.every(isVector))
    return [{ name, trains: trainsOf(value.cells), form: 'a cell array of spike times' }];
  if (value.kind === 'struct') {
    const field = [...value.fields].find(([called, all]) => /time|spike/i.test(called) && all.every(isVector));
    if (field && (field[1].length > 1 || !cellsIn(value))) {
      return [{ name, trains: trainsOf(field[1]), form: `structs with ${field[0]}` }];
    }
    // One struct of a whole recording, as CellExplorer keeps it: `spikes.times`.
    const cells = cellsIn(value);
    if (cells) {
      const [called, all] = cells;
      const own = numbersBeside(value, all.length);
      const trains = trainsOf(all).map((train, i) => ({ ...train, called: own?.[i] ?? train.called }));
      return [{ name, trains, form: `a struct with a cell array of spike times, ${called}` }];
    }
  }
  if (value.kind !== 'numeric' || value.dims.length !== 2 || value.dims[1] !== 2 || value.dims[0] < 3) return [];
  const [rows] = value.dims;
  const values = numbersOf({ values: value.values }, `${file}: ${name}`);
  const columns = [values.subarray(0, rows), values.subarray(rows)];
  const whole = columns.map((column) => column.every((one) => Number.isInteger(one) && one >= 0));
  if (whole[0] === whole[1]) return [];
  const [ids, times] = whole[0] ? columns : [columns[1], columns[0]];
  const trains = [...new Set(ids)]
    .sort((a, b) => a - b)
    .map((id) => ({ called: id, times: times.filter((_, i) => ids[i] === id) }));
  return [{ name, trains, form: 'a matrix of neuron and time' }];
}

/** In a single struct, a cell array of vectors in a field that is called like times. */
function cellsIn({ fields }: MatStruct): [string, readonly MatValue[]] | undefined {
  const found = [...fields].find(([called, [value, ...more]]) => {
    const own = more.length === 0 && value?.kind === 'cell' && value.cells.length > 0 && value.cells.every(isVector);
    return own && /^(spike_?)?times?$/i.test(called);
  });
  return found && [found[0], (found[1][0] as MatCell).cells];
}

/** The ids beside it: a vector of different numbers, as long as there are neurons, called UID or like it. */
function numbersBeside({ fields }: MatStruct, neurons: number): number[] | undefined {
  const [value] = [...fields].find(([called]) => /^(uid|ids?|cluid|cluster_?ids?)$/i.test(called))?.[1] ?? [];
  const numbers = value?.kind === 'numeric' ? Array.from(value.values, Number) : [];
  return numbers.length === neurons && new Set(numbers).size === neurons ? numbers : undefined;
}

function timesOf({ values }: MatNumeric, where: string): Float64Array {
  const times = numbersOf({ values }, where);
  const bad = times.findIndex((time) => !Number.isFinite(time));
  if (bad >= 0) throw new EngramError('input', `${where}: a spike is at ${times[bad]}, which is no time`);
  return times;
}

/** A vector or a list of names called `ids`, as long as there are neurons. */
function idsBeside(variables: ReadonlyMap<string, MatValue>, neurons: number): (number | string)[] | undefined {
  const ids = variables.get('ids');
  const list: (number | string)[] | undefined =
    ids?.kind === 'numeric'
      ? Array.from(ids.values, Number)
      : ids?.kind === 'cell'
        ? ids.cells.map((cell) => (cell.kind === 'char' ? (matLines(cell)[0] ?? '') : ''))
        : undefined;
  return list?.length === neurons && new Set(list).size === neurons ? list : undefined;
}

const wordsOf = (value: MatValue): string =>
  value.kind === 'other' ? value.matlabClass : `${value.kind} ${value.dims.join(' x ')}`;

/** Vectors `source`, `target` and `delay_ms` or `delay_s`, a number per synapse; the neurons by the ids of the spikes. */
function synapsesIn(variables: ReadonlyMap<string, MatValue>, file: string): Synapses {
  const fail = failIn(file);
  const vector = (name: string): Float64Array | undefined => {
    const value = variables.get(name);
    if (value === undefined) return undefined;
    return isVector(value) ? timesOf(value, `${file}: ${name}`) : fail(`variable ${name} is no vector`);
  };
  const need = (name: string) =>
    vector(name) ?? fail(`a wiring needs vectors source, target and delay_ms or delay_s; there is no ${name}`);
  const seconds = vector('delay_s');
  const delays = seconds ?? need('delay_ms').map((delay) => delay * SECONDS.ms);
  const [sources, targets, weights] = [need('source'), need('target'), vector('weight')];
  if ([targets, delays, weights ?? sources].some(({ length }) => length !== sources.length))
    fail(`source, target and delays must be as many; got ${sources.length}, ${targets.length} and ${delays.length}`);
  const ids = variables.get('ids');
  const own = ids
    ? idsBeside(variables, ids.kind === 'numeric' ? ids.values.length : ids.kind === 'cell' ? ids.cells.length : 0)
    : undefined;
  // Where the neurons have names the numbers are places among them, counted from 1.
  const named = own?.some((id) => typeof id === 'string');
  const places = (list: Float64Array) => (named ? list.map((place) => place - 1) : list);
  return {
    ids: named ? own : undefined,
    sources: places(sources),
    targets: places(targets),
    delays,
    weights,
    notes: [`MAT · delays in ${seconds ? 's' : 'ms'} (by the name)`],
  };
}
