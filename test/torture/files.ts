/** Files that are not what they should be: good ones to start from, and ways to spoil them. */
import { gzipSync } from 'fflate';
import { serialMap } from '../../src/core/index.js';
import { npzBytes } from '../../src/files/index.js';
import { writeMemory, writeNetworkJson, writeScoreCsv } from '../../src/memory/files/index.js';
import { memorize } from '../../src/memory/memorize/index.js';
import { defaultTemplate } from '../../src/memory/template/index.js';
import { smallProblem } from '../helpers.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

export interface Sample {
  name: string;
  bytes: Uint8Array;
  /** Whether a checksum lies over all that matters in it. */
  summed: boolean;
}

/** A good file of every kind that is read as a score. */
export async function goodFiles(): Promise<Sample[]> {
  const problem = { ...smallProblem(3, 12, 60, 3), template: defaultTemplate, objective: 'l2' as const };
  const { network, neurons } = await memorize(problem, serialMap);
  const pieces: Uint8Array[] = [];
  writeMemory(problem, neurons, { program: 'test', seed: 3, tau0: 0.005 }, (piece) => pieces.push(piece));
  const json = utf8(writeNetworkJson(problem.score, network, 0.005));
  return [
    { name: 'network.npz', bytes: new Uint8Array(Buffer.concat(pieces)), summed: true },
    { name: 'network.json.gz', bytes: gzipSync(json, { mtime: 0 }), summed: true },
    { name: 'network.json', bytes: json, summed: false },
    { name: 'score.csv', bytes: utf8(writeScoreCsv(problem.score, 0.005)), summed: false },
    { name: 'spikes.csv', bytes: utf8('neuron,time_s\n1,0.01\n2,0.02\n1,0.05\n2,0.0625\n'), summed: false },
    {
      name: 'spikes.npz',
      bytes: npzBytes({ times: Float64Array.of(0.01, 0.02, 0.05), channels: Uint32Array.of(1, 2, 1) }),
      summed: true,
    },
    { name: 'spikes.gdf', bytes: utf8('1\t10.5\n2\t20.25\n1\t50.5\n'), summed: false },
  ];
}

/** The first n bytes, for every n. */
export function* truncations({ bytes }: Sample, step = 1): Generator<Uint8Array> {
  for (let n = 0; n < bytes.length; n += step) yield bytes.subarray(0, n);
}

/** One bit flipped, every `step`-th in turn. */
export function* flips({ bytes }: Sample, step = 1): Generator<Uint8Array> {
  for (let bit = 0; bit < 8 * bytes.length; bit += step) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    yield flipped;
  }
}

/** Bytes replaced, inserted, removed, doubled or moved, at random places. */
export function* edits({ bytes }: Sample, count: number, random: () => number): Generator<Uint8Array> {
  const favourites = utf8('\0\n\r\t,;"-+.eE0123456789{}[]: naN#%');
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random() * bytes.length);
    const length = 1 + Math.floor(random() * 8);
    const piece = Uint8Array.from({ length }, () => favourites[Math.floor(random() * favourites.length)]);
    const [before, here, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
    const ways = [
      [before, piece, after],
      [before, piece, here, after],
      [before, after],
      [before, here, here, after],
      [after, here, before],
    ];
    yield new Uint8Array(Buffer.concat(ways[i % ways.length]));
  }
}
