/** What defines a jitter map, for the tests that hold it, its spectrum and its noise against it: at small sizes, quick enough to be run for every broken line. */
import { Matrix } from 'ml-matrix';
import { expect } from 'vitest';
import type { JitterMap } from '../src/memory/measure/index.js';
import { type LifModel, type Network, type NeuronModel, ofNeuron } from '../src/memory/network/index.js';
import { type Score, sampleScore } from '../src/memory/score/index.js';
import { horizonFor } from '../src/memory/template/index.js';
import { kernelSlope, randomNetwork } from './helpers.js';

/** h'' of h(t) = t e^{1-t}. */
export const kernelBend = (t: number) => (t - 2) * Math.exp(1 - t);
/** Older arrivals are below what a number can hold. */
export const OLDEST = horizonFor(1e-16);

/** Each arrival that counts at a spike, by its definition. */
interface Arrival {
  spike: number;
  turns: number;
  influence: number;
  curvature: number;
}

/** The spikes of a score in order, and whose they are. */
export function spikesInOrder({ starts, times }: Score) {
  const all = [...times].map((time, n) => ({ time, neuron: starts.findIndex((start) => start > n) - 1 }));
  return all.sort((a, b) => a.time - b.time || a.neuron - b.neuron);
}

/** All arrivals at spike m: every synapse, every spike, every turn. */
export function arrivalsAt(
  score: Score,
  network: Network,
  model: Exclude<NeuronModel, LifModel>,
  m: number,
): Arrival[] {
  const spikes = spikesInOrder(score);
  const { period } = score;
  const { time, neuron } = spikes[m];
  const beta = ofNeuron(model.beta ?? 1, neuron);
  const own = spikes.flatMap((spike, n) => (spike.neuron === neuron ? [n] : []));
  const previous = own[(own.indexOf(m) + own.length - 1) % own.length];
  const turned = previous < m ? 0 : 1;
  const since = time - spikes[previous].time + turned * period;
  const found: Arrival[] = [];
  for (let k = network.starts[neuron]; k < network.starts[neuron + 1]; k++) {
    spikes.forEach((spike, n) => {
      if (spike.neuron !== network.sources[k]) return;
      for (let turns = -1; turns < 12; turns++) {
        const age = time - (spike.time + network.delays[k] - turns * period);
        const counts = model.model === 'reset' ? age <= since : age <= Math.min(period, OLDEST * beta) && age < period;
        if (!(age > 0) || !counts) continue;
        const w = network.weights[k];
        const [influence, curvature] = [(w * kernelSlope(age / beta)) / beta, (w * kernelBend(age / beta)) / beta ** 2];
        found.push({ spike: n, turns, influence, curvature });
      }
    });
  }
  if (model.model === 'reset' && model.reset !== 0) {
    const fall = model.reset * Math.exp(-since / beta);
    found.push({ spike: previous, turns: turned, influence: -fall / beta, curvature: fall / beta ** 2 });
  }
  return found;
}

/** Row m of the map, old shifts before new ones. */
export function rowOf({ size, starts, columns }: JitterMap, entries: Float64Array, m: number): number[] {
  const row = new Array<number>(2 * size).fill(0);
  for (let i = starts[m]; i < starts[m + 1]; i++) row[columns[i]] += entries[i];
  return row;
}

export const score = sampleScore(4, 14, 0.25, 3);
/** Delays beyond a period, too: some arrivals were sent a turn earlier than they count. */
export const network = (inputs = 9, seed = 4, longest = 5): Network => {
  const wired = randomNetwork(4, inputs, seed, 0.8);
  return { ...wired, delays: wired.delays.map((delay) => (delay * longest) / 5) };
};
export const betas = Float64Array.of(0.3, 1, 0.3, 2);

/** The map of a period as a matrix. */
export function dense(map: JitterMap): Matrix {
  const { size } = map;
  const columns = Array.from({ length: size }, (_, n) => {
    const shifts: number[] = [];
    for (let m = 0; m < size; m++) {
      const row = [map.values].map((values) => rowOf(map, values, m))[0];
      shifts.push(row.reduce((sum, a, c) => sum + a * (c < size ? Number(c === n) : (shifts[c - size] ?? 0)), 0));
    }
    return shifts;
  });
  return new Matrix(columns).transpose();
}
/** Takes the mean of vectors of n entries away. */
export const centring = (n: number) => Matrix.sub(Matrix.eye(n), Matrix.ones(n, n).mul(1 / n));
export const column = (x: Iterable<number>) => Matrix.columnVector([...x]);
export const closeTo = (found: ArrayLike<number>, wanted: ArrayLike<number>, digits: number) => {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(found[i]).toBeCloseTo(wanted[i], digits);
};

/** A map of given rows over old and new shifts, one spike per unit of time. */
export function mapOf(rows: number[][]): JitterMap {
  const size = rows.length;
  const entries = rows.map((row) => row.flatMap((value, n) => (value === 0 ? [] : [[n, value]])));
  const starts = Float64Array.from([0, ...entries.map((_, m) => entries.slice(0, m + 1).flat().length)]);
  const flat = entries.flat();
  return {
    size,
    state: size,
    times: Float64Array.from({ length: size }, (_, m) => m),
    neurons: new Uint32Array(size),
    betas: new Float64Array(size).fill(1),
    slopes: Float64Array.from({ length: size }, (_, m) => 1 + ((m + 2) % 3)),
    starts,
    columns: Uint32Array.from(flat, ([n]) => n),
    values: Float64Array.from(flat, ([, value]) => value),
    curvatures: new Float64Array(flat.length),
    kinkStarts: new Float64Array(size + 1),
    kinkColumns: new Uint32Array(),
    kinkAges: new Float64Array(),
    kinkWeights: new Float64Array(),
    beyond: 0.25,
  };
}
/** Rows of sum 1, of causes that have come before. */
export const rowsOf = (size: number, draw: () => number) =>
  Array.from({ length: size }, (_, m) => {
    const row = Array.from({ length: 2 * size }, (_, n) => (n >= m && n < size + m ? draw() : 0));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });
