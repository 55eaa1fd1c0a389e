/**
 * Which prompt is expected to suffice, from the weights alone. While a random share p of the channels plays the score, a neuron
 * hears p z(t) on average, with the variance p (1 - p) sum_s z_s(t)^2, z_s what source s makes. Its swing, from the mean of z in
 * silence to the mean of its peaks after spikes, stands out of that by
 *
 *   D(p) = sqrt(p / (1 - p)) swing / spread,     spread^2 = mean over the period of sum_s z_s^2.
 *
 * Where the threshold lies within the swing, recall begins at about D = 2: p = 1 / (1 + (swing / (2 spread))^2).
 */

import { type Score, spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  type Inputs,
  potentialFrom,
  resets,
  spreadGradient,
  type Template,
  zonesOfNeuron,
} from '../template/index.js';

/** Of one neuron, in thresholds. */
export interface Swing {
  /** Mean of the highest potentials within a refractory period after its spikes. */
  readonly peak: number;
  /** Mean of the potential in silence. */
  readonly silence: number;
  /** Root of the mean of the sum of squares of what its sources make. */
  readonly spread: number;
}

/** D at which recall begins. */
export const NEEDED = 2;
/** Between samples of a silent potential, in refractory periods. */
const STEP = 0.1;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The swing of a neuron over all its memories; undefined where it never fires, or where spikes reset it: then its peaks are cut off. */
export function swingOf(
  scores: readonly Score[],
  neuron: number,
  inputs: Inputs,
  template: Template,
  weights: Float64Array,
): Swing | undefined {
  if (resets(inputs.own?.dynamics)) return undefined;
  const [peaks, silent]: number[][] = [[], []];
  for (const score of scores) {
    const spikes = spikesOf(score, neuron);
    const potential = potentialFrom(arrivalsOf(score, inputs), weights);
    for (const spike of spikes) peaks.push(potential.highest(spike, spike + 1).value);
    for (const { kind, begin, end } of zonesOfNeuron(spikes, score.period, template, inputs.own?.dynamics)) {
      if (kind !== 'silent') continue;
      for (let t = begin + STEP / 2; t < end; t += STEP) silent.push(potential.value(t));
    }
  }
  if (peaks.length === 0 || silent.length === 0) return undefined;
  const memories = scores.map((score) => ({ score }));
  const power = spreadGradient(memories, inputs, weights).reduce((sum, g, k) => sum + g * weights[k], 0);
  return { peak: mean(peaks), silence: mean(silent), spread: Math.sqrt(power / scores.length) };
}

/** D at a share of the channels, the mean over the neurons. */
export const discriminability = (swings: readonly Swing[], share: number): number =>
  Math.sqrt(share / (1 - share)) * mean(swings.map(({ peak, silence, spread }) => (peak - silence) / spread));

/** The share of the channels from which recall is expected; undefined where nothing is known or the threshold lies above the swing. */
export function expectedShare(swings: readonly Swing[]): number | undefined {
  if (swings.length === 0) return undefined;
  const even = discriminability(swings, 0.5);
  // Of a share p the mean rises to p peak, which has to reach the threshold, unless the rest joins in.
  const reach = 1 / mean(swings.map(({ peak }) => peak));
  const told = 1 / (1 + (even / NEEDED) * (even / NEEDED));
  return Number.isFinite(told) && reach < 1 ? told : undefined;
}
