/** NWB files: written, read back, in part and by name, compared with pynwb and neo, and refused when they are broken. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Library from 'h5wasm';
import { describe, expect, it } from 'vitest';
import { hdf5Bytes } from '../src/files/hdf5.js';
import { nwbBytes, parseSelection, readFieldSpikes, type Source, sourceOf } from '../src/files/index.js';
import { type ScoreAsk, scoreOfSources } from '../src/memory/files/index.js';
import { importScore } from '../src/memory/files/node.js';
import { spikesOf } from '../src/memory/score/index.js';
import { lcg } from './helpers.js';
import { askPython, pythonWith } from './python.js';

const folder = mkdtempSync(join(tmpdir(), 'engram-nwb-'));

type Columns = Record<string, Library.GuessableDataTypes>;

/** A file of units with columns, trials with tags, and two electrode groups, as pynwb lays it out; columns may be changed. */
const made = (change: (units: Columns) => void = () => {}) =>
  hdf5Bytes((file) => {
    file.create_attribute('neurodata_type', 'NWBFile');
    const groups = file.create_group('general').create_group('ecephys');
    const shanks = ['shank0', 'shank1'].map((name) => groups.create_group(name).create_reference());
    const columns: Columns = {
      id: [7, 3, 12],
      spike_times: Float64Array.of(0.1, 0.6, 1.2, 0.3, 1.9),
      spike_times_index: Uint8Array.of(3, 3, 5),
      quality: ['good', 'mua', 'good'],
      snr: Float64Array.of(2.5, 9, 4),
      electrode_group: [shanks[0], shanks[1], shanks[1]],
    };
    change(columns);
    put(file.create_group('units'), columns);
    put(file.create_group('intervals').create_group('trials'), {
      id: [0, 1, 2],
      start_time: Float64Array.of(0, 0.5, 1),
      stop_time: Float64Array.of(0.5, 1, 2),
      stimulus: ['tone', 'song', 'tone'],
      tags: ['a', 'b', 'c'],
      tags_index: Uint8Array.of(0, 2, 3),
    });
  });

function put(group: Library.Group, columns: Columns): void {
  for (const [name, data] of Object.entries(columns)) group.create_dataset({ name, data });
}

/** A file with nothing but units of plain trains, laid out as one column. */
const plain = (times: Float64Array, ends: Uint32Array) =>
  hdf5Bytes((file) => {
    file.create_attribute('nwb_version', '2.8.0');
    put(file.create_group('units'), { id: ends.map((_, u) => u), spike_times: times, spike_times_index: ends });
  });

const read = async (
  bytes: Uint8Array | Promise<Uint8Array>,
  ask: Partial<ScoreAsk> = {},
  window?: ScoreAsk['stretch']['window'],
) => scoreOfSources([sourceOf(await bytes, 'f.nwb')], { stretch: { tau0: 0.001, window }, ...ask });
const trainsOf = ({ score }: Awaited<ReturnType<typeof read>>) =>
  Array.from({ length: score.starts.length - 1 }, (_, c) =>
    Array.from(spikesOf(score, c), (t) => Math.round(t * 1e6) / 1e9),
  );

