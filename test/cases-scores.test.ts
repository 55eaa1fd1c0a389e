/** Recordings that were once misread, as files of ../shared/cases, with what is right. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseTime, SECONDS } from '../src/core/index.js';
import { sourceOf } from '../src/files/index.js';
import { scoreOfBytes, wiringOfSource } from '../src/memory/files/index.js';
import { channelCount, spikesOf } from '../src/memory/score/index.js';

const cases = new URL('../../shared/cases/', import.meta.url);
if (!existsSync(cases)) console.log('skipped: no ../shared/cases with recordings');
const there = it.skipIf(!existsSync(cases));

const bytes = (name: string) => readFileSync(new URL(name, cases));
const read = (name: string, stretch: { tau0?: number; window?: readonly [number, number] } = {}) =>
  scoreOfBytes(bytes(name), name, { tau0: 5 * SECONDS.ms, ...stretch });

const refused: [string, RegExp][] = [
  ['bigid.csv', /^bigid\.csv:2: .*2\^53/],
  ['ints_no_header.csv', /both columns could be the neuron; say which is, with --columns/],
  ['neg.csv', /^neg\.csv: neuron 0: a spike at -100 ms; .*--window/],
  ['epoch-times.csv', /1700000000.*--window/],
];
there.each(refused)('%s is refused, and told apart', (name, message) => {
  expect(() => read(name)).toThrow(message);
});

there.each(['neg.csv', 'epoch-times.csv'])('%s is read as its refusal says', (name) => {
  let said = '';
  try {
    read(name);
  } catch (error) {
    said = (error as Error).message;
  }
  const [, from, to] = /--window (-?[\d.]+s)\.\.([\d.]+s)/.exec(said) ?? [];
  const seconds = (text: string) =>
    (text.startsWith('-') ? -1 : 1) * parseTime(text.replace('-', ''), '--window', 1e12);
  expect(read(name, { window: [seconds(from), seconds(to)] }).score.times.length).toBeGreaterThan(1);
});

there('ids stay: of populations, as names, as numbers that do not begin at 0', async () => {
  const populations = read('populations.csv');
  expect(channelCount(populations.score)).toBe(4);
  expect(populations.notes[0]).toContain('population and channel together are the neuron');
  expect(populations.ids.every((id) => String(id).includes('/'))).toBe(true);
  expect(read('text-ids.csv').ids[0]).toBe('unit0');
  const { ids } = read('recording.csv');
  expect(ids).toEqual(Array.from({ length: 30 }, (_, i) => 100 + i));
  const source = sourceOf(bytes('wiring-3.csv'), 'wiring-3.csv');
  const { wiring } = await wiringOfSource(source, { tau0: 5 * SECONDS.ms, ids, bound: 0.2 });
  expect(wiring.sources.length).toBeGreaterThan(2);
  expect(wiring.starts.length).toBe(31);
});

there('spikes exactly one refractory period apart are that, 10 000 s late', () => {
  const { score } = read('refr_1ms_3h.csv', { tau0: SECONDS.ms });
  expect(score.times.length).toBeGreaterThan(channelCount(score));
  for (let channel = 0; channel < channelCount(score); channel++) {
    const train = spikesOf(score, channel);
    for (let i = 1; i < train.length; i++) expect(train[i] - train[i - 1]).toBeGreaterThan(1 - 1e-8);
  }
});
