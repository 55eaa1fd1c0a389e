/**
 * The address is the state: settings by the names of the command's options, what is looked at, and a score that is not sampled
 * where it is short. #channels=60&duration=400ms&cue=0-29@0..80&noise=0.05&show=3
 */
import LZString from 'lz-string';
import { type Neighbour, neighbours, readSaid, type Said, writeSaid } from './beside/words.js';
import { DEFAULTS, type Name, names, type Words } from './words.js';

/** Which channels play which stretch, in refractory periods, and how noisy thresholds are. */
export interface Cue {
  first: number;
  last: number;
  from: number;
  to: number;
}

/** Trains of a score, in refractory periods; short in text where times have few digits. */
export interface PlainScore {
  period: number;
  trains: number[][];
  /** Of the file that it came from. */
  name?: string;
}

/** What a link restores. */
export interface Place extends Partial<Record<Neighbour, Said | undefined>> {
  words: Words;
  cue?: Cue | undefined;
  noise: number;
  /** The neuron that is looked at. */
  show?: number | undefined;
  /** The story that is told, from 1 on. */
  story?: number | undefined;
  score?: PlainScore | undefined;
  /** A file that must be opened too: what it holds is too long for an address. */
  file?: string | undefined;
}

/** Addresses longer than this are cut by some programs that pass them on. */
const LONGEST = 8000;

const { compressToEncodedURIComponent: pack, decompressFromEncodedURIComponent: unpack } = LZString;

/** The part of an address after #; `whole` is false where a file must be sent along. */
export function writeAddress(place: Place): { hash: string; whole: boolean } {
  const { words, cue, noise, show, story, score } = place;
  const parts = new URLSearchParams();
  for (const name of names) if (words[name] !== undefined) parts.set(name, words[name]);
  if (cue) parts.set('cue', `${cue.first}-${cue.last}@${cue.from}..${cue.to}`);
  if (noise > 0) parts.set('noise', `${noise}`);
  if (show) parts.set('show', `${show}`);
  if (story !== undefined) parts.set('story', `${story}`);
  for (const name of neighbours) if (place[name]) parts.set(name, writeSaid(place[name]));
  const packed = score && pack(JSON.stringify(score));
  const fits = packed !== undefined && packed.length <= LONGEST;
  if (fits) parts.set('score', packed);
  const file = place.file ?? (score && !fits ? (score.name ?? 'network.npz') : undefined);
  if (file !== undefined) parts.set('file', file);
  const whole = file === undefined;
  return { hash: parts.toString().replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2C', ','), whole };
}

/** The place of an address; what nobody understands is left out. */
export function readAddress(hash: string): Place {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const words = Object.fromEntries(
    names.flatMap((name) => {
      const text = parts.get(name);
      return text === null || text === DEFAULTS[name] ? [] : [[name, text]];
    }),
  ) as Partial<Record<Name, string>>;
  const number = (name: string, pattern: RegExp) => {
    const text = parts.get(name);
    return text !== null && pattern.test(text) ? Number(text) : undefined;
  };
  const [show, story] = ['show', 'story'].map((name) => number(name, /^\d{1,9}$/));
  const noise = number('noise', /^\d+(\.\d+)?$/) ?? 0;
  const cue = cueIn(parts.get('cue'));
  const score = scoreIn(parts.get('score'));
  const file = parts.get('file')?.slice(0, 200);
  return {
    words,
    noise: Math.min(0.5, noise),
    ...Object.fromEntries(
      neighbours.flatMap((name) => (parts.has(name) ? [[name, readSaid(parts.get(name) ?? '')]] : [])),
    ),
    ...(cue && { cue }),
    ...(show !== undefined && { show }),
    ...(story !== undefined && { story }),
    ...(score && { score }),
    ...(file && { file }),
  };
}

function cueIn(text: string | null): Cue | undefined {
  const [, ...parts] = /^(\d+)-(\d+)@([\d.]+)\.\.([\d.]+)$/.exec(text ?? '') ?? [];
  const [first, last, from, to] = parts.map(Number);
  return first <= last && from < to ? { first, last, from, to } : undefined;
}

function scoreIn(packed: string | null): PlainScore | undefined {
  // A short text may unpack to a very long one, but not that long.
  if (!packed || packed.length > LONGEST) return undefined;
  try {
    const { period, trains, name } = JSON.parse(unpack(packed)) as PlainScore;
    const rising = (train: number[]) => train.every((time, i) => Number.isFinite(time) && !(time < train[i - 1]));
    const good = Number.isFinite(period) && Array.isArray(trains) && trains.length > 0 && trains.every(rising);
    return good ? { period, trains, ...(typeof name === 'string' ? { name } : {}) } : undefined;
  } catch {
    return undefined;
  }
}
