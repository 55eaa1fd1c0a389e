/** The commands of SparseProp as a person types them: what they leave, and what they refuse in one line. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, hashes } from './command.js';

const ENGRAM = new URL('../dist/src/cli/engram.js', import.meta.url).pathname;
function engram(line: string, cwd = folder()) {
  const args = ['sparseprop', ...line.split(' ')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENGRAM, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr, cwd };
}

it('run leaves the same bytes again, and goes on from its state as if it had not stopped', () => {
  const line = 'run --n 200 --k 20 --spikes csv --no-figures --burn-in 0';
  const { cwd, stdout, stderr } = engram(`${line} --steps 3000 --out whole`);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/rate {5}\d+\.\d+ Hz/);
  engram(`${line} --steps 3000 --out again`, cwd);
  expect(hashes(join(cwd, 'again'))).toEqual(hashes(join(cwd, 'whole')));
  engram(`${line} --steps 1000 --out first`, cwd);
  engram(`${line} --steps 2000 --from first/state.npz --out rest`, cwd);
  const lines = (name: string) =>
    readFileSync(join(cwd, name, 'spikes.csv'), 'utf8')
      .trimEnd()
      .split('\n');
  expect([...lines('first'), ...lines('rest').slice(1)]).toEqual(lines('whole'));
  expect(engram(`${line} --steps 10 --j0 2 --from first/state.npz --out other`, cwd).stderr).toMatch(
    /state of another network/,
  );
});

it('a neuron and a network of one file each are run', () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'own.mjs'), 'export default { f: (v) => 0.2 - v, reset: -1, threshold: 0.1 };\n');
  writeFileSync(join(cwd, 'net.csv'), 'source,target,weight\n0,1,-0.2\n1,0,-0.1\n');
  const { status, stderr } = engram(
    'run --neuron-file own.mjs --connectivity net.csv --steps 20 --burn-in 0 --out o',
    cwd,
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(readdirSync(join(cwd, 'o')).sort()).toEqual([
    'histograms.svg',
    'neurons.csv',
    'phase.svg',
    'raster.svg',
    'run.json',
    'spikes.npz',
    'state.npz',
    'summary.json',
  ]);
});

it.each([
  ['run --n 100 --k 100', /K = 0 to N - 1/],
  ['run --rate 0', /drive above 0/],
  ['run --rate -1', /drive above 0/],
  ['run --n 1000 --steps 1e9', /12000 MB, more than the 2000 MB/],
  ['run --connectivity csr --n 30000000', /fewer than 2\^31/],
  ['run --connectivity nan.csv', /line|not a number|weights must be numbers/],
  ['run --neuron-file stuck.mjs', /at V = -0\.\d+ it is -/],
  ['run --model eif-chebyshev --connectivity many.csv --steps 300', /up to 64 distinct weights/],
  ['train --task spikes', /needs --targets/],
  ['walk', /there is no command "walk"/],
])('%s is one clear line, and nothing is left', (line, message) => {
  const cwd = folder();
  writeFileSync(join(cwd, 'nan.csv'), 'source,target,weight\n0,1,nan\n');
  writeFileSync(join(cwd, 'stuck.mjs'), 'export default { f: (v) => v * v - 0.11, reset: -1, threshold: 1 };\n');
  const rows = Array.from({ length: 100 }, (_, k) => `${k},${(k + 1) % 100},${-0.001 * (k + 1)}`);
  writeFileSync(join(cwd, 'many.csv'), `source,target,weight\n${rows.join('\n')}\n`);
  const { status, stdout, stderr } = engram(`${line}${line === 'walk' ? '' : ' --out x'}`, cwd);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  if (!line.includes('chebyshev')) expect(stdout).toBe('');
  expect(existsSync(join(cwd, 'x'))).toBe(false);
  expect(existsSync(join(cwd, 'x.partial'))).toBe(false);
});

it('a rate after --from is that of the recording alone', () => {
  const line = 'run --n 100 --k 10 --rate 5 --no-figures --steps 1000';
  const { cwd } = engram(`${line} --out first`);
  engram(`${line} --from first/state.npz --out rest`, cwd);
  const [first, rest] = ['first', 'rest'].map((name) =>
    JSON.parse(readFileSync(join(cwd, name, 'summary.json'), 'utf8')),
  );
  expect(rest.from_s).toBe(first.to_s);
  expect(rest.rate_hz).toBeCloseTo(1000 / 100 / (rest.to_s - rest.from_s), 9);
});

it('a state goes on with the same files wherever they lie, and with no others', () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'net.csv'), 'source,target,weight\n0,1,-0.2\n1,0,-0.1\n');
  const line = 'run --n 3 --drive 0.3 --no-figures --burn-in 0 --steps 10';
  expect(engram(`${line} --connectivity net.csv --out a`, cwd).stdout).toMatch(/network {2}3 neurons/);
  expect(engram(`${line} --connectivity ./net.csv --from a/state.npz --out b`, cwd).status).toBe(0);
  writeFileSync(join(cwd, 'net.csv'), 'source,target,weight\n0,1,-0.2\n1,0,-0.15\n');
  expect(engram(`${line} --connectivity net.csv --from a/state.npz --out c`, cwd).stderr).toMatch(
    /state of another network/,
  );
});

it('--target-rate finds the drive that the steps multiply', () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'steps.csv'), 'time_s,factor\n0.001,1\n');
  const line = 'run --n 60 --k 10 --target-rate 8 --no-figures --steps 10';
  const driveOf = (more: string, out: string) => {
    expect(engram(`${line} ${more} --out ${out}`, cwd).status).toBe(0);
    return JSON.parse(readFileSync(join(cwd, out, 'summary.json'), 'utf8')).drive;
  };
  // Steps by 1 change nothing.
  expect(driveOf('--drive-steps steps.csv', 'stepped')).toBe(driveOf('--queue time-heap', 'plain'));
});

it('a network that lies in memory is trained, too', () => {
  const { stderr, status } = engram('train --n 20 --k 4 --rate 10 --connectivity csr --epochs 1 --quiet --out o');
  expect([status, stderr]).toEqual([0, '']);
});

it.each([
  ['train --n 10 --k 2 --targets none.csv', /--targets is for --task spikes/],
  ['train --n 10 --k 2 --pseudo', /--pseudo is for --task spikes/],
  ['track --n 2 --signals 3', /--signals must be at most the 2 neurons/],
  ['run --n 9 --k 2 --model qif-heterogeneous --queue calendar', /one drive for all neurons; use time-heap/],
])('%s is refused in one line', (line, message) => {
  const { status, stderr } = engram(`${line} --out o`);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});
