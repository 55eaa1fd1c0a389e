/** Files that a user names, read and recognised by content. Node only. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../../solvers/index.js';
import { EngramError } from '../core/index.js';
import { checkWiring, type Network, type Wiring } from '../network/index.js';
import { checkScore, type Score } from '../score/index.js';
import { defaultTemplate, type Template } from '../template/index.js';
import { type MemoryFile, readMemory } from './memory-file.js';
import { readReference } from './reference.js';
import { readScoreCsv } from './score-csv.js';

/** A score from network.npz, score.csv, or the published network's JSON (gzip or plain). `tau0` in seconds. */
export function loadScoreFile(file: string, tau0: number, label: (time: number) => string): Score {
  const bytes = readBytes(file);
  const score = isNpz(bytes)
    ? rescale(readMemory(bytes, file), tau0).score
    : isJson(bytes)
      ? readReference(bytes, file).score
      : readScoreCsv(new TextDecoder().decode(bytes), file, tau0);
  named(file, () => checkScore(score, label));
  return score;
}

/** Puts the file's name in front of what a check complains about. */
function named(file: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof EngramError ? new EngramError('input', `${file}: ${error.message}`) : error;
  }
}

/** The wiring of network.npz or of the published network's JSON; its weights are left behind. */
export function loadWiringFile(file: string, tau0: number): Wiring {
  const bytes = readBytes(file);
  if (!isNpz(bytes) && !isJson(bytes)) {
    throw new EngramError(
      'input',
      `${file}: a wiring is read from network.npz or from the JSON of the published network; this is neither`,
    );
  }
  const { starts, sources, delays } = (
    isNpz(bytes) ? rescale(readMemory(bytes, file), tau0) : readReference(bytes, file)
  ).network;
  const wiring = { starts, sources, delays };
  named(file, () => checkWiring(wiring));
  return wiring;
}

/** A network with its score, as `memorize` stored it or as its authors published it. */
export interface StoredNetwork {
  score: Score;
  network: Network;
  /** Seconds per refractory period. */
  tau0: number;
  template: Template;
  /** How each neuron's program ended; undefined where the file does not say. */
  statuses: Status[] | undefined;
  /** The seed that it was stored with, if it was. */
  seed: number | undefined;
}

/** Refractory period of networks whose files speak in refractory periods only, in seconds. */
const PUBLISHED_TAU0 = 0.005;

/** The network of a directory of results, of network.npz, or of the published network's JSON. */
export function loadNetworkFile(path: string): StoredNetwork {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'network.npz') : path;
  const bytes = readBytes(file);
  if (!isNpz(bytes) && !isJson(bytes)) {
    throw new EngramError('input', `${file}: a network is a directory of results, network.npz, or a published network`);
  }
  const stored = isNpz(bytes) ? fromMemory(readMemory(bytes, file)) : fromReference(readReference(bytes, file));
  named(file, () => checkWiring(stored.network));
  named(file, () => checkScore(stored.score));
  return stored;
}

const fromMemory = ({ header, score, network, statuses }: MemoryFile): StoredNetwork => {
  return { score, network, tau0: header.refractory_s, template: header.template, statuses, seed: header.seed };
};

const fromReference = (published: ReturnType<typeof readReference>): StoredNetwork => {
  return { ...published, tau0: PUBLISHED_TAU0, template: defaultTemplate, statuses: undefined, seed: undefined };
};

/** A stored memory in units of another refractory period than its own. */
function rescale(memory: ReturnType<typeof readMemory>, tau0: number) {
  const factor = memory.header.refractory_s / tau0;
  if (factor === 1) return memory;
  const { score, network } = memory;
  const scale = (times: Float64Array) => times.map((time) => time * factor);
  return {
    score: { ...score, period: score.period * factor, times: scale(score.times) },
    network: { ...network, delays: scale(network.delays) },
  };
}

const isNpz = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;
const isJson = (bytes: Uint8Array) => (bytes[0] === 0x1f && bytes[1] === 0x8b) || bytes[0] === 0x7b;

function readBytes(file: string): Uint8Array {
  try {
    if (!statSync(file).isFile()) throw new EngramError('input', `${file}: not a regular file`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof EngramError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngramError('input', `${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}