describe('units of an NWB file', () => {
  it('become a score, by id, empty units kept and named', async () => {
    const imported = await read(made());
    expect(imported.ids).toEqual([3, 7, 12]);
    expect(trainsOf(imported)).toEqual([[], [0.1, 0.6, 1.2], [0.3, 1.9]]);
    expect(imported.notes.join('\n')).toMatch(/NWB, 3 units · times in s.*\n.*silent in this stretch: 3\b/);
  });

  it.each([
    ['id=7,12', [7, 12]],
    ['quality=good', [7, 12]],
    ['quality!=mua', [7, 12]],
    ['snr>2.5', [3, 12]],
    ['snr>=2.5 and quality=good', [7, 12]],
    ['electrode_group=shank1 and quality="good"', [12]],
    ['id!=12&snr<=9', [3, 7]],
  ])('are chosen by %s', async (select, ids) => {
    expect((await read(made(), { select }, [0, 2.5])).ids).toEqual(ids);
  });

  it.each([
    ['trials:1', [0.5, 1], [[], [0.1], []]],
    ['trials:stimulus=song', [0.5, 1], [[], [0.1], []]],
    ['trials:song', [0.5, 1], [[], [0.1], []]],
    ['trials:c', [1, 2], [[], [0.2], [0.9]]],
    ['trials:b', [0.5, 1], [[], [0.1], []]],
  ] as const)('are cut to the interval %s', async (window, [from, to], trains) => {
    const imported = await read(made(), {}, window);
    expect(imported.score.period).toBeCloseTo((to - from) * 1000, 9);
    expect(trainsOf(imported)).toEqual(trains);
  });

  it.each([
    ['trials:tone', /2 of the 3 intervals in trials are "tone"; choose one by its id, such as trials:0, trials:2/],
    [
      'trials:9',
      /none of the 3 intervals in trials are "9"; choose one by its id, such as trials:0, trials:1, trials:2/,
    ],
    ['epochs:0', /no intervals called "epochs"; there are trials/],
  ])('have no interval %s, and say which there are', async (window, message) => {
    await expect(read(made(), {}, window)).rejects.toThrow(message);
  });

  it('of several files are of several populations', async () => {
    const sources = [sourceOf(await made(), '/a/left.nwb'), sourceOf(await made(), '/a/right.nwb')];
    const { ids, notes } = await scoreOfSources(sources, { stretch: { tau0: 0.001 }, select: 'quality=good' });
    expect(ids).toEqual(['left/7', 'left/12', 'right/7', 'right/12']);
    expect(notes.join()).toMatch(/file and unit together are the neuron/);
    const twice = [sources[0], sourceOf(await made(), '/b/left.nwb')];
    await expect(scoreOfSources(twice, { stretch: { tau0: 0.001 } })).rejects.toThrow(
      /another file is called left too/,
    );
  });

  it('of several files on the disk are named with commas between', async () => {
    const files = ['one.nwb', 'two.nwb'].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, await made());
    const { ids } = await importScore(files.join(','), { stretch: { tau0: 0.001 } });
    expect(ids).toEqual(['one/3', 'one/7', 'one/12', 'two/3', 'two/7', 'two/12']);
  });

  it('in a window are read without the rest, and are those that a whole reading gives', async () => {
    const [random, units, spikes] = [lcg(3), 6, 60_000];
    const times = Float64Array.from({ length: units * spikes }, () => random() * 1000);
    for (let u = 0; u < units; u++) times.subarray(u * spikes, (u + 1) * spikes).sort();
    const bytes = await plain(
      times,
      new Uint32Array(units).map((_, u) => (u + 1) * spikes),
    );
    let got = 0;
    const source: Source = {
      name: 'f',
      size: bytes.length,
      read: (from, length) => {
        got += length;
        return bytes.subarray(from, from + length);
      },
    };
    const found = await readFieldSpikes(source, { window: [500, 501] });
    const expected = Array.from({ length: units }, (_, u) =>
      Array.from(times.subarray(u * spikes, (u + 1) * spikes)).filter((time) => time >= 500 && time < 501),
    );
    expect(
      Array.from({ length: units }, (_, u) =>
        Array.from(found?.times.subarray(found.starts[u], found.starts[u + 1]) ?? []),
      ),
    ).toEqual(expected);
    expect(got).toBeLessThan(bytes.length);
  });

  it('in ms where s belong are refused, unless the unit is said', async () => {
    const times = Float64Array.from({ length: 60 }, (_, i) => 40 * i + 3);
    const bytes = plain(times, Uint32Array.of(60));
    await expect(read(bytes, {}, [0, 0.2])).rejects.toThrow(
      /fire at 0\.0254 Hz .*: are the times in ms, not in s\? say it with --time-unit/,
    );
    const { score } = await read(bytes, { hints: { unit: 'ms' } }, [0, 0.2]);
    expect(Array.from(spikesOf(score, 0), Math.round)).toEqual([3, 43, 83, 123, 163]);
  });
});

