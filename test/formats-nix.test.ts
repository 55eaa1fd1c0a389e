/** NIX files as Neo writes them: made by hand, and by Neo itself where it is there. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Library from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../src/files/hdf5.js';
import { sourceOf } from '../src/files/index.js';
import { type ScoreAsk, scoreOfSources } from '../src/memory/files/index.js';
import { type Score, spikesOf } from '../src/memory/score/index.js';
import { askPython, pythonWith } from './python.js';

interface Train {
  name: string;
  times: number[];
  unit?: string;
  stop?: number;
  quality?: string;
}

/** A file of segments of trains, the first one with two epochs. */
const made = (segments: Record<string, Train[]>) =>
  hdf5Bytes((file) => {
    file.create_attribute('format', 'nix');
    const groups = file.create_group('data').create_group('block').create_group('groups');
    const typed = (parent: Library.Group, name: string, type: string) => {
      const group = parent.create_group(name);
      group.create_attribute('type', type);
      return group;
    };
    const say = (group: Library.Group, words: Record<string, string | number | undefined>, unit = 'ms') => {
      const properties = group.create_group('metadata').create_group('properties');
      for (const [name, value] of Object.entries(words)) {
        if (value === undefined) continue;
        const data = typeof value === 'string' ? [value] : Float64Array.of(value);
        properties.create_dataset({ name, data }).create_attribute('unit', unit);
      }
    };
    const array = (parent: Library.Group, name: string, data: number[], unit = 'ms') => {
      const group = parent.create_group(name);
      group.create_attribute('unit', unit);
      group.create_dataset({ name: 'data', data: Float64Array.from(data) });
      return group;
    };
    Object.entries(segments).forEach(([segment, trains], s) => {
      const group = typed(groups, `g${s}`, 'neo.segment');
      say(group, { neo_name: segment });
      const tags = group.create_group('multi_tags');
      trains.forEach(({ name, times, unit, stop, quality }, t) => {
        const tag = typed(tags, `t${t}`, 'neo.spiketrain');
        array(tag, 'positions', times, unit);
        say(tag, { neo_name: name, t_start: 0, t_stop: stop ?? 150, quality });
      });
      if (s > 0) return;
      const epochs = typed(tags, 'e', 'neo.epoch');
      say(epochs, { neo_name: 'trials' });
      const labels = array(epochs, 'positions', [0, 50]).create_group('dimensions').create_group('1');
      labels.create_dataset({ name: 'labels', data: ['song', 'tone'] });
      array(epochs, 'extents', [50, 100]);
    });
  });

const TRAINS: Train[] = [
  { name: 'a', times: [10, 40, 90.5], quality: 'good' },
  { name: 'b', times: [], quality: 'good' },
  { name: 'c', times: [20.25], quality: 'mua' },
];
const tau0 = 0.005;
const read = async (bytes: Promise<Uint8Array>, ask: Partial<ScoreAsk> = {}, window?: string) =>
  scoreOfSources([sourceOf(await bytes, 'f.nix')], { stretch: { tau0, window }, ...ask });
const trainsOf = (score: Score) =>
  Array.from({ length: score.starts.length - 1 }, (_, c) =>
    Array.from(spikesOf(score, c), (t) => Math.round(t * 5e6) / 1e6),
  );

