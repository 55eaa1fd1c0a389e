/** A network in forms that other programs read. Readers of these forms stand beside: what is written is read back. */
import { demandArray, demandPositive } from '../../core/index.js';
import { checkNetwork, type Network, neuronCount } from '../network/index.js';
import { channelCount, demandChannels, demandScore, type Id, type Score, spikesOf } from '../score/index.js';

/**
 * The neutral JSON of published networks: {period, sources, delays, weights, spikes}, in refractory periods, of which
 * `refractory_s` tells the length.
 */
export function writeNetworkJson(score: Score, network: Network, tau0: number): string {
  demandScore(score);
  checkNetwork(network);
  demandChannels(score, neuronCount(network));
  demandPositive('the refractory period in seconds', tau0);
  const perNeuron = (values: Float64Array | Uint32Array) =>
    Array.from({ length: neuronCount(network) }, (_, l) =>
      Array.from(values.subarray(network.starts[l], network.starts[l + 1])),
    );
  const { period } = score;
  return JSON.stringify({
    refractory_s: tau0,
    period,
    sources: perNeuron(network.sources),
    delays: perNeuron(network.delays),
    weights: perNeuron(network.weights),
    spikes: Array.from({ length: channelCount(score) }, (_, channel) => Array.from(spikesOf(score, channel))),
  });
}

/**
 * The synapses as a table that `--wiring` reads: source, target, delay in ms, weight in thresholds, and the bounds and costs
 * of each where it has its own. `tau0` in seconds; `ids` are those of the neurons, where they are not their numbers.
 */
export function synapseTable(
  network: Network,
  tau0: number,
  own: Partial<Record<'lower' | 'upper' | 'cost', Float64Array>> = {},
  ids?: readonly Id[],
): Generator<string> {
  checkNetwork(network);
  demandPositive('the refractory period in seconds', tau0);
  for (const [name, values] of Object.entries(own)) {
    demandArray(`the column ${name}`, values, Float64Array, network.sources.length);
  }
  return linesOf(network, tau0, own, ids);
}

function* linesOf(
  { starts, sources, delays, weights }: Network,
  tau0: number,
  own: Partial<Record<'lower' | 'upper' | 'cost', Float64Array>>,
  ids: readonly Id[] | undefined,
): Generator<string> {
  const called = (l: number) => ids?.[l] ?? l;
  const more = Object.values(own);
  yield `${['source', 'target', 'delay_ms', 'weight', ...Object.keys(own)].join(',')}\n`;
  for (let l = 0; l + 1 < starts.length; l++) {
    let lines = '';
    for (let k = starts[l]; k < starts[l + 1]; k++)
      lines += `${[called(sources[k]), called(l), delays[k] * tau0 * 1e3, weights[k], ...more.map((values) => values[k])].join(',')}\n`;
    yield lines;
  }
}

/** What every network has, as the arrays of an npz, with all its scores; ids are a text, in JSON. */
export const networkArrays = (
  score: Score,
  { starts, sources, delays, weights }: Network,
  tau0: number,
  others: readonly Score[] = [],
) => ({
  starts,
  sources,
  delays_s: delays.map((delay) => delay * tau0),
  weights,
  score_starts: score.starts,
  score_times_s: score.times.map((time) => time * tau0),
  period_s: Float64Array.of(score.period * tau0),
  ...(score.ids ? { ids: JSON.stringify(score.ids) } : {}),
  ...Object.assign(
    {},
    ...others.map((other, i) => ({
      [`score_starts_${i + 2}`]: other.starts,
      [`score_times_s_${i + 2}`]: other.times.map((time) => time * tau0),
      [`period_s_${i + 2}`]: Float64Array.of(other.period * tau0),
    })),
  ),
});
