/** Scores and wirings in the bytes of any file, recognised by content. */
import { demandList, demandObject, demandPositive, EngramError, formatTime, refuse } from '../../core/index.js';
import {
  type Ask,
  demandSource,
  isParquet,
  readFieldSpikes,
  readFieldSynapses,
  readNpz,
  readParquet,
  type Source,
  unpacked,
} from '../../files/index.js';
import { checkWiring, type Network, neuronCount, type Wiring } from '../network/index.js';
import { channelCount, checkScore, cutScore, idOf, type Score } from '../score/index.js';
import { networkOfArrays } from './export.js';
import { recordingOf, wiringOfSynapses } from './field.js';
import { idsInJson } from './ids.js';
import type { LoadedWiring } from './loaded-wiring.js';
import { type MemoryFile, readMemory } from './memory-file.js';
import { readNetworkJson } from './networks-json.js';
import { type Imported, type Stretch, scoreOfRecording } from './recording.js';
import { isScoreCsv, readScoreCsv } from './score-csv.js';
import {
  readSpikeArrays,
  readSpikeTensor,
  readSpikeText,
  type SpikeHints,
  spikeArrayRole,
  spikesOfTable,
} from './spikes.js';
import { readWiringTable, type WiringOptions, wiringOfTable } from './wiring-csv.js';

/** What `memorize export --to npz` writes. */
const ARRAYS = 'starts sources delays_s lower upper costs score_starts score_times_s period_s ids'.split(' ');

/** Larger text is no list of spikes; larger archives are not held in memory. */
const MOST_TEXT = 2 ** 29 - 24;

/** What is asked of a file of spikes: a stretch, or the name of one, and how to read what the file does not say. */
export interface ScoreAsk {
  /** Refractory period and window in seconds; or the name of an interval of the file for a window. */
  stretch: Omit<Stretch, 'window'> & {
    /** From and to in seconds, or a name such as `trials:3`. */
    window?: readonly [number, number] | string | undefined;
  };
  /** The unit of time and the columns, where the file does not say them. */
  hints?: SpikeHints | undefined;
  /** Which of the units, of a format that knows of columns; see `parseSelection`. */
  select?: string | undefined;
}

/**
 * A score from any files of spikes, several of them as one recording: of a format of the field, of which only what is wanted is
 * read, or of any form that `scoreOfBytes` knows. Throws `usage` or `input`.
 */
export async function scoreOfSources(sources: readonly Source[], asked: ScoreAsk): Promise<Imported> {
  demandList('the sources', sources);
  if (sources.length === 0) refuse('there must be at least one source');
  sources.forEach(demandSource);
  demandObject('what is asked', asked);
  demandObject('the stretch that is asked', asked.stretch);
  demandPositive('the refractory period in seconds', asked.stretch.tau0);
  const { stretch, hints = {}, select } = asked;
  const unit = typeof hints.unit === 'number' ? undefined : hints.unit;
  const ask: Ask = { select, window: stretch.window, unit };
  const found = [];
  const plain = sources.map(unpacked);
  for (const source of plain) found.push({ name: source.name, spikes: await readFieldSpikes(source, ask) });
  const fields = found.flatMap(({ name, spikes }) => (spikes ? [{ name, spikes }] : []));
  if (fields.length < found.length) {
    const other = found.find(({ spikes }) => !spikes)?.name;
    if (found.length > 1)
      throw new EngramError('usage', `${other}: several files are read of NWB and its like only; give one`);
    const [source] = plain;
    const stretch = plainAsk(source.name, asked);
    if (isParquet(source)) return scoreOfParquet(source, stretch, hints);
    return scoreOfBytes(source.read(0, source.size), source.name, stretch, hints);
  }
  if (typeof hints.unit === 'number')
    throw new EngramError('usage', `--time-unit: ${fields[0].name} counts no steps; say a unit, or leave it out`);
  if (hints.columns)
    throw new EngramError('usage', `--columns: ${fields[0].name} is no table of columns to choose from; leave it out`);
  const { recording, window } = recordingOf(fields);
  const { tau0, duration } = stretch;
  const cut = window ?? (typeof stretch.window === 'string' ? undefined : stretch.window);
  const file = fields.map(({ name }) => name).join(', ');
  const imported = scoreOfRecording(recording, file, {
    tau0,
    duration,
    window: duration === undefined ? cut : undefined,
  });
  named(file, () => checkScore(imported.score, (time) => formatTime(time * tau0)));
  return imported;
}

