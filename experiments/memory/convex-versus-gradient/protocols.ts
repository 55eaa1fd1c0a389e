/**
 * The protocols: how a network is led up to being judged, the same for every method, with the same noise.
 *
 *   P0  every learner hears the prescribed trains and plays alone
 *   P1  the network starts from the memory of its score and plays on by itself
 *   P2  some channels play the score, jittered, the others are free; then all are
 *   P3  the past is the score with its spikes jittered, or some of them gone; then all are free, without noise
 */
import { streamKey } from '../../../src/core/index.js';
import {
  imposePrompt,
  lagTrack,
  periodWindow,
  repeatTrain,
  similarity,
  trend,
} from '../../../src/memory/measure/index.js';
import { delayRange, type Network, neuronCount, teacherForced } from '../../../src/memory/network/index.js';
import { channelCount, type Score, scoreOf, spikesOf } from '../../../src/memory/score/index.js';
import { createSimulator, mergeTrains, splitTrains } from '../../../src/memory/simulate/index.js';
import { horizonFor } from '../../../src/memory/template/index.js';
import { meanQuality, type Quality, qualityOf } from './measures.js';

/** Noise of a run: its threshold deviation, and the streams that it comes from. */
export interface Draws {
  sigma: number;
  seed: number;
  index: number;
}

const keyOf = ({ seed, index }: Draws) => streamKey(seed, `threshold ${index}`);

/** Older arrivals than this are below a millionth of their peak: a past this long is as good as any. */
const PAST = horizonFor(2e-7);

/**
 * P0, with learners 0 to `learners` - 1 of the network: the quality of each over `periods` periods, after one that is
 * not judged. Teachers are copies of all channels that play the score; lags do not count.
 */
export function forced(
  score: Score,
  network: Network,
  learners: number,
  periods: number,
  draws: Draws,
  tolerance: number,
): Quality[] {
  const { period } = score;
  const teachers = channelCount(score);
  const wiring = teacherForced(network, learners, teachers);
  const taught: Network = { ...wiring, weights: network.weights.subarray(0, wiring.sources.length) };
  const from = -Math.ceil(PAST + delayRange(network)[1]);
  const to = (periods + 1) * period;
  const play = (channel: number, until: number) => repeatTrain(spikesOf(score, channel), period, from, until);
  const releases = new Float64Array(learners + teachers).fill(to);
  releases.fill(0, 0, learners);
  const trains = Array.from({ length: learners + teachers }, (_, neuron) =>
    neuron < learners ? play(neuron, 0) : play(neuron - learners, to),
  );
  const spikes = createSimulator(taught).run({
    from,
    to,
    imposed: mergeTrains(trains),
    releases,
    sigma: draws.sigma,
    key: keyOf(draws),
  });
  const played = splitTrains(spikes, learners + teachers);
  return Array.from({ length: learners }, (_, neuron) => {
    const own = scoreOf([spikesOf(score, neuron)], period);
    return meanQuality(
      Array.from({ length: periods }, (__, i) =>
        qualityOf(own, [periodWindow(played[neuron], (i + 1) * period, period)], 0, tolerance),
      ),
    );
  });
}

export interface Replay extends Quality {
  /** Precision and recall at the best lag of each. */
  precision: number;
  recall: number;
  /** Growth of the lag per period. */
  drift: number;
}

/** P1: the last of `periods` free periods, at its best lag. */
export function replayed(score: Score, network: Network, periods: number, draws: Draws, tolerance: number): Replay {
  const plan = { prompt: 0, jitter: 0, missing: 0, extra: 0 };
  const { release, ...setting } = imposePrompt(score, network, plan, 0, 'memory', draws);
  return freely(score, network, setting, release, periods, draws, tolerance);
}

/** P2: the free channels in the last prompted period, and all in the last free one. */
export function recalled(
  score: Score,
  network: Network,
  { prompt, prompted, free }: { prompt: number; prompted: number; free: number },
  draws: Draws,
  tolerance: number,
): { prompted: Pick<Quality, 'precision' | 'recall'>; released: Replay } {
  const { period } = score;
  const channels = channelCount(score);
  const count = Math.max(1, Math.round(prompt * channels));
  const plan = { prompt: count, jitter: draws.sigma, missing: 0, extra: 0 };
  const { release, ...setting } = imposePrompt(score, network, plan, prompted * period, 'silent', draws);
  const trains = played(network, setting, release + free * period, draws);
  const others = scoreOf(
    Array.from({ length: channels - count }, (_, i) => spikesOf(score, count + i)),
    period,
  );
  const windows = trains.slice(count).map((train) => periodWindow(train, release - period, period));
  return {
    prompted: similarity(others, windows),
    released: judged(score, trains, release, free, tolerance),
  };
}

/** P3: the last of `periods` free periods after a disturbed past. */
export function returned(
  score: Score,
  network: Network,
  { jitter, missing }: { jitter: number; missing: number },
  periods: number,
  draws: Draws,
  tolerance: number,
): Replay {
  const { period } = score;
  const plan = { prompt: neuronCount(network), jitter, missing, extra: 0 };
  const past = Math.ceil((PAST + delayRange(network)[1]) / period) * period;
  const { release, ...setting } = imposePrompt(score, network, plan, past, 'silent', draws);
  return freely(score, network, setting, release, periods, draws, tolerance);
}

type Setting = Omit<ReturnType<typeof imposePrompt>, 'release'>;

const played = (network: Network, setting: Setting, to: number, draws: Draws) =>
  splitTrains(
    createSimulator(network).run({ ...setting, to, sigma: draws.sigma, key: keyOf(draws) }),
    neuronCount(network),
  );

const freely = (
  score: Score,
  network: Network,
  setting: Setting,
  release: number,
  periods: number,
  draws: Draws,
  tolerance: number,
) => judged(score, played(network, setting, release + periods * score.period, draws), release, periods, tolerance);

/** The last of the free periods at its best lag, and the drift over all of them. */
function judged(
  score: Score,
  trains: readonly Float64Array[],
  release: number,
  periods: number,
  tolerance: number,
): Replay {
  const { period } = score;
  const windows = trains.map((train) => periodWindow(train, release + (periods - 1) * period, period));
  const { precision, recall, lag } = similarity(score, windows);
  const { slope } = trend(lagTrack(score, trains, release, periods));
  return { ...qualityOf(score, windows, lag, tolerance), precision, recall, drift: slope };
}
