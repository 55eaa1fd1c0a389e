/** How the potential of some weights keeps a template in continuous time: where it comes closest to leaving it, or leaves it most. */
import type { Network, NeuronModel } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  type Cut,
  demandsOf,
  flattestSlope,
  freeShare,
  highestPotential,
  inputsOf,
  potentialFrom,
  shortfalls,
  silentLevel,
  type Template,
  valueAt,
  zonesOfNeuron,
} from '../template/index.js';

/** A value of the potential or its slope, what was asked of it, and the time of the score, in refractory periods. */
export interface Extreme {
  value: number;
  asked: number;
  time: number;
}

/** Each part is missing where a neuron has nothing of the kind. */
export interface Fit {
  /** The spike at which the potential is farthest from the threshold 1. */
  spike: Extreme | undefined;
  /** The highest potential in silence. */
  silence: Extreme | undefined;
  /** By how much the potential rises above the ramp at most. */
  ramp: { amount: number; time: number } | undefined;
  /** The least slope while firing. */
  slope: Extreme | undefined;
}

/** A neuron among others: whose spikes it hears, and what it must play. */
interface Setting {
  score: Score;
  network: Network;
  model?: NeuronModel | undefined;
}

/** How `weights` of a neuron keep the template. */
export function fitOf(
  { score, network, model }: Setting,
  neuron: number,
  weights: Float64Array,
  template: Template,
): Fit {
  const inputs = inputsOf(network, model, neuron);
  const dynamics = inputs.own?.dynamics;
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const spikes = spikesOf(score, neuron);
  const zones = zonesOfNeuron(spikes, score.period, template, dynamics);
  const values = Array.from(spikes, (time) => ({ value: valueAt(potential, time), asked: 1, time }));
  const peaks = zones
    .filter(({ kind }) => kind === 'silent')
    .map(({ begin, end }) => ({ ...highestPotential(potential, begin, end), asked: silentLevel(template, dynamics) }));
  const slopes = zones
    .filter(({ kind }) => kind === 'firing')
    .map(({ begin, end }) => ({ ...flattestSlope(potential, begin, end), asked: template.slope }));
  const ramps = demandsOf(spikes, score.period, template, dynamics).demands.filter(({ ramp }) => ramp);
  return {
    spike: most(values, ({ value }) => Math.abs(value - 1)),
    silence: most(peaks, ({ value }) => value),
    ramp: most(shortfalls(potential, ramps, template), ({ amount }) => amount),
    slope: most(slopes, ({ value }) => -value),
  };
}

/** The first of the items whose value is largest. */
function most<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || value(item) > value(best) ? item : best),
    undefined,
  );
}

/** The limit of a cut on the whole potential; a stored cut limits what the weights make of it, without the neuron's own part. */
export function wholeLimit({ score, network, model }: Setting, neuron: number): (cut: Cut) => number {
  const { own } = inputsOf(network, model, neuron);
  return (cut) => (own ? cut.limit + freeShare(own.dynamics, spikesOf(score, neuron), score.period, cut) : cut.limit);
}
