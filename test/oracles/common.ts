/** What the adapter of the oracles is made of: cases, comparisons, and small networks. */
import { expect } from 'vitest';
import type { Network } from '../../src/memory/network/index.js';
import {
  createSimulator,
  type Model,
  mergeTrains,
  type Run,
  type Spikes,
  simulateByQueue,
} from '../../src/memory/simulate/index.js';
import { firstCrossing, potentialOf } from '../../src/memory/template/index.js';

// biome-ignore lint/suspicious/noExplicitAny: the shape of a case depends on its operation
type Json = any;
export interface Case {
  id: string;
  op: string;
  input: Json;
  expect: Json;
  tol: { abs: number; rel: number };
  model?: { kernel?: string; neuron?: string; variant?: string };
}
export type Adapter = (one: Case) => void | Promise<void>;

export function near(
  { id, tol }: Case,
  got: number | null | undefined,
  wanted: number | null,
  tolerance = tol.abs,
): void {
  if (wanted === null) {
    expect(got === null || got === undefined || Number.isNaN(got), `${id}: got ${got}, expected nothing`).toBe(true);
  } else {
    const allowed = tolerance + tol.rel * Math.abs(wanted) + 1e-15;
    expect(Math.abs((got as number) - wanted), `${id}: got ${got}, expected ${wanted}`).toBeLessThanOrEqual(allowed);
  }
}

export const nearAll = (one: Case, got: ArrayLike<number>, wanted: number[]) => {
  expect(got.length).toBe(wanted.length);
  wanted.forEach((value, i) => near(one, got[i], value));
};

export const potential = ({ arrivals, period }: { arrivals: [number, number][]; period?: number }) => {
  // Peers with a period use one image of each arrival; ours sums all of them.
  const folded = period ? arrivals.map(([t, w]) => [((t % period) + period) % period, w]) : arrivals;
  const sorted = [...folded].sort((a, b) => a[0] - b[0]);
  const times = Float64Array.from(sorted, ([time]) => time);
  return potentialOf(
    times,
    sorted.map(([, weight]) => weight),
    period,
  );
};

/** The next spike from arrivals, by the pieces of the potential. */
export function nextSpike(arrivals: [number, number][], start: number, threshold: number): number | null {
  const p = potential({ arrivals }).pieces;
  for (let i = -1; i < p.times.length; i++) {
    const origin = i < 0 ? start : p.times[i];
    const end = i + 1 < p.times.length ? p.times[i + 1] : Number.POSITIVE_INFINITY;
    if (end < start) continue;
    const x = firstCrossing(
      i < 0 ? 0 : p.a[i],
      i < 0 ? 0 : p.b[i],
      Math.max(start - origin, 0),
      end - origin,
      threshold,
    );
    if (!Number.isNaN(x)) return origin + x;
  }
  return null;
}

export const trains = (lists: number[][]) => lists.map((list) => Float64Array.from(list).sort());
export const fold = (lists: number[][], period: number) =>
  trains(lists.map((list) => list.map((time) => ((time % period) + period) % period)));

/** A past, each neuron released at its own last spike. */
export function historyOf(history: number[][]): Pick<Run, 'imposed' | 'releases' | 'from'> {
  const from = Math.min(0, ...history.flat());
  const releases = Float64Array.from(history, (list) => Math.max(from, ...list));
  return { imposed: mergeTrains(trains(history)), releases, from };
}

/** The same run of the reset model by both simulators. */
export function simulateReset(network: Network, history: number[][], model: Model, to: number): Spikes[] {
  const run = { ...historyOf(history), to, sigma: 0, key: [1, 1] as const };
  return [simulateByQueue(network, run, model), createSimulator(network, { model }).run(run)];
}

/** A network from [source, target, weight, delay]. */
export function networkOf(n: number, connections: number[][]): Network {
  const sorted = [...connections].sort((a, b) => a[1] - b[1]);
  return {
    starts: Uint32Array.from({ length: n + 1 }, (_, l) => sorted.filter(([, target]) => target < l).length),
    sources: Uint32Array.from(sorted, ([source]) => source),
    weights: Float64Array.from(sorted, ([, , weight]) => weight),
    delays: Float64Array.from(sorted, ([, , , delay]) => delay),
  };
}
