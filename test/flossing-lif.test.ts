/** Gradients through spikes, by an oracle that shares no code: the equations once more, in dual numbers, with f in the place of h'. */
import { describe, expect, it } from 'vitest';
import { createArena } from '../src/core/index.js';
import { flossingLoss } from '../src/flossing/floss.js';
import {
  activationOf,
  advanceFlossing,
  type CellName,
  COLUMNS,
  DEFAULTS,
  drawParameters,
  type FlossingSettings,
  type Parameters,
  spectrumOf,
  startFlossing,
} from '../src/flossing/index.js';
import { courseOf } from '../src/flossing/surrogate-course.js';
import { createTaskPass } from '../src/flossing/task-pass.js';
import { startRows } from '../src/lyapunov/index.js';
import { delayedParity } from '../src/tasks/index.js';
import { lcg } from './helpers.js';

/** A value and its derivative to the one number that is varied. */
type Dual = readonly [number, number];
const add = (...terms: Dual[]): Dual => [terms.reduce((s, a) => s + a[0], 0), terms.reduce((s, a) => s + a[1], 0)];
const mul = (a: Dual, b: Dual): Dual => [a[0] * b[0], a[0] * b[1] + a[1] * b[0]];
const scale = (a: Dual, c: number): Dual => [a[0] * c, a[1] * c];
/** A function of known value and slope. */
const through = (a: Dual, value: number, slope: number): Dual => [value, slope * a[1]];
const root = (a: Dual) => through(a, Math.sqrt(a[0]), 0.5 / Math.sqrt(a[0]));
const dot = (a: readonly Dual[], b: readonly Dual[]) => add(...a.map((x, i) => mul(x, b[i])));

const [ALPHA, BETA] = [Math.exp(-1 / 5), Math.exp(-1 / 10)];
const logistic = (q: Dual): Dual => {
  const y = 1 / (1 + Math.exp(-q[0]));
  return through(q, y, y * (1 - y));
};
const sharpness = 0.7;
const c = (Math.PI * sharpness) / 2;
const surrogate = (x: Dual): Dual =>
  through(x, 1 / (1 + (c * x[0]) ** 2), (-2 * c * c * x[0]) / (1 + (c * x[0]) ** 2) ** 2);

interface Network {
  J: Dual[][];
  W: Dual[][];
  b: Dual[];
  Wr: Dual[][];
  offset: Dual[];
  /** Of one trial: x, or x and y. */
  state: Dual[];
  alpha: Dual[];
  beta: Dual[];
}

/** Parameters with derivative 1 at entry `e` of array `name`. */
function varied(p: Parameters, name: keyof Parameters, e: number, trial = 0): Network {
  const n = p.bias.length;
  const batch = 3;
  const of = (which: keyof Parameters, at: number): Dual => [
    (p[which] as Float64Array)[at],
    which === name && at === e ? 1 : 0,
  ];
  const decay = (from: number, constant: number) =>
    Array.from({ length: n }, (_, i): Dual => (p.leaks ? logistic(of('leaks', from + i)) : [constant, 0]));
  const rows = (which: keyof Parameters, count: number, columns: number) =>
    Array.from({ length: count }, (_, i) => Array.from({ length: columns }, (_, j) => of(which, i * columns + j)));
  return {
    J: rows('recurrent', n, n),
    W: rows('input', n, p.input.length / n),
    b: Array.from({ length: n }, (_, i) => of('bias', i)),
    Wr: rows('readout', p.offset.length, n),
    offset: Array.from(p.offset, (_, i) => of('offset', i)),
    state: Array.from({ length: p.start.length / batch }, (_, i) => of('start', i * batch + trial)),
    alpha: decay(0, ALPHA),
    beta: decay(n, BETA),
  };
}

/** One step: the next state, and the Jacobian. */
function step(cell: CellName, { J, W, b, alpha, beta }: Network, state: Dual[], shown: ArrayLike<number>) {
  const n = b.length;
  const lif = cell === 'lif';
  const x = state.slice(0, n);
  const distance = x.map((v): Dual => (lif ? add(v, [-1, 0]) : v));
  const f = distance.map(surrogate);
  const sent = distance.map((d, j) => through(d, d[0] > 0 ? 1 : 0, f[j][0]));
  const came = b.map((bias, i) => add(bias, dot(J[i], sent), ...W[i].map((w, s) => scale(w, shown[s] / W[i].length))));
  const Js = J.map((row) => row.map((w, j) => mul(w, f[j])));
  if (!lif) return { next: came, D: Js };
  const y = came.map((value, i) => add(mul(alpha[i], state[n + i]), value));
  const gain = beta.map((value): Dual => add([1, 0], scale(value, -1)));
  const mem = x.map((v, i) => scale(add(mul(beta[i], v), mul(gain[i], y[i])), 1 - sent[i][0]));
  const unit = (i: number, j: number, value: Dual): Dual => (i === j ? value : [0, 0]);
  const D = [
    ...Js.map((row, i) => [
      ...row.map((w, j) => add(mul(gain[i], w), unit(i, j, beta[i]))),
      ...row.map((_, j) => unit(i, j, mul(gain[i], alpha[i]))),
    ]),
    ...Js.map((row, i) => [...row, ...row.map((_, j) => unit(i, j, alpha[i]))]),
  ];
  return { next: [...mem, ...y], D };
}

