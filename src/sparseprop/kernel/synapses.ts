// The synapses of one neuron: in memory, or drawn when they are asked for.
import { Synapses } from "./layout";
import { sparsepropBernoulli, sparsepropTargets } from "./targets";

/** Of the neuron that was asked for last: how many targets there are, and where their weights begin, or zero. */
export class Fan {
  static count: i32 = 0;
  static weights: usize = 0;
}

/** Where the targets of j begin. */
export function synapsesOf(at: usize, j: u32): usize {
  const s = changetype<Synapses>(at);
  if (s.starts) {
    const begin = load<u32>(<usize>s.starts + 4 * <usize>j);
    Fan.count = load<u32>(<usize>s.starts + 4 * <usize>(j + 1)) - begin;
    Fan.weights = s.weights ? <usize>s.weights + 8 * <usize>begin : 0;
    return <usize>s.targets + 4 * <usize>begin;
  }
  Fan.weights = 0;
  Fan.count = s.bernoulli
    ? sparsepropBernoulli(s.targets, s.neurons, s.probability, j, s.key0, s.key1)
    : sparsepropTargets(s.targets, s.hash, s.neurons, s.degree, j, s.key0, s.key1);
  return s.targets;
}
