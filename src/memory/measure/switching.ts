/**
 * Several memories in one network, prompted one after the other in a single run: in each block of the schedule some
 * channels play one score for a while, then all are free for some periods of it. Does the network go over to the
 * memory that was prompted, and how much of the others does it play (cross-talk)? (Aguettaz and Loeliger 2024.)
 */
import { type Job, streamKey } from '../../core/index.js';
import { type Network, neuronCount } from '../network/index.js';
import type { Score } from '../score/index.js';
import { type Clamps, createSimulator, type Model, mergeTrains, type Spikes, splitTrains } from '../simulate/index.js';
import { unrelatedScore } from './impose.js';
import { type Flaws, flawedTrain, nominalTrain, type Prompted, promptedChannels, wrongChannels } from './prompt.js';
import { measurePeriod, SUCCESS } from './recall.js';

export interface SwitchingTest extends Partial<Flaws> {
  scores: readonly Score[];
  network: Network;
  model?: Model | undefined;
  seed: number;
  /** Which memory is prompted in each block. */
  schedule: readonly number[];
  /** Which channels play; wrong ones play the memory that follows in the list. */
  prompt: Prompted;
  /** For how long; one period of the memory unless given. */
  promptTime?: number | undefined;
  /** Free periods after each prompt. */
  free: number;
  /** Of each trial: deviation of the threshold. */
  noises: readonly number[];
}

export interface Block {
  memory: number;
  /** The period that ends with the prompt, and then the free ones: precision and recall against every memory. */
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
  prepare(test) {
    const { scores, network, model, seed, schedule, free, noises, promptTime } = test;
    const simulator = createSimulator(network, { model });
    const neurons = neuronCount(network);
    const begins = [0];
    const durations = schedule.map((memory) => promptTime ?? scores[memory].period);
    schedule.forEach((memory, block) => {
      const { period } = scores[memory];
      begins.push(begins[block] + (1 + free) * period + (durations[block] - period));
    });
    return (index) => {
      const noise = noises[index];
      const { imposed, releases, clamps } = imposeBlocks(test, begins, durations, index);
      const spikes = simulator.run({
        from: 0,
        to: begins[schedule.length],
        imposed,
        releases,
        clamps,
        sigma: noise,
        key: streamKey(seed, `switching threshold ${index}`),
      });
      const played = splitTrains(spikes, neurons);
      const blocks = schedule.map((memory, block): Block => {
        const periods = Array.from({ length: 1 + free }, (_, i) => {
          const { period } = scores[memory];
          const begin = begins[block] + (durations[block] - period) + i * period;
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

/** The prompts of all blocks, in a trial. */
function imposeBlocks(
  { scores, network, schedule, seed, noises, prompt, ...flaws }: SwitchingTest,
  begins: readonly number[],
  durations: readonly number[],
  index: number,
) {
  const neurons = neuronCount(network);
  const plan = { prompt, missing: 0, extra: 0, ...flaws, jitter: flaws.jitter ?? noises[index] };
  const key = (purpose: string) => streamKey(seed, `switching ${purpose} ${index}`);
  const streams = { jitter: key('prompt'), missing: key('missing'), extra: key('extra') };
  const trains: number[][] = Array.from({ length: neurons }, () => []);
  const clamps: { neuron: number; from: number; to: number }[] = [];
  const releases = new Float64Array(neurons);
  schedule.forEach((memory, block) => {
    const [from, to] = [begins[block], begins[block] + durations[block]];
    const draws = { seed, index: `${index} block ${block}` };
    const prompted = promptedChannels(prompt, neurons, draws);
    const wrong = wrongChannels(prompted, plan, draws);
    const next = wrong.size > 0 && scores.length === 1 ? unrelatedScore(scores[0], draws) : undefined;
    const other = next ?? scores[(memory + 1) % scores.length];
    for (const channel of prompted) {
      const played = wrong.has(channel) ? other : scores[memory];
      const nominal = nominalTrain(played, channel, { from: 0, to: durations[block], warp: plan.warp });
      const shifted = nominal.map((time) => from + time);
      trains[channel].push(...flawedTrain(shifted, plan, streams, block * neurons + channel, [from, to]));
      if (block > 0) clamps.push({ neuron: channel, from, to });
      else releases[channel] = to;
    }
  });
  const imposed = mergeTrains(trains.map((train) => Float64Array.from(train)));
  return { imposed, releases, clamps: clampsOf(clamps) };
}

const clampsOf = (clamps: readonly { neuron: number; from: number; to: number }[]): Clamps => ({
  neurons: Uint32Array.from(clamps, ({ neuron }) => neuron),
  from: Float64Array.from(clamps, ({ from }) => from),
  to: Float64Array.from(clamps, ({ to }) => to),
});

/** The schedule of the authors: every memory in turn, and the first once more. */
export const inTurn = (memories: number): number[] => [...Array.from({ length: memories }, (_, m) => m), 0];
