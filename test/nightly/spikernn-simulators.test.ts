/** The published model as a script: run in Brian2 (Debian's python3-brian) and NEST, where a machine has them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npzBytes } from '../../src/files/index.js';
import { lifModel, rateTask, readRateModel, simulatorScript } from '../../src/spikernn/index.js';

const PUBLISHED = new URL('../../../shared/data/spikernn-go-nogo.mat', import.meta.url);
const missing = !existsSync(PUBLISHED);
if (missing) console.log('skipped: the published model is not at hand');

const pythonWith = (module: string) =>
  ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-W', 'ignore', '-c', `import ${module}`]).status === 0,
  );
const cwd = mkdtempSync(join(tmpdir(), 'engram-spikernn-simulators-'));

/** Plays what is written and returns what the script says. */
function played(simulator: 'brian2' | 'nest', change = (script: string) => script) {
  const { network } = readRateModel(readFileSync(PUBLISHED), 'published');
  const task = rateTask('go-nogo');
  const given = { network, mapping: { scale: 35 }, model: lifModel, task, seed: 1 };
  const { script, data } = simulatorScript(simulator, { ...given, dataFile: 'network.npz', program: 'engram' });
  writeFileSync(join(cwd, 'network.npz'), npzBytes(data));
  writeFileSync(join(cwd, 'play.py'), change(script));
  const more = simulator === 'brian2' ? ['--codegen', 'numpy'] : [];
  const python = pythonWith(simulator) as string;
  return spawnSync(python, ['-W', 'ignore', join(cwd, 'play.py'), ...more], { encoding: 'utf8' });
}

describe.skipIf(missing)('a mapped network as a script', () => {
  it.skipIf(!pythonWith('brian2'))('answers in Brian2 as here, and a wrong one is found out', () => {
    const { status, stdout } = played('brian2');
    const [, spikes, ours] = /^1: (\d+) spikes \((\d+) where it was written\)/m.exec(stdout) ?? [];
    expect(Number(ours)).toBeGreaterThan(500);
    expect(Math.abs(Number(spikes) / Number(ours) - 1)).toBeLessThan(0.03);
    expect(status).toBe(0);
    expect(played('brian2', (script) => script.replace('inputs(t', '-inputs(t')).status).toBe(1);
  });

  it.skipIf(!pythonWith('nest'))('answers in NEST as here', () => {
    expect(played('nest')).toMatchObject({ status: 0 });
  });
});
