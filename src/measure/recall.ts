/**
 * The recall test: some channels play the score, the others are left to the network; then all are free.
 * Does the network replay the score, how precisely, and does it drift?
 */
import { type Job, streamKey, uniformStream } from '../core/index.js';
import { delayRange, type Network, neuronCount } from '../network/index.js';
import { channelCount, jitterTrain, type Score, spikesOf } from '../score/index.js';
import { createSimulator, mergeTrains, type Spikes, splitTrains } from '../simulate/index.js';
import { periodWindow, similarity } from './precision.js';
import { timingErrors, wrapped } from './timing.js';

export interface RecallTest {
  score: Score;
  network: Network;
  seed: number;
  /** How long a prompt lasts. */
  promptTime: number;
  /** Free periods that follow. */
  periods: number;
  /** The trials; equal ones differ by their index, which their random streams depend on. */
  trials: readonly {
    /** The first so many channels play the score over [0, promptTime); with 0, all start from the memory instead. */
    prompt: number;
    /** Standard deviation of the threshold, in thresholds, and of the prompt's jitter, in refractory periods. */
    noise: number;
  }[];
}

export interface PeriodRecall {
  precision: number;
  recall: number;
  /** In refractory periods. */
  lag: number;
  /** Root mean square of the timing errors after the lag. */
  timingError: number;
}

export interface Trial {
  prompt: number;
  noise: number;
  /** The free periods, in order. */
  periods: PeriodRecall[];
  /** Precision and recall of the last free period are both at least 0.9. */
  success: boolean;
  /** Change of the lag per refractory period, over the free periods. */
  drift: number;
  spikes: Spikes;
}

const SUCCESS = 0.9;
/** The kernel is below 1e-16 of its peak after this long: history further back does not matter. */
const KERNEL_TAIL = 42;

/** One task per trial. */
export const recallJob: Job<RecallTest, Trial> = {
  name: 'recall',
  prepare(test) {
    const { score, network, seed, promptTime, periods, trials } = test;
    const { period } = score;
    const simulator = createSimulator(network);
    const neurons = neuronCount(network);
    const history = delayRange(network)[1] + KERNEL_TAIL;
    return (index) => {
      const { prompt, noise } = trials[index];
      const [from, release] = prompt > 0 ? [0, promptTime] : [-history, 0];
      const jitterKey = streamKey(seed, `prompt ${index}`);
      const trains = Array.from({ length: channelCount(score) }, (_, channel) => {
        if (prompt > 0 && channel >= prompt) return new Float64Array();
        const nominal = repeat(spikesOf(score, channel), period, from, release);
        return jitterTrain(nominal, noise, uniformStream(jitterKey, channel), from, release);
      });
      const releases = new Float64Array(neurons).fill(0);
      releases.fill(release, 0, prompt > 0 ? prompt : neurons);
      const spikes = simulator.run({
        from,
        to: release + periods * period,
        imposed: mergeTrains(trains),
        releases,
        sigma: noise,
        key: streamKey(seed, `threshold ${index}`),
      });
      const played = splitTrains(spikes, neurons);
      const results = Array.from({ length: periods }, (_, i) => {
        const begin = release + i * period;
        return measurePeriod(score, played, begin);
      });
      const last = results[results.length - 1];
      return {
        prompt,
        noise,
        periods: results,
        success: last.precision >= SUCCESS && last.recall >= SUCCESS,
        drift: results.length > 1 ? wrapped(last.lag - results[0].lag, period) / ((periods - 1) * period) : 0,
        spikes,
      };
    };
  },
};

/** Precision, recall, lag and timing error of the period that begins at `begin`. */
export function measurePeriod(score: Score, trains: readonly Float64Array[], begin: number): PeriodRecall {
  const { period } = score;
  const window = trains.map((train) => periodWindow(train, begin, period));
  const { precision, recall, lag } = similarity(score, window);
  const errors = timingErrors(score, window, lag);
  const square = errors.reduce((sum, error) => sum + error * error, 0);
  const timingError = errors.length > 0 ? Math.sqrt(square / errors.length) : 0;
  return { precision, recall, lag, timingError };
}

/** The periodic train within [from, to). */
function repeat(spikes: Float64Array, period: number, from: number, to: number): Float64Array {
  const times: number[] = [];
  for (let turn = Math.floor(from / period); turn * period < to; turn++) {
    for (const spike of spikes) {
      const time = spike + turn * period;
      if (time >= from && time < to) times.push(time);
    }
  }
  return Float64Array.from(times);
}
