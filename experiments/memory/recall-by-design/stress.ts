/**
 * What a stored network is put to:
 *
 *   none      nothing
 *   failure   every synapse fails to transmit a spike with probability `amount`
 *   silenced  the share `amount` of the neurons, drawn, lose their weights; of these the prompted ones still play the prompt
 *   levels    every weight becomes the nearest of `amount` equally spaced values from -m to m, m the largest of its neuron
 *   periods   `amount` free periods instead of a few
 */
import { streamKey, uniformStream } from '../../../src/core/index.js';
import type { Network } from '../../../src/memory/network/index.js';
import { chosen } from '../common/chosen.js';

export const stresses = ['none', 'failure', 'silenced', 'levels', 'periods'] as const;

export interface Stress {
  kind: (typeof stresses)[number];
  amount: number;
}

/** The weights of a network under a stress; equal seeds silence the same neurons, more of them the more there are. */
export function stressed(network: Network, { kind, amount }: Stress, seed: number): Network {
  if (kind === 'levels') return { ...network, weights: rounded(network, amount) };
  if (kind !== 'silenced') return network;
  const weights = network.weights.slice();
  const { starts } = network;
  const uniform = uniformStream(streamKey(seed, 'silenced'));
  for (const neuron of chosen(starts.length - 1, amount, uniform)) {
    weights.fill(0, starts[neuron], starts[neuron + 1]);
  }
  return { ...network, weights };
}

function rounded({ weights, starts }: Network, levels: number): Float64Array {
  const all = weights.slice();
  for (let neuron = 0; neuron + 1 < starts.length; neuron++) {
    const own = all.subarray(starts[neuron], starts[neuron + 1]);
    const most = own.reduce((largest, w) => Math.max(largest, Math.abs(w)), 0);
    if (most === 0) continue;
    const step = (2 * most) / (levels - 1);
    own.forEach((w, k) => {
      own[k] = Math.round((w + most) / step) * step - most;
    });
  }
  return all;
}
