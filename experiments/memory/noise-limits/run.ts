/**
 * What a stored network stands: recall while one thing gets worse.
 *
 * - `threshold`   noise of the thresholds
 * - `weights`     every weight times 1 + x n, n standard normal
 * - `levels`      weights rounded to steps of x bounds: x = 2 / (levels - 1)
 * - `synapses`    a share x of the synapses is gone
 * - `neurons`     a share x of the neurons is gone; the others are measured
 * - `failure`     each spike fails to cross each synapse with probability x
 *
 * A replay starts from memory, a recall from a prompt of some channels. All but the first run at the same threshold noise.
 */
import type { Row } from '../../../src/campaign/index.js';
import { normal, streamKey, uniformStream } from '../../../src/core/index.js';
import { imposePrompt, measurePeriod, SUCCESS } from '../../../src/memory/measure/index.js';
import type { Network } from '../../../src/memory/network/index.js';
import { type Score, scoreOf, spikesOf } from '../../../src/memory/score/index.js';
import { createSimulator, splitTrains } from '../../../src/memory/simulate/index.js';
import type { Experiment } from '../../common/experiment.js';
import { mean } from '../../common/rows.js';
import { chosen } from '../common/chosen.js';
import { seedFor, specOf, storeSampled } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, type Kind, kinds, schema, type Task } from './config.js';
import { conclude } from './report.js';

export const noiseLimits: Experiment<Config, Task> = {
  name: 'noise-limits',
  module: import.meta.url,
  title: 'Noise limits',
  question: 'How much noise, damage and coarseness does a stored score stand?',
  units,
  schema,
  columns: [
    'margin',
    'network',
    'stored',
    'neurons',
    'kind',
    'amount',
    'trials',
    'replayed',
    'replay_precision',
    'recalled',
    'recall_precision',
  ],
  tasks({ margins, networks, worse }) {
    return margins.flatMap((margin) =>
      Array.from({ length: networks }, (_, network) =>
        kinds.flatMap((kind) => worse[kind].map((amount): Task => ({ margin, network, kind, amount }))),
      ).flat(),
    );
  },
  cost: (_, { channels, inputs, period, periods, trials, promptTime }) =>
    0.05 + trials * (2 * periods + promptTime) * channels * period * (inputs * 2.5e-9 + 3e-7),
  prepare(config) {
    const { channels, period, bound, periods } = config;
    return ({ margin, network: number, kind, amount }) => {
      const { score, network, solved } = storeSampled(specOf({ ...config, margin }, number));
      const own = seedFor(config.seed, `limits ${margin} ${number} ${kind} ${amount}`);
      // Where nothing is drawn the trials of a network are the same: one is enough.
      const drawn = amount > 0 || (kind !== 'threshold' && config.noise > 0);
      const trials = drawn ? config.trials : 1;
      const found = Array.from({ length: trials }, (_, trial) => {
        const { worse, alive } = damage(network, kind, amount, bound, own, trial);
        const simulator = createSimulator(worse);
        const sigma = kind === 'threshold' ? amount : config.noise;
        const noise = kind === 'failure' ? { failure: amount } : {};
        const play = (prompt: number, index: number) => {
          const plan = { prompt, jitter: prompt > 0 ? sigma : 0, missing: 0, extra: 0 };
          const time = config.promptTime * period;
          const { release, ...setting } = imposePrompt(score, worse, plan, time, prompt > 0 ? 'silent' : 'memory', {
            seed: own,
            index,
          });
          const to = release + periods * period;
          const spikes = simulator.run({ ...setting, to, sigma, noise, key: streamKey(own, `threshold ${index}`) });
          const last = measureAlive(score, splitTrains(spikes, channels), alive, to - period);
          return { ...last, success: last.precision >= SUCCESS && last.recall >= SUCCESS };
        };
        return {
          replay: play(0, 2 * trial),
          recall: play(Math.max(1, Math.round(config.prompt * channels)), 2 * trial + 1),
        };
      });
      const row: Row = {
        margin,
        network: number,
        stored: solved,
        neurons: channels,
        kind,
        amount,
        trials,
        replayed: found.filter(({ replay }) => replay.success).length,
        replay_precision: mean(found.map(({ replay }) => replay.precision)),
        recalled: found.filter(({ recall }) => recall.success).length,
        recall_precision: mean(found.map(({ recall }) => recall.precision)),
      };
      return [row];
    };
  },
  conclude,
};

/** The network after the damage of one trial, and the neurons that are left. */
function damage(network: Network, kind: Kind, amount: number, bound: number, own: number, trial: number) {
  const weights = network.weights.slice();
  const key = streamKey(own, `damage ${trial}`);
  const uniform = uniformStream(key);
  const neurons = network.starts.length - 1;
  const alive = new Uint8Array(neurons).fill(1);
  const lost = kind === 'neurons' ? chosen(neurons, amount, uniform) : new Set<number>();
  for (const neuron of lost) alive[neuron] = 0;
  for (let target = 0; target < neurons; target++) {
    for (let k = network.starts[target]; k < network.starts[target + 1]; k++) {
      if (kind === 'weights') weights[k] *= 1 + amount * normal(key, target, k - network.starts[target]);
      else if (kind === 'levels' && amount > 0) {
        const step = amount * bound;
        weights[k] = step * Math.round(weights[k] / step);
      } else if (kind === 'synapses' && uniform() < amount) weights[k] = 0;
      // A lost neuron hears nothing, so never fires again, and what it sent before arrives nowhere.
      else if (kind === 'neurons' && (lost.has(target) || lost.has(network.sources[k]))) weights[k] = 0;
    }
  }
  return { worse: { ...network, weights }, alive };
}

/** Precision and recall of the neurons that are left, in the period that begins at `begin`. */
function measureAlive(score: Score, trains: readonly Float64Array[], alive: Uint8Array, begin: number) {
  const left = Array.from(alive.keys()).filter((neuron) => alive[neuron] === 1);
  const part = scoreOf(
    left.map((neuron) => spikesOf(score, neuron)),
    score.period,
  );
  return measurePeriod(
    part,
    left.map((neuron) => trains[neuron]),
    begin,
  );
}