const sizes = { units: 4, inputs: 2, outputs: 2, batch: 3 };
const drawn = (cell: CellName) =>
  drawParameters(sizes, { gain: 2, mean: 0.5, shape: 'gauss' }, activationOf(cell, 'atan', sharpness), 3);
const entries = (p: Parameters) => Object.entries(p) as [keyof Parameters, Float64Array][];
const blank = (p: Parameters) =>
  Object.fromEntries(
    entries(p).map(([name, values]) => [name, new Float64Array(values.length)]),
  ) as unknown as Parameters;

describe.each([
  ['binary', 'binary', false],
  ['LIF', 'lif', false],
  ['LIF (time constants are trained)', 'lif', true],
] as const)('gradients through the spikes of %s units', (_, cell, own) => {
  const activation = activationOf(cell, 'atan', sharpness);
  const leaks = Float64Array.of(1.2, 1.6, 0.9, 2, 1.8, 2.4, 1.5, 2.9);
  const parametersOf = (): Parameters => (own ? { ...drawn(cell), leaks } : drawn(cell));

  it('are those of dual numbers: the exponents', () => {
    const plan = { exponents: 3, wanted: 0.1, steps: 14, skip: 3 };
    const parameters = { ...parametersOf(), bias: drawn(cell).bias.map((b) => b + 0.3) };
    const random = lcg(5);
    const shown = Float64Array.from({ length: 2 * plan.steps }, () => (random() < 0.5 ? 0 : 1));
    const dimension = (cell === 'lif' ? 2 : 1) * sizes.units;
    const start = startRows(dimension, plan.exponents, 1);
    const arena = createArena();
    const course = courseOf(arena, parameters, activation, shown, plan.exponents);
    const found = flossingLoss(arena, course, start, plan);
    const gradients = blank(parameters);
    course.gather(gradients);
    const spikes = course.states.filter((x) => activation.send(x) === 1).length;
    expect(spikes).toBeGreaterThan(5);

    const lossOf = (network: Network): Dual => {
      let { state } = network;
      let V = Array.from({ length: plan.exponents }, (_, i) =>
        Array.from({ length: dimension }, (_, j): Dual => [start[i * dimension + j], 0]),
      );
      const sums = V.map((): Dual => [0, 0]);
      for (let t = 0; t < plan.steps; t++) {
        const { next, D } = step(cell, network, state, shown.subarray(2 * t, 2 * t + 2));
        const made: Dual[][] = [];
        V.forEach((v, i) => {
          let w = D.map((row) => dot(row, v));
          for (const q of made) {
            const along = dot(q, w);
            w = w.map((value, j) => add(value, scale(mul(along, q[j]), -1)));
          }
          const r = root(dot(w, w));
          if (t >= plan.skip) sums[i] = add(sums[i], through(r, Math.log(r[0]), 1 / r[0]));
          made.push(w.map((value) => mul(value, through(r, 1 / r[0], -1 / r[0] ** 2))));
        });
        V = made;
        state = next;
      }
      const gaps = sums.map((sum) => add(scale(sum, 1 / (plan.steps - plan.skip)), [-plan.wanted, 0]));
      return scale(dot(gaps, gaps), 1 / gaps.length);
    };
    for (const [name, values] of entries(parameters)) {
      if (!['input', 'recurrent', 'bias', 'leaks'].includes(name)) continue;
      for (let e = 0; e < values.length; e++) {
        const [value, slope] = lossOf(varied(parameters, name, e));
        expect(found.loss).toBeCloseTo(value, 11);
        expect(Math.abs((gradients[name] as Float64Array)[e] - slope), `${name} ${e}`).toBeLessThan(1e-10);
      }
    }
  });

  it('are those of dual numbers: the task', () => {
    const parameters = parametersOf();
    const task = delayedParity({ level: 1, delay: 2, steps: 12, channels: 2 });
    const trials = [0, 1, 2].map((index) => task.trial(9, index));
    const gradients = blank(parameters);
    const { loss } = createTaskPass(sizes, 12, activation)(parameters, trials, gradients);
    const lossOf = (name: keyof Parameters, e: number): Dual => {
      let sum: Dual = [0, 0];
      let count = 0;
      trials.forEach(({ input, target, from }, trial) => {
        const network = varied(parameters, name, e, trial);
        let { state } = network;
        for (let t = 0; t < 12; t++) {
          state = step(cell, network, state, input.subarray(2 * t, 2 * t + 2)).next;
          for (let r = 0; t >= from && r < 2; r++, count++) {
            const reading = add(network.offset[r], dot(network.Wr[r], state.slice(0, sizes.units)));
            const y = target[2 * t + r];
            const value = Math.log1p(Math.exp(reading[0])) - y * reading[0];
            sum = add(sum, through(reading, value, 1 / (1 + Math.exp(-reading[0])) - y));
          }
        }
      });
      return scale(sum, 1 / count);
    };
    for (const [name, values] of entries(gradients)) {
      const size = Math.max(...values.map(Math.abs));
      expect(size).toBeGreaterThan(0);
      for (let e = 0; e < values.length; e++) {
        const [value, slope] = lossOf(name, e);
        expect(loss).toBeCloseTo(value, 5);
        expect(Math.abs(values[e] - slope), `${name} ${e}`).toBeLessThan(1e-5 * size);
      }
    }
  });
});

