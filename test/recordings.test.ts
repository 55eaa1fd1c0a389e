/** Spikes and wirings as other people keep them. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTimeStep } from '../src/core/index.js';
import { npzBytes, readTable } from '../src/files/index.js';
import { readNetworkJson, readSpikeText, readWiringTable, scoreOfRecording } from '../src/memory/files/index.js';
import { loadScoreFile } from '../src/memory/files/node.js';
import { channelCount, spikesOf } from '../src/memory/score/index.js';
import { lcg } from './helpers.js';

const utf8 = (text: string) => new TextEncoder().encode(text);
const folder = mkdtempSync(join(tmpdir(), 'engram-rec-'));
let files = 0;
const fileOf = (content: string | Uint8Array, name = 'spikes.csv') => {
  const path = join(folder, `${files++}-${name}`);
  writeFileSync(path, content);
  return path;
};

describe('tables', () => {
  it.each([
    ['comma', '1,0.5\n2,1.5\n'],
    ['tab', '1\t0.5\r\n2\t1.5\r\n'],
    ['semicolon', '1;0.5\r2;1.5'],
    ['space', '  1   0.5\n2 1.5  \n\n'],
    ['comma', '\uFEFF# a comment\n"1","0.5"\n\n2 , 1.5'],
  ])('with a %s between are recognised, whatever the line ends', (separator, text) => {
    const table = readTable(utf8(text), 'f');
    expect(table).toMatchObject({ separator, columns: 2, rows: 2, header: undefined });
    expect([0, 1].map((column) => Array.from(table.numbers(column)))).toEqual([
      [1, 2],
      [0.5, 1.5],
    ]);
    expect(table.lineOf(1)).toBe(text.split(/\r\n|\r|\n/).findIndex((line) => line.includes('1.5')) + 1);
  });

  it('give back any numbers that were printed', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1 }), (rows) => {
        const table = readTable(utf8(`a,b\n${rows.map((row) => row.join()).join('\n')}`), 'f');
        for (const i of [0, 1]) expect(Array.from(table.numbers(i))).toEqual(rows.map((row) => row[i]));
      }),
    );
  });

  it.each([
    ['', /^f: the file is empty$/],
    ['# only this\n', /^f: there are no rows of numbers$/],
    ['1,2\n1,2,3\n', /^f:2: 3 columns, but 2 in the lines before$/],
    ['1;0,5\n', /^f:1: "0,5" in column 2 is not a number; write 0\.5$/],
    ['1,nan\n', /^f:1: "nan" in column 2 is not a number$/],
    ['1,0x10\n', /^f:1: "0x10" in column 2 is not a number$/],
    ['1,2\n3,four\n', /^f:2: "four" in column 2 is not a number$/],
    ['\u0000\u0001', /^f: not a text file: byte 0 is zero$/],
    [`${'1,'.repeat(1e5)}1\n`, /^f:1: 100001 columns; at most 64 are read$/],
  ])('%j are refused with the line', (text, message) => {
    const read = () => {
      const { columns, numbers } = readTable(utf8(text), 'f');
      for (let i = 0; i < columns; i++) numbers(i);
    };
    expect(read).toThrow(message);
  });

  it('in other encodings are refused', () => {
    expect(() => readTable(Uint8Array.of(0xff, 0xfe, 49, 0), 'f')).toThrow(/UTF-16 is not read; save it as UTF-8/);
    expect(() => readTable(Uint8Array.of(49, 44, 0xe9, 10), 'f')).toThrow(/not a text file in UTF-8/);
  });
});

describe('units in the name of a column', () => {
  const read = (name: string, hints = {}) =>
    readSpikeText(utf8(`unit,${name}\n1,60\n2,120\n`), 'f', { columns: ['channel', 'time'], ...hints });

  it.each([
    ['Zeit (ms)', 0.06],
    ['spike_times_s', 60],
    ['t [μs]', 6e-5],
    ['onset milliseconds', 0.06],
  ])('%s is read in that unit, whatever the column is called', (name, first) => {
    expect(read(name).times[0]).toBeCloseTo(first, 12);
  });

  it.each([
    ['time (min)', /in min, says the header; .*--time-unit 60s$/],
    ['hours_h', /in h, says the header/],
    ['time_ns', /in ns, says the header/],
    ['t (samples)', /in samples, says the header; say how long one is/],
  ])('%s is not taken for seconds', (name, message) => {
    expect(() => read(name)).toThrow(message);
    expect(read(name, { unit: 0.001 }).times[0]).toBeCloseTo(0.06, 12);
  });

  it.each(['time_minutes', 'spike times (hours)', 'timestamps_ns', 't samples'])('%s is the time by itself', (name) => {
    const text = utf8(`unit,${name}\n1,60\n2,120\n`);
    expect(() => readSpikeText(text, 'f', {})).toThrow(/says the header; say how long one is/);
    expect(readSpikeText(text, 'f', { unit: 0.001 }).times[0]).toBeCloseTo(0.06, 12);
  });
});

describe('recordings', () => {
  const read = (text: string, hints = {}, file = 'spikes.csv') => readSpikeText(utf8(text), file, hints);

  it.each([
    ['neuron,time_ms\n3,10\n4,250\n', 'ms', [3, 4], [0.01, 0.25]],
    ['time (s);unit\n0.01;3\n0.25;4\n', 's', [3, 4], [0.01, 0.25]],
    ['# NEST version: 3.6\nsender\ttime_ms\n3\t10\n4\t250\n', 'ms', [3, 4], [0.01, 0.25]],
    ['0.01 3\n0.25 4\n', 's', [3, 4], [0.01, 0.25]],
    ['3.0\t0.01\n4.0\t0.25\n', 's', [3, 4], [0.01, 0.25]],
    ['3,10.5\n4,250.25\n3,500.5\n', 'ms', [3, 4, 3], [0.0105, 0.25025, 0.5005]],
  ])('%j: columns and unit are recognised', (text, unit, ids, times) => {
    const recording = read(text);
    expect(recording.unit).toBe(unit);
    expect([...recording.ids]).toEqual(ids);
    recording.times.forEach((time, i) => expect(time).toBeCloseTo(times[i], 12));
  });

  it('may stand among columns of text, row numbers without a name, and quoted separators', () => {
    const rows = ',neuron,time_s,region\n0,4,0.125,"HVC, left"\n1,7,0.5,HVC\n';
    const recording = read(rows);
    expect([...recording.ids]).toEqual([4, 7]);
    expect(Array.from(recording.times)).toEqual([0.125, 0.5]);
    expect(read('Zeit (µs);Neuron\n10;1\n30;2\n', { columns: ['time', 'channel'] }).ids[1]).toBe(2);
    expect(read('time (µs);unit\n10;1\n30;2\n').unit).toBe('us');
  });

  it('in NEST files may end each line with a tab, and are no steps', () => {
    expect([...read('1\t0.5\t\n2\t1.5\t\n', {}, 'a.gdf').ids]).toEqual([1, 2]);
    expect(() => read('1\t1893\n2\t1901\n1\t1990\n', {}, 'a.gdf')).toThrow(
      /whole numbers: steps.*say it, such as --time-unit 0.1ms; if they are ms, --time-unit ms/,
    );
    expect(read('1\t1893\n2\t1901\n1\t1990\n', { unit: 'ms' }, 'a.gdf').unit).toBe('ms');
  });

  it('in NEST files that count steps are read when their length is said', () => {
    const rows = '# NEST version: 3.8\n# RecordingBackendASCII version: 2\nsender\ttime_step\ttime_offset\n';
    const recording = read(`${rows}4\t15\t0.000\n7\t120\t0.025\n`, { unit: 1e-4 }, 'a.dat');
    expect([...recording.ids]).toEqual([4, 7]);
    expect(recording.times).toEqual(Float64Array.of(15 * 1e-4, 120 * 1e-4 - 25e-6));
    expect([recording.sure, recording.understood]).toEqual([true, expect.stringContaining('in steps of 0.1 ms')]);
    expect(read('1\t1893\n2\t1901\n', { unit: 1e-4 }, 'a.gdf').times[1]).toBeCloseTo(0.1901, 12);
    for (const unit of ['ms', undefined] as const)
      expect(() => read(`${rows}4\t15\t0.0\n`, { unit }, 'a.dat')).toThrow(/say it, such as --time-unit 0\.1ms/);
    expect(parseTimeStep('0.1ms', '--time-unit')).toBe(1e-4);
    expect(parseTimeStep('us', '--time-unit')).toBe('us');
    expect(() => parseTimeStep('fast', '--time-unit')).toThrow(
      /must be s, ms, us, or the length of a step such as 0\.1ms/,
    );
  });

  it('in NEST files without a header are in milliseconds, by their name', () => {
    for (const name of ['a.gdf', 'b.dat']) expect(read('1\t0.5\n2\t1.5\n', {}, name).unit).toBe('ms');
  });

  it('can be told their columns and their unit', () => {
    const recording = read('7,1,10\n7,2,20\n', { columns: ['trial', 'channel', 'time'], unit: 'us' });
    expect([...recording.ids]).toEqual([1, 2]);
    expect(recording.times[1]).toBeCloseTo(2e-5, 15);
  });

  it.each([
    ['1,2,3\n', {}, /3 columns without names; say which they are, for example --columns channel,time/],
    ['0.5,0.25\n', {}, /neither column holds whole numbers/],
    ['1,2\n2,1\n', {}, /both columns could be the neuron/],
    ['a,b\n1,2\n', {}, /which column is the channel\? the columns are a, b; say it with --columns/],
    ['neuron,time\n1.5,2\n', {}, /f:2: the neuron must be an integer of at least 0; got 1\.5/],
    ['neuron,time\n1,\n', {}, /f:2: the time is missing/],
    [
      'sender\ttime_step\ttime_offset\n1\t5\t0.0\n',
      {},
      /times are in steps, and the resolution is not in the file: say it/,
    ],
    ['1,2\n', { columns: ['channel', 'time', 'x'] }, /--columns names 3 columns, the file has 2/],
  ])('%j: what cannot be known is asked for', (text, hints, message) => {
    expect(() => read(text, hints, 'f')).toThrow(message);
  });

  const recording = (ids: number[], times: number[]) => ({
    ids: Float64Array.from(ids),
    times: Float64Array.from(times),
    unit: 's' as const,
    sure: false,
    understood: '',
  });

  it('become a score whose period ends one refractory period, or one sampling step, after the last spike', () => {
    const { score, ids, notes } = scoreOfRecording(recording([5, 9, 5], [0.1, 0.2, 0.34]), 'f', { tau0: 0.005 });
    expect(score.period).toBeCloseTo(69, 9);
    expect(Array.from(ids)).toEqual([5, 9]);
    expect(Array.from(spikesOf(score, 1))).toEqual([40]);
    expect(notes.join()).toMatch(/period 345 ms: the last spike and the refractory period/);
    const sampled = scoreOfRecording(recording([1, 2, 1], [0.1, 0.2, 0.5]), 'f', { tau0: 0.005 });
    expect(sampled.score.period).toBeCloseTo(120, 9);
    expect(sampled.notes.join()).toMatch(/grid of 100 ms/);
  });

  it('can be cut to a stretch, and keep the channels that are silent in it', () => {
    const given = recording([1, 2, 1, 3], [0.1, 0.2, 0.34, 0.9]);
    const { score } = scoreOfRecording(given, 'f', { tau0: 0.01, window: [0.15, 0.4] });
    expect(score.period).toBeCloseTo(25, 9);
    expect(channelCount(score)).toBe(3);
    expect(Array.from(score.starts)).toEqual([0, 1, 2, 2]);
    expect(spikesOf(score, 0)[0]).toBeCloseTo(19, 9);
  });

  it('come out the same in any order of their lines', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = lcg(seed);
        const spikes = Array.from({ length: 40 }, (_, i) => [i % 5, i * 0.02 + 0.01 * random()]);
        const shuffled = [...spikes].sort(() => random() - 0.5);
        const of = (list: number[][]) =>
          scoreOfRecording(
            recording(
              list.map(([id]) => id),
              list.map(([, time]) => time),
            ),
            'f',
            { tau0: 0.005 },
          );
        expect(of(shuffled).score).toEqual(of(spikes).score);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    [[1, 1], [0.1, 0.1], {}, /^f: neuron 1: the spikes at 100 ms and 100 ms are the same; remove doubled lines/],
    [
      [1, 1, 2],
      [0.1, 0.1034, 0.9],
      {},
      /^f: neuron 1: the spikes at 100 ms and 103\.4 ms are 3\.4 ms apart, less than the refractory period of 5 ms; --refractory 3\.4ms would fit/,
    ],
    [
      [1, 1],
      [0.0005, 0.099],
      { duration: 0.1 },
      /are 1\.5 ms apart around the period.*choose --duration 0\.10350\d*s or more/,
    ],
    [[1, 2], [0.1, 0.5], { duration: 0.4 }, /^f: neuron 2: the spike at 500 ms is beyond --duration 400 ms/],
    [[1, 2], [-0.1, 0.5], {}, /a spike at -100 ms; cut a stretch with --window/],
    [[1, 2], [0.1, 0.5], { window: [2, 3] }, /no spike lies in 2 s to 3 s/],
    [[1, 1], [0, 9e8], {}, /Hz per channel is no firing rate.*are the times in s\? say it with --time-unit/],
  ] as const)('%j at %j: what cannot be played is refused with what would help', (ids, times, stretch, message) => {
    const given = { tau0: 0.005, ...stretch } as Parameters<typeof scoreOfRecording>[2];
    expect(() => scoreOfRecording(recording([...ids], [...times]), 'f', given)).toThrow(message);
  });

  it('whose suggested refractory period is taken are accepted', () => {
    const given = recording([1, 1, 2], [0.1, 0.1034567, 0.9]);
    const message = (() => {
      try {
        scoreOfRecording(given, 'f', { tau0: 0.005 });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    })();
    const tau0 = Number(/--refractory ([\d.]+)ms/.exec(message)?.[1]) / 1e3;
    expect(channelCount(scoreOfRecording(given, 'f', { tau0 }).score)).toBe(2);
  });

  it('as arrays of an npz are read like a table', () => {
    const arrays = { times: Float64Array.of(0.1, 0.5, 0.2), channels: Int32Array.of(4, 4, 7) };
    const { score, ids } = loadScoreFile(fileOf(npzBytes(arrays), 'a.npz'), { tau0: 0.005 });
    expect(Array.from(ids)).toEqual([4, 7]);
    expect(Array.from(score.times)).toEqual([20, 100, 40]);
    const lacking = fileOf(npzBytes({ times: Float64Array.of(1) }), 'b.npz');
    expect(() => loadScoreFile(lacking, { tau0: 0.005 })).toThrow(
      /array "channels" is missing; expected are times and channels/,
    );
  });

  it('that end within a spike are noticed where the file says how many there are', () => {
    const text = '# period_s=1 channels=2 spikes=2\nchannel,time_s\n0,0.125\n1,0.25\n';
    expect(loadScoreFile(fileOf(text), { tau0: 0.005 }).score.times.length).toBe(2);
    for (let n = text.length - 1; n > 60; n--) {
      expect(() => loadScoreFile(fileOf(text.slice(0, n)), { tau0: 0.005 })).toThrow();
    }
  });

  const songbird = new URL('../../shared/data/songbird-hvc.txt', import.meta.url).pathname;
  it.skipIf(!existsSync(songbird))(
    'of a songbird are understood without help (skipped where ../shared is absent)',
    () => {
      const { score, notes } = loadScoreFile(songbird, { tau0: 0.005 });
      expect([channelCount(score), score.times.length]).toEqual([74, 3336]);
      expect(score.period * 0.005).toBeCloseTo(22.2333, 3);
      expect(notes.join()).toMatch(/columns channel, time \(tabs between, without a header\) · times in s/);
    },
  );
});

describe('wirings as tables', () => {
  const options = { tau0: 0.005, ids: [10, 11, 12], bound: 0.2 };
  const read = (text: string) => readWiringTable(utf8(text), 'w', options);

  it('are read in any order of lines and columns, with bounds and signs', () => {
    const { wiring, bounds } = read(
      'target,source,delay_ms,lower,upper,sign\n12,10,5,,,1\n10,11,2.5,-0.1,0.3,0\n12,12,10,,,-1\n',
    );
    expect(Array.from(wiring.starts)).toEqual([0, 1, 1, 3]);
    expect(Array.from(wiring.sources)).toEqual([1, 0, 2]);
    expect(Array.from(wiring.delays)).toEqual([0.5, 1, 2]);
    expect(Array.from(bounds?.lower as Float64Array)).toEqual([-0.1, 0, -0.2]);
    expect(Array.from(bounds?.upper as Float64Array)).toEqual([0.3, 0.2, 0]);
  });

  it('say in which unit delays without one were taken', () => {
    expect(read('source,target,delay\n10,11,5\n').notes[0]).toMatch(/delays in ms \(by their size/);
    expect(Array.from(read('pre,post,delay\n10,11,0.005\n').wiring.delays)).toEqual([1]);
  });

  it.each([
    ['source,target,delay_ms,masc\n1,2,5,0\n', /^w: there is no column "masc" in a wiring; allowed are/],
    ['source,target,delay_ms,mask,mask\n1,2,5,0,1\n', /^w: the columns mask and mask say the same/],
    ['1,2,3\n', /^w: a wiring needs the columns source, target and delay_ms.*got no header/],
    ['source,target,delay_s\n10,13,0.1\n', /^w:2: target 13 is no neuron; there are 10 to 12/],
    ['source,target,delay_s\n10,11,-0.1\n', /^w:2: the delay must be a time of at least 0; got -0\.1/],
    ['source,target,delay_s,mask\n10,11,0.1,2\n', /^w:2: the mask must be 0 or 1; got 2/],
    ['source,target,delay_s,mask,lower\n10,11,0.1,0,0.1\n', /^w:2: the mask asks for weight 0, the bounds for 0.1 to /],
    ['source,target,delay_s,sign\n10,11,0.1,2\n', /^w:2: the sign must be 1, -1 or 0; got 2/],
    ['source,target,delay_s,lower,upper\n10,11,0.1,0.3,0.1\n', /^w:2: no weight is between 0\.3 and 0\.1/],
  ])('%j are refused with the line', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('networks of other programs', () => {
  const read = (value: unknown) => readNetworkJson(utf8(JSON.stringify(value)), 'f');
  const inputs = [{ source_id: 1, weight: 0.4, delay: 2 }];

  it('of rusty-snn keep their weights, scaled to a threshold of 1', () => {
    const neurons = [
      { id: 1, inputs, threshold: 1, ftimes: [], input_spike_train: null },
      { id: 0, inputs, threshold: 2, ftimes: [3.5, 1.5] },
    ];
    const { network, spikes, score } = read({ neurons, min_delays: null });
    expect(Array.from(network.weights)).toEqual([0.2, 0.4]);
    expect(Array.from(spikes[0])).toEqual([1.5, 3.5]);
    expect(score).toBeUndefined();
  });

  it('of rsnn come in two forms, with weights for the kernel of peak 1/e', () => {
    const neurons = [{ threshold: 1, f_times: [1] }, { threshold: 1 }];
    const pairs = read({ neurons, connections: { '1,0': [{ delay: 2, weight: Math.E }] } });
    const arrays = read({
      neurons: [
        { threshold: 1, f_times: [1], sources: [1], delays: [2], weights: [Math.E] },
        { threshold: 1, sources: [], delays: [], weights: [] },
      ],
    });
    for (const { network } of [pairs, arrays]) {
      expect(Array.from(network.starts)).toEqual([0, 1, 1]);
      expect(Array.from(network.weights)).toEqual([1]);
    }
  });

  it.each([
    [{ something: 1 }, /a JSON of no known form/],
    [{ neurons: [{ id: 5, inputs: [] }] }, /the ids must be 0 to 0, once each; got 5/],
    [{ neurons: [{}], connections: { '0-0': [] } }, /connections\."0-0": expected "source,target"/],
    [{ neurons: [{}], connections: { '0,7': [] } }, /connections\."0,7": there are 1 neurons/],
    [{ neurons: [{ id: 0, inputs: [{ source_id: 0, weight: null, delay: 1 }] }] }, /neurons\.0\.inputs\.0\.weight/],
  ])('%j is refused with the place', (value, message) => {
    expect(() => read(value)).toThrow(message);
  });
});
