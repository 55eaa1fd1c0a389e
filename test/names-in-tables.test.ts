/** Neurons with names that look like numbers, comments or several cells: every form that keeps ids gives them back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable, sourceOf } from '../src/files/index.js';
import {
  forms,
  readScoreCsv,
  readSpikesCsv,
  scoreOfSources,
  wiringOfSource,
  writeScoreCsv,
  writeSpikesCsv,
} from '../src/memory/files/index.js';
import { type Id, scoreOf, spikesOf, withIds } from '../src/memory/score/index.js';

const HARD = [
  '007',
  '7',
  '1e3',
  '1000',
  '#1',
  '%2',
  'a,b',
  'a;b',
  'a\tb',
  'a"b',
  '"a"',
  'a"b,c',
  'two\nlines',
  ' x ',
  'ö/1',
];
const NUMBERS = [3, 12, 3_000_000_000, 2 ** 53 - 1];
const tau0 = 0.005;

/** Two spikes of each neuron, and synapses from each to the next one. */
function memoryOf(ids: readonly Id[]) {
  const n = ids.length;
  const score = withIds(
    scoreOf(
      ids.map((_, i) => [i / 8, 2 + i / 8]),
      20,
    ),
    ids,
  );
  const network = {
    starts: Uint32Array.from({ length: n + 1 }, (_, l) => l),
    sources: Uint32Array.from({ length: n }, (_, l) => (l + 1) % n),
    delays: Float64Array.from({ length: n }, (_, l) => 1 + l),
    weights: Float64Array.from({ length: n }, (_, l) => l / 100),
  };
  return { score, network };
}

const bytesOf = (content: unknown): Uint8Array => {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return content;
  const pieces: number[] = [];
  (content as (sink: (bytes: Uint8Array) => void) => void)((piece) => pieces.push(...piece));
  return Uint8Array.from(pieces);
};

const idLists = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...HARD), { minLength: 1, selector: (id) => id.trim() }),
  fc.uniqueArray(fc.constantFrom(...NUMBERS), { minLength: 1 }),
);

describe('names of neurons in tables', () => {
  it('score.csv and spikes.csv are read back whatever the neurons are called', () => {
    fc.assert(
      fc.property(idLists, (ids) => {
        const { score } = memoryOf(ids);
        const read = readScoreCsv(bytesOf(writeScoreCsv(score, tau0)), 'score.csv', tau0);
        expect(read.ids).toEqual(score.ids);
        expect([...read.starts]).toEqual([...score.starts]);
        const trains = ids.map((_, channel) => spikesOf(score, channel));
        const played = readSpikesCsv(bytesOf(writeSpikesCsv(trains, score, tau0)), 'spikes.csv', score, tau0);
        played.forEach((train, channel) => {
          expect([...train]).toEqual([...spikesOf(read, channel)]);
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each(['csv', 'parquet', 'npz', 'sonata', 'mat', 'nwb'])(
    'what is exported to %s comes back with its ids and synapses',
    async (name) => {
      const form = forms.find((one) => one.name === name);
      if (!form) throw new Error(name);
      for (const ids of [HARD, NUMBERS]) {
        const { score, network } = memoryOf(ids);
        const contents = await form.write({
          ...{ score, network, tau0, others: [], model: { model: 'continuation' }, bound: 0.2, program: 'test' },
          ...{ bounds: undefined, costs: undefined, recalled: undefined },
        });
        const sources = form.files.map((file, i) => sourceOf(bytesOf(contents[i]), file));
        const imported = await scoreOfSources([sources[sources.length - 1]], { stretch: { tau0 } });
        expect(new Set<string | number>(imported.ids)).toEqual(new Set<string | number>(ids));
        ids.forEach((id, channel) => {
          const train = spikesOf(imported.score, imported.ids.indexOf(id));
          expect(train[0]).toBeCloseTo(channel / 8, 12);
        });
        if (!form.holds.includes('synapses')) continue;
        const { wiring } = await wiringOfSource(sources[0], { tau0, ids, bound: 0.2 });
        expect([...wiring.sources]).toEqual([...network.sources]);
      }
    },
  );

  it('a quote that is doubled within quotes is one', () => {
    const table = readTable(new TextEncoder().encode('name,time\n"a ""b"", c",1\n"""x""",2\n'), 'a.csv');
    expect(table.words(0)).toEqual(['a "b", c', '"x"']);
    expect([...table.numbers(1)]).toEqual([1, 2]);
  });
});
