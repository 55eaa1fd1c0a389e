/** What all units of a network do in a trial, once a step of 5 ms: r, T x N by rows. */
import { demandFunction, demandInteger, demandObject, streamKey } from '../core/index.js';
import type { RateNetwork } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import type { RunOptions, SpikingNetwork } from './spiking.js';
import type { RateTask } from './tasks.js';

/** A trial of a network: its activity and its output, by steps of 5 ms. */
export interface Activity {
  /** r, T x N by rows. */
  readonly rates: Float64Array;
  /** The output of each step. */
  readonly outputs: Float64Array;
}

/** Trial `index` of the rate network; the output of step t is that at t + 1. */
export function rateActivity(network: RateNetwork, { task }: RateTask, seed: number, index: number): Activity {
  const pass = createRatePass(network);
  demandInteger('the index of a trial', index);
  const { input } = task.trial(seed, index);
  const key = streamKey(seed, 'spikernn rate noise');
  return pass.run(drawTrial(network.units, input, task.steps, key, index));
}

/** The same trial of the spiking network, in Hz. */
export function spikingActivity(
  network: SpikingNetwork,
  { longer }: RateTask,
  seed: number,
  index: number,
  options: RunOptions = {},
): Activity {
  demandObject('the network', network);
  demandFunction('the `states` of a network', network.states);
  const { input } = longer.trial(seed, index);
  const key = streamKey(seed, 'spikernn spiking');
  const rows: Float64Array[] = [];
  const states = network.states(input, key, index, { stimulation: options.stimulation, every: 100 });
  let next = states.next();
  for (; !next.done; next = states.next()) rows.push(next.value.rate.slice());
  const { outputs } = next.value;
  const rates = new Float64Array(rows.length * network.units);
  rows.forEach((row, t) => rates.set(row, t * network.units));
  return { rates, outputs: Float64Array.from(rows, (_, t) => outputs[100 * t + 99]) };
}
