/** The `next` lines of the other systems, each run in the situation that prints it: what was asked for goes on (more at night). */
import { expect, it } from 'vitest';
import { folder } from './command.js';
import { after, engram, small } from './next-line.js';

const spikes = { '--spikes-per-neuron': '3', '--burn-in': '1' };

it('sparseprop: from a run to its exponents, to disturbances, and back, always the same network', () => {
  const cwd = folder();
  const network = '--model eif --delta-v 0.2 --k 10 --rate 5 --tau 20ms --seed-net 3';
  const exponents = after(
    `sparseprop run ${network} --n 40 --spikes-per-neuron 3 --burn-in 1 --no-figures --out 'a b'`,
    cwd,
  );
  expect(exponents).toBe(`sparseprop lyapunov ${network} --n 40 --out 'a b-lyapunov'`);
  const perturbed = after(small(exponents, { ...spikes, '--warm-up': '1' }), cwd);
  expect(perturbed).toMatch(/--warm-up 1 --perturb --out 'a b-lyapunov-perturbed'$/);
  const back = after(`${perturbed} --perturbations 1 --perturb-time 1`, cwd);
  expect(back).toBe(`sparseprop run ${network} --n 40 --out 'a b-lyapunov-perturbed-run'`);
  engram(small(back, spikes), cwd);
});

it('sparseprop: the drive that gives a rate is kept, and a large network is made smaller where it is drawn', () => {
  const cwd = folder();
  const command = after(
    'sparseprop run --n 2000 --k 5 --target-rate 4 --spikes none --spikes-per-neuron 1 --burn-in 0 --no-figures',
    cwd,
  );
  expect(command).toMatch(/^sparseprop lyapunov --k 5 --n 1000 --drive \d\.\d+ --out sparseprop-run-lyapunov$/);
});

it('flossing: the exponents that were seen are those that are pushed', () => {
  const cwd = folder();
  const cell = '--cell lif --surrogate fast --gain 1.2';
  const push = after(`flossing spectrum ${cell} --n 6 --steps 20 --skip 2 --seed 2`, cwd);
  expect(push).toBe(
    `flossing train ${cell} --n 6 --mode pre --exponents 12 --epochs 1 --seed 2 --out spectrum-2-flossed`,
  );
  const many = after(small(push, { '--pre': '2', '--steps': '60' }), cwd);
  expect(many).toBe('experiment flossing-delayed-xor');
  expect(after('flossing example tanh --epochs 1', cwd)).toMatch(/^flossing train --task copy/);
});

it('spikernn: task, times and units stay what they were', () => {
  const cwd = folder();
  const times = '--steps 200 --stim-on 20 --stim-dur 20 --delay 20';
  const scale = after(`spikernn train --N 10 --n_trials 2 --task xor ${times} --out 'a b' --seed 1`, cwd);
  expect(scale).toBe(`spikernn scale 'a b.mat' ${times} --task xor`);
  const few = '--trials 2 --seed 1';
  const map = after(`${scale} --neuron qif --scales 20,30 --keep --workers 1 ${few}`, cwd);
  expect(map).toMatch(/ --neuron qif --task xor --scale [23]0$/);
  expect(after(`${map} ${few}`, cwd)).toBe(`spikernn scale 'a b.mat' ${times} --neuron qif --task xor`);
});

it('srnn: the folder of the training is taken apart, on the task that was tested', () => {
  const cwd = folder();
  const few = '--trials 64 --seed 1 --workers 1';
  const apart = after(
    "srnn train --hidden_size 8 --epochs 1 --batch_num 1 --batch_size 4 --do_plot False --out 'a b' --seed 1",
    cwd,
  );
  expect(apart).toBe("srnn analyse 'a b'");
  expect(after(`${apart} --manipulations none ${few}`, cwd)).toBe('experiment rule-2afc-manipulations --config full');
});
