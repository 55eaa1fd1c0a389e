/**
 * What becomes of a disturbance: a network runs twice from the same state, once disturbed, and their distance is followed,
 *
 *   D(t) = mean over i of |x_i - mean x|,   x_i = (n'_i - n_i) / T  without whole turns,
 *
 * the difference of phases without what is a common shift: the circle of the x_i is cut where their widest gap is, lest a shift of about
 * half a turn part what lies together. In inhibitory LIF networks small disturbances die and large ones spread
 * (stable chaos); in QIF networks all grow (Monteforte and Wolf 2012; Engelken 2023).
 */
import { demandInteger, demandNumber, demandOneOf, EngramError, normal, streamKey } from '../core/index.js';
import { type Circuit, drivesOf } from './circuit.js';
import type { Fanout } from './connectivity.js';
import { demandState, demandTime } from './demand.js';
import { createEngine, type EngineState } from './engine.js';
import { periodOf } from './neuron.js';

/** Kinds of disturbances. */
export const disturbances = ['kick', 'spike-removed', 'spike-added', 'synapse-failed'] as const;
/** A random shift of all phases, a spike that does not reach its targets, one that comes unasked, or one that one target misses. */
export type Disturbance = (typeof disturbances)[number];

/** The distance after given times. */
export interface DistanceCurve {
  /** Times since the disturbance, evenly spaced, in membrane time constants. */
  readonly times: Float64Array;
  /** D at these times, in turns, 0 to 1/2. */
  readonly distances: Float64Array;
}

/** The course of the distance from a state on. Throws `usage` with delays, steps of the drive or spikes from outside. */
export function disturb(
  circuit: Circuit,
  from: EngineState,
  kind: Disturbance,
  {
    size = 1e-6,
    time,
    points,
    seed,
    index = 0,
  }: {
    /** Of a kick, in turns, root mean square over neurons (default 1e-6); the other disturbances have none. */
    size?: number;
    /** How long both runs are followed, in membrane time constants. */
    time: number;
    /** At how many times, evenly spaced, the distance is taken. */
    points: number;
    /** Of the directions of a kick. */
    seed: number;
    /** Which disturbance of its kind (default 0): other directions, another neuron that fires, another synapse that fails. */
    index?: number;
  },
): DistanceCurve {
  demandState(circuit, from);
  demandOneOf('the disturbance', kind, disturbances);
  demandTime('the time to follow', time);
  demandInteger('points', points, 1);
  demandInteger('the seed', seed);
  demandNumber('the size of a kick', size);
  if (circuit.delay || circuit.steps || circuit.input) {
    throw new EngramError(
      'usage',
      'disturbances are followed in networks without delays, steps of the drive and spikes from outside',
    );
  }
  const periods = drivesOf(circuit).map((drive) => periodOf(circuit.neuron, drive));
  const n = periods.length;
  const begin = createEngine(circuit, from);
  const first = begin.time();
  const key = streamKey(seed, `sparseprop disturbance ${kind}`);
  const shifted: EngineState = structuredClone(from);
  let network = circuit;
  if (kind === 'kick') {
    for (let i = 0; i < n; i++)
      shifted.next[i] = Math.max(shifted.now, shifted.next[i] + size * periods[i] * normal(key, index, i));
  } else if (kind === 'spike-added') {
    // Neuron `index` fires now as well, and goes on as before.
    const { neuron } = circuit;
    const drives = drivesOf(circuit);
    const fan = circuit.connectivity.fanout(index % n);
    for (let s = fan.begin; s < fan.end; s++) {
      const i = fan.targets[s];
      const weight = fan.weights ? fan.weights[s] : fan.weight;
      shifted.next[i] = shifted.now + neuron.kick(shifted.next[i] - shifted.now, weight, drives[i]);
    }
  } else network = withFailure(circuit, kind === 'spike-removed' ? undefined : index);
  const one = createEngine(circuit, from);
  const two = createEngine(network, shifted);
  const times = Float64Array.from({ length: points }, (_, p) => (time * (p + 1)) / points);
  const distances = times.map((after) => {
    one.run({ until: first + after });
    two.run({ until: first + after });
    return distance(one.next(), two.next(), periods);
  });
  return { times, distances };
}

function distance(a: Float64Array, b: Float64Array, periods: Float64Array): number {
  const turns = a.map((n, i) => {
    const difference = (b[i] - n) / periods[i];
    return difference - Math.round(difference);
  });
  const sorted = turns.slice().sort();
  let [gap, cut] = [sorted[0] + 1 - sorted[sorted.length - 1], Number.NEGATIVE_INFINITY];
  for (let i = 1; i < sorted.length; i++)
    if (sorted[i] - sorted[i - 1] > gap) [gap, cut] = [sorted[i] - sorted[i - 1], sorted[i]];
  const x = turns.map((turn) => (turn < cut ? turn + 1 : turn));
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return x.reduce((sum, value) => sum + Math.abs(value - mean), 0) / x.length;
}

/** The same network, but that the first spike fails: at all of its targets, or at number `index` alone. */
function withFailure(circuit: Circuit, index: number | undefined): Circuit {
  let first = true;
  const { connectivity } = circuit;
  const fanout = (j: number): Fanout => {
    const fan = connectivity.fanout(j);
    if (!first) return fan;
    first = false;
    const count = fan.end - fan.begin;
    const lost = index === undefined ? -1 : index % Math.max(1, count);
    const kept = Array.from({ length: count }, (_, k) => k).filter((k) => index !== undefined && k !== lost);
    return {
      targets: Uint32Array.from(kept, (k) => fan.targets[fan.begin + k]),
      begin: 0,
      end: kept.length,
      weights: fan.weights && Float64Array.from(kept, (k) => (fan.weights as Float64Array)[fan.begin + k]),
      weight: fan.weight,
    };
  };
  return { ...circuit, connectivity: { ...connectivity, fanout } };
}
