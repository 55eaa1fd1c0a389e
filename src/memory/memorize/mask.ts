/** A synapse whose weight has to be zero is no synapse: it is left out, and gets its zero afterwards. */
import type { NeuronProblem } from './setting.js';

/** The problem without masked synapses, and what puts the weights of the others in their places. */
export function unmasked(neuron: NeuronProblem): {
  neuron: NeuronProblem;
  place: (weights: Float64Array) => Float64Array;
} {
  const { inputs, box, costs } = neuron;
  const { lower, upper } = box;
  const kept = Uint32Array.from(lower.keys()).filter((k) => lower[k] !== 0 || upper[k] !== 0);
  if (kept.length === lower.length) return { neuron, place: (weights) => weights };
  const of = (values: Float64Array) => Float64Array.from(kept, (k) => values[k]);
  return {
    neuron: {
      ...neuron,
      inputs: { ...inputs, sources: Uint32Array.from(kept, (k) => inputs.sources[k]), delays: of(inputs.delays) },
      box: { lower: of(lower), upper: of(upper) },
      ...(costs ? { costs: of(costs) } : {}),
    },
    place(weights) {
      const all = new Float64Array(lower.length);
      kept.forEach((k, i) => {
        all[k] = weights[i];
      });
      return all;
    },
  };
}
