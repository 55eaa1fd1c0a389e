/** Files that a user names, recognised by content. Node only. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../../solvers/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { readNpz } from '../../files/index.js';
import { readBytes } from '../../files/node.js';
import { checkWiring, type Network, type NeuronModel, neuronCount, type Wiring } from '../network/index.js';
import { channelCount, checkScore, cutScore, idOf, type Score } from '../score/index.js';
import { type Box, defaultTemplate, type Template } from '../template/index.js';
import { type MemoryFile, readMemory } from './memory-file.js';
import { readNetworkJson } from './networks-json.js';
import { type Imported, type Stretch, scoreOfRecording } from './recording.js';
import { changedNeurons } from './rejudge.js';
import { isScoreCsv, readScoreCsv } from './score-csv.js';
import { readSpikeArrays, readSpikeTensor, readSpikeText, type SpikeHints } from './spikes.js';
import { readWiringTable, type WiringOptions } from './wiring-csv.js';

/** Larger text is no list of spikes; larger archives are not held in memory. */
const MOST_TEXT = 2 ** 29 - 24;

/** Of a directory of results its network.npz; `always` also where there is none, for the message. */
export function memoryIn(path: string, always = false): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const file = join(path, 'network.npz');
  return always || existsSync(file) ? file : path;
}

/**
 * A score from any file of spikes: ours (network.npz, score.csv), published networks, or a recording as text,
 * NEST output or npz. Throws `usage` or `input`.
 */
export function loadScoreFile(path: string, stretch: Stretch, hints: SpikeHints = {}): Imported {
  const { tau0, duration, window } = stretch;
  const file = memoryIn(path);
  const bytes = readBytes(file);
  const periodic = (score: Score): Imported => {
    if (duration !== undefined) {
      throw new EngramError(
        'usage',
        `--duration: ${file} has a period of its own, ${formatTime(score.period * tau0)}; leave it out`,
      );
    }
    if (hints.columns)
      throw new EngramError('usage', `--columns: ${file} is no table of columns to choose from; leave it out`);
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
      const arrays = readNpz(bytes, file, ['header', 'times', 'channels']);
      if (typeof arrays.header === 'string') return periodic(rescale(readMemory(bytes, file), tau0).score);
      return scoreOfRecording(readSpikeArrays(arrays, file, hints), file, stretch);
    }
    if (isNpy(bytes)) return scoreOfRecording(readSpikeTensor(bytes, file, hints), file, stretch);
    if (isJson(bytes)) {
      const { score, spikes, tau0: own = tau0 } = readNetworkJson(bytes, file);
      if (score) return periodic(scaledScore(score, own / tau0));
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
function named(file: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof EngramError ? new EngramError('input', `${file}: ${error.message}`) : error;
  }
}

export interface LoadedWiring {
  wiring: Wiring;
  bounds: Box | undefined;
  /** What each synapse costs the objective, if the file says it. */
  costs: Float64Array | undefined;
  notes: string[];
}

/** The wiring of network.npz, of a published network, or of a table; weights are left behind. */
export function loadWiringFile(path: string, options: WiringOptions): LoadedWiring {
  const file = memoryIn(path);
  const bytes = readBytes(file);
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

/** A network with its score, as `memorize` stored it or as its authors published it. */
export interface StoredNetwork {
  score: Score;
  network: Network;
  /** What the neurons are, if they are not the default ones. */
  model: NeuronModel | undefined;
  /** Seconds per refractory period. */
  tau0: number;
  template: Template;
  /** How each neuron's program ended; undefined where the file does not say. */
  statuses: Status[] | undefined;
  /** The seed that it was stored with, if it was. */
  seed: number | undefined;
  /** What else network.npz holds. */
  memory: MemoryFile | undefined;
  /** Neurons whose weights are not the ones that were proved; their status is `stalled`. */
  changed: readonly number[];
}

/** Refractory period of networks whose files speak in refractory periods only, in seconds. */
const PUBLISHED_TAU0 = 0.005;

/** The network of a directory of results, of network.npz, or of a published network's JSON. */
export function loadNetworkFile(path: string): StoredNetwork {
  const file = memoryIn(path, true);
  const bytes = readBytes(file);
  if (!isNpz(bytes) && !isJson(bytes)) {
    throw new EngramError('input', `${file}: a network is a directory of results, network.npz, or a published network`);
  }
  const stored = isNpz(bytes) ? fromMemory(readMemory(bytes, file)) : fromPublished(bytes, file);
  named(file, () => checkWiring(stored.network));
  named(file, () => checkScore(stored.score));
  return stored;
}

const fromMemory = (memory: MemoryFile): StoredNetwork => {
  const { header, score, network, model } = memory;
  const { refractory_s: tau0, template, seed } = header;
  const changed = changedNeurons(memory);
  const statuses = memory.statuses.map((status, l) => (changed.includes(l) ? 'stalled' : status));
  return { score, network, model, tau0, template, statuses, seed, memory, changed };
};

function fromPublished(bytes: Uint8Array, file: string): StoredNetwork {
  const { score, network, tau0 = PUBLISHED_TAU0 } = readNetworkJson(bytes, file);
  if (!score) {
    throw new EngramError(
      'input',
      `${file}: the network has no period, so there is no score to speak of; store it first: memorize --score FILE --wiring FILE`,
    );
  }
  const unknown = { model: undefined, statuses: undefined, seed: undefined, memory: undefined, changed: [] };
  return { score, network, tau0, template: defaultTemplate, ...unknown };
}

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

const isNpz = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

const isNpy = (bytes: Uint8Array) => bytes[0] === 0x93 && bytes[1] === 0x4e;

/** A brace after white space and a byte order mark. */
function isJson(bytes: Uint8Array): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && [9, 10, 13, 32].includes(bytes[at])) at++;
  return bytes[at] === 0x7b;
}