describe('a broken NWB file is refused in one line that names it', () => {
  const cases: [string, (units: Columns) => unknown, RegExp, Partial<ScoreAsk>?][] = [
    ['without spike times', (units) => delete units.spike_times, /no column "spike_times"; there are /],
    ['without their index', (units) => delete units.spike_times_index, /spike_times_index is missing/],
    ['with text for times', (units) => (units.spike_times = ['a', 'b', 'c', 'd', 'e']), /holds no numbers/],
    [
      'with an index that falls',
      (units) => (units.spike_times_index = [3, 2, 5]),
      /must rise to at most 5.*row 1 has 2/,
    ],
    ['with an index beyond the end', (units) => (units.spike_times_index = [3, 3, 9]), /must rise to at most 5/],
    [
      'with a time that is none',
      (units) => (units.spike_times = [0, Number.NaN, 1, 2, 3.5]),
      /unit 7: spike 1 is at NaN/,
    ],
    ['with two units of one id', (units) => (units.id = [1, 2, 1]), /two units have the id 1/],
    [
      'with a column too short',
      (units) => (units.quality = ['good']),
      /has 1 rows, the table has 3/,
      { select: 'quality=good' },
    ],
    ['asked for a column that is not there', () => {}, /no column "depth"; there are /, { select: 'depth>3' }],
    ['asked for units that are not there', () => {}, /none of the 3 units fits/, { select: 'quality=poor' }],
  ];

  it.each(cases)('%s', async (_, change, message, ask) => {
    const error = await read(made(change), ask).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'input', message: expect.stringMatching(message) });
    expect(error.message).toMatch(/^f\.nwb: [^\n]+$/);
  });

  it('cut off anywhere, or with a byte changed anywhere near its begin', async () => {
    const bytes = await made();
    for (const length of [8, 100, 600, 2000, bytes.length - 1])
      await expect(read(bytes.slice(0, length))).rejects.toMatchObject({ code: 'input' });
    for (let at = 8; at < 2000; at += 37) {
      const changed = bytes.slice();
      changed[at] ^= 0x55;
      await read(changed).catch((error) =>
        expect([error.code, error.message]).toEqual(['input', expect.stringMatching(/^f\.nwb: [^\n]+$/)]),
      );
    }
  });

  it('with absurd sizes, whatever is asked of it', async () => {
    const bomb = hdf5Bytes((file) => {
      file.create_attribute('nwb_version', '2.8.0');
      const units = file.create_group('units');
      put(units, { id: [0, 1], spike_times_index: [1, 2] });
      const sizes = { shape: [4], maxshape: [null], chunks: [2 ** 18], compression: 9 };
      units.create_dataset({ name: 'spike_times', data: new Float64Array(4), ...sizes }).resize([2 ** 33]);
    });
    await expect(read(bomb, {}, [0, 1])).rejects.toThrow(/spike_times claims 68719476736 bytes, in a file of \d+/);
  });

  it('with a reference to nowhere', async () => {
    const nowhere = made((units) => {
      const [reference] = units.electrode_group as Library.Reference[];
      reference.ref_data = Uint8Array.of(9, 9, 9, 0, 0, 0, 0, 0);
    });
    await expect(read(nowhere, { select: 'electrode_group=shank1' })).rejects.toThrow(
      /electrode_group refers to nothing that is there/,
    );
  });

  it('that is HDF5 of another kind', async () => {
    const other = hdf5Bytes((file) => void file.create_group('measurements'));
    await expect(read(other)).rejects.toThrow(/HDF5 of no known form \(known are NWB.*it holds measurements/);
  });
});

describe('a choice of units', () => {
  it.each(['quality', 'snr>', '=3', 'snr>a', 'snr>1,2', ''])('written %j is refused with what is allowed', (text) => {
    expect(() => parseSelection(text)).toThrow(/--select.*(must be conditions such as|is followed by one number)/);
  });

  it('calls the 1 and 0 of columns of yes and no by their words too', () => {
    const holding = (text: string) => [0, 1, 2].filter((cell) => parseSelection(text)[0].holds([cell]));
    expect(holding('ok=true')).toEqual([1]);
    expect(holding('ok=False')).toEqual([0]);
    expect(holding('ok!=True')).toEqual([0, 2]);
    expect(parseSelection('quality=true')[0].holds(['true'])).toBe(true);
  });
});

