import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import { type NpyArray, npzBytes, readNpz } from '../src/files/index.js';
import { openResults } from '../src/files/node.js';
import { readMemory, readNetworkJson, readScoreCsv, writeMemory, writeScoreCsv } from '../src/memory/files/index.js';
import { loadScoreFile, loadWiringFile } from '../src/memory/files/node.js';
import { memorize } from '../src/memory/memorize/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { smallProblem } from './helpers.js';

const utf8 = (text: string) => new TextEncoder().encode(text);
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
        const bytes = npzBytes(given);
        expect(readNpz(bytes, 'x')).toEqual(given);
        expect(Buffer.from(npzBytes(given)).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('has a header that numpy reads: magic, version, a dictionary, padded to 64 bytes', () => {
    const bytes = npzBytes({ x: Float64Array.of(1, 2) });
    const start = Buffer.from(bytes).indexOf('\x93NUMPY', 0, 'latin1');
    const npy = Buffer.from(bytes).subarray(start);
    const length = npy.readUInt16LE(8);
    expect((10 + length) % 64).toBe(0);
    expect(npy.subarray(10, 10 + length).toString('latin1')).toMatch(
      /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2,\), \} *\n$/,
    );
  });

  it('that is truncated anywhere, or of another kind, is refused with the name of the file', () => {
    const bytes = npzBytes({ x: Float64Array.of(1, 2, 3) });
    for (let n = 0; n < bytes.length - 1; n++) {
      expect(() => readNpz(bytes.subarray(0, n), 'cut.npz')).toThrow(/^cut\.npz/);
    }
  });

  it('whose bits are flipped anywhere is refused, or gives the very same arrays', () => {
    const given = { x: Float64Array.of(1, 2, 3) };
    const bytes = npzBytes(given);
    let refused = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] ^= 1 << (bit & 7);
      try {
        // Names and times are not under the checksum; numbers are.
        expect(Object.values(readNpz(flipped, 'f.npz'))).toEqual(Object.values(given));
      } catch (error) {
        expect((error as Error).message).toMatch(/^f\.npz/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(4 * bytes.length);
  });

  const npy = (type: string, shape: string, data: Uint8Array, order = 'False') => {
    const header = Buffer.from(`{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`, 'latin1');
    const length = [header.length & 255, header.length >> 8];
    return Uint8Array.from([...Buffer.from('\x93NUMPY', 'latin1'), 1, 0, ...length, ...header, ...data]);
  };

  it.each([
    ['|O', '(1,)', 8, 'False', /an array of Python objects is not read/],
    ['|V8', '(1,)', 8, 'False', /arrays of type \|V8 are not read; allowed are/],
    ['<f8', '(2, 2)', 32, 'True', /Fortran order is not read/],
    ['<c16', '(1,)', 16, 'False', /arrays of type <c16 are not read; allowed are/],
    ['<f8', '(1000000000000000000,)', 8, 'False', /8000000000000000000 bytes of data expected, 8 found/],
    ['<f8', '(-1,)', 8, 'False', /unreadable shape/],
  ])('of type %s and shape %s is refused with the reason', (type, shape, size, order, message) => {
    const file = zipSync({ 'x.npy': npy(type, shape, new Uint8Array(size), order) });
    expect(() => readNpz(file, 'a.npz')).toThrow(message);
  });

  it('from numpy is read whatever its numbers are, compressed or not', () => {
    const values: [string, Uint8Array][] = [
      ['<i8', new Uint8Array(BigInt64Array.of(-1n, 7n).buffer)],
      ['<f4', new Uint8Array(Float32Array.of(-1, 7).buffer)],
      ['<i2', new Uint8Array(Int16Array.of(-1, 7).buffer)],
      ['|i1', new Uint8Array(Int8Array.of(-1, 7).buffer)],
      ['>i2', Uint8Array.of(255, 255, 0, 7)],
    ];
    for (const [type, data] of values) {
      for (const level of [0, 9] as const) {
        const file = zipSync({ 'x.npy': npy(type, '(2,)', data) }, { level });
        expect(Array.from(readNpz(file, 'a').x as Float64Array)).toEqual([-1, 7]);
      }
    }
  });

  it('that would expand without measure is refused before it does', () => {
    const bomb = zipSync({ 'x.npy': new Uint8Array(2 ** 26) }, { level: 9 });
    expect(bomb.length).toBeLessThan(2 ** 19);
    expect(() => readNpz(bomb, 'a.npz')).toThrow(
      /a\.npz: entry "x\.npy" claims to expand to 67108864 bytes, in a file of \d+/,
    );
  });
});

