/** What several tests need: small networks, the kernel of the definition, and data that may be absent. */
import { existsSync, readFileSync } from 'node:fs';
import { readNetworkJson } from '../src/memory/files/index.js';
import type { Problem } from '../src/memory/memorize/index.js';
import { type Network, type Wiring, wireFixedIn } from '../src/memory/network/index.js';
import { sampleScore } from '../src/memory/score/index.js';
import type { Run } from '../src/memory/simulate/index.js';
import { defaultTemplate, inputsOf as inputsOfNeuron } from '../src/memory/template/index.js';

/** h(t) = t e^{1-t}, t > 0, straight from the definition. */
export const kernel = (t: number) => (t > 0 ? t * Math.exp(1 - t) : 0);
export const kernelSlope = (t: number) => (t > 0 ? (1 - t) * Math.exp(1 - t) : 0);

/** A small deterministic generator for tests, independent of the project's own. */
export function lcg(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

export function randomNetwork(neurons: number, inputs: number, seed: number, strength: number): Network {
  const wiring = wireFixedIn({ neurons, inputs, delays: [0.1, 5], seed });
  const random = lcg(seed);
  return { ...wiring, weights: wiring.delays.map(() => strength * (2 * random() - 0.8)) };
}

export const silentRun = (neurons: number, to: number): Run & Required<Pick<Run, 'releases' | 'to' | 'imposed'>> => ({
  from: 0,
  to,
  imposed: { times: new Float64Array(), neurons: new Uint32Array() },
  releases: new Float64Array(neurons),
  sigma: 0,
  key: [1, 2],
});

export const smallProblem = (channels: number, period: number, inputs: number, seed: number) => ({
  score: sampleScore(channels, period, 0.2, seed),
  wiring: wireFixedIn({ neurons: channels, inputs, delays: [0.1, 10], seed }),
});

/** A small problem with the usual template and objective. */
export const usualProblem = (seed: number, channels = 5, period = 20, inputs = 200): Problem => ({
  ...smallProblem(channels, period, inputs, seed),
  template: defaultTemplate,
  objective: 'l2',
});

/** The inputs of a default neuron. */
export const inputsOf = ({ wiring }: { wiring: Wiring }, neuron = 0) => inputsOfNeuron(wiring, undefined, neuron);

const REFERENCE = new URL('../../shared/data/reference-network.json.gz', import.meta.url);

/** The published network, or undefined where the data is not at hand. */
export const reference = existsSync(REFERENCE) ? published() : undefined;

function published() {
  const { score, network } = readNetworkJson(readFileSync(REFERENCE), 'reference-network.json.gz');
  if (!score) throw new Error('the published network has a period');
  return { score, network };
}
