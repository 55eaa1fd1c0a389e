/**
 * The address is the state: settings by the names of the command's options, what is looked at, and a score that is not sampled
 * where it is short. #channels=60&duration=400ms&cue=0-29@0..80&noise=0.05&show=3
 */
import LZString from 'lz-string';
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
export interface Place {
  words: Words;
  cue?: Cue | undefined;
  noise: number;
  /** The neuron that is looked at. */
  show?: number | undefined;
  /** The story that is told, from 1 on. */
  story?: number | undefined;
  score?: PlainScore | undefined;
}

/** Addresses longer than this are cut by some programs that pass them on. */
const LONGEST = 8000;

const { compressToEncodedURIComponent: pack, decompressFromEncodedURIComponent: unpack } = LZString;

/** The part of an address after #; `whole` is false where the score did not fit. */
export function writeAddress({ words, cue, noise, show, story, score }: Place): { hash: string; whole: boolean } {
  const parts = new URLSearchParams();
  for (const name of names) if (words[name] !== undefined) parts.set(name, words[name]);
  if (cue) parts.set('cue', `${cue.first}-${cue.last}@${cue.from}..${cue.to}`);
  if (noise > 0) parts.set('noise', `${noise}`);
  if (show !== undefined) parts.set('show', `${show}`);
  if (story !== undefined) parts.set('story', `${story}`);
  const packed = score && pack(JSON.stringify(score));
  const whole = packed === undefined || packed.length <= LONGEST;
  if (packed && whole) parts.set('score', packed);
  return { hash: parts.toString().replaceAll('%40', '@').replaceAll('%3A', ':'), whole };
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
  const number = (name: string) => {
    const text = parts.get(name);
    return text !== null && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  };
  const [, first, last, from, to] = /^(\d+)-(\d+)@([\d.]+)\.\.([\d.]+)$/.exec(parts.get('cue') ?? '') ?? [];
  const cue = { first: Number(first), last: Number(last), from: Number(from), to: Number(to) };
  const score = scoreIn(parts.get('score'));
  return {
    words,
    ...(first !== undefined && cue.first <= cue.last && cue.from < cue.to ? { cue } : {}),
    noise: Math.min(0.5, number('noise') ?? 0),
    ...(number('show') === undefined ? {} : { show: number('show') }),
    ...(number('story') === undefined ? {} : { story: number('story') }),
    ...(score ? { score } : {}),
  } as Place;
}

function scoreIn(packed: string | null): PlainScore | undefined {
  if (!packed) return undefined;
  try {
    const { period, trains, name } = JSON.parse(unpack(packed)) as PlainScore;
    const rising = (train: number[]) => train.every((time, i) => Number.isFinite(time) && !(time < train[i - 1]));
    const good = Number.isFinite(period) && Array.isArray(trains) && trains.length > 0 && trains.every(rising);
    return good ? { period, trains, ...(typeof name === 'string' ? { name } : {}) } : undefined;
  } catch {
    return undefined;
  }
}
