/**
 * The recall map F: a share a of the channels plays the score, the others the same trains at random phases; what share of
 * the prescribed spikes does the network make of that in one step?
 *
 *   F(a) = E [ share of the prescribed spikes s of all neurons, for which one fires within 1/4 of s ]
 *
 * over the choice of the channels and the phases (a phase turns a channel's train around the circle of the period). One
 * step: every neuron hears these trains in place of the network's, so that no answer feeds back; it fires by its own
 * threshold and refractoriness, without noise. A recall goes on from a prompt of share a if F(a) > a from there on: then what falls
 * into time is more than what was in time. Times are in refractory periods.
 */
import { type Job, mean, streamKey, uniformStream } from '../../core/index.js';
import { type Network, neuronCount, teacherForced } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import { createSimulator, type Model, mergeTrains, splitTrains } from '../simulate/index.js';
import { historyOf } from './impose.js';
import { promptedChannels, repeatTrain } from './prompt.js';

/** How far a spike may be from its prescription. */
const NEAR = 0.25;

/** What of a network is mapped. */
export interface RecallMapTest {
  score: Score;
  network: Network;
  model?: Model | undefined;
  seed: number;
  /** Shares of the channels that play, each from 0 to 1, once per sample; equal ones differ by their index. */
  shares: readonly number[];
}

/** One point of the map. */
export interface MapPoint {
  /** Share of the channels that play, as far as their number allows. */
  playing: number;
  /** Share of the prescribed spikes that are hit. */
  hit: number;
}

/** One task per share. */
export const recallMapJob: Job<RecallMapTest, MapPoint> = {
  name: 'recallMap',
  module: import.meta.url,
  prepare({ score, network, model, seed, shares }) {
    const neurons = neuronCount(network);
    const { period } = score;
    // Each neuron, and behind them the trains that they hear.
    const forced = { ...teacherForced(network, neurons, neurons), weights: network.weights };
    const simulator = createSimulator(forced, { model: model && twice(model) });
    // Heard from so early on that nothing before matters; the neurons' own spikes are in step after a period.
    const from = -historyOf(network, model) - period;
    return (index) => {
      const playing = promptedChannels({ random: Math.round(shares[index] * neurons) }, neurons, { seed, index });
      const plays = new Set(playing);
      const uniform = uniformStream(streamKey(seed, `phase ${index}`));
      const heard = Array.from({ length: neurons }, (_, channel) => {
        const phase = uniform() * period;
        const spikes = spikesOf(score, channel);
        return repeatTrain(plays.has(channel) ? spikes : turned(spikes, phase, period), period, from, period + 1);
      });
      const silent = Array.from({ length: neurons }, () => new Float64Array());
      const releases = new Float64Array(2 * neurons).fill(from, 0, neurons).fill(period + 1, neurons);
      const spikes = simulator.run({
        from,
        to: period + 1,
        imposed: mergeTrains([...silent, ...heard]),
        releases,
        sigma: 0,
        key: streamKey(seed, `recall map ${index}`),
      });
      return { playing: playing.length / neurons, hit: shareHit(score, splitTrains(spikes, 2 * neurons)) };
    };
  },
};

/** A train turned around the circle, in order again. */
const turned = (spikes: Float64Array, phase: number, period: number): Float64Array =>
  spikes.map((time) => (time + phase) % period).sort();

/** What the neurons are, and copies of them for those that only play. */
function twice(model: Model): Model {
  const both = Object.entries(model).map(([name, value]) => [
    name,
    value instanceof Float64Array ? Float64Array.of(...value, ...value) : value,
  ]);
  return Object.fromEntries(both) as Model;
}

/** The share of the prescribed spikes near which the channel fires. */
function shareHit(score: Score, trains: readonly Float64Array[]): number {
  let hits = 0;
  for (let channel = 0; channel < score.starts.length - 1; channel++) {
    for (const target of spikesOf(score, channel)) {
      if (trains[channel].some((time) => Math.abs(time - target) <= NEAR)) hits++;
    }
  }
  return hits / score.times.length;
}

/** The map at each share: means over its samples. */
export function meanMap(points: readonly MapPoint[]): MapPoint[] {
  const shares = [...new Set(points.map(({ playing }) => playing))].sort((a, b) => a - b);
  return shares.map((playing) => ({
    playing,
    hit: mean(points.filter((point) => point.playing === playing).map(({ hit }) => hit)) ?? 0,
  }));
}

/** The least mapped share from which on more is hit than plays; undefined where there is none. */
export function carriesFrom(map: readonly MapPoint[]): number | undefined {
  const last = map.findLastIndex(({ playing, hit }) => hit <= playing);
  return map[last + 1]?.playing;
}
