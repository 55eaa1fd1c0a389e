/** The jitter map, its spectrum and its noise against what defines them, at small sizes: quick enough to be run for every broken line. */
import { EigenvalueDecomposition, inverse, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { normal, streamKey } from '../src/core/index.js';
import {
  applyDeflated,
  applyTransposed,
  entriesToWeights,
  type JitterMap,
  jitterMap,
  type NoiseOptions,
  predictNoise,
  pullDeflated,
  similarity,
  stabilityJob,
  stabilityOf,
  sweepPeriod,
  timingErrors,
  trend,
} from '../src/memory/measure/index.js';
import { type LifModel, type Network, type NeuronModel, ofNeuron } from '../src/memory/network/index.js';
import { type Score, sampleScore, scoreOf } from '../src/memory/score/index.js';
import { horizonFor } from '../src/memory/template/index.js';
import { kernel, kernelSlope, lcg, randomNetwork } from './helpers.js';

/** h'' of h(t) = t e^{1-t}. */
const kernelBend = (t: number) => (t - 2) * Math.exp(1 - t);
/** Older arrivals are below what a number can hold. */
const OLDEST = horizonFor(1e-16);

/** Each arrival that counts at a spike, by its definition. */
interface Arrival {
  spike: number;
  turns: number;
  influence: number;
  curvature: number;
}

/** The spikes of a score in order, and whose they are. */
function spikesInOrder({ starts, times }: Score) {
  const all = [...times].map((time, n) => ({ time, neuron: starts.findIndex((start) => start > n) - 1 }));
  return all.sort((a, b) => a.time - b.time || a.neuron - b.neuron);
}

/** All arrivals at spike m: every synapse, every spike, every turn. */
function arrivalsAt(score: Score, network: Network, model: Exclude<NeuronModel, LifModel>, m: number): Arrival[] {
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
function rowOf({ size, starts, columns }: JitterMap, entries: Float64Array, m: number): number[] {
  const row = new Array<number>(2 * size).fill(0);
  for (let i = starts[m]; i < starts[m + 1]; i++) row[columns[i]] += entries[i];
  return row;
}

const score = sampleScore(4, 14, 0.25, 3);
/** Delays beyond a period, too: some arrivals were sent a turn earlier than they count. */
const network = (inputs = 9, seed = 4, longest = 5): Network => {
  const wired = randomNetwork(4, inputs, seed, 0.8);
  return { ...wired, delays: wired.delays.map((delay) => (delay * longest) / 5) };
};
const betas = Float64Array.of(0.3, 1, 0.3, 2);

describe('the jitter map', () => {
  it.each<[string, Exclude<NeuronModel, LifModel>, number]>([
    ['kernels', { model: 'continuation' }, 5],
    ['kernels of several time constants, delays of more than a period', { model: 'continuation', beta: betas }, 18],
    ['kernels that are gone within a period', { model: 'continuation', beta: 0.2 }, 5],
    ['resets', { model: 'reset', reset: -0.7, beta: betas }, 18],
    ['resets to rest', { model: 'reset', reset: 0 }, 5],
  ])('has slopes, influences and curvatures of its definition, of %s', (_, model, longest) => {
    const net = network(9, 4, longest);
    const map = jitterMap(score, net, model);
    const spikes = spikesInOrder(score);
    expect([...map.times]).toEqual(spikes.map(({ time }) => time));
    expect([...map.neurons]).toEqual(spikes.map(({ neuron }) => neuron));
    expect([...map.betas]).toEqual(spikes.map(({ neuron }) => ofNeuron(model.beta ?? 1, neuron)));
    let beyond = 0;
    let first = map.size;
    for (let m = 0; m < map.size; m++) {
      const arrivals = arrivalsAt(score, net, model, m);
      const slope = arrivals.reduce((sum, { influence }) => sum + influence, 0);
      expect(map.slopes[m]).toBeCloseTo(slope, 9);
      const [values, curvatures] = [0, 1].map(() => new Array<number>(2 * map.size).fill(0));
      let far = 0;
      for (const { spike, turns, influence, curvature } of arrivals) {
        const column = spike < m ? map.size + spike : spike;
        values[column] += influence / slope;
        curvatures[column] += curvature / slope;
        if (turns !== (spike < m ? 0 : 1)) far += Math.abs(influence / slope);
        if (spike >= m) first = Math.min(first, spike);
      }
      beyond = Math.max(beyond, far);
      const found = [rowOf(map, map.values, m), rowOf(map, map.curvatures, m)];
      values.forEach((value, n) => expect(found[0][n]).toBeCloseTo(value, 9));
      curvatures.forEach((value, n) => expect(found[1][n]).toBeCloseTo(value, 8));
      // In order, each column once.
      const columns = [...map.columns.subarray(map.starts[m], map.starts[m + 1])];
      expect(columns).toEqual([...new Set(columns)].sort((a, b) => a - b));
    }
    expect(map.beyond).toBeCloseTo(beyond, 9);
    if (longest > score.period) expect(beyond).toBeGreaterThan(0.01);
    const reach = Math.max(...net.delays) + OLDEST * Math.max(...map.betas);
    const late = spikes.filter(({ time }) => time >= score.period - reach).length;
    expect(map.state).toBe(model.model === 'reset' ? map.size - first : late);
  });

  it('of a neuron that hears what comes just at its spikes: kernels have no effect yet, a reset outlives it by a period', () => {
    // Neuron 1 fires 2 after neuron 0, whose spike takes 2 to it; it also hears its own spike, and neuron 2, which is silent.
    const ones = scoreOf([[1], [3], []], 6);
    const net: Network = {
      starts: Uint32Array.of(0, 1, 4, 4),
      sources: Uint32Array.of(1, 0, 2, 1),
      delays: Float64Array.of(1, 2, 1, 2.5),
      weights: Float64Array.of(1, 0.8, 3, 0.5),
    };
    const kept = jitterMap(ones, net);
    expect(kept.slopes[1]).toBeCloseTo(0.5 * kernelSlope(3.5), 12);
    const reset = jitterMap(ones, net, { model: 'reset', reset: 0, beta: 2 });
    const [first, own] = [(0.8 * kernelSlope(3)) / 2, (0.5 * kernelSlope(3.5 / 2)) / 2];
    expect(reset.slopes[1]).toBeCloseTo(first + own, 12);
    const row = rowOf(reset, reset.values, 1);
    [0, own / (first + own), first / (first + own), 0].forEach((value, n) => expect(row[n]).toBeCloseTo(value, 12));
    const bends = rowOf(reset, reset.curvatures, 1);
    expect(bends[2]).toBeCloseTo((0.8 * kernelBend(3)) / 4 / (first + own), 12);
    // What was sent a turn before it counts.
    expect(reset.beyond).toBeCloseTo(Math.abs(first / (first + own)), 12);
  });

  it('keeps for their kinks the arrivals within a quarter of a spike: those before it, and those after it that are on their way', () => {
    const ones = scoreOf([[1, 8], [3], [6.2]], 10);
    const net: Network = {
      starts: Uint32Array.of(0, 1, 6, 7),
      sources: Uint32Array.of(1, 0, 0, 0, 2, 2, 1),
      // At 3 of neuron 1 they are 0.1 old, 0.2 early, 0.3 old; sent at 6.2 they are 0.05 early and 0.2 old, after most of a period.
      delays: Float64Array.of(0.5, 1.9, 2.2, 1.7, 6.85, 6.6, 0.1),
      weights: Float64Array.of(2, 0.6, 0.7, 0.8, 0.9, 1.1, 1.3),
    };
    const map = jitterMap(ones, net);
    const slope = map.slopes[1];
    const kinks = (m: number) =>
      Array.from({ length: map.kinkStarts[m + 1] - map.kinkStarts[m] }, (_, i) => map.kinkStarts[m] + i)
        .map((i) => [map.kinkColumns[i], map.kinkAges[i], map.kinkWeights[i]])
        .sort((a, b) => a[2] - b[2]);
    const wanted = [
      [4, 0.1, 0.6 / slope],
      [4, -0.2, 0.7 / slope],
      [2, -0.05, 0.9 / slope],
      [2, 0.2, 1.1 / slope],
    ].sort((a, b) => a[2] - b[2]);
    expect(kinks(1)).toEqual(wanted.map((kink) => kink.map((value) => expect.closeTo(value, 9))));
    expect([0, 2, 3].flatMap(kinks)).toEqual([]);
    expect(jitterMap(ones, net, { model: 'reset', reset: -1 }).kinkStarts[4]).toBe(0);
    // The first spike of a train is the next after its last one: one that is 0.1 early at the end of the period.
    const end = scoreOf([[0.1], [9.9]], 10);
    const late = jitterMap(end, {
      starts: Uint32Array.of(0, 1, 3),
      sources: Uint32Array.of(1, 0, 0),
      delays: Float64Array.of(9, 0.9, 9.9),
      weights: Float64Array.of(1, 1, 1),
    });
    expect([late.kinkColumns[0], late.kinkAges[0]]).toEqual([2, expect.closeTo(-0.1, 12)]);
    expect(late.kinkStarts[2]).toBe(1);
  });

  it('of many entries has them all', () => {
    // More than fit before its lists grow.
    const big = sampleScore(40, 40, 0.25, 2);
    const map = jitterMap(big, randomNetwork(40, 300, 3, 0.1));
    expect(map.starts[map.size]).toBeGreaterThan(1 << 16);
    for (const list of [map.columns, map.values, map.curvatures]) expect(list.length).toBe(map.starts[map.size]);
    for (let m = 0; m < map.size; m += 17) {
      expect(rowOf(map, map.values, m).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    }
  });

  it('refuses what is none, before anything is made of it', () => {
    const map = jitterMap(score, network());
    for (const broken of [
      null,
      { ...map, size: -1 },
      { ...map, times: map.times.subarray(1) },
      { ...map, starts: map.starts.subarray(1) },
      { ...map, values: map.values.subarray(1) },
    ]) {
      expect(() => stabilityOf(broken as JitterMap)).toThrow(/jitter map/);
      const options: NoiseOptions = { sigma: 0.1, seed: 1, periods: 2, order: 1 };
      expect(() => predictNoise(broken as JitterMap, score, options)).toThrow(/jitter map/);
    }
    expect(() => jitterMap({ ...score, period: -1 }, network())).toThrow();
    expect(() => jitterMap(scoreOf([[1], [2]], 5), network())).toThrow(/channels/);
    expect(() => jitterMap(score, { ...network(), delays: new Float64Array(2) })).toThrow();
    expect(() => jitterMap(score, network(), { model: 'continuation', beta: -1 })).toThrow();
  });
});

/** The response of height 1 of a membrane, from its equations; its height found by trying moments. */
function response({ current, membrane, synapse }: LifModel, l: number): (t: number) => number {
  const [m, s] = [ofNeuron(membrane, l), ofNeuron(synapse, l)];
  const d = 1 / s - 1 / m;
  const raw = (t: number) => {
    if (t <= 0) return 0;
    const [em, es] = [Math.exp(-t / m), Math.exp(-t / s)];
    return current === 'exp' ? (em - es) / d : ((em - es) / d - t * es) / d;
  };
  let top = 0;
  for (let t = 0; t < 10 * (m + s); t += 1e-3) if (raw(t) > raw(top)) top = t;
  const height = raw(top);
  return (t) => raw(t) / height;
}

describe('the jitter map of membranes', () => {
  const synapse = Float64Array.of(0.4, 1.5, 0.4, 0.7);
  it.each<LifModel>([
    { model: 'lif', current: 'exp', membrane: 2, synapse, reset: -0.4, refractory: 0.4 },
    { model: 'lif', current: 'alpha', membrane: 1, synapse, reset: 0.2, refractory: 0.9 },
  ])('has the influence of every arrival, and tells what was sent turns before it counts: %o', (model) => {
    const net = network(5, 7, 18);
    const map = jitterMap(score, net, model);
    const spikes = spikesInOrder(score);
    const { period } = score;
    const h = 1e-5;
    let [beyond, first] = [0, map.size];
    for (let m = 0; m < map.size; m++) {
      const { time, neuron } = spikes[m];
      const own = spikes.flatMap((spike, n) => (spike.neuron === neuron ? [n] : []));
      const previous = own[(own.indexOf(m) + own.length - 1) % own.length];
      const turned = previous < m ? 0 : 1;
      const p = response(model, neuron);
      const tau = ofNeuron(model.membrane, neuron);
      const release = spikes[previous].time - turned * period + model.refractory;
      /** What an arrival adds to the potential at `at` of a neuron released at `from`: what it had made until then is erased. */
      const adds = (arrival: number, at: number, from: number) =>
        p(at - arrival) - p(from - arrival) * Math.exp(-(at - from) / tau);
      const slopeIn = (f: (x: number) => number) => (f(h) - f(-h)) / (2 * h);
      const row = new Array<number>(2 * map.size).fill(0);
      let [slope, far] = [0, 0];
      const add = (n: number, turns: number, influence: number) => {
        slope += influence;
        row[n < m ? map.size + n : n] += influence;
        if (turns !== (n < m ? 0 : 1)) far += Math.abs(influence);
        if (n >= m) first = Math.min(first, n);
      };
      let ofOwn = slopeIn((x) => -model.reset * Math.exp(-(time - release - x) / tau));
      for (let k = net.starts[neuron]; k < net.starts[neuron + 1]; k++) {
        spikes.forEach((spike, n) => {
          if (spike.neuron !== net.sources[k]) return;
          for (let turns = -1; turns < 14; turns++) {
            const arrival = spike.time + net.delays[k] - turns * period;
            if (arrival > time) continue;
            const w = net.weights[k];
            add(n, turns, -slopeIn((x) => w * adds(arrival + x, time, release)));
            ofOwn -= slopeIn((x) => w * adds(arrival, time, release + x));
          }
        });
      }
      add(previous, turned, ofOwn);
      expect(map.slopes[m]).toBeCloseTo(slope, 6);
      const found = rowOf(map, map.values, m);
      row.forEach((value, n) => expect(Math.abs(found[n] * slope - value), `spike ${n} on ${m}`).toBeLessThan(1e-6));
      beyond = Math.max(beyond, far / Math.abs(slope));
    }
    expect(Math.abs(map.beyond / beyond - 1)).toBeLessThan(1e-5);
    expect([map.state, map.kinkStarts[map.size]]).toEqual([map.size - first, 0]);
    expect([...map.betas, ...map.curvatures].every((value, i) => value === (i < map.size ? 1 : 0))).toBe(true);
  });
});

/** The map of a period as a matrix. */
function dense(map: JitterMap): Matrix {
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
const centring = (n: number) => Matrix.sub(Matrix.eye(n), Matrix.ones(n, n).mul(1 / n));
const random = lcg(3);
const vector = (n: number) => Float64Array.from({ length: n }, () => random() - 0.5);
const column = (x: Iterable<number>) => Matrix.columnVector([...x]);
const closeTo = (found: ArrayLike<number>, wanted: ArrayLike<number>, digits: number) => {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(found[i]).toBeCloseTo(wanted[i], digits);
};

describe('of a period', () => {
  const whole = () => jitterMap(score, network());
  // Only its last spikes reach into the next.
  const short = () => jitterMap(score, network(12, 8, 2), { model: 'continuation', beta: 0.15 });
  it('one sweep is a matrix, with what is added to each spike on top, and its transposed is that of the matrix', () => {
    const map = whole();
    const matrix = dense(map);
    const [x, noise] = [vector(map.size), vector(map.size)];
    const both = new Float64Array(2 * map.size);
    both.set(x);
    sweepPeriod(map, both);
    closeTo(both.subarray(map.size), matrix.mmul(column(x)).to1DArray(), 8);
    // Noise at a spike goes on to those after it: less the matrix, what is left is what the noise alone does.
    both.set(x);
    sweepPeriod(map, both, noise);
    for (let m = 0; m < map.size; m++) {
      const row = rowOf(map, map.values, m);
      expect(both[map.size + m]).toBeCloseTo(
        row.reduce((sum, a, n) => sum + a * both[n], noise[m]),
        9,
      );
    }
    const out = new Float64Array(map.size);
    both.fill(7);
    applyTransposed(map, x, out, both);
    closeTo(out, matrix.transpose().mmul(column(x)).to1DArray(), 8);
  });

  it.each([0.5, 3, 100])('the deflated map is the map but for common shifts, taken out every %d', (segment) => {
    for (const one of [whole(), short()]) {
      const { size, state } = one;
      const x = vector(state);
      const out = new Float64Array(state);
      const both = new Float64Array(2 * size).fill(3);
      applyDeflated(one, x, out, both, segment);
      const shifts = new Float64Array(size);
      shifts.set(x, size - state);
      const wanted = dense(one)
        .mmul(column(shifts))
        .to1DArray()
        .slice(size - state);
      closeTo(centring(state).mmul(column(out)).to1DArray(), centring(state).mmul(column(wanted)).to1DArray(), 7);
    }
    expect(short().state).toBeLessThan(short().size);
  });

  it('its way back is its adjoint, up to common shifts, and says what weights are worth', () => {
    for (const [one, net, model] of [
      [whole(), network(), { model: 'continuation' }],
      [short(), network(12, 8, 2), { model: 'continuation', beta: 0.15 }],
    ] as const) {
      const { state } = one;
      const [x, worth] = [vector(state), vector(state)];
      // A loss that a common shift does not change.
      const mean = worth.reduce((a, b) => a + b, 0) / state;
      const slope = worth.map((w) => w - mean);
      const lossOf = (of: JitterMap, from: Float64Array) => {
        const out = new Float64Array(state);
        applyDeflated(of, from, out, new Float64Array(2 * of.size));
        return out.reduce((sum, y, i) => sum + y * slope[i], 0);
      };
      const both = new Float64Array(2 * one.size);
      applyDeflated(one, x, new Float64Array(state), both);
      const [back, entries] = [slope.slice(), new Float64Array(one.values.length)];
      pullDeflated(one, back, both, entries);
      expect(back.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
      const y = vector(state);
      const along = y.reduce((sum, value, i) => sum + value * back[i], 0);
      expect(along).toBeCloseTo(lossOf(one, y), 7);
      if (model !== undefined && 'beta' in model) continue;
      const gradient = entriesToWeights(score, net, one, entries);
      const h = 1e-6;
      for (let k = 0; k < net.weights.length; k += 5) {
        const at = (change: number) => {
          const weights = net.weights.map((w, i) => (i === k ? w + change : w));
          return lossOf(jitterMap(score, { ...net, weights }, model), x);
        };
        const difference = (at(h) - at(-h)) / (2 * h);
        expect(Math.abs(gradient[k] - difference)).toBeLessThan(1e-5 * (1 + Math.abs(difference)));
      }
    }
  });
});

/** A map of given rows over old and new shifts, one spike per unit of time. */
function mapOf(rows: number[][]): JitterMap {
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
const rowsOf = (size: number, draw: () => number) =>
  Array.from({ length: size }, (_, m) => {
    const row = Array.from({ length: 2 * size }, (_, n) => (n >= m && n < size + m ? draw() : 0));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });

describe('stability', () => {
  it('has the eigenvalues of the map but for the common shift, gain, drift and the least slope', () => {
    for (const map of [mapOf(rowsOf(6, () => 0.2 + random())), mapOf(rowsOf(9, () => random() - 0.1))]) {
      const { size } = map;
      const matrix = dense(map);
      const found = stabilityOf(map);
      const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(matrix);
      const moduli = re.map((x, i) => Math.hypot(x, im[i])).sort((a, b) => b - a);
      // The common shift has the eigenvalue 1; what is left of it in the deflated map is 0.
      const others = [...moduli];
      others.splice(
        others.findIndex((modulus) => Math.abs(modulus - 1) < 1e-9),
        1,
      );
      expect(found.radius).toBeCloseTo(others[0], 8);
      expect(found.exponent).toBeCloseTo(Math.log(others[0]), 7);
      closeTo(
        found.spectrum.slice(0, 3).map(({ modulus }) => modulus),
        others.slice(0, 3),
        7,
      );
      const P = centring(size);
      expect(found.gain).toBeCloseTo(new SingularValueDecomposition(P.mmul(matrix).mmul(P)).norm2, 6);
      // pi^T (Phi - 1) = 0, pi^T 1 = 1.
      const conditions = Matrix.sub(matrix, Matrix.eye(size)).transpose();
      conditions.setRow(size - 1, new Array(size).fill(1));
      const pi = inverse(conditions).mmul(column([...new Array(size - 1).fill(0), 1]));
      expect(found.driftGain).toBeCloseTo(pi.norm('frobenius'), 8);
      expect(found).toMatchObject({ status: 'converged', spikes: size, steps: size, leastSlope: 1, beyond: 0.25 });
    }
  });

  it('takes twice and four times as many steps where the first do not settle it, and says where none do', () => {
    // Of many eigenvalues of about the same modulus, few steps tell little: every spike is caused by the one 25 before it.
    const size = 30;
    const rows = Array.from({ length: size }, (_, m) => {
      const row = new Array<number>(2 * size).fill(0);
      row[m + size - 25] += 0.9;
      row[m + size - 24] += 0.1;
      return row;
    });
    const map = mapOf(rows);
    expect(stabilityOf(map, 2)).toMatchObject({ status: 'limit', steps: 8 });
    expect(stabilityOf(map, 10)).toMatchObject({ status: 'converged', steps: 30 });
    expect(stabilityOf(map, 30)).toMatchObject({ status: 'converged', steps: 30 });
    // Beside a common cause that makes a thousandth of it, what is known of it is measured against what it is.
    const weak = rows.map((row) => row.map((value, n) => 0.001 * value + (n < size ? 0.999 / size : 0)));
    const little = stabilityOf(mapOf(weak), 2);
    expect(little.radius).toBeLessThan(1e-3);
    expect(little).toMatchObject({ status: 'limit', steps: 8 });
    const few = stabilityOf(map, 2).spectrum;
    expect(few.every(({ residual, modulus }) => residual <= 1e-3 * modulus)).toBe(true);
    expect(little.spectrum.every(({ residual, modulus }) => residual <= 1e-3 * modulus)).toBe(true);
    expect(() => stabilityOf(map, 0)).toThrow(/Arnoldi steps/);
    expect(() => stabilityOf(map, 10001)).toThrow(/Arnoldi steps/);
  });

  it('of a map that leaves little has the radius, however small, where rounding does not reach', () => {
    // Causes of the period before alone: what is added to a common cause are its eigenvalues.
    const size = 8;
    const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => random() - 0.4));
    const plain = rows.map((row) => [
      ...row.map((a) => a / row.reduce((x, y) => x + y, 0)),
      ...new Array(size).fill(0),
    ]);
    const { radius } = stabilityOf(mapOf(plain));
    for (const share of [1e-3, 1e-9]) {
      const weak = plain.map((row) => row.map((a, n) => share * a + (n < size ? (1 - share) / size : 0)));
      const found = stabilityOf(mapOf(weak));
      expect(found.status).toBe('converged');
      expect(Math.abs(found.radius / (share * radius) - 1)).toBeLessThan(1e-4);
    }
    // Spikes that cause two others, and are caused by both: shares of a shift go to and fro for ever, and are given up.
    const swinging = mapOf([
      [0, 0.5, 0.5, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0],
    ]);
    expect(stabilityOf(swinging).driftGain).toBeLessThanOrEqual(1);
    // Nothing reaches into the next period: then no radius is known.
    const none = { ...mapOf(plain), state: 0 };
    expect(stabilityOf(none)).toMatchObject({ status: 'rounding', radius: 0, spectrum: [], steps: 0 });
  });

  it('of no spikes and of one says that nothing can be shifted apart; of causes that are all the same, only that little is left', () => {
    const none = stabilityOf(mapOf([]));
    expect(none).toMatchObject({ status: 'converged', radius: 0, exponent: Number.NEGATIVE_INFINITY, steps: 0 });
    expect(none).toMatchObject({ gain: 0, driftGain: 0, spectrum: [], leastSlope: Number.POSITIVE_INFINITY });
    const one = stabilityOf(mapOf([[1, 0]]));
    expect(one).toMatchObject({ status: 'converged', radius: 0, driftGain: 1, steps: 1 });
    // Both follow the first of the period before: a shift apart is gone at once, and rounding alone would be seen.
    const gone = stabilityOf(
      mapOf([
        [1, 0, 0, 0],
        [1, 0, 0, 0],
      ]),
    );
    expect(gone).toMatchObject({ status: 'rounding', spectrum: [], driftGain: 1 });
    expect(gone.gain).toBeCloseTo(0, 7);
  });
});

describe('a prediction of noise', () => {
  const made = () => jitterMap(score, network());
  const options: NoiseOptions = { sigma: 0.05, seed: 5, periods: 6, order: 1 };

  it('of first order is the recursion: measured as a replay is, from the third period on', () => {
    const { period } = score;
    const map = made();
    const { size } = map;
    const key = streamKey(5, 'linear noise');
    // Positive causes, under which jitter stays as small as the noise makes it.
    const causes = { ...mapOf(rowsOf(size, () => 0.2 + random())), times: map.times, neurons: map.neurons };
    let x = new Array<number>(size).fill(0);
    const [precisions, lags, errors]: number[][] = [[], [], []];
    for (let p = 0; p < 2 + options.periods; p++) {
      const next: number[] = [];
      for (let m = 0; m < size; m++) {
        // In the order of the causes, so that equally good lags are told apart alike.
        const shift = (a: number, n: number) => a * (n < size ? x[n] : (next[n - size] ?? 0));
        const noise = (options.sigma * normal(key, m, p)) / causes.slopes[m];
        next.push(rowOf(causes, causes.values, m).reduce((sum, a, n) => sum + shift(a, n), noise));
      }
      x = next;
      if (p < 2) continue;
      const played = [0, 1, 2, 3].map((c) =>
        Float64Array.from([...map.times].flatMap((t, m) => (map.neurons[m] === c ? [t + x[m]] : []))).sort(),
      );
      const { precision, lag } = similarity(score, played);
      precisions.push(precision);
      const last = lags.at(-1) ?? 0;
      lags.push(lag - period * Math.round((lag - last) / period));
      errors.push(...timingErrors(score, played, lag));
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const steps = lags.slice(1).map((lag, i) => lag - lags[i]);
    const spread = steps.reduce((sum, step) => sum + (step - mean(steps)) ** 2, 0) / (steps.length - 1);
    const found = predictNoise(causes, score, options);
    expect(found.sigma).toBe(options.sigma);
    expect(found.precision).toBeCloseTo(mean(precisions), 9);
    expect(found.precision).toBeLessThan(0.999);
    expect(found.jitter).toBeCloseTo(Math.sqrt(mean(errors.map((error) => error * error))), 9);
    expect(found.drift).toBeCloseTo(trend(lags).slope, 9);
    expect(found.driftError).toBeCloseTo(Math.sqrt(spread / steps.length), 9);
  });

  /** The time by which each period of a neuron that excites itself comes late, to all orders: by bisection. */
  function walk(
    synapses: [delay: number, weight: number][],
    { period, sigma, periods, beta }: { period: number; sigma: number; periods: number; beta: number },
  ): number[] {
    const key = streamKey(7, 'linear noise');
    const age = (delay: number) => (2 * period - delay) % period;
    // The kernel of the arrival, and of the next where that one may come before the spike.
    const z = (e: number) =>
      synapses.reduce(
        (sum, [delay, w]) =>
          sum +
          w *
            (kernel((age(delay) + e) / beta) +
              (age(delay) > period - 0.25 ? kernel((age(delay) - period + e) / beta) : 0)),
        0,
      );
    const level = z(0);
    const steps = Array.from({ length: periods }, (_, p) => {
      let [low, high] = [-0.05, 0.05];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (z(middle) < level + sigma * normal(key, 0, p)) low = middle;
        else high = middle;
      }
      return low;
    });
    return steps;
  }

  it.each<[string, [number, number][]]>([
    ['a rising kernel', [[3.6, 1]]],
    [
      'a rise on a fall',
      [
        [3.7, 2],
        [2, -0.5],
      ],
    ],
    // 2 sigma / slope is about 0.004: some periods it comes before the spike, some after it.
    [
      'an arrival just before the spike',
      [
        [3.6, 1],
        [3.999, 0.02],
      ],
    ],
    [
      'an arrival just after the spike',
      [
        [3.6, 1],
        [4.001, 0.02],
      ],
    ],
  ])('of second order follows the potential to that order, with %s', (_name, synapses) => {
    const one = scoreOf([[2]], 4);
    const net: Network = {
      starts: Uint32Array.of(0, synapses.length),
      sources: new Uint32Array(synapses.length),
      delays: Float64Array.from(synapses, ([delay]) => delay),
      weights: Float64Array.from(synapses, ([, weight]) => weight),
    };
    for (const beta of [1, 0.8]) {
      const own = jitterMap(one, net, { model: 'continuation', beta });
      const [sigma, periods] = [0.002, 24];
      const predicted = (order: 1 | 2) => predictNoise(own, one, { sigma, seed: 7, periods, order });
      const lags: number[] = [];
      walk(synapses, { period: 4, sigma, periods: periods + 2, beta }).reduce((lag, step, p) => {
        if (p >= 2) lags.push(lag + step);
        return lag + step;
      }, 0);
      const right = trend(lags).slope;
      const [first, second] = [predicted(1), predicted(2)];
      expect(Math.abs(second.drift - right)).toBeLessThan(1e-8);
      expect(Math.abs(first.drift - right)).toBeGreaterThan(4e-7);
      expect(second.driftError).toBeGreaterThan(0);
      // One spike is in time whatever it does.
      expect(second.precision).toBeCloseTo(1, 12);
      expect(second.jitter).toBeCloseTo(0, 9);
    }
  });

  it('of a jitter that grows beyond all numbers leaves nothing in time', () => {
    // Two spikes part by a factor of 11 per period: after ln(1.8e308 / 0.05) / ln 11, about 297 periods, there is nothing to measure, also
    // of a third that goes its own way.
    const parting = {
      ...mapOf([
        [6, -5, 0, 0, 0, 0],
        [-5, 6, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
      ]),
      neurons: Uint32Array.of(0, 0, 1),
    };
    const inTime = (periods: number, sigma = 0.05) =>
      periods * predictNoise(parting, scoreOf([[0, 1], [2]], 9), { ...options, periods, sigma }).precision;
    expect(inTime(310)).toBeGreaterThan(10);
    expect(inTime(400)).toBeCloseTo(inTime(310), 9);
    expect(inTime(20, 0)).toBeCloseTo(20, 9);
  });

  it('of second order is that of first order where nothing bends', () => {
    const straight = { ...mapOf(rowsOf(5, () => 0.2 + random())), neurons: Uint32Array.of(0, 1, 2, 0, 1) };
    const own = scoreOf([[0, 3], [1, 4], [2]], 9);
    const [first, second] = ([1, 2] as const).map((order) => predictNoise(straight, own, { ...options, order }));
    expect(first.precision).toBeLessThan(0.99);
    for (const name of ['precision', 'jitter', 'drift', 'driftError'] as const) {
      expect(second[name]).toBeCloseTo(first[name], 9);
    }
  });

  it('follows a lag over more than a period', () => {
    // One spike that is caused by itself alone: its lag is the sum of the noise, here up to several half periods.
    const [sigma, periods, period] = [0.3, 200, 3];
    const key = streamKey(11, 'linear noise');
    let lag = 0;
    const lags = Array.from({ length: 2 + periods }, (_, p) => {
      lag += sigma * normal(key, 0, p);
      return lag;
    }).slice(2);
    expect(Math.max(...lags) - Math.min(...lags)).toBeGreaterThan(period);
    const one = { ...mapOf([[1, 0]]), slopes: Float64Array.of(1) };
    const found = predictNoise(one, scoreOf([[1]], period), { sigma, seed: 11, periods, order: 1 });
    // The lag of the first period is known up to a period, which no slope sees.
    expect(found.drift).toBeCloseTo(trend(lags).slope, 9);
  });

  it('has the kinks of each spike at that spike alone', () => {
    // Two spikes that are each caused by themselves, an arrival just before the second: one more that weighs nothing changes nothing.
    const two = mapOf([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
    const kinks = (ages: number[], weights: number[]) => ({
      ...two,
      kinkStarts: Float64Array.of(0, 0, ages.length),
      kinkColumns: new Uint32Array(ages.length).fill(1),
      kinkAges: Float64Array.from(ages),
      kinkWeights: Float64Array.from(weights),
    });
    const predicted = (map: JitterMap) =>
      predictNoise(map, scoreOf([[0, 1]], 9), { ...options, order: 2, sigma: 0.02 });
    const plain = predicted(kinks([1e-3], [0.1]));
    expect(predicted(kinks([1e-3, 1e-3], [0, 0.1]))).toEqual(plain);
    expect(predicted(two)).not.toEqual(plain);
  });

  it('refuses what makes none', () => {
    const map = made();
    for (const change of [{ sigma: -1 }, { periods: 0 }, { periods: 1.5 }, { order: 3 }]) {
      expect(() => predictNoise(map, score, { ...options, ...change } as NoiseOptions)).toThrow();
    }
    const fewer = scoreOf([[1], [2], [3], [4]], 14);
    expect(() => predictNoise(map, fewer, options)).toThrow(/they must belong together/);
    const one = { ...map, neurons: map.neurons.map((neuron, m) => (m === 2 ? 4 : neuron)) };
    expect(() => predictNoise(one, score, options)).toThrow(/belong together/);
    expect(() => predictNoise(map, { ...score, period: -1 }, options)).toThrow();
    expect(() => predictNoise(map, score, null as unknown as NoiseOptions)).toThrow(/options/);
  });

  it('is one task of a report for each noise, behind the spectrum', () => {
    const map = made();
    const test = { score, network: network(), seed: 5, steps: 30, noises: [0.1, 0.05], periods: 6 };
    const task = stabilityJob.prepare(test);
    expect(task(0)).toEqual({ stability: stabilityOf(map, 30) });
    expect(task(2)).toEqual({
      noise: 0.05,
      linear: predictNoise(map, score, options),
      curved: predictNoise(map, score, { ...options, order: 2 }),
    });
  });
});
