/** Objectives from the command line: what is printed, what is stored, what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMemory } from '../src/memory/files/index.js';
import { folder, hashes, run } from './command.js';

const small = ['--channels', '8', '--duration', '80ms', '--seed', '1', '--no-recall', '--inputs', '600'];
const memoryOf = (cwd: string) => readMemory(readFileSync(join(cwd, 'memory-1', 'network.npz')), 'network.npz');

describe('memorize --objective', () => {
  it.each([
    [['--objective', 'l3'], /--objective must be none, l2, l1, .*; got "l3"/],
    [['--objective', 'elastic:1'], /s from 0.001 to 0.99/],
    [['--objective', 'l1', '--soft'], /--objective and --soft contradict each other/],
    [['--objective', 'sparse', '--levels', '7'], /--objective and --levels contradict each other/],
  ])('refuses %j', (options, message) => {
    const { status, stderr } = run([...small, ...options]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('says how far from the least value the weights are, and how many synapses are in use', () => {
    const { status, stdout, cwd } = run([...small, '--objective', 'sparse']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/weights +sparse · duality gap at most \S+ · 0 to \d+ synapses of a neuron in use/);
    const summary = JSON.parse(readFileSync(join(cwd, 'memory-1', 'summary.json'), 'utf8'));
    expect(summary.duality_gap).toBeLessThan(1e-8);
    expect(summary.synapses_in_use.most).toBeLessThan(300);
    expect(memoryOf(cwd).header.objective).toBe('sparse');
    expect(run(['explain', 'memory-1', '--neuron', '1'], cwd).status).toBe(0);
  });

  it('gives the same bytes for any number of workers, with signs, several memories and robust templates', () => {
    const options = ['--objective', 'elastic', '--robust', 'slope', '--also', '60ms', '--excitatory', '60%'];
    const [one, three] = ['1', '3'].map((workers) => {
      const cwd = folder();
      run([...small, ...options, '--workers', workers], cwd);
      return hashes(join(cwd, 'memory-1'));
    });
    expect(Object.keys(one)).toContain('network.npz');
    expect(one).toEqual(three);
  });

  it('takes costs of synapses from the wiring, and avoids the dear ones', () => {
    const cwd = folder();
    const rows = Array.from({ length: 8 * 600 }, (_, k) =>
      [(k * 7) % 8, k % 8, 1 + ((k * 37) % 490) / 10, k % 16 < 8 ? 1 : 100].join(','),
    );
    writeFileSync(join(cwd, 'wiring.csv'), ['source,target,delay_ms,cost', ...rows, ''].join('\n'));
    const args = ['--channels', '8', '--duration', '80ms', '--seed', '1', '--no-recall', '--wiring', 'wiring.csv'];
    run([...args, '--objective', 'l1'], cwd);
    const { network, costs } = memoryOf(cwd);
    const used = (cost: number) => network.weights.reduce((n, w, k) => n + (w !== 0 && costs?.[k] === cost ? 1 : 0), 0);
    expect(used(1)).toBeGreaterThan(0);
    expect(used(100)).toBeLessThan(used(1) / 4);
    const { status, stderr } = run([...args, '--objective', 'linf', '--force'], cwd);
    expect(status).toBe(2);
    expect(stderr).toMatch(/linf knows no costs of synapses/);
  });
});
