/** Scores as text for an address: JSON of times in refractory periods, which have few digits where they were drawn, packed. */
import LZString from 'lz-string';
import { scoreOf, spikesOf } from '../memory/score/index.js';
import type { GivenScore } from './solver.js';

/** Addresses longer than this are cut by some programs that pass them on. */
const LONGEST = 8000;

const { compressToEncodedURIComponent: pack, decompressFromEncodedURIComponent: unpack } = LZString;

/** The score, unless it is too long. */
export function packScore({ score, name }: GivenScore): string | undefined {
  const { period, starts } = score;
  const trains = Array.from({ length: starts.length - 1 }, (_, channel) => Array.from(spikesOf(score, channel)));
  const packed = pack(JSON.stringify({ period, trains, ...(name === undefined ? {} : { name }) }));
  return packed.length <= LONGEST ? packed : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The score of a text. Throws what is wrong with it. */
export function unpackScore(packed: string): GivenScore {
  // A short text may unpack to a long one; one that is longer than any that was packed here may be as long as it likes.
  if (packed.length > LONGEST) throw new Error('it is too long');
  const { period, trains, name } = (parsed(unpack(packed)) ?? {}) as Record<string, unknown>;
  const listed = Array.isArray(trains) && trains.length > 0 && trains.every((train) => Array.isArray(train));
  if (typeof period !== 'number' || !listed) throw new Error('it holds no spike trains');
  const score = scoreOf(trains, period);
  return typeof name === 'string' ? { score, name } : { score };
}
