/** Scripts for Brian2 at the step that they choose themselves: neurons that reset keep or lose an arrival whole. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../command.js';

const brian2 = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-W', 'ignore', '-c', 'import brian2']).status === 0,
);
if (!brian2) console.log('skipped: no Brian2 for scripts at their own step');

it.skipIf(!brian2)(
  'every spike of three networks of reset neurons is found',
  () => {
    for (const seed of ['1', '2', '3']) {
      const cwd = mkdtempSync(join(tmpdir(), 'engram-step-'));
      const options = ['--channels', '10', '--duration', '100ms', '--neuron', 'reset:-1', '--seed', seed];
      expect(run([...options, '--no-recall', '--workers', '1', '--out', 'm'], cwd).status).toBe(0);
      expect(run(['export', 'm', '--to', 'brian2', '--out', 'script'], cwd).status).toBe(0);
      const args = ['-W', 'ignore', join(cwd, 'script', 'network-brian2.py'), '--codegen', 'numpy', '--periods', '1'];
      const { stdout, status, stderr } = spawnSync(brian2 as string, args, { encoding: 'utf8' });
      expect(stdout, stderr).toContain('within 0.002 ms');
      expect(stdout).toContain('found every prescribed spike');
      expect(status).toBe(0);
    }
  },
  900000,
);
