/** A network with something taken from it: units silenced, or weights disturbed. */
import {
  demandInteger,
  demandNumber,
  demandObject,
  demandOneOf,
  normal,
  streamKey,
  uniformStream,
} from '../core/index.js';
import { checkNetwork, copyOf, type RateNetwork } from './network.js';

/** Which units fall silent. */
export interface Silenced {
  /** Of all, of those that excite, or of those that inhibit. */
  readonly kind: 'any' | 'exc' | 'inh';
  /** From 0 to 1. */
  readonly share: number;
}

/** What is done to a network. */
export interface Lesion {
  /** A share of units of a kind, which send nothing any more. */
  readonly silenced?: Silenced | undefined;
  /** Every weight times 1 + this N(0, 1), not across zero. */
  readonly weightNoise?: number | undefined;
}

/** Throws `usage` for a lesion that makes no sense. */
export function lesioned(network: RateNetwork, lesion: Lesion, seed: number): RateNetwork {
  checkNetwork(network);
  demandObject('the lesion', lesion);
  demandInteger('a seed', seed);
  const { silenced, weightNoise = 0 } = lesion;
  demandNumber('the noise of weights', weightNoise, 0);
  const { units: n, inhibitory } = network;
  const hurt = copyOf(network);
  const key = streamKey(seed, 'spikernn weight noise');
  if (weightNoise > 0) {
    hurt.w.forEach((value, e) => {
      hurt.w[e] = value * Math.max(0, 1 + weightNoise * normal(key, 0, e));
    });
  }
  if (!silenced) return hurt;
  demandObject('what is silenced', silenced);
  demandOneOf('the kind of units', silenced.kind, ['any', 'exc', 'inh']);
  demandNumber('the share of units', silenced.share, 0, 1);
  const kind = { any: undefined, exc: 0, inh: 1 }[silenced.kind];
  const uniform = uniformStream(streamKey(seed, 'spikernn lesion'));
  const chosen = [...inhibitory.keys()].filter((unit) => kind === undefined || inhibitory[unit] === kind);
  // The first of a random order.
  const order = chosen.map((unit) => ({ unit, at: uniform() })).sort((a, b) => a.at - b.at);
  for (const { unit } of order.slice(0, Math.round(silenced.share * order.length))) {
    hurt.wOut[unit] = 0;
    for (let i = 0; i < n; i++) hurt.w[i * n + unit] = 0;
  }
  return hurt;
}
