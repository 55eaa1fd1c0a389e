/** A small memory in the formats of the field, as its tests write it and read it back. */
import { sourceOf } from '../src/files/index.js';
import { type Exported, forms, type ScoreAsk, scoreOfSources } from '../src/memory/files/index.js';
import { type Score, scoreOf, spikesOf, withIds } from '../src/memory/score/index.js';

export const tau0 = 0.005;
export const ids = [3, 5, 9];
/** Three neurons, one of them silent, and a period of 0.3 s. */
export const score: Score = withIds(scoreOf([[2, 8.5, 30.25], [], [0.125, 44]], 60), ids);
export const network = {
  starts: Uint32Array.of(0, 2, 3, 5),
  sources: Uint32Array.of(1, 2, 0, 0, 2),
  delays: Float64Array.of(0.5, 2, 3, 1.25, 8),
  weights: Float64Array.of(0.1, -0.2, 0.05, 0.15, -0.125),
};
export const exported = (own: Partial<Exported> = {}): Exported => ({
  ...{ score, network, tau0, others: [], bound: 0.2, bounds: undefined, costs: undefined, recalled: undefined },
  model: { model: 'lif', current: 'exp', membrane: 2, synapse: 0.4, refractory: 0.4, reset: 0 },
  program: 'engram 0',
  ...own,
});

/** The files of a form, as bytes. */
export async function written(name: string, own?: Partial<Exported>): Promise<Uint8Array[]> {
  const form = forms.find((one) => one.name === name);
  const contents = (await form?.write(exported(own))) ?? [];
  return contents.map((content) => {
    if (typeof content === 'string') return new TextEncoder().encode(content);
    if (content instanceof Uint8Array) return content;
    const pieces: Uint8Array[] = [];
    content((bytes) => pieces.push(bytes.slice()));
    return Buffer.concat(pieces);
  });
}

export const read = async (
  bytes: Uint8Array | Promise<Uint8Array>,
  name = 'f',
  ask: Partial<ScoreAsk> = {},
  stretch: Partial<ScoreAsk['stretch']> = {},
) => scoreOfSources([sourceOf(await bytes, name)], { stretch: { tau0, ...stretch }, ...ask });
export const trainsOf = (found: Score) =>
  Array.from({ length: found.starts.length - 1 }, (_, c) =>
    Array.from(spikesOf(found, c), (t) => Math.round(t * 1e9) / 1e9),
  );
export const trains = trainsOf(score);