/** A score from a Parquet table; one that this program wrote tells its period and the neurons without spikes. */
async function scoreOfParquet(source: Source, stretch: Stretch, hints: SpikeHints): Promise<Imported> {
  const table = await readParquet(source);
  const [period, ids] = ['period_s', 'ids'].map((name) => table.facts.get(name));
  const recording = spikesOfTable(table, source.name, hints, Number(period) > 0 ? idsInJson(ids) : undefined);
  const whole =
    stretch.window ?? (stretch.duration === undefined && Number(period) > 0 ? [0, Number(period)] : undefined);
  const understood = `Parquet, ${recording.understood.replace(/ \(commas between, with a header\)/, '')}`;
  const imported = scoreOfRecording({ ...recording, understood }, source.name, {
    ...stretch,
    window: whole as Stretch['window'],
  });
  named(source.name, () => checkScore(imported.score, (time) => formatTime(time * stretch.tau0)));
  return imported;
}

/** The stretch that is asked of a file that names no intervals and has no columns to select by. Throws `usage`. */
export function plainAsk(file: string, { stretch, select }: ScoreAsk): Stretch {
  const { window, ...rest } = stretch;
  if (select !== undefined)
    throw new EngramError('usage', `--select: ${file} has no table of units to choose from; leave it out`);
  if (typeof window === 'string')
    throw new EngramError('usage', `--window: ${file} names no intervals; give a stretch such as 2s..4s`);
  return { ...rest, window };
}

/**
 * A score from a file of spikes: ours (network.npz, score.csv), published networks, or a recording as text, NEST output or npz;
 * what needs no library. Throws `usage` or `input`.
 */
export function scoreOfBytes(bytes: Uint8Array, file: string, stretch: Stretch, hints: SpikeHints = {}): Imported {
  const { tau0, duration, window } = stretch;
  const refuseColumns = () => {
    if (hints.columns) throw new EngramError('usage', `--columns: ${file} is no table of columns; leave it out`);
  };
  const periodic = (score: Score): Imported => {
    if (duration !== undefined) {
      throw new EngramError(
        'usage',
        `--duration: ${file} has a period of its own, ${formatTime(score.period * tau0)}; leave it out`,
      );
    }
    refuseColumns();
    if (window && window[1] > score.period * tau0 * (1 + 1e-12))
      throw new EngramError('usage', `--window: ${file} ends at ${formatTime(score.period * tau0)}`);
    const cut = window ? cutScore(score, window[0] / tau0, window[1] / tau0) : score;
    return {
      score: cut,
      ids: Array.from({ length: channelCount(score) }, (_, channel) => idOf(score, channel)),
      notes: [],
    };
  };
  const imported = read();
  named(file, () => checkScore(imported.score, (time) => formatTime(time * tau0)));
  return imported;

  function read(): Imported {
    if (isNpz(bytes)) {
      const arrays = readNpz(bytes, file, ['header', 'times', 'channels', ...ARRAYS]);
      if (typeof arrays.header === 'string') return periodic(rescale(readMemory(bytes, file), tau0).score);
      const exported = networkOfArrays(arrays, file, tau0);
      if (exported) return periodic(exported.score);
      refuseColumns();
      // Under other names than these they are found by their roles; what else there is may be of any kind.
      const ours = 'times' in arrays && 'channels' in arrays;
      const spikes = ours ? arrays : readNpz(bytes, file, (name) => spikeArrayRole(name) !== undefined);
      return scoreOfRecording(readSpikeArrays(spikes, file, hints), file, stretch);
    }
    if (isNpy(bytes)) return scoreOfRecording(readSpikeTensor(bytes, file, hints), file, stretch);
    if (isJson(bytes)) {
      const { score, spikes, tau0: own = tau0 } = readNetworkJson(bytes, file);
      if (score) return periodic(scaledScore(score, own / tau0));
      refuseColumns();
      const ids = spikes.flatMap((train, neuron) => Array.from(train, () => neuron));
      const times = Float64Array.from(spikes.flatMap((train) => Array.from(train, (time) => time * tau0)));
      if (times.length === 0) throw new EngramError('input', `${file}: its neurons have no spikes`);
      const understood = 'a network with spikes, in refractory periods';
      const known = Float64Array.from(spikes.keys());
      return scoreOfRecording(
        { ids: Float64Array.from(ids), times, unit: 's', understood, known, sure: true },
        file,
        stretch,
      );
    }
    if (bytes.length > MOST_TEXT)
      throw new EngramError('input', `${file}: text of more than ${MOST_TEXT} bytes is not read`);
    if (isScoreCsv(bytes)) return periodic(readScoreCsv(bytes, file, tau0));
    return scoreOfRecording(readSpikeText(bytes, file, hints), file, stretch);
  }
}

