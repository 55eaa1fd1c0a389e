/** The published network of Aguettaz and Loeliger in its neutral JSON form (gzip or plain). */
import { gunzipSync } from 'fflate';
import { z } from 'zod';
import { EngramError } from '../core/index.js';
import type { Network } from '../network/index.js';
import { type Score, scoreOf } from '../score/index.js';

const numbers = z.array(z.array(z.number()));
const schema = z.object({
  period: z.number().positive(),
  sources: z.array(z.array(z.int().nonnegative())),
  delays: numbers,
  weights: numbers,
  spikes: numbers,
});

/** Times and delays are in refractory periods there, weights in thresholds with the peak-normalised kernel. */
export function readReference(bytes: Uint8Array, file: string): { score: Score; network: Network } {
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));
  } catch (error) {
    fail(`not readable as JSON (${error instanceof Error ? error.message : error})`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    return fail(`${path.join('.') || 'document'}: ${message}; expected {period, sources, delays, weights, spikes}`);
  }
  const { period, sources, delays, weights, spikes } = parsed.data;
  const neurons = sources.length;
  for (const [name, lists] of Object.entries({ delays, weights, spikes })) {
    if (lists.length !== neurons) fail(`${name} has ${lists.length} neurons, sources has ${neurons}`);
  }
  sources.forEach((list, neuron) => {
    const wrong = list.find((source) => source >= neurons);
    if (wrong !== undefined) fail(`neuron ${neuron} hears source ${wrong}, but there are ${neurons} neurons`);
    if (delays[neuron].length !== list.length || weights[neuron].length !== list.length) {
      fail(`neuron ${neuron}: sources, delays and weights must be as many`);
    }
  });
  const starts = new Uint32Array(neurons + 1);
  sources.forEach((list, neuron) => {
    starts[neuron + 1] = starts[neuron] + list.length;
  });
  return {
    score: scoreOf(
      spikes.map((train) => Float64Array.from(train).sort()),
      period,
    ),
    network: {
      starts,
      sources: Uint32Array.from(sources.flat()),
      delays: Float64Array.from(delays.flat()),
      weights: Float64Array.from(weights.flat()),
    },
  };
}
