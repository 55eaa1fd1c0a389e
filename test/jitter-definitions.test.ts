/** The jitter map, and what a period makes of a jitter, against what defines them. */
import { describe, expect, it } from 'vitest';
import {
  applyDeflated,
  applyTransposed,
  entriesToWeights,
  type JitterMap,
  jitterMap,
  type NoiseOptions,
  predictNoise,
  pullDeflated,
  stabilityOf,
  sweepPeriod,
} from '../src/memory/measure/index.js';
import { type LifModel, type Network, type NeuronModel, ofNeuron } from '../src/memory/network/index.js';
import { sampleScore, scoreOf } from '../src/memory/score/index.js';
import { kernelSlope, lcg, randomNetwork } from './helpers.js';
import {
  arrivalsAt,
  betas,
  centring,
  closeTo,
  column,
  dense,
  kernelBend,
  mapOf,
  network,
  OLDEST,
  rowOf,
  rowsOf,
  score,
  spikesInOrder,
} from './jitter.js';

const random = lcg(3);
const vector = (n: number) => Float64Array.from({ length: n }, () => random() - 0.5);

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

  it('takes spikes that come at once in the order of their neurons, and refuses one whose potential is flat', () => {
    const ones = scoreOf([[2, 4], [2], [1, 4]], 6);
    const net: Network = {
      starts: Uint32Array.of(0, 1, 2, 3),
      sources: Uint32Array.of(2, 0, 1),
      delays: Float64Array.of(0.5, 0.5, 0.5),
      weights: Float64Array.of(1, 1, 1),
    };
    const map = jitterMap(ones, net);
    expect([[...map.times], [...map.neurons]]).toEqual([
      [1, 2, 2, 4, 4],
      [2, 0, 1, 0, 2],
    ]);
    const gradient = entriesToWeights(
      ones,
      net,
      map,
      Float64Array.from(map.values, (_, i) => 1 / (i + 1)),
    );
    // Each entry once, whose influence is h'(u) of its synapse.
    const byHand = new Float64Array(3);
    for (let m = 0; m < map.size; m++)
      for (let i = map.starts[m]; i < map.starts[m + 1]; i++)
        byHand[map.neurons[m]] += map.values[i] / net.weights[map.neurons[m]] / (i + 1);
    closeTo(gradient, byHand, 9);
    expect(() => jitterMap(ones, { ...net, weights: Float64Array.of(1, 0, 1) })).toThrow(
      /neuron 1 is flat .*\(at 2\.0/,
    );
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

  it('a difference of shifts is known to six digits when it has become 1e-20 of them, forwards and back', () => {
    // Every spike has six causes, those before it, with entries of 20 bits, so that whole numbers tell what becomes of shifts.
    const [size, causes, bits] = [450, 6, 20];
    const rows = Array.from({ length: size }, () => {
      const drawn = Array.from({ length: causes }, () => 1 + Math.floor(random() * 2 ** 17));
      drawn[2] += 2 ** bits - drawn.reduce((a, b) => a + b, 0);
      return drawn;
    });
    const map: JitterMap = {
      ...mapOf(
        rows.map((row, m) => Array.from({ length: size + m }, (_, n) => (row[size + m - 1 - n] ?? 0) / 2 ** bits)),
      ),
      state: causes,
    };
    const places = BigInt(bits * (size + 1));
    const afterOf = (x: number[]) => {
      const shifts = x.map((value) => BigInt(value) << places);
      for (const row of rows) {
        const sum = row.reduce((all, a, j) => all + BigInt(a) * shifts[shifts.length - 1 - j], 0n);
        shifts.push(sum >> BigInt(bits));
      }
      const last = shifts.slice(-causes);
      const sum = last.reduce((a, b) => a + b, 0n);
      return last.map((value) => Number((BigInt(causes) * value - sum) >> (places - 300n)) / 2 ** 300 / causes);
    };
    const unit = Array.from({ length: causes }, (_, i) =>
      afterOf(Array.from({ length: causes }, (_, j) => Number(i === j))),
    );
    const x = Float64Array.from({ length: causes }, () => Math.floor(1000 * random()));
    const both = new Float64Array(2 * size);
    const out = new Float64Array(causes);
    applyDeflated(map, x, out, both);
    const wanted = afterOf([...x]);
    const largest = Math.max(...wanted.map(Math.abs));
    expect(largest).toBeLessThan(1e-20);
    const mean = out.reduce((a, b) => a + b, 0) / causes;
    wanted.forEach((value, i) => expect(Math.abs(out[i] - mean - value)).toBeLessThan(1e-6 * largest));
    // Back: the transposed, of what a common shift is worth nothing.
    const worth = vector(causes);
    const middle = worth.reduce((a, b) => a + b, 0) / causes;
    const back = worth.map((w) => w - middle);
    const expected = unit.map((after) => after.reduce((sum, y, j) => sum + y * (worth[j] - middle), 0));
    pullDeflated(map, back, both, new Float64Array(map.values.length));
    const most = Math.max(...expected.map(Math.abs));
    expected.forEach((value, i) => expect(Math.abs(back[i] - value)).toBeLessThan(1e-6 * most));
  });

  it('its way back is its adjoint whatever the entries and whatever a loss is worth, where it takes out what is common', () => {
    const size = 23;
    for (const [state, pace] of [
      [size, 1],
      [9, 1],
      [9, 0.7],
      [size, 0.1],
    ]) {
      const made = mapOf(
        rowsOf(size, () => random() - 0.3).map((row) => row.map((value) => (1 + 0.2 * random()) * value)),
      );
      const map = { ...made, state, times: made.times.map((time) => pace * time) };
      const [x, u] = [vector(state), vector(state)];
      const [out, both] = [new Float64Array(state), new Float64Array(2 * size)];
      applyDeflated(map, x, out, both);
      const along = out.reduce((sum, y, i) => sum + y * u[i], 0);
      pullDeflated(map, u, both, new Float64Array(map.values.length));
      const back = u.reduce((sum, b, i) => sum + b * x[i], 0);
      expect(back / along).toBeCloseTo(1, 9);
    }
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
