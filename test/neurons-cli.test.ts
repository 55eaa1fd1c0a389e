/** Other neurons from the command line: what is stored, what every command makes of it, what is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMemory } from '../src/memory/files/index.js';
import { folder, hashes, run } from './command.js';

const small = ['--channels', '8', '--duration', '80ms', '--seed', '1'];
const stored = (cwd: string) => readMemory(readFileSync(join(cwd, 'memory-1', 'network.npz')), 'network.npz');

describe('memorize --neuron', () => {
  it.each([
    [['--neuron', 'spiking'], /--neuron must be continuation, reset, lif-exp or lif-alpha/],
    [['--neuron', 'continuation:1'], /--neuron must be/],
    [['--neuron', 'reset', '--membrane-tau', '10ms'], /--membrane-tau is for lif-exp and lif-alpha neurons/],
    [['--neuron', 'lif-exp', '--kernel-tau', '10ms'], /--kernel-tau is for continuation and reset neurons/],
    [['--neuron', 'lif-exp', '--dead-time', '6ms'], /--dead-time must be from 0.001 to 1 refractory periods/],
    [['--neuron', 'lif-exp', '--membrane-tau', '12ms..8ms'], /--membrane-tau must be a range/],
    [['--neuron', 'lif-exp', '--membrane-tau', '1us'], /membrane time constant must be from/],
    [['--neuron', 'reset', '--margin', '1.2'], /below the potential after a spike/],
    [['--neuron', 'reset:2'], /the potential after a spike must be .* below the threshold/],
    [['--neuron', 'reset', '--grid', '0.25ms'], /sampled template is of the default neuron only/],
    [['--neuron', 'reset', '--robust', 'both'], /only the slope/],
    [['--shape', 'ramp'], /a ramp is for neurons that reset/],
    [['--neuron', 'reset', '--shape', 'ramp', '--levels', '7'], /a ramp has no robust and no quantised form/],
    [['--neuron', 'reset', '--shape', 'ramp', '--slope', '0'], /a ramp needs a slope above 0/],
  ])('refuses %j', (options, message) => {
    const { status, stderr } = run([...small, ...options]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['reset:-1', ['--kernel-tau', '6ms']],
    ['reset', ['--shape', 'ramp']],
    ['lif-exp', []],
    ['lif-alpha:-0.5', ['--membrane-tau', '8ms..12ms', '--dead-time', '1ms']],
    ['continuation', ['--kernel-tau', '4ms..6ms']],
  ])('%s %j is stored, checked, and replayed without error by the simulator', (neuron, options) => {
    const { status, stdout, cwd } = run([
      ...small,
      ...['--neuron', neuron, '--inputs', '500', '--bound', '0.5', '--noise', '0', ...options],
    ]);
    expect(stdout).toMatch(/stored {3}8 of 8/);
    expect(stdout).toMatch(/replay .* precision 1\.000 · no drift/);
    expect(status).toBe(0);
    const summary = JSON.parse(readFileSync(join(cwd, 'memory-1', 'summary.json'), 'utf8'));
    expect(summary.neuron.model).toBe(neuron.startsWith('lif') ? 'lif' : neuron.split(':')[0]);
    const { model, header } = stored(cwd);
    expect(header.schema).toBe(2);
    expect(model?.model).toBe(summary.neuron.model);
    if (model?.model !== 'lif' || model.current !== 'alpha') return;
    // Every command on the network knows what its neurons are.
    expect(run(['explain', 'memory-1', '--neuron', '2'], cwd).stdout).toMatch(/potential at a spike 1 \(asked 1/);
    const recall = run(['recall', 'memory-1', '--prompt', '100%', '--noise', '0', '--trials', '1', '--seed', '1'], cwd);
    expect(recall.status).toBe(0);
    const simulate = run(['simulate', 'memory-1', '--start', 'memory', '--until', '400ms', '--seed', '1'], cwd);
    expect(simulate.status).toBe(0);
    expect(run(['stability', 'memory-1', '--seed', '1', '--noise', '0.05'], cwd).status).toBe(0);
  });

  it('draws the time constants of each neuron, and the same ones for any number of workers', () => {
    const options = ['--neuron', 'lif-exp', '--membrane-tau', '8ms..12ms', '--synapse-tau', '1ms..3ms', '--no-recall'];
    const [one, three] = ['1', '3'].map((workers) => {
      const cwd = folder();
      run([...small, ...options, '--inputs', '300', '--workers', workers], cwd);
      const { model } = stored(cwd);
      if (model?.model !== 'lif') throw new Error('not the model that was asked for');
      expect(new Set(model.membrane as Float64Array).size).toBe(8);
      for (const tau of model.membrane as Float64Array) {
        expect(tau).toBeGreaterThan(1.6);
        expect(tau).toBeLessThan(2.4);
      }
      return hashes(join(cwd, 'memory-1'));
    });
    expect(one).toEqual(three);
  });

  it('leaves files of the default neuron as they were, for older versions', () => {
    const { cwd } = run([...small, '--no-recall', '--inputs', '300']);
    const { header, model } = stored(cwd);
    expect(header.schema).toBe(1);
    expect(header.model).toEqual({ neuron: 'continuation', kernel: 't exp(1 - t)', threshold: 1 });
    expect(model).toBeUndefined();
  });
});
