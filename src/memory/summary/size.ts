/** How large a memory is made where nobody says it, and how much of a machine's memory its work takes. */

/** Synapses per neuron: at least, per refractory period of the score, and per spike of a neuron. */
const LEAST_INPUTS = 500;
const INPUTS_PER_PERIOD = 10;
const INPUTS_PER_SPIKE = 70;
/** Spikes per channel and refractory period that the estimate counts on. */
const SPIKES_PER_TIME = 0.2;

/** Points of a sampled template: 20 bytes each, in 4 GB less what else is needed. */
export const MOST_POINTS = 100_000;
/** Synapses that a recall test simulates. */
export const MOST_SIMULATED = 150_000_000;

/** What solving keeps of each synapse. */
export const BYTES_PER_SYNAPSE = 32;

/**
 * Synapses per neuron by default. Sampled scores have about 70 inputs per spike by the rule for durations; sparser
 * recordings need no more than that.
 * @param period of the first score, and of further memories in the same weights, in refractory periods
 * @param recorded spikes and channels of a score that is given
 */
export function defaultInputs(
  period: number,
  further: readonly number[],
  recorded?: { spikes: number; channels: number },
): number {
  const byDuration = INPUTS_PER_PERIOD * period;
  const bySpikes = recorded ? (INPUTS_PER_SPIKE * recorded.spikes) / recorded.channels : byDuration;
  const more = further.reduce((sum, other) => sum + INPUTS_PER_PERIOD * other, 0);
  return Math.max(LEAST_INPUTS, Math.ceil(Math.min(byDuration, bySpikes) + more));
}

export interface Size {
  channels: number;
  synapses: number;
  /** In refractory periods, of all scores together, and the time that a trial of the recall test simulates. */
  period: number;
  simulated: number;
  workers: number;
  /** Spikes of the score, where it is known already. */
  spikes?: number | undefined;
}

/** An estimate of the bytes that a network of so many synapses takes, and the threads that simulate it. */
export const simulationNeed = (synapses: number, workers: number): number => synapses * (20 + 36 * workers);

/** An estimate of the bytes that solving and recalling take together. */
export function memoryNeed({ channels, synapses, period, simulated, workers, spikes: known }: Size): number {
  const spikes = known ?? channels * period * SPIKES_PER_TIME;
  const solving = synapses * BYTES_PER_SYNAPSE + spikes * 100;
  const inputs = synapses / channels;
  // The active rows, about five per spike of a neuron, and their Gram matrix.
  const rows = 128 + (5 * spikes) / channels;
  const perWorker = 8 * rows * (rows + inputs) + channels * period * 20 + inputs * period * SPIKES_PER_TIME * 40;
  const recalling =
    simulated > 0
      ? simulationNeed(synapses, workers) + channels * simulated * SPIKES_PER_TIME * 100 * (workers + 1)
      : 0;
  return solving + recalling + workers * perWorker;
}

/** The channels of a prompt, which is a number of them or a share; a share is at least one channel. */
export const promptedChannels = (prompt: { count: number } | { share: number }, channels: number): number =>
  'count' in prompt ? prompt.count : Math.max(1, Math.round(prompt.share * channels));
