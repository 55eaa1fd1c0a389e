/** A network in forms that other programs read. Readers of these forms stand beside: what is written is read back. */
import { demandArray, demandPositive, EngramError } from '../../core/index.js';
import type { NpyArray } from '../../files/index.js';
import { checkNetwork, type Network, neuronCount } from '../network/index.js';
import { channelCount, demandChannels, demandScore, type Id, type Score, spikesOf, withIds } from '../score/index.js';
import { cellOf, idsInJson } from './ids.js';

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
  const called = (l: number) => cellOf(ids?.[l] ?? l);
  const more = Object.values(own);
  yield `${['source', 'target', 'delay_ms', 'weight', ...Object.keys(own)].join(',')}\n`;
  for (let l = 0; l + 1 < starts.length; l++) {
    let lines = '';
    for (let k = starts[l]; k < starts[l + 1]; k++)
      lines += `${[called(sources[k]), called(l), delays[k] * tau0 * 1e3, weights[k], ...more.map((values) => values[k])].join(',')}\n`;
    yield lines;
  }
}

/**
 * The score and the wiring of such arrays, in refractory periods; undefined where they are none. Throws `input` with `file` named
 * where they contradict each other.
 */
export function networkOfArrays(arrays: Record<string, NpyArray>, file: string, tau0: number) {
  const { score_starts: starts, score_times_s: times, period_s: period, ids } = arrays;
  if (!(starts instanceof Uint32Array && times instanceof Float64Array && period instanceof Float64Array))
    return undefined;
  const wrong = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const ascends = (ends: Uint32Array, length: number) =>
    ends[0] === 0 && ends.every((end, i) => i === 0 || end >= ends[i - 1]) && ends[ends.length - 1] === length;
  if (!ascends(starts, times.length)) wrong(`score_starts must rise from 0 to ${times.length}, the spikes there are`);
  const score: Score = { period: period[0] / tau0, starts, times: times.map((time) => time / tau0) };
  const known =
    typeof ids === 'string' ? (idsInJson(ids) ?? wrong('ids is no list of different ids, in JSON')) : undefined;
  if (known && known.length !== starts.length - 1) wrong(`${known.length} ids of ${starts.length - 1} neurons`);
  const { starts: own, sources, delays_s: delays, lower, upper, costs } = arrays;
  const each = (values: NpyArray | undefined): values is Float64Array =>
    values instanceof Float64Array && values.length === (sources as Uint32Array).length;
  if (!(own instanceof Uint32Array && sources instanceof Uint32Array && each(delays) && ascends(own, sources.length)))
    return wrong('starts, sources and delays_s are no wiring');
  return {
    score: known ? withIds(score, known) : score,
    wiring: { starts: own, sources, delays: delays.map((delay) => delay / tau0) },
    bounds: each(lower) && each(upper) ? { lower, upper } : undefined,
    costs: each(costs) ? costs : undefined,
  };
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
