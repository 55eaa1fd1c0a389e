/** The commands of the rule network as a person types them, and a training that learns the rule: `npm run test:nightly`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../src/files/index.js';
import { folder, hashes } from '../command.js';

const ENGRAM = new URL('../../dist/src/cli/engram.js', import.meta.url).pathname;
function engram(line: string, cwd = folder()) {
  const args = ['srnn', ...line.split(' ')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENGRAM, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr, cwd };
}

const small = 'train --hidden_size 24 --batch_size 16 --epochs 2 --batch_num 10 --seed 3';

describe('engram srnn', () => {
  it('takes flags in every spelling of the original, and leaves the same bytes for any number of threads', () => {
    const { cwd, stdout, status } = engram(`${small} --dale --fr_reg=True --nol2_reg --workers 1 --out a`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/congruent .* incongruent /);
    expect(stdout).toMatch(/NOT learned/);
    engram(`${small.replace('hidden_size', 'hidden-size')} --dale True --l2_reg False --workers 2 --out b`, cwd);
    expect(hashes(join(cwd, 'b'))).toEqual(hashes(join(cwd, 'a')));
    const parameters = JSON.parse(readFileSync(join(cwd, 'a', 'parameters.json'), 'utf8'));
    expect(parameters.network).toMatchObject({ hidden_size: 24, dale: true, beta: 1.6 });
    expect(parameters.training).toMatchObject({ l2_reg: false, fr_reg: true, loss_fun: 'mse' });
    expect(readdirSync(join(cwd, 'a'))).toContain('snn_PFC-0.npz');
  });

  it('takes the next seed where one is behind, and leaves what that seed leaves', () => {
    const short = small.replace('--epochs 2 --batch_num 10', '--epochs 4 --batch_num 4');
    const { cwd, stdout } = engram(`${short} --attempts 2 --give_up 100% --out a`);
    expect(stdout).toMatch(/1 seed too far behind .* of seed 4$/m);
    engram(`${short.replace('seed 3', 'seed 4')} --out b`, cwd);
    const [behind, next] = ['a', 'b'].map((name) => hashes(join(cwd, name)));
    for (const name of ['snn_PFC-0.npz', 'snn_PFC-final.npz', 'snn_PFC-final.state.npz', 'scalars.csv', 'tests.csv']) {
      expect(behind[name], name).toBe(next[name]);
    }
  });

  it('records, tests and analyses what it has trained', () => {
    const { cwd } = engram(`${small} --out a --quiet --nodo_plot`);
    expect(existsSync(join(cwd, 'a', 'training.svg'))).toBe(false);
    const test = engram('test a --trials 16 --seed 1 --save_recording --contents all --out t', cwd);
    expect([test.status, test.stderr]).toEqual([0, '']);
    const shapeOf = (name: string) => {
      const array = readNpy(new Uint8Array(readFileSync(join(cwd, 't', name))), name);
      return typeof array === 'string' ? array : `${array.dtype} ${array.shape.join('x')}`;
    };
    expect(shapeOf('base_test_lif0_z.npy')).toBe('u1 400x16x24');
    expect(shapeOf('base_test_lif0_v.npy')).toBe('f8 400x16x24');
    expect(shapeOf('base_test_readout_v.npy')).toBe('f8 400x16x2');
    expect(shapeOf('base_test_trials.npy')).toBe('f4 400x16x5');
    expect(shapeOf('base_test_preds.npy')).toBe('i8 16');
    const alone = engram(
      'train --only_test --load --load_path a/snn_PFC-final.npz --hidden_size 24 --seed 1 --out u',
      cwd,
    );
    expect(alone.stdout).toMatch(/of 1280 trials/);
    const analysed = engram('analyse a --trials 64 --seed 1 --out n', cwd);
    expect(analysed.status).toBe(0);
    expect(readFileSync(join(cwd, 'n', 'manipulations.csv'), 'utf8').split('\n').length).toBe(104);
    expect(readFileSync(join(cwd, 'n', 'neurons.csv'), 'utf8').split('\n').length).toBe(26);
  });

  it('refuses bad input in one line', () => {
    const { cwd } = engram(`${small} --out a --quiet --nodo_plot`);
    const refused: [string, number, RegExp][] = [
      ['train --mix_coh 1.5', 2, /coherence of a cue must be from 0 to 1; got 1.5/],
      ['train --cueing_delay 0.403', 2, /multiple of 5 steps; got 402/],
      ['train --loss_fun nll', 2, /nll is not offered/],
      ['train --sg_gradient tanh', 2, /take super/],
      ['train --nodale', 2, /both synaptic time constants must be equal/],
      ['train --dale maybe', 2, /too many arguments|must be True or False/],
      ['train --dale=maybe', 2, /--dale must be True or False; got "maybe"/],
      ['train --beta much', 2, /--beta must be a number; got "much"/],
      ['train --load', 2, /name its checkpoint with --load_path/],
      ['train --load --load_path a/snn_PFC-final.npz', 3, /24 neurons, and --hidden_size is 500/],
      ['train --draw balanced --batch_size 12', 2, /multiple of 8; got 12/],
      ['test nowhere', 2, /nowhere is no folder/],
    ];
    for (const [line, code, message] of refused) {
      const { status, stderr, stdout } = engram(line, cwd);
      expect([status, stdout], line).toEqual([code, '']);
      expect(stderr, line).toMatch(message);
      expect(stderr.trimEnd().split('\n').length, line).toBe(1);
    }
  });
});

it('the balanced recipe teaches the rule, and makes the network that is shipped', () => {
  const { cwd, stdout } = engram('train --recipe balanced --seed 2 --out a');
  expect(stdout).not.toMatch(/NOT learned/);
  const { accuracy, rates } = JSON.parse(readFileSync(join(cwd, 'a', 'summary.json'), 'utf8'));
  expect(accuracy.all.value).toBeGreaterThan(0.95);
  expect(accuracy.incongruent.value).toBeGreaterThan(0.9);
  expect(rates.read).toBeGreaterThan(1);
  expect(rates.read).toBeLessThan(15);
  for (const [name, shipped] of [
    ['snn_PFC-final.npz', 'snn_PFC-final.npz'],
    ['parameters.json', 'parameters.json'],
  ]) {
    expect(
      readFileSync(join(cwd, 'a', name)).equals(readFileSync(join('docs/networks/rule-2afc', shipped))),
      name,
    ).toBe(true);
  }
});