/** Puts the file's name in front of what a check complains about. */
export function named(file: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof EngramError ? new EngramError('input', `${file}: ${error.message}`) : error;
  }
}

/** The wiring of a file of any form; weights are left behind. Throws `input`. */
export async function wiringOfSource(given: Source, options: WiringOptions): Promise<LoadedWiring> {
  demandSource(given);
  const source = unpacked(given);
  demandObject('the options', options);
  demandPositive('the refractory period in seconds', options.tau0);
  if (isParquet(source)) return wiringOfTable(await readParquet(source), source.name, options);
  const synapses = await readFieldSynapses(source);
  if (!synapses) return wiringOfBytes(source.read(0, source.size), source.name, options);
  const { wiring, bounds, costs } = wiringOfSynapses(synapses, source.name, options);
  named(source.name, () => checkWiring(wiring));
  const weights = synapses.weights ? ' · its weights are left behind' : '';
  const [first, ...rest] = synapses.notes;
  const notes = [`${wiring.sources.length} synapses · ${first}${weights}`, ...rest];
  return { wiring, bounds, costs, notes };
}

/** The wiring of network.npz, of a published network, or of a table; weights are left behind. */
export function wiringOfBytes(bytes: Uint8Array, file: string, options: WiringOptions): LoadedWiring {
  const loaded = read();
  named(file, () => checkWiring(loaded.wiring));
  const neurons = options.ids.length;
  if (neuronCount(loaded.wiring) !== neurons) {
    throw new EngramError(
      'input',
      `${file}: it wires ${neuronCount(loaded.wiring)} neurons, the score has ${neurons} channels`,
    );
  }
  return loaded;

  function read(): LoadedWiring {
    if (isNpz(bytes)) {
      const exported = networkOfArrays(readNpz(bytes, file, ARRAYS), file, options.tau0);
      if (exported) return { ...exported, notes: [] };
      const { network, bounds, costs } = rescale(readMemory(bytes, file), options.tau0);
      return { wiring: wiringOf(network), bounds, costs, notes: [] };
    }
    if (isJson(bytes)) {
      const { network, tau0: own = options.tau0 } = readNetworkJson(bytes, file);
      const delays = network.delays.map((delay) => (delay * own) / options.tau0);
      return { wiring: { ...wiringOf(network), delays }, bounds: undefined, costs: undefined, notes: [] };
    }
    return readWiringTable(bytes, file, options);
  }
}

const wiringOf = ({ starts, sources, delays }: Network): Wiring => ({ starts, sources, delays });

/** A stored memory in units of another refractory period than its own. */
function rescale(memory: MemoryFile, tau0: number): MemoryFile {
  const factor = memory.header.refractory_s / tau0;
  if (factor === 1) return memory;
  const { network } = memory;
  const scale = (times: Float64Array) => times.map((time) => time * factor);
  const scaled = (score: Score) => scaledScore(score, factor);
  return {
    ...memory,
    score: scaled(memory.score),
    others: memory.others.map(scaled),
    network: { ...network, delays: scale(network.delays) },
  };
}

const scaledScore = (score: Score, factor: number): Score =>
  factor === 1 ? score : { ...score, period: score.period * factor, times: score.times.map((time) => time * factor) };

export const isNpz = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

const isNpy = (bytes: Uint8Array) => bytes[0] === 0x93 && bytes[1] === 0x4e;

/** A brace after white space and a byte order mark. */
export function isJson(bytes: Uint8Array): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && [9, 10, 13, 32].includes(bytes[at])) at++;
  return bytes[at] === 0x7b;
}