describe('an NWB file that is written', () => {
  const units = {
    ids: [3, 5, 9],
    starts: Uint32Array.of(0, 3, 3, 5),
    times: Float64Array.of(0.1, 0.2, 0.9, 0.3, 0.5),
    observed: [0, 1.5] as const,
  };
  const content = { description: 'trains', program: 'engram 0', units, recalled: { ...units, ids: ['a', 'b', 'c'] } };

  it('is read back with its period, and is the same bytes again', async () => {
    const bytes = await nwbBytes(content);
    const imported = await read(bytes);
    expect(imported.score.period).toBe(1500);
    expect(imported.ids).toEqual([3, 5, 9]);
    expect(trainsOf(imported)).toEqual([[0.1, 0.2, 0.9], [], [0.3, 0.5]]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(await nwbBytes(content), bytes)).toBe(0);
  });

  it('keeps names of neurons', async () => {
    const named = await nwbBytes({ ...content, units: { ...units, ids: ['V1/1', 'V1/2', 'M1/1'] } });
    expect((await read(named)).ids).toEqual(['M1/1', 'V1/1', 'V1/2']);
  });

  const python = pythonWith('pynwb', 'neo');
  it.skipIf(!python)('is valid for pynwb, and holds the same trains for pynwb and neo', async () => {
    const file = join(folder, 'written.nwb');
    writeFileSync(file, await nwbBytes(content));
    const script = `
import sys, json, pynwb, neo
messages = [str(one) for one in pynwb.validate(path=sys.argv[1])]
with pynwb.NWBHDF5IO(sys.argv[1], 'r') as io:
    held = io.read()
    trains = lambda units: [list(map(float, units['spike_times'][i])) for i in range(len(units))]
    own, played = held.units, held.processing['recall']['recalled_units']
    out = dict(messages=messages, trains=trains(own), ids=[int(i) for i in own.id[:]], played=trains(played), names=list(played['neuron_name'][:]), seen=own['obs_intervals'][1].tolist())
found = neo.io.NWBIO(sys.argv[1], 'r').read_all_blocks()[0].segments[0].spiketrains
out['neo'] = [[float(t.rescale('s')) for t in train] for train in found]
out['stop'] = [float(train.t_stop.rescale('s')) for train in found]
print(json.dumps(out))`;
    const trains = [[0.1, 0.2, 0.9], [], [0.3, 0.5]];
    expect(askPython(python as string, script, file)).toEqual({
      messages: [],
      trains,
      ids: [3, 5, 9],
      played: trains,
      names: ['a', 'b', 'c'],
      seen: [[0, 1.5]],
      neo: trains,
      stop: [1.5, 1.5, 1.5],
    });
  });

  it.skipIf(!python)('by pynwb itself, with groups and trials, is read as pynwb reads it', async () => {
    const file = join(folder, 'pynwb.nwb');
    const script = `
import sys, json, numpy as np
from datetime import datetime, timezone
from pynwb import NWBFile, NWBHDF5IO
held = NWBFile('d', 'i', datetime(2020, 1, 1, tzinfo=timezone.utc))
probe = held.create_device('probe')
groups = [held.create_electrode_group(name, 'd', 'HVC', probe) for name in ('s0', 's1')]
for i in range(4): held.add_electrode(location='HVC', group=groups[i // 2])
held.add_unit_column('quality', 'q')
trains = [[.1, .4], [], [.2, .9, 1.7], [.25]]
for i, train in enumerate(trains):
    held.add_unit(id=10 + i, spike_times=train, electrodes=[i], quality='good' if i % 2 == 0 else 'mua')
held.add_trial(start_time=0., stop_time=1.)
held.add_trial(start_time=1., stop_time=2.)
with NWBHDF5IO(sys.argv[1], 'w') as io: io.write(held)
print(json.dumps(trains))`;
    const trains = askPython(python as string, script, file) as number[][];
    const bytes = readFileSync(file);
    expect(trainsOf(await read(bytes, {}, [0, 2]))).toEqual(trains);
    expect((await read(bytes, { select: 'group=s1' }, 'trials:1')).ids).toEqual([12, 13]);
    expect(trainsOf(await read(bytes, { select: 'quality=good' }, 'trials:1'))).toEqual([[], [0.7]]);
  });
});
