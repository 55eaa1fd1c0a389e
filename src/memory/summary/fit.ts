/** How the potential of some weights keeps a template in continuous time: where it comes closest to leaving it, or leaves it most. */
import type { NeuronModel, Wiring } from '../network/index.js';
import { type Score, spikesOf } from '../score/index.js';
import {
  arrivalsOf,
  type Cut,
  demandsOf,
  flattestSlope,
  freeShare,
  highestPotential,
  type Inputs,
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
  /** Of several memories, in which one, from 0 on. */
  memory?: number;
}

/** Each part is missing where a neuron has nothing of the kind. */
export interface Fit {
  /** The spike at which the potential is farthest from the threshold 1. */
  spike: Extreme | undefined;
  /** The highest potential in silence. */
  silence: Extreme | undefined;
  /** By how much the potential rises above the ramp at most. */
  ramp: { amount: number; time: number; memory?: number } | undefined;
  /** The least slope while firing. */
  slope: Extreme | undefined;
  /** The lowest potential where an overdrive is asked for. */
  overdrive: Extreme | undefined;
}

/** A neuron among others: whose spikes it hears, and what it must play. */
interface Setting {
  score: Score;
  /** Further memories. */
  others?: readonly Score[] | undefined;
  network: Wiring;
  model?: NeuronModel | undefined;
}

/** How `weights` of a neuron keep the template, in all memories. */
export function fitOf(
  { score, others = [], network, model }: Setting,
  neuron: number,
  weights: Float64Array,
  template: Template,
): Fit {
  const inputs = inputsOf(network, model, neuron);
  const parts = [score, ...others].map((one, memory) => {
    const place = others.length > 0 ? { memory } : {};
    return extremesOf(one, spikesOf(one, neuron), inputs, weights, template, place);
  });
  return {
    spike: most(
      parts.flatMap(({ spikes }) => spikes),
      ({ value }) => Math.abs(value - 1),
    ),
    silence: most(
      parts.flatMap(({ peaks }) => peaks),
      ({ value }) => value,
    ),
    ramp: most(
      parts.flatMap(({ ramps }) => ramps),
      ({ amount }) => amount,
    ),
    slope: most(
      parts.flatMap(({ slopes }) => slopes),
      ({ value }) => -value,
    ),
    overdrive: most(
      parts.flatMap(({ driven }) => driven),
      ({ value }) => -value,
    ),
  };
}

/** What the potential does in one memory: at every spike, in every silence, before, around and after every spike. */
function extremesOf(
  score: Score,
  own: Float64Array,
  inputs: Inputs,
  weights: Float64Array,
  template: Template,
  place: { memory?: number },
) {
  const dynamics = inputs.own?.dynamics;
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const zones = zonesOfNeuron(own, score.period, template, dynamics);
  const { demands } = demandsOf(own, score.period, template, dynamics);
  const ramps = demands.filter(({ ramp }) => ramp);
  const silent = silentLevel(template, dynamics);
  const asked = template.overdrive?.level ?? 0;
  return {
    spikes: Array.from(own, (time) => ({ value: valueAt(potential, time), asked: 1, time, ...place })),
    peaks: zones
      .filter(({ kind }) => kind === 'silent')
      .map(({ begin, end }) => ({ ...highestPotential(potential, begin, end), asked: silent, ...place })),
    slopes: zones
      .filter(({ kind }) => kind === 'firing')
      .map(({ begin, end }) => ({ ...flattestSlope(potential, begin, end), asked: template.slope, ...place })),
    ramps: shortfalls(potential, ramps, template).map((missed) => ({ ...missed, ...place })),
    driven: demands
      .filter(({ kind }) => kind === 'overdrive')
      .map(({ begin: time }) => ({ value: potential.value(time), asked, time, ...place })),
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
export function wholeLimit({ score, others = [], network, model }: Setting, neuron: number): (cut: Cut) => number {
  const { own } = inputsOf(network, model, neuron);
  const scores = [score, ...others];
  return (cut) => {
    const one = scores[cut.memory ?? 0];
    return own ? cut.limit + freeShare(own.dynamics, spikesOf(one, neuron), one.period, cut) : cut.limit;
  };
}
