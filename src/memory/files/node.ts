/** What of a memory's files needs Node: files that a user names, recognised by content. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../../solvers/index.js';
import { EngramError } from '../../core/index.js';
import { type Source, sourceOf } from '../../files/index.js';
import { filesNamed, openSource, partialOf, readBytes } from '../../files/node.js';
import { checkNetwork, type Network, type NeuronModel } from '../network/index.js';
import { checkScore, type Score } from '../score/index.js';
import { defaultTemplate, type Template } from '../template/index.js';
import type { LoadedWiring } from './loaded-wiring.js';
import { type MemoryFile, readMemory } from './memory-file.js';
import { readNetworkJson } from './networks-json.js';
import type { Imported, Stretch } from './recording.js';
import { changedNeurons } from './rejudge.js';
import {
  isJson,
  isNpz,
  named,
  type ScoreAsk,
  scoreOfBytes,
  scoreOfSources,
  wiringOfBytes,
  wiringOfSource,
} from './score-file.js';
import type { SpikeHints } from './spikes.js';
import type { WiringOptions } from './wiring-csv.js';

export type { LoadedWiring } from './loaded-wiring.js';

/** Of a directory of results its network.npz; `always` also where there is none, for the message. */
function memoryIn(path: string, always = false): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  const file = join(path, 'network.npz');
  return always || existsSync(file) ? file : path;
}

/** A score from a file that needs no library: see `scoreOfBytes`. Throws `usage` or `input`. */
export function loadScoreFile(path: string, stretch: Stretch, hints?: SpikeHints): Imported {
  const file = memoryIn(path);
  return scoreOfBytes(readBytes(file), file, stretch, hints);
}

/** A wiring from a file that needs no library: see `wiringOfBytes`. Throws `input`. */
export function loadWiringFile(path: string, options: WiringOptions): LoadedWiring {
  const file = memoryIn(path);
  return wiringOfBytes(readBytes(file), file, options);
}

/** A score from any file, or from several with commas between. Throws `usage` or `input`. */
export const importScore = (path: string, asked: ScoreAsk): Promise<Imported> =>
  withSources(
    filesNamed(path).map((file) => memoryIn(file)),
    (sources) => scoreOfSources(sources, asked),
  );

/** A wiring from any file. Throws `input`. */
export const importWiring = (path: string, options: WiringOptions): Promise<LoadedWiring> =>
  withSources([memoryIn(path)], ([source]) => wiringOfSource(source, options));

/** Does something with files, open meanwhile. A pipe is read as a whole. */
async function withSources<Value>(files: string[], body: (sources: Source[]) => Promise<Value>): Promise<Value> {
  const open: { close(): void }[] = [];
  try {
    const sources = files.map((file): Source => {
      const source = openSource(file);
      if (source) open.push(source);
      return source ?? sourceOf(readBytes(file), file);
    });
    return await body(sources);
  } finally {
    for (const source of open) source.close();
  }
}

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

/** Whether nothing of this name is there, not even a link that leads nowhere. */
function isAbsent(file: string): boolean {
  try {
    lstatSync(file);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The network of a directory of results, of network.npz, or of a published network's JSON. */
export function loadNetworkFile(path: string): StoredNetwork {
  const file = memoryIn(path, true);
  if (isAbsent(file)) {
    const way = existsSync(partialOf(path))
      ? `its run was interrupted; go on with --resume ${path} (of the command that began it)`
      : 'a memory is made by, for example: memorize --channels 200 --duration 1s --out memory-1';
    throw new EngramError('input', `${file}: there is no such file; ${way}`);
  }
  const bytes = readBytes(file);
  if (!isNpz(bytes) && !isJson(bytes)) {
    throw new EngramError('input', `${file}: a network is a directory of results, network.npz, or a published network`);
  }
  return isNpz(bytes) ? fromMemory(readMemory(bytes, file), file) : fromPublished(bytes, file);
}

/** Throws `input` where spikes or synapses are none; nothing is computed with them before. */
function check(file: string, network: Network, scores: readonly Score[]): void {
  named(file, () => checkNetwork(network));
  for (const score of scores) named(file, () => checkScore(score));
}

const fromMemory = (memory: MemoryFile, file: string): StoredNetwork => {
  check(file, memory.network, [memory.score, ...memory.others]);
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
  check(file, network, [score]);
  const unknown = { model: undefined, statuses: undefined, seed: undefined, memory: undefined, changed: [] };
  return { score, network, tau0, template: defaultTemplate, ...unknown };
}
