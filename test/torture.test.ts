/** Bad files, in short; test/nightly has the long form. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { MAIN, run } from './command.js';
import { lcg } from './helpers.js';
import { readOrRefuse } from './torture/check.js';
import { edits, flips, goodFiles, truncations } from './torture/files.js';

const directory = mkdtempSync(join(tmpdir(), 'engram-torture-'));
const samples = await goodFiles();

describe.each(samples)('$name', (sample) => {
  const path = join(directory, sample.name);
  const good = readOrRefuse(path, sample.bytes);

  it('is read as it is', () => {
    expect(good).toBeDefined();
  });

  it('is refused in one line, or read, wherever it is cut off', () => {
    let read = 0;
    // Every byte of text; of longer files every so often.
    const step = Math.ceil(sample.bytes.length / 400);
    for (const cut of truncations(sample, step)) if (readOrRefuse(path, cut)) read++;
    // With a checksum, or a count of what must be there, nothing that is cut off passes.
    if (sample.summed || sample.name === 'score.csv' || sample.name === 'network.json') expect(read).toBe(0);
  });

  it('is refused in one line, or read, whichever bit is flipped', () => {
    const step = Math.max(1, Math.floor((8 * sample.bytes.length) / 600)) | 1;
    for (const flipped of flips(sample, step)) {
      const read = readOrRefuse(path, flipped);
      if (read && sample.summed) expect(read).toEqual(good);
    }
  });

  it('is refused in one line, or read, whatever is typed into it', () => {
    for (const edited of edits(sample, 200, lcg(7))) readOrRefuse(path, edited);
  });
});

describe('the command', () => {
  /** Prints the largest memory of the process behind all else. */
  const measured = [
    '--import',
    `data:text/javascript,process.on("exit",()=>process.stderr.write('peak '+process.resourceUsage().maxRSS))`,
  ];
  const refuse = (args: readonly string[], code: number, message: RegExp): void => {
    const { status, stderr, stdout, cwd } = run([...args, '--seed', '1'], undefined, measured);
    const [line, peak] = stderr.split('peak ');
    expect(line).toMatch(message);
    expect(line.trim().split('\n').length).toBe(1);
    expect([status, stdout, readdirSync(cwd)]).toEqual([code, '', []]);
    // In MB; the engine alone takes a quarter of it.
    expect(Number(peak) / 1024).toBeLessThan(200);
  };
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  };
  const many = Array.from({ length: 1_000_000 }, (_, i) => `${i % 500},${(i * 1e-4).toFixed(4)}`).join('\n');

  const spoilt: [string, () => string, RegExp][] = [
    ['nothing', () => file('nothing', ''), /the file is empty/],
    ['a directory without a network', () => mkdtempSync(join(tmpdir(), 'engram-empty-')), /not a regular file/],
    [
      'a Zarr folder',
      () => {
        const folder = mkdtempSync(join(tmpdir(), 'engram-zarr-'));
        writeFileSync(join(folder, '.zgroup'), '{"zarr_format": 2}');
        return folder;
      },
      /a Zarr folder, which is not read: write it as one NWB file of HDF5/,
    ],
    ['a pipe that nobody writes to', () => pipe(), /nothing was written into the pipe/],
    ['a device', () => '/dev/zero', /not a regular file/],
    [
      'gzip that is none',
      () => file('not.gz', Buffer.from('\x1f\x8b\x08 not gzip at all\0\0\0\0\0', 'latin1')),
      /claims to expand|not a readable gzip/,
    ],
    ['gzip of no known form', () => file('other.gz', gzipSync(new TextEncoder().encode('{"a": 1}'))), /no known form/],
    ['a bomb', () => file('bomb.gz', gzipSync(new Uint8Array(2 ** 28), { level: 9 })), /claims to expand/],
    [
      'a million spikes and a bad one',
      () => file('many.csv', `neuron,time_s\n${many}\n7,x\n`),
      /many\.csv:1000002: "x" in column 2/,
    ],
    [
      'decimal commas',
      () => file('comma.csv', 'neuron;time\n1;1,5\n'),
      /"1,5" in column 2 is not a number; write 1\.5/,
    ],
  ];
  it.each(spoilt)('refuses %s as a score, soon and in little memory', (_, path, message) => {
    refuse(['--score', path()], 3, message);
  });

  it.each([
    [
      ['--window', '2s..4s', '--channels', '20', '--duration', '1s'],
      /--window says how to read --score, which is missing/,
    ],
    [['--time-unit', 'ms', '--channels', '20', '--duration', '1s'], /--time-unit says how to read/],
    [['--score', 'x', '--rate', '3'], /--score and --rate contradict each other/],
    [['--score', 'x', '--activity', '3'], /--score and --activity contradict each other/],
    [['--score', 'x', '--duration', '1s', '--window', '0s..1s'], /--duration and --window contradict each other/],
    [['--score', 'x', '--window', '4s..2s'], /a stretch whose end is later than its begin/],
    [['--score', 'x', '--columns', 'a,b'], /with channel and time among them/],
    [['--channels', '20', '--duration', '1s', '--grid', '0.001us'], /points per neuron; at most 100000 are taken/],
    [['--channels', '20', '--duration', '1s', '--out', ''], /--out must be a path; got ""/],
    [['--channels', '20', '--duration', '1s', '--hidden', '0'], /--hidden must be an integer of at least 1/],
    [['--channels', '20', '--duration', '1s', '--grid', '2ms'], /the grid must be above 0 and at most the firing zone/],
    [['memorise', '--channels', '20'], /there is no command "memorise"; commands are train, explain, export/],
    [['explain'], /missing required argument 'network'/],
    [['export', 'x', '--to', 'hdf'], /--to must be npz or csv or .*nwb.*; got "hdf"/],
  ] as const)('refuses %j', (args, message) => {
    const { status, stderr, cwd } = run(args);
    expect(stderr).toMatch(message);
    expect([status, stderr.trim().split('\n').length, readdirSync(cwd)]).toEqual([2, 1, []]);
  });

  function pipe(): string {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    return path;
  }

  it('that runs out of room keeps what is solved, and leaves nothing else, in one line', () => {
    // In the midst of the journal, and of the archive.
    for (const blocks of [20, 90]) {
      const cwd = mkdtempSync(join(tmpdir(), 'engram-room-'));
      const args = '--channels 20 --duration 100ms --inputs 400 --seed 1 --no-recall --quiet --out x';
      const script = `ulimit -f ${blocks}; exec "$0" "$1" ${args}`;
      const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN], { cwd, encoding: 'utf8' });
      expect(stderr).toMatch(
        /^memorize: cannot write x\S*: the file is larger than is allowed here; \d+ of 20 neurons are kept, go on with: npx memorize --resume x\n$/,
      );
      expect([status, readdirSync(cwd)]).toEqual([5, ['x.partial']]);
      expect(run(['--resume', 'x', '--quiet'], cwd).status).toBe(0);
      expect(readdirSync(cwd)).toEqual(['x']);
    }
  });
});