describe('a training of LIF units', () => {
  const settings: FlossingSettings = {
    ...DEFAULTS,
    cell: 'lif',
    units: 20,
    batch: 8,
    level: 0,
    delay: 1,
    steps: 40,
    epochs: 80,
    rate: 1e-2,
    clip: 1,
    exponents: 16,
    flossSteps: 40,
    skip: 8,
    first: 60,
    mode: 'pre',
    seed: 2,
  };

  it('brings its flossed exponents nearer to zero, and answers better than chance', () => {
    const activation = activationOf('lif', 'atan', 1);
    const spread = (parameters: Parameters) =>
      spectrumOf(parameters, activation, { exponents: 16, steps: 100, skip: 20, seed: 1 }).reduce(
        (s, x) => s + x * x,
        0,
      );
    const trained = startFlossing(settings);
    const before = spread(trained.parameters);
    advanceFlossing(trained, settings, 1);
    expect(spread(trained.parameters)).toBeLessThan(0.5 * before);
    advanceFlossing(trained, settings);
    const accuracy = trained.log.filter((_, at) => at % COLUMNS.length === 2).slice(-20);
    expect(accuracy.reduce((sum, x) => sum + x / 20, 0)).toBeGreaterThan(0.57);
  });

  it('may learn its time constants, stops and goes on with the same bytes; others have none', () => {
    const own = { ...settings, epochs: 6, first: 3, leaksTrained: true };
    const [once, twice] = [startFlossing(own), startFlossing(own)];
    const before = once.parameters.leaks?.slice() as Float64Array;
    expect(before.length).toBe(40);
    advanceFlossing(once, own);
    for (const until of [2, 6]) advanceFlossing(twice, own, until);
    expect(twice.parameters).toEqual(once.parameters);
    expect(once.parameters.leaks?.every((q, i) => q !== before[i])).toBe(true);
    expect(() => startFlossing({ ...own, cell: 'tanh' })).toThrow(/tanh units have no time constants to train/);
  });

  it('has at most twice as many exponents as units', () => {
    expect(startFlossing({ ...settings, exponents: 40 }).epoch).toBe(0);
    expect(() => startFlossing({ ...settings, exponents: 41 })).toThrow(
      /lif network of 20 units has exponents 1 to 40; got 41/,
    );
  });
});

it('the parameters of one cell are refused as those of another whose units have more numbers', () => {
  const sizes = { units: 5, inputs: 1, outputs: 1, batch: 1 };
  const plan = { exponents: 2, steps: 5, skip: 0, seed: 1 };
  const [binary, leaky] = (['binary', 'lif'] as const).map((cell) => activationOf(cell, 'atan', 1));
  const parameters = drawParameters(sizes, { gain: 1, mean: 0, shape: 'gauss' }, binary, 1);
  expect(spectrumOf(parameters, binary, plan)).toHaveLength(2);
  expect(() => spectrumOf(parameters, leaky, plan)).toThrow(/10 numbers a trial where units leak; got 5/);
});