describe('score.csv', () => {
  it('gives back the score it was written from', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(0.005, 0.0021), (seed, tau0) => {
        const score = sampleScore(7, 33.3, 0.2, seed);
        const read = readScoreCsv(utf8(writeScoreCsv(score, tau0)), 'score.csv', tau0);
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
    ['# period_s=1 channels=2\nneuron,time\n0,0.1\n', /^f:2: the header must read "channel,time_s"; got "neuron,time"/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,0.1\n5,0.2\n', /^f:4: channel "5" is not an integer from 0 to 1/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,nan\n', /^f:3: "nan" in column 2 is not a number/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,\n', /^f:3: time "NaN" is not in/],
    [
      '# period_s=1 channels=99999999999\nchannel,time_s\n',
      /^f:1: period_s must be a positive number and channels at most/,
    ],
    ['# period_s=x channels=2\nchannel,time_s\n', /^f:1: period_s must be a positive number/],
    ['# period_s=1 channels=2\nchannel,time_s\n0,1.5\n', /^f:3: time "1.5" is not in/],
  ])('%j is refused with file and line', (text, message) => {
    expect(() => readScoreCsv(utf8(text), 'f', 0.005)).toThrow(message);
  });

  it('may have a byte-order mark and carriage returns', () => {
    const text = '\uFEFF# period_s=1 channels=1\r\nchannel,time_s\r\n0,0.5\r\n';
    expect(Array.from(readScoreCsv(utf8(text), 'f', 0.005).times)).toEqual([100]);
  });
});

describe('network.npz', () => {
  const stored = async () => {
    const problem = { ...smallProblem(5, 20, 150, 3), template: defaultTemplate, objective: 'l2' as const };
    const memory = await memorize(problem, serialMap);
    const pieces: Uint8Array[] = [];
    const stamp = { program: 'test', seed: 3, tau0: 0.005 };
    writeMemory(problem, memory.neurons, stamp, (piece) => pieces.push(piece));
    const bytes = new Uint8Array(Buffer.concat(pieces));
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
    expect(() => readMemory(npzBytes({ ...arrays, header: newer }), 'n')).toThrow(
      /n: written by a newer version \(schema 9; this one reads up to 2\)/,
    );
    expect(() => readMemory(npzBytes({ ...arrays, header: 'x' }), 'n')).toThrow(/n: header/);
    expect(() => readMemory(npzBytes({ ...arrays, sources: new Uint32Array(3) }), 'n')).toThrow(
      /contradict each other/,
    );
    expect(() => readMemory(npzBytes({ x: Float64Array.of(1) }), 'n')).toThrow(/n: no header/);
    const edited = (arrays.header as string).replace('"zone":0.2', '"zone":0.7');
    expect(() => readMemory(npzBytes({ ...arrays, header: edited }), 'n')).toThrow(
      'n: header.template: the firing zone must be above 0 and at most half a refractory period; got 0.7',
    );
  });

  it('is read as a score and as a wiring, in units of another refractory period too', async () => {
    const { problem, bytes } = await stored();
    const file = join(folder(), 'network.npz');
    writeFileSync(file, bytes);
    expect(loadScoreFile(file, { tau0: 0.005 }).score).toEqual(problem.score);
    const ids = [0, 1, 2, 3, 4];
    expect(loadWiringFile(file, { tau0: 0.005, ids, bound: 0.2 }).wiring).toEqual(problem.wiring);
    const shorter = loadScoreFile(file, { tau0: 0.0025 }).score;
    expect(shorter.period).toBe(2 * problem.score.period);
    expect(() => loadScoreFile(file, { tau0: 0.05 })).toThrow(/network\.npz: channel \d+: .* apart/);
  });
});

describe('the published network in JSON', () => {
  const good = { period: 5, sources: [[0], [0]], delays: [[1], [2]], weights: [[0.1], [0.2]], spikes: [[1], [3, 4.2]] };
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  it('is read', () => {
    const { score, network } = readNetworkJson(bytes(good), 'f');
    expect(score?.period).toBe(5);
    expect(Array.from(network.starts)).toEqual([0, 1, 2]);
  });
  it.each([
    ['text', 'nonsense', /^f: not readable as JSON/],
    ['a missing part', { ...good, delays: undefined }, /^f: delays: is missing/],
    ['a source that is not there', { ...good, sources: [[0], [7]] }, /^f: neuron 1 hears source 7, but there are 2/],
    [
      'lists of different length',
      { ...good, weights: [[0.1], []] },
      /^f: neuron 1: sources, delays and weights must be as many/,
    ],
  ])('%s is refused', (_, value, message) => {
    const data = value === 'nonsense' ? new TextEncoder().encode('{nonsense') : bytes(value);
    expect(() => readNetworkJson(data, 'f')).toThrow(message);
  });
});

describe('results', () => {
  it('appear whole, at commit, and leave nothing else behind', () => {
    const parent = folder();
    const results = openResults(join(parent, 'out'), NAMES);
    results.write('run.json', 'one');
    expect(readdirSync(parent)).toEqual(['out.partial']);
    results.commit();
    results.discard();
    expect(readdirSync(parent)).toEqual(['out']);
    expect(readFileSync(join(parent, 'out', 'run.json'), 'utf8')).toBe('one');
  });
  it('that are discarded leave nothing', () => {
    const parent = folder();
    const results = openResults(join(parent, 'out'), NAMES);
    results.write('run.json', 'one');
    results.discard();
    expect(readdirSync(parent)).toEqual([]);
  });
  it('replace the results before them, and only these, when forced', () => {
    const parent = folder();
    mkdirSync(join(parent, 'out'));
    writeFileSync(join(parent, 'out', 'mine.txt'), 'keep');
    writeFileSync(join(parent, 'out', 'run.json'), 'old');
    expect(() => openResults(join(parent, 'out'), NAMES)).toThrow(
      /exists already; choose another with --out, or --force/,
    );
    writeFileSync(join(parent, 'out', 'recall.svg'), 'of the old memory');
    const results = openResults(join(parent, 'out'), NAMES, { force: true });
    results.write('run.json', 'new');
    results.commit();
    expect(readFileSync(join(parent, 'out', 'run.json'), 'utf8')).toBe('new');
    expect(readFileSync(join(parent, 'out', 'mine.txt'), 'utf8')).toBe('keep');
    expect(readdirSync(join(parent, 'out')).sort()).toEqual(['mine.txt', 'run.json']);
    expect(readdirSync(parent)).toEqual(['out']);
  });
  it('cannot go where there is no room for a directory', () => {
    expect(() => openResults('/dev/null/out', NAMES)).toThrow(/cannot write .*: a part of the path is a file/);
  });
});
