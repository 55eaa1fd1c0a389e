import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import {
  type NpyArray,
  readMemory,
  readNpz,
  readReference,
  readScoreCsv,
  writeMemory,
  writeNpz,
  writeScoreCsv,
} from '../src/io/index.js';
import { loadScoreFile, loadWiringFile, openResults } from '../src/io/node.js';
import { memorize } from '../src/memorize/index.js';
import { sampleScore } from '../src/score/index.js';
import { defaultTemplate } from '../src/template/index.js';
import { smallProblem } from './helpers.js';

const folder = () => mkdtempSync(join(tmpdir(), 'engram-io-'));

const NAMES = ['recall.svg', 'run.json'] as const;

describe('npz', () => {
  it('gives back what was written, and the same bytes every time', () => {
    const array = fc.oneof(
      fc.float64Array({ noNaN: true }),
      fc.uint32Array(),
      fc.int32Array(),
      fc.uint8Array(),
      fc.string({ unit: 'grapheme-ascii' }).filter((text) => text.length > 0),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), array, { minKeys: 1 }), (arrays) => {
        const given = { ...arrays } as Record<string, NpyArray>;
        const bytes = writeNpz(given);
        expect(readNpz(bytes, 'x')).toEqual(given);
        expect(Buffer.from(writeNpz(given)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('has a header that numpy reads: magic, version, a dictionary, padded to 64 bytes', () => {
    const bytes = writeNpz({ x: Float64Array.of(1, 2) });
    const start = Buffer.from(bytes).indexOf('\x93NUMPY', 0, 'latin1');
    const npy = Buffer.from(bytes).subarray(start);
    const length = npy.readUInt16LE(8);
    expect((10 + length) % 64).toBe(0);
    expect(npy.subarray(10, 10 + length).toString('latin1')).toMatch(
      /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2,\), \} *\n$/,
    );
  });

  it('that is truncated anywhere, or of another kind, is refused with the name of the file', () => {
    const bytes = writeNpz({ x: Float64Array.of(1, 2, 3) });
    for (let n = 0; n < bytes.length - 1; n++) {
      expect(() => readNpz(bytes.subarray(0, n), 'cut.npz')).toThrow(/^cut\.npz/);
    }
    const objects = Buffer.from(bytes);
    objects.write("'|O8'", objects.indexOf("'<f8'"));
    expect(() => readNpz(objects, 'a.npz')).toThrow(/a\.npz: x\.npy: arrays of type \|O8 are not supported/);
  });
});

describe('score.csv', () => {
  it('gives back the score it was written from', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.005, 0.0021), (seed, tau0) => {
        const score = sampleScore(7, 33.3, 0.2, seed);
        const read = readScoreCsv(writeScoreCsv(score, tau0), 'score.csv', tau0);
        expect(Array.from(read.starts)).toEqual(Array.from(score.starts));
        expect(read.period).toBeCloseTo(score.period, 12);
        read.times.forEach((time, i) => expect(time).toBeCloseTo(score.times[i], 12));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['', /^f:1: the first line must read/],
    ['channel,time_s\n0,1\n', /^f:1: the first line must read/],
    ['# period_s=1 channels=2\nneuron,time\n', /^f:2: the header must read "channel,time_s"; got "neuron,time"/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,0.1\n5,0.2\n', /^f:4: channel "5" is not an integer from 0 to 1/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,nan\n', /^f:3: time "nan" is not in \[0, 1\) seconds/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,\n', /^f:3: time "" is not in/],
    [
      '# period_s=1 channels=99999999999\nchannel,time_s\n',
      /^f:1: period_s must be a positive number and channels at most/,
    ],
    ['# period_s=x channels=2\nchannel,time_s\n', /^f:1: period_s must be a positive number/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,1.5\n', /^f:3: time "1.5" is not in/],
  ])('%j is refused with file and line', (text, message) => {
    expect(() => readScoreCsv(text, 'f', 0.005)).toThrow(message);
  });

  it('may have a byte-order mark and carriage returns', () => {
    const text = '\uFEFF# period_s=1 channels=1\r\nchannel,time_s\r\n0,0.5\r\n';
    expect(Array.from(readScoreCsv(text, 'f', 0.005).times)).toEqual([100]);
  });
});

describe('network.npz', () => {
  const stored = async () => {
    const problem = { ...smallProblem(5, 20, 150, 3), template: defaultTemplate, objective: 'l2' as const };
    const memory = await memorize(problem, serialMap);
    const bytes = writeMemory(problem, memory.network, memory.neurons, { program: 'test', seed: 3, tau0: 0.005 });
    return { problem, memory, bytes };
  };

  it('holds the network, the score and every certificate, to the bit', async () => {
    const { problem, memory, bytes } = await stored();
    const read = readMemory(bytes, 'n');
    expect(read.network).toEqual(memory.network);
    expect(read.score).toEqual(problem.score);
    expect(read.statuses).toEqual(memory.neurons.map(({ status }) => status));
    expect(read.header).toMatchObject({
      schema: 1,
      seed: 3,
      refractory_s: 0.005,
      template: defaultTemplate,
      channels: 5,
    });
    const arrays = readNpz(bytes, 'n');
    const cuts = memory.neurons.flatMap((neuron) => neuron.cuts.map(({ time }) => time));
    expect(Array.from(arrays.certificate_times as Float64Array)).toEqual(cuts);
  });

  it('of a newer schema, or with arrays that contradict each other, is refused', async () => {
    const { bytes } = await stored();
    const arrays = readNpz(bytes, 'n');
    const newer = (arrays.header as string).replace('"schema":1', '"schema":9');
    expect(() => readMemory(writeNpz({ ...arrays, header: newer }), 'n')).toThrow(/n: header\.schema/);
    expect(() => readMemory(writeNpz({ ...arrays, header: 'x' }), 'n')).toThrow(/n: header/);
    expect(() => readMemory(writeNpz({ ...arrays, sources: new Uint32Array(3) }), 'n')).toThrow(
      /contradict each other/,
    );
    expect(() => readMemory(writeNpz({ x: Float64Array.of(1) }), 'n')).toThrow(/n: no header/);
  });

  it('is read as a score and as a wiring, in units of another refractory period too', async () => {
    const { problem, bytes } = await stored();
    const file = join(folder(), 'network.npz');
    writeFileSync(file, bytes);
    expect(loadScoreFile(file, 0.005, String)).toEqual(problem.score);
    expect(loadWiringFile(file, 0.005)).toEqual(problem.wiring);
    const shorter = loadScoreFile(file, 0.0025, String);
    expect(shorter.period).toBe(2 * problem.score.period);
    expect(() => loadScoreFile(file, 0.05, String)).toThrow(/network\.npz: channel \d+: .* apart/);
  });
});

describe('the published network in JSON', () => {
  const good = { period: 5, sources: [[0], [0]], delays: [[1], [2]], weights: [[0.1], [0.2]], spikes: [[1], [3, 4.2]] };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  it('is read', () => {
    const { score, network } = readReference(bytes(good), 'f');
    expect(score.period).toBe(5);
    expect(Array.from(network.starts)).toEqual([0, 1, 2]);
  });
  it.each([
    ['text', 'nonsense', /^f: not readable as JSON/],
    ['a missing part', { ...good, delays: undefined }, /^f: delays: /],
    ['a source that is not there', { ...good, sources: [[0], [7]] }, /^f: neuron 1 hears source 7, but there are 2/],
    [
      'lists of different length',
      { ...good, weights: [[0.1], []] },
      /^f: neuron 1: sources, delays and weights must be as many/,
    ],
  ])('%s is refused', (_, value, message) => {
    const data = value === 'nonsense' ? new TextEncoder().encode('{nonsense') : bytes(value);
    expect(() => readReference(data, 'f')).toThrow(message);
  });
});

describe('results', () => {
  it('appear whole, at commit, and leave nothing else behind', () => {
    const parent = folder();
    const results = openResults(join(parent, 'out'), NAMES, false);
    results.write('run.json', 'one');
    expect(readdirSync(parent).filter((name) => !name.startsWith('.'))).toEqual([]);
    results.commit();
    results.discard();
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readFileSync(join(parent, 'out', 'run.json'), 'utf8')).toBe('one');
  });
  it('that are discarded leave nothing', () => {
    const parent = folder();
    const results = openResults(join(parent, 'out'), NAMES, false);
    results.write('run.json', 'one');
    results.discard();
    expect(readdirSync(parent)).toEqual([]);
  });
  it('replace the results before them, and only these, when forced', () => {
    const parent = folder();
    mkdirSync(join(parent, 'out'));
    writeFileSync(join(parent, 'out', 'mine.txt'), 'keep');
    writeFileSync(join(parent, 'out', 'run.json'), 'old');
    expect(() => openResults(join(parent, 'out'), NAMES, false)).toThrow(
      /exists already; choose another with --out, or --force/,
    );
    writeFileSync(join(parent, 'out', 'recall.svg'), 'of the old memory');
    const results = openResults(join(parent, 'out'), NAMES, true);
    results.write('run.json', 'new');
    results.commit();
    expect(readFileSync(join(parent, 'out', 'run.json'), 'utf8')).toBe('new');
    expect(readFileSync(join(parent, 'out', 'mine.txt'), 'utf8')).toBe('keep');
    expect(readdirSync(join(parent, 'out')).sort()).toEqual(['mine.txt', 'run.json']);
    expect(readdirSync(parent)).toEqual(['out']);
  });
  it('cannot go where there is no room for a directory', () => {
    expect(() => openResults('/dev/null/out', NAMES, false)).toThrow(/cannot write .*: a part of the path is a file/);
  });
});
