/** More `next` lines of the other systems, and those that take long as they are printed. */
import { expect, it } from 'vitest';
import { folder } from '../command.js';
import { after, engram, optionsIn, small } from '../next-line.js';

const spikes = { '--spikes-per-neuron': '3', '--burn-in': '1' };

it('sparseprop: from curves to a network, from a rate network to a spiking one, whose weights are run', () => {
  const cwd = folder();
  engram(small(after('sparseprop ptc --model eif --points 20 --k 4', cwd), { '--n': '20', ...spikes }), cwd);
  const spiking = after('sparseprop track --n 8 --epochs 1 --batch 1', cwd);
  const weights = after(small(spiking, { '--epochs': '1', '--model': 'qif' }), cwd);
  expect(weights).toMatch(/--model qif .*--connectivity sparseprop-track-spiking\/network\.npz/);
  engram(`${small(weights, spikes)} --no-figures`, cwd);
});

it('spikernn: evaluated or polished, task and times stay what they were', () => {
  const cwd = folder();
  const times = '--steps 200 --stim-on 20 --stim-dur 20 --delay 20';
  const few = '--trials 2 --seed 1';
  engram(after(`spikernn train --N 10 --n_trials 2 --task xor ${times} --out 'a b' --seed 1`, cwd), cwd);
  expect(after(`spikernn eval 'a b.mat' --task xor ${times} ${few}`, cwd)).toBe(
    `spikernn map 'a b.mat' ${times} --task xor`,
  );
  const polished = after(
    `spikernn polish 'a b.mat' --task xor ${times} --scale 30 --updates 1 --workers 1 ${few}`,
    cwd,
  );
  expect(optionsIn(polished)).toMatchObject({ '--scale': '30', '--delay': '20' });
  engram(`${polished} --trials 2 --seed 2`, cwd);
});

it('srnn: a test on another delay is taken apart on that delay', () => {
  const cwd = folder();
  const few = '--trials 64 --seed 1 --workers 1';
  engram(
    "srnn train --hidden_size 8 --epochs 1 --batch_num 1 --batch_size 4 --do_plot False --out 'a b' --seed 1",
    cwd,
  );
  expect(after(`srnn test 'a b' --cueing_delay 0.2 ${few}`, cwd)).toBe("srnn analyse 'a b' --cueing_delay 0.2");
  engram("srnn analyse 'a b' --cueing_delay 0.2", cwd);
  engram(small('experiment rule-2afc-manipulations --config full', { '--config': 'quick' }), cwd);
});

it('flossing: the advice runs as it is printed', () => {
  const cwd = folder();
  const learns = after('flossing example tanh', cwd);
  engram(after(learns, cwd), cwd);
  engram(after('flossing spectrum --n 20', cwd), cwd);
});
