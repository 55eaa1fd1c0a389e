/** How like the output of a spiking network is to that of the rate network it comes from, trial for trial. */
import { demandInteger, demandList, streamKey } from '../core/index.js';
import type { RateNetwork } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import type { RateTask } from './tasks.js';

/**
 * Pearson's correlation over all steps of all trials, the spiking output taken at the end of each column; NaN of no trials.
 * @param downsample d of the spiking model: a column of 5 ms lasts 100 / d steps
 */
export function correlationWithRate(
  network: RateNetwork,
  { task }: RateTask,
  seed: number,
  trials: readonly { readonly trial: number; readonly outputs: Float64Array }[],
  downsample = 1,
): number {
  demandList('the trials', trials);
  demandInteger('downsample', downsample, 1, 1000);
  const pass = createRatePass(network);
  const key = streamKey(seed, 'spikernn rate noise');
  const [a, b]: [number[], number[]] = [[], []];
  for (const { trial, outputs } of trials) {
    const { input } = task.trial(seed, trial);
    const rate = pass.run(drawTrial(network.units, input, task.steps, key, trial)).outputs;
    rate.forEach((o, t) => {
      const step = Math.floor((100 * (t + 1)) / downsample);
      // Downsampling may leave out the end of a trial.
      if (step >= outputs.length) return;
      a.push(o);
      b.push(outputs[step]);
    });
  }
  return correlation(a, b);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((x, i) => {
    const [p, q] = [x - ma, b[i] - mb];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  });
  return ab / Math.sqrt(aa * bb);
}
