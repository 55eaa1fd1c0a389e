/**
 * Several memories in one network, prompted one after the other in a single run: in each block of the schedule some
 * channels play one score for a period, then all are free for some periods of it. Does the network go over to the
 * memory that was prompted, and how much of the others does it play (cross-talk)? (Aguettaz and Loeliger 2024.)
 */
import { type Job, streamKey, uniformStream } from '../../core/index.js';
import { type Network, neuronCount } from '../network/index.js';
import { jitterTrain, type Score, spikesOf } from '../score/index.js';
import { type Clamps, createSimulator, type Model, mergeTrains, type Spikes, splitTrains } from '../simulate/index.js';
import { measurePeriod, SUCCESS } from './recall.js';

export interface SwitchingTest {
  scores: readonly Score[];
  network: Network;
  model?: Model | undefined;
  seed: number;
  /** Which memory is prompted in each block. */
  schedule: readonly number[];
  /** The first so many channels play. */
  prompt: number;
  /** Free periods after each prompt. */
  free: number;
  /** Of each trial: deviation of the threshold. */
  noises: readonly number[];
  /** Deviation of the prompted spikes; as that of the threshold if not given. */
  jitter?: number | undefined;
}

export interface Block {
  memory: number;
  /** Period by period from the beginning of the prompt on: precision and recall against every memory. */
  periods: { precision: number; recall: number }[][];
  /** In the last free period precision and recall against the prompted memory are both at least 0.9. */
  success: boolean;
}

export interface SwitchingTrial {
  noise: number;
  blocks: Block[];
  spikes: Spikes;
}

/** One task per trial. */
export const switchingJob: Job<SwitchingTest, SwitchingTrial> = {
  name: 'switching',
  module: import.meta.url,
  prepare({ scores, network, model, seed, schedule, prompt, free, noises, jitter }) {
    const simulator = createSimulator(network, { model });
    const neurons = neuronCount(network);
    const begins = [0];
    for (const memory of schedule) begins.push(begins[begins.length - 1] + (1 + free) * scores[memory].period);
    const end = begins[schedule.length];
    return (index) => {
      const noise = noises[index];
      const key = streamKey(seed, `switching prompt ${index}`);
      const trains: number[][] = Array.from({ length: neurons }, () => []);
      const clamps: { neuron: number; from: number; to: number }[] = [];
      schedule.forEach((memory, block) => {
        const [from, to] = [begins[block], begins[block] + scores[memory].period];
        for (let channel = 0; channel < prompt; channel++) {
          const nominal = spikesOf(scores[memory], channel).map((time) => from + time);
          const uniform = uniformStream(key, block * neurons + channel);
          trains[channel].push(...jitterTrain(nominal, jitter ?? noise, uniform, from, to));
          if (block > 0) clamps.push({ neuron: channel, from, to });
        }
      });
      const releases = new Float64Array(neurons);
      releases.fill(scores[schedule[0]].period, 0, prompt);
      const spikes = simulator.run({
        from: 0,
        to: end,
        imposed: mergeTrains(trains.map((train) => Float64Array.from(train))),
        releases,
        clamps: clampsOf(clamps),
        sigma: noise,
        key: streamKey(seed, `switching threshold ${index}`),
      });
      const played = splitTrains(spikes, neurons);
      const blocks = schedule.map((memory, block): Block => {
        const periods = Array.from({ length: 1 + free }, (_, i) => {
          const begin = begins[block] + i * scores[memory].period;
          return scores.map((score) => {
            const { precision, recall } = measurePeriod(score, played, begin);
            return { precision, recall };
          });
        });
        const own = periods[free][memory];
        return { memory, periods, success: own.precision >= SUCCESS && own.recall >= SUCCESS };
      });
      return { noise, blocks, spikes };
    };
  },
};

const clampsOf = (clamps: readonly { neuron: number; from: number; to: number }[]): Clamps => ({
  neurons: Uint32Array.from(clamps, ({ neuron }) => neuron),
  from: Float64Array.from(clamps, ({ from }) => from),
  to: Float64Array.from(clamps, ({ to }) => to),
});

/** The schedule of the authors: every memory in turn, and the first once more. */
export const inTurn = (memories: number): number[] => [...Array.from({ length: memories }, (_, m) => m), 0];
