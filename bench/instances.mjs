// The programs that the benchmarks solve: the first neurons of networks drawn as the product draws them, named
// inputs / period / hazard, and the published network when it is at hand. A hazard h is the activity h e^h of the
// score sampler (src/memory/score/sample.ts).
import { existsSync, readFileSync } from 'node:fs';
import { readNetworkJson } from '../dist/src/memory/files/index.js';
import { wireFixedIn } from '../dist/src/memory/network/index.js';
import { activityOfHazard, sampleScore } from '../dist/src/memory/score/index.js';

const CHANNELS = 200;
const published = new URL('../../shared/data/reference-network.json.gz', import.meta.url);

/** The published network with its score and weights, or undefined where the data is not at hand. */
export const publishedNetwork = existsSync(published)
  ? readNetworkJson(readFileSync(published), 'reference-network.json.gz')
  : undefined;

export function sampledInstance(inputs, period, activity, name) {
  const score = sampleScore(CHANNELS, period, activity, 1);
  const wiring = wireFixedIn({ neurons: CHANNELS, inputs, delays: [0.1, 10], seed: 1 });
  return { name, score, wiring };
}

/** { name, score, wiring } of every size, smallest first. */
export function instances() {
  const sizes = [
    [500, 50, 0.2],
    [500, 50, 0.5],
    [1000, 100, 0.2],
    [1000, 200, 0.2],
    [1000, 200, 0.5],
    [2000, 200, 0.2],
  ];
  return [
    ...(publishedNetwork
      ? [{ name: 'published 500/50', score: publishedNetwork.score, wiring: publishedNetwork.network }]
      : []),
    ...sizes.map(([inputs, period, hazard]) =>
      sampledInstance(inputs, period, activityOfHazard(hazard), `${inputs}/${period}/${hazard}`),
    ),
  ];
}