describe('a NIX file of Neo', () => {
  it('gives its trains by name, silent ones too, and its period', async () => {
    const { ids, score, notes } = await read(made({ one: TRAINS }));
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(trainsOf(score)).toEqual([[10, 40, 90.5], [], [20.25]]);
    expect(score.period).toBeCloseTo(30, 12);
    expect(notes.join()).toMatch(/NIX, segment one, 3 of 3 spike trains · times in ms \(as the file says\)/);
  });

  it('gives those that are chosen, in the epoch that is chosen', async () => {
    const found = await read(made({ one: TRAINS }), { select: 'quality=good and id<1' }, 'trials:tone');
    expect(found.ids).toEqual(['a']);
    expect(trainsOf(found.score)).toEqual([[40.5]]);
    expect(found.score.period).toBeCloseTo(20, 12);
  });

  it('of several segments asks which', async () => {
    const two = made({ one: TRAINS, two: [{ name: 'a', times: [5, 60] }] });
    await expect(read(two)).rejects.toThrow(/which segment\? say it with --select "segment=one"; there are one, two$/);
    expect(trainsOf((await read(two, { select: 'segment=two' })).score)).toEqual([[5, 60]]);
  });

  it('numbers trains that have no names of their own', async () => {
    const alike = made({ one: TRAINS.map((train) => ({ ...train, name: '' })) });
    expect((await read(alike)).ids).toEqual([0, 1, 2]);
  });

  it.each([
    ['in an unknown unit', { one: [{ ...TRAINS[0], unit: '1/3 s' }] }, {}, undefined, /times are in "1\/3 s"; allowed/],
    ['with a time that is none', { one: [{ ...TRAINS[0], times: [Number.NaN] }] }, {}, undefined, /spike 0 is at NaN/],
    ['without trains', { one: [] }, {}, undefined, /without spike trains of Neo/],
    ['asked for what it has not', { one: TRAINS }, { select: 'depth>3' }, undefined, /has "depth"; there are name, /],
    [
      'asked for what none is',
      { one: TRAINS },
      { select: 'quality=poor' },
      undefined,
      /none of the 3 spike trains fits/,
    ],
    ['asked for an epoch that is not there', { one: TRAINS }, {}, 'trials:7', /0 of the 2 epochs trials are "7"/],
    ['asked for epochs that are not there', { one: TRAINS }, {}, 'rest:1', /no epochs called "rest"; there are trials/],
    [
      'in ms where s belong',
      { one: [{ name: 'a', times: Array.from({ length: 60 }, (_, i) => 40 * i), unit: 's', stop: 2500 }] },
      {},
      undefined,
      /are the times in ms, not in s\?/,
    ],
  ] as [string, Record<string, Train[]>, Partial<ScoreAsk>, string | undefined, RegExp][])(
    '%s is refused in one line',
    async (_, segments, ask, window, message) => {
      const error = await read(made(segments), ask, window).catch((reason) => reason);
      expect(error).toMatchObject({ code: 'input', message: expect.stringMatching(message) });
      expect(error.message).toMatch(/^f\.nix: [^\n]+$/);
    },
  );

  const python = pythonWith('neo', 'nixio');
  it.skipIf(!python)('that Neo itself wrote is read as Neo has it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'engram-nix-')), 'neo.nix');
    const script = `
import sys, json, neo, quantities as pq
block = neo.Block(name='session')
segment = neo.Segment(name='trial 1'); block.segments.append(segment)
trains = dict(b=[10., 40., 90.5], a=[], c=[20.25])
for name, times in trains.items():
    segment.spiketrains.append(neo.SpikeTrain(times * pq.ms, t_start=0 * pq.ms, t_stop=150 * pq.ms, name=name, quality='good'))
segment.epochs.append(neo.Epoch(times=[0, 50] * pq.ms, durations=[50, 50] * pq.ms, labels=['song', 'tone'], name='trials'))
io = neo.io.NixIO(sys.argv[1], 'ow'); io.write_block(block); io.close()
print(json.dumps(trains))`;
    const trains = askPython(python as string, script, file) as Record<string, number[]>;
    const bytes = Promise.resolve(new Uint8Array(readFileSync(file)));
    const { ids, score } = await read(bytes);
    expect(trainsOf(score)).toEqual(ids.map((id) => trains[id]));
    expect(score.period).toBeCloseTo(30, 12);
    expect(trainsOf((await read(bytes, { select: 'quality=good and name=b' }, 'trials:tone')).score)).toEqual([[40.5]]);
  });
});
