/** A mapped network as a script: run in Brian2 (Debian's python3-brian) and NEST, where a machine has them. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npzBytes } from '../../src/files/index.js';
import {
  drawNetwork,
  lifModel,
  qifModel,
  rateTask,
  type SpikingModel,
  simulatorScript,
  spikernnDefaults,
} from '../../src/spikernn/index.js';

const pythonWith = (module: string) =>
  ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-W', 'ignore', '-c', `import ${module}`]).status === 0,
  );
const cwd = mkdtempSync(join(tmpdir(), 'engram-spikernn-simulators-'));

/** Weakly coupled, so that a spike more or less stays one. */
const network = drawNetwork(
  { ...spikernnDefaults, units: 30, inputs: 1, gain: 0.4, inhibitoryShare: 0.3, readout: 'root' },
  3,
);

/** Plays what is written and returns what the script says. */
function played(simulator: 'brian2' | 'nest', model: SpikingModel, broken = (script: string) => script) {
  const task = rateTask('go-nogo', { steps: 110, stimOn: 5, stimDur: 60 });
  const mapping = { scale: 20, offset: true };
  const given = { network, mapping, model, task, seed: 1, dataFile: 'network.npz', program: 'engram' };
  const { script, data } = simulatorScript(simulator, given);
  writeFileSync(join(cwd, 'network.npz'), npzBytes(data));
  writeFileSync(join(cwd, 'play.py'), broken(script));
  const python = pythonWith(simulator) as string;
  const more = simulator === 'brian2' ? ['--codegen', 'numpy'] : [];
  return spawnSync(python, ['-W', 'ignore', join(cwd, 'play.py'), ...more], { encoding: 'utf8' });
}

describe.skipIf(!pythonWith('brian2'))('in Brian2', () => {
  it('a network answers as here, and a wrong one is found out', { timeout: 240_000 }, () => {
    const { status, stdout } = played('brian2', lifModel);
    expect(stdout).toMatch(/^[01]: \d+ spikes \(\d+ where it was written\), output correlates/m);
    expect(status).toBe(0);
    const [, spikes, ours] = /^1: (\d+) spikes \((\d+)/m.exec(stdout) as RegExpExecArray;
    expect(Number(ours)).toBeGreaterThan(100);
    expect(Math.abs(Number(spikes) / Number(ours) - 1)).toBeLessThan(0.03);
    expect(
      played('brian2', lifModel, (script) =>
        script.replace("'dI/dt = h ", "'dI/dt = -h ").replace('inputs(t', '-inputs(t'),
      ).status,
    ).toBe(1);
  });

  it('so do quadratic units with single filters, downsampled', { timeout: 240_000 }, () => {
    expect(played('brian2', { ...qifModel, filter: 'single', downsample: 2 })).toMatchObject({ status: 0 });
  });
});

describe.skipIf(!pythonWith('nest'))('in NEST', () => {
  it('a network answers as here, with double and with single filters', { timeout: 240_000 }, () => {
    expect(played('nest', lifModel)).toMatchObject({ status: 0 });
    expect(played('nest', { ...lifModel, filter: 'single' })).toMatchObject({ status: 0 });
  });
});
