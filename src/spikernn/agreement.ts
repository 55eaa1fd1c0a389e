/** How like the output of a spiking network is to that of the rate network it comes from, trial for trial. */
import { demandList, streamKey } from '../core/index.js';
import type { RateNetwork } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import type { RateTask } from './tasks.js';

/** Pearson's correlation over all steps of all trials, the spiking output taken at the end of each column. */
export function correlationWithRate(
  network: RateNetwork,
  { task }: RateTask,
  seed: number,
  trials: readonly { readonly trial: number; readonly outputs: Float64Array }[],
): number {
  demandList('the trials', trials);
  const pass = createRatePass(network);
  const key = streamKey(seed, 'spikernn rate noise');
  const [a, b]: [number[], number[]] = [[], []];
  for (const { trial, outputs } of trials) {
    const { input } = task.trial(seed, trial);
    const rate = pass.run(drawTrial(network.units, input, task.steps, key, trial)).outputs;
    const stride = outputs.length / task.steps;
    rate.forEach((o, t) => {
      a.push(o);
      b.push(outputs[Math.min(outputs.length - 1, Math.floor((t + 1) * stride))]);
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
