/**
 * The address is the state: settings by the names of the command's options, what is looked at, and a score that is not sampled
 * where it is short. #channels=60&duration=400ms&cue=0-29@0..80&noise=0.05&show=3
 */
import { type Neighbour, neighbours, readSaid, type Said, writeSaid } from './beside/words.js';
import { DEFAULTS, type Name, names, type Words } from './words.js';

/** Which channels play which stretch, in refractory periods, and how noisy thresholds are. */
export interface Cue {
  first: number;
  last: number;
  from: number;
  to: number;
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
  /** A score that is not sampled, packed (packing.ts). */
  score?: string | undefined;
  /** A file that must be opened too: what it holds is too long for an address. */
  file?: string | undefined;
}

/** The part of an address after #. */
export function writeAddress(place: Place): string {
  const { words, cue, noise, show, story, score, file } = place;
  const parts = new URLSearchParams();
  for (const name of names) if (words[name] !== undefined) parts.set(name, words[name]);
  if (cue) parts.set('cue', `${cue.first}-${cue.last}@${cue.from}..${cue.to}`);
  if (noise > 0) parts.set('noise', `${noise}`);
  if (show) parts.set('show', `${show}`);
  if (story !== undefined) parts.set('story', `${story}`);
  for (const name of neighbours) if (place[name]) parts.set(name, writeSaid(place[name]));
  if (score !== undefined) parts.set('score', score);
  if (file !== undefined) parts.set('file', file);
  return parts.toString().replaceAll('%40', '@').replaceAll('%3A', ':').replaceAll('%2C', ',');
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
  const score = parts.get('score');
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
