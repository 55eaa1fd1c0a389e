/** What recordings of other programs hold: read as they mean it, or asked back; ids stay with them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { stretch as parseStretch, timeRange } from '../src/app/index.js';
import { parseTime, serialMap } from '../src/core/index.js';
import { npyBytes, npzBytes } from '../src/files/index.js';
import { readMemory, readScoreCsv, writeMemory, writeScoreCsv } from '../src/memory/files/index.js';
import { loadScoreFile, loadWiringFile } from '../src/memory/files/node.js';
import { memorize } from '../src/memory/memorize/index.js';
import { channelCount, spikesOf, withIds } from '../src/memory/score/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { smallProblem } from './helpers.js';

const folder = mkdtempSync(join(tmpdir(), 'engram-scores-'));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const tau0 = 0.005;
type Hints = Parameters<typeof loadScoreFile>[2];
const load = (name: string, content: string | Uint8Array, hints?: Hints, stretch = {}) =>
  loadScoreFile(file(name, content), { tau0, ...stretch }, hints);

describe('who fires', () => {
  const spikes = (name: string) =>
    `t_ms ${name} node\n100 left 0\n420 left 0\n310 left 1\n205 right 0\n777 right 0\n650 right 1\n`;

  it.each(['population', 'area', 'probe_id', 'pop'])(
    'is population and number, where a column is called %s',
    (name) => {
      const { ids, notes, score } = load('pop.txt', spikes(name));
      expect(ids).toEqual(['left/0', 'left/1', 'right/0', 'right/1']);
      expect(notes.join()).toMatch(/population and channel together are the neuron/);
      expect(Array.from({ length: 4 }, (_, c) => spikesOf(score, c).length)).toEqual([2, 1, 2, 1]);
    },
  );

  it('is asked back where a column of another name may tell neurons apart, and the answer works', () => {
    expect(() => load('pop.txt', spikes('condition'))).toThrow(
      /say --columns time,population,channel, else --columns time,skip,channel/,
    );
    expect(
      load('pop.txt', spikes('condition'), { columns: ['time', 'population', 'channel'], unit: 'ms' }).ids,
    ).toHaveLength(4);
    expect(load('pop.txt', spikes('condition'), { columns: ['time', 'skip', 'channel'], unit: 'ms' }).ids).toEqual([
      0, 1,
    ]);
  });

  it('keeps its number where each neuron is in one population', () => {
    expect(load('one.csv', 'neuron,time_s,region\n4,0.1,a\n7,0.2,b\n4,0.3,a\n').ids).toEqual([4, 7]);
  });

  it('may be a name', () => {
    const { ids, score } = load('names.csv', 'unit,time_s\nu10,0.1\nu9,0.2\n"a, b",0.3\nu10,0.4\n');
    expect(ids).toEqual(['a, b', 'u9', 'u10']);
    expect([...spikesOf(score, 2)]).toEqual([20, 80]);
    expect(readScoreCsv(new TextEncoder().encode(writeScoreCsv(score, tau0)), 'f', tau0)).toEqual(score);
  });

  it('may be a name that some would take for a number', () => {
    expect(load('hex.csv', 'unit,time_s\n0x0a,0.1\n0x0b,0.2\n').ids).toEqual(['0x0a', '0x0b']);
  });

  it.each([
    ['9007199254740993,0.1\n9007199254740992,0.2\n', /f\.csv:2: the id of the neuron is too large/],
    ['u1,0.1\n2,0.2\n', /f\.csv:3: the neuron 2 is a number, others are names/],
    [',0.1\n2,0.2\n', /f\.csv:2: the neuron is missing/],
  ])('is refused with its line in %j', (rows, message) => {
    expect(() => load('f.csv', `neuron,time_s\n${rows}`)).toThrow(message);
  });

  it('is asked back of two columns of whole numbers, however many there are of each', () => {
    for (const rows of ['156, 1899\n156, 52\n3, 184\n', '1,1\n1,2\n2,3\n2,4\n1,5\n']) {
      expect(() => load('ints.csv', rows)).toThrow(/--columns channel,time or --columns time,channel/);
    }
  });
});

describe('when it fires', () => {
  it('may be exactly one refractory period later, however late that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_700_000_000 }), fc.integer({ min: 2, max: 20 }), (second, count) => {
        const rows = Array.from({ length: count }, (_, i) => `0,${second}.${String(100 + i)}`).join('\n');
        const window = [second, second + 1];
        const { score } = load('late.csv', `neuron,time_s\n${rows}\n`, {}, { tau0: 0.001, window });
        expect(score.times).toHaveLength(count);
      }),
      { numRuns: 50 },
    );
    expect(() => load('near.csv', 'neuron,time_s\n0,10000.001\n0,10000.0019999\n', {}, { tau0: 0.001 })).toThrow(
      /apart/,
    );
  });

  it.each([
    ['0,-0.1\n0,0.2\n1,0.3\n', 3],
    ['0,1700000000.024\n0,1700000000.069\n1,1700000000.1\n', 3],
  ])('is refused before 0 and since 1970, with a stretch that works', (rows, count) => {
    const text = `channel,time_s\n${rows}`;
    let message = '';
    try {
      load('far.csv', text);
    } catch (error) {
      message = (error as Error).message;
    }
    const typed = /--window (\S+)$/.exec(message)?.[1] ?? '';
    const window = parseStretch(typed, '--window');
    expect(load('far.csv', text, {}, { window }).score.times).toHaveLength(count);
  });

  it('may be typed with a micro sign, and in ranges of one value', () => {
    expect(parseTime('80µs', 't')).toBe(parseTime('80us', 't'));
    expect(parseTime('80μs', 't')).toBe(parseTime('80us', 't'));
    expect(timeRange('5ms..5ms', '--delays')).toEqual([0.005, 0.005]);
  });
});

describe('where it stands', () => {
  const text = 'neuron,time_s\n1,0.01\n2,0.02\n1,0.05\n2,0.0625\n';
  const plain = load('plain.csv', text).score;

  it('may be a pipe, gzip of any readable text, or an npy array', () => {
    const script = `
      import { loadScoreFile } from ${JSON.stringify(new URL('../dist/src/memory/files/node.js', import.meta.url).href)};
      console.log(JSON.stringify([...loadScoreFile(process.argv[1], { tau0: 0.005 }).score.times]));`;
    const args = ['--input-type=module', '-e', script];
    const piped = execFileSync(process.execPath, [...args, '/dev/stdin'], { input: text, encoding: 'utf8' });
    const substituted = execFileSync('bash', ['-c', '"$0" "$@" <(sleep 0.1; cat "$TEXT")', process.execPath, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TEXT: file('plain.csv', text) },
    });
    for (const answer of [piped, substituted]) expect(JSON.parse(answer)).toEqual([...plain.times]);
    expect(load('plain.csv.gz', gzipSync(new TextEncoder().encode(text))).score).toEqual(plain);
    const values = Float64Array.of(1, 0.01, 2, 0.02, 1, 0.05, 2, 0.0625);
    const array = npyBytes({ dtype: 'f8', shape: [4, 2], values });
    expect(load('a.npy', array, { unit: 's' }).score).toEqual(plain);
    expect(() => load('b.npy', npyBytes({ dtype: 'f8', shape: [8], values }))).toThrow(
      /shape \(8\); expected is spikes x 2/,
    );
  });

  it('may be a directory of results, whose archive may hold more, in types of other programs', async () => {
    const { score: bare, ...rest } = smallProblem(3, 4, 60, 3);
    const own = Array.from({ length: channelCount(bare) }, (_, c) => (c === 1 ? 'b' : 100 - c));
    const score = withIds(bare, own);
    const problem = { score, ...rest, template: defaultTemplate, objective: 'l2' as const };
    const { neurons } = await memorize(problem, serialMap);
    const pieces: Uint8Array[] = [];
    writeMemory(problem, neurons, { program: 'test', seed: 3, tau0 }, (piece) => pieces.push(piece));
    const bytes = new Uint8Array(Buffer.concat(pieces));
    expect(readMemory(bytes, 'f').score.ids).toEqual(own);
    mkdirSync(join(folder, 'results'));
    writeFileSync(join(folder, 'results', 'network.npz'), bytes);
    const loaded = loadScoreFile(join(folder, 'results'), { tau0 });
    expect(loaded.ids).toEqual(own);
    expect(loaded.score).toEqual(score);
    const { wiring } = loadWiringFile(join(folder, 'results'), { tau0, ids: loaded.ids, bound: 0.2 });
    expect(wiring.sources).toEqual(problem.wiring.sources);
  });

  it('may hold needless arrays beside good ones', () => {
    const times = Float64Array.of(0.01, 0.02, 0.05, 0.0625);
    const channels = BigInt64Array.of(1n, 2n, 1n, 2n);
    const npz = npzBytes({ times, channels: { dtype: 'i8', shape: [4], values: channels }, note: 'x', more: times });
    expect(load('more.npz', npz, { unit: 's' }).score).toEqual(plain);
  });

  it('may call its arrays as a table calls its columns, with the unit in the name', () => {
    const spike_times_ms = Float64Array.of(10, 20, 50, 62.5);
    const senders = Uint32Array.of(1, 2, 1, 2);
    expect(load('roles.npz', npzBytes({ spike_times_ms, Senders: senders, V: spike_times_ms })).score).toEqual(plain);
    const ids = senders;
    expect(() => load('two.npz', npzBytes({ times: spike_times_ms, senders, ids }))).toThrow(
      /which array holds the channels\? senders, ids; call it channels/,
    );
    expect(() => load('ticks.npz', npzBytes({ time_ticks: spike_times_ms, ids }))).toThrow(/its times are in ticks/);
  });

  it('takes no columns, which it has none of, nor a window beyond the period that it has', () => {
    const columns = ['channel', 'time'];
    const arrays = npzBytes({ times: Float64Array.of(1, 2), channels: Uint32Array.of(1, 2) });
    expect(() => load('arrays.npz', arrays, { columns })).toThrow(/--columns: .*arrays.npz is no table of columns/);
    const network = '{"neurons":[{"f_times":[1],"sources":[0],"delays":[1],"weights":[1]}]}';
    expect(() => load('rsnn.json', network, { columns })).toThrow(/--columns: .*rsnn.json is no table of columns/);
    expect(() => load('own.csv', writeScoreCsv(plain, tau0), {}, { window: [0, 9] })).toThrow(
      /--window: .*own.csv ends at \d+(\.\d+)? ms/,
    );
  });
});
