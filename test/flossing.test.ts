import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { createArena, ln, streamKey, uniformStream } from '../src/core/index.js';
import { rateCourse } from '../src/flossing/course.js';
import { flossingLoss } from '../src/flossing/floss.js';
import {
  type Activation,
  activationOf,
  advanceFlossing,
  COLUMNS,
  DEFAULTS,
  drawParameters,
  type FlossingSettings,
  INSPECTED,
  type Parameters,
  spectrumOf,
  startFlossing,
  type Trained,
} from '../src/flossing/index.js';
import { drawLif, lifCourse } from '../src/flossing/lif.js';
import { lifSpectrum } from '../src/flossing/lif-floss.js';
import { singularValues } from '../src/flossing/singular-values.js';
import { createTaskPass } from '../src/flossing/task-pass.js';
import { arctangent, fastSigmoid } from '../src/learning/index.js';
import { startRows } from '../src/lyapunov/index.js';
import { delayedParity } from '../src/tasks/index.js';
import { lcg } from './helpers.js';

const sizes = { units: 12, inputs: 2, outputs: 2, batch: 3 };
const draw = { gain: 1.2, mean: 0.3, shape: 'gauss' as const };
const identity: Activation = { send: (x) => x, slope: () => 1, curvature: () => 0 };
/** The surrogate's own integral in the place of the step: a smooth cell, whose gradients differences can tell. */
const smooth = (sharpness: number): Activation => {
  const { spike, slope, curvature } = arctangent(sharpness);
  return { send: spike, slope, curvature };
};
const bits = (length: number, seed: number) => {
  const random = lcg(seed);
  return Float64Array.from({ length }, () => (random() < 0.5 ? 0 : 1));
};
const lnDet = (values: Float64Array, n: number) => {
  const { realEigenvalues, imaginaryEigenvalues } = eigen(values, n);
  return realEigenvalues.reduce((sum, re, i) => sum + Math.log(Math.hypot(re, imaginaryEigenvalues[i])), 0);
};
const eigen = (values: Float64Array, n: number) =>
  new EigenvalueDecomposition(new Matrix(Array.from({ length: n }, (_, i) => [...values.subarray(i * n, i * n + n)])));

describe('the surrogate spectrum', () => {
  it('sums to the mean of ln |det D|, whatever the cell', () => {
    for (const activation of [activationOf('binary', 'atan', 0.5), activationOf('tanh', 'atan', 1)]) {
      const parameters = drawParameters(sizes, draw, activation, 3);
      const [n, steps] = [sizes.units, 60];
      const sum = spectrumOf(parameters, activation, { exponents: n, steps, skip: 0, seed: 5 }).reduce((a, b) => a + b);
      // The same bits and the same course, followed once more.
      const arena = createArena();
      const course = rateCourse(arena, parameters, activation, shownOf(5, steps), 1);
      let slopes = 0;
      const start = startRows(n, 1, 1);
      const { exponents } = flossingLoss(arena, course, start, { exponents: 1, wanted: 0, steps, skip: 0 });
      expect(exponents.length).toBe(1);
      for (let e = 0; e < steps * n; e++) slopes += ln(activation.slope(course.states[e]));
      expect(sum).toBeCloseTo(lnDet(parameters.recurrent, n) + slopes / steps, 10);
    }
  });

  it('of a linear network has the moduli of the eigenvalues, of an orthogonal one ln g and nothing else', () => {
    const linear = drawParameters({ ...sizes, units: 8 }, draw, activationOf('tanh', 'atan', 1), 7);
    const { realEigenvalues, imaginaryEigenvalues } = eigen(linear.recurrent, 8);
    const moduli = realEigenvalues
      .map((re, i) => Math.log(Math.hypot(re, imaginaryEigenvalues[i])))
      .sort((a, b) => b - a);
    const found = spectrumOf(linear, identity, { exponents: 8, steps: 4000, skip: 1000, seed: 1 });
    found.forEach((exponent, i) => expect(exponent).toBeCloseTo(moduli[i], 2));
    const round = drawParameters(sizes, { gain: 0.8, mean: 0, shape: 'orthogonal' }, identity, 7);
    for (const exponent of spectrumOf(round, identity, { exponents: 12, steps: 50, skip: 0, seed: 1 })) {
      expect(exponent).toBeCloseTo(Math.log(0.8), 12);
    }
  });

  it('does not depend on the first vectors', () => {
    const activation = activationOf('binary', 'atan', 0.5);
    const parameters = drawParameters({ ...sizes, units: 30 }, { ...draw, gain: 1 }, activation, 2);
    const arena = createArena();
    const shown = bits(2 * 2100, 4);
    const [a, b] = [1, 2].map((seed) => {
      const course = rateCourse(arena, parameters, activation, shown, 5);
      return flossingLoss(arena, course, startRows(30, 5, seed), { exponents: 5, wanted: 0, steps: 2100, skip: 100 })
        .exponents;
    });
    a.forEach((exponent, i) => expect(Math.abs(exponent - b[i])).toBeLessThan(0.01));
  });

  it('has exponents of minus infinity where a compact surrogate lets directions die', () => {
    const activation = activationOf('binary', 'triangle', 5);
    const parameters = drawParameters(sizes, draw, activation, 3);
    const found = spectrumOf(parameters, activation, { exponents: 12, steps: 40, skip: 0, seed: 5 });
    expect(found[11]).toBe(Number.NEGATIVE_INFINITY);
    expect(found.some(Number.isNaN)).toBe(false);
  });
});

/** The bits that `spectrumOf` shows. */
function shownOf(seed: number, steps: number): Float64Array {
  // Asked for through the library's own stream, so that both see the same course.

  const uniform = uniformStream(streamKey(seed, 'flossing spectrum'), 0);
  return Float64Array.from({ length: steps * sizes.inputs }, () => (uniform() < 0.5 ? 0 : 1));
}

/** Central, of sixth order. */
const difference = (at: (change: number) => number) => {
  const [a, b, c] = [1, 2, 3].map((i) => at(i * 2e-4) - at(-i * 2e-4));
  return (45 * a - 9 * b + c) / (60 * 2e-4);
};

describe('the gradient of flossing', () => {
  const plan = { exponents: 5, wanted: 0.1, steps: 14, skip: 4 };
  const cells: [string, Activation][] = [
    ['tanh', activationOf('tanh', 'atan', 1)],
    ['binary, its step made smooth', smooth(0.7)],
  ];

  it.each(cells)('is that of central differences: %s', (_, activation) => {
    const parameters = drawParameters(sizes, draw, activation, 11);
    const arena = createArena();
    const shown = bits(plan.steps * sizes.inputs, 1);
    const start = startRows(sizes.units, plan.exponents, 1);
    const lossOf = (changed: Parameters) =>
      flossingLoss(arena, rateCourse(arena, changed, activation, shown, plan.exponents), start, plan).loss;
    const course = rateCourse(arena, parameters, activation, shown, plan.exponents);
    flossingLoss(arena, course, start, plan);
    const { input, recurrent, bias } = parameters;
    const gradients = {
      input: new Float64Array(input.length),
      recurrent: new Float64Array(recurrent.length),
      bias: new Float64Array(bias.length),
    };
    course.gather(gradients);
    for (const name of ['input', 'recurrent', 'bias'] as const) {
      for (let e = 0; e < parameters[name].length; e += 5) {
        const at = (change: number) => {
          const values = parameters[name].slice();
          values[e] += change;
          return lossOf({ ...parameters, [name]: values });
        };
        expect(Math.abs(gradients[name][e] - difference(at))).toBeLessThan(1e-8);
      }
    }
  });

  it('of a LIF network below threshold is that of central differences', () => {
    const [n, inputs, k, steps] = [6, 4, 5, 20];
    const drawn = drawLif(n, inputs, 3);
    // Inputs too weak for a spike, so that everything is smooth, and no surrogate for what does not happen.
    const silent = () => 0;
    const bias = Float64Array.from({ length: n }, (_, i) => 0.01 * i);
    const weights = { input: drawn.input.map((w) => 0.3 * w), recurrent: drawn.recurrent, bias };
    const rest = { start: new Float64Array(2 * n) };
    const activation = activationOf('lif', 'fast', 5);
    // A spike adds the weight of its input, not a share of it.
    const shown = bits(steps * inputs, 2).map((bit) => inputs * bit);
    const arena = createArena();
    const start = startRows(2 * n, k, 1);
    const plan = { exponents: k, wanted: 0, steps, skip: 3 };
    const course = lifCourse(arena, { ...weights, ...rest }, activation, shown, k, silent);
    flossingLoss(arena, course, start, plan);
    expect(course.states.every((x) => x < 1)).toBe(true);
    const gradients = {
      input: new Float64Array(n * inputs),
      recurrent: new Float64Array(n * n),
      bias: new Float64Array(n),
    };
    course.gather(gradients);
    for (const name of ['input', 'recurrent', 'bias'] as const) {
      for (let e = 0; e < weights[name].length; e++) {
        const at = (change: number) => {
          const values = weights[name].slice();
          values[e] += change;
          const changed = { ...weights, ...rest, [name]: values };
          return flossingLoss(arena, lifCourse(arena, changed, activation, shown, k, silent), start, plan).loss;
        };
        expect(Math.abs(gradients[name][e] - difference(at))).toBeLessThan(1e-8);
      }
    }
  });
});

/** Backpropagation once more, one trial and one number at a time, in double precision. */
function plainGradient(
  p: Parameters,
  { send, slope }: Activation,
  trials: readonly { input: Float64Array; target: Float64Array; from: number }[],
) {
  const { units: n, inputs: S, outputs: R, batch: B } = sizes;
  const steps = trials[0].target.length / R;
  const count = (steps - trials[0].from) * R * B;
  const g = Object.fromEntries(
    Object.entries(p).map(([name, values]) => [name, new Float64Array(values.length)]),
  ) as unknown as Parameters;
  let loss = 0;
  trials.forEach(({ input, target, from }, c) => {
    const x = [Float64Array.from({ length: n }, (_, i) => p.start[i * B + c])];
    for (let t = 1; t <= steps; t++) {
      const before = x[t - 1];
      x.push(
        Float64Array.from({ length: n }, (_, i) => {
          let sum = p.bias[i];
          for (let j = 0; j < n; j++) sum += p.recurrent[i * n + j] * send(before[j]);
          for (let s = 0; s < S; s++) sum += (p.input[i * S + s] * input[(t - 1) * S + s]) / S;
          return sum;
        }),
      );
    }
    let bar = new Float64Array(n);
    for (let t = steps; t >= 1; t--) {
      bar = bar.map((value, i) => value * (t === steps ? 0 : slope(x[t][i])));
      for (let r = 0; r < R && t > from; r++) {
        let reading = p.offset[r];
        for (let i = 0; i < n; i++) reading += p.readout[r * n + i] * x[t][i];
        const y = target[(t - 1) * R + r];
        loss += (Math.log1p(Math.exp(reading)) - y * reading) / count;
        const error = (1 / (1 + Math.exp(-reading)) - y) / count;
        g.offset[r] += error;
        for (let i = 0; i < n; i++) {
          g.readout[r * n + i] += error * x[t][i];
          bar[i] += p.readout[r * n + i] * error;
        }
      }
      const next = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        g.bias[i] += bar[i];
        for (let s = 0; s < S; s++) g.input[i * S + s] += (bar[i] * input[(t - 1) * S + s]) / S;
        for (let j = 0; j < n; j++) {
          g.recurrent[i * n + j] += bar[i] * send(x[t - 1][j]);
          next[j] += bar[i] * p.recurrent[i * n + j];
        }
      }
      bar = next;
    }
    for (let i = 0; i < n; i++) g.start[i * B + c] += bar[i] * slope(x[0][i]);
  });
  return { loss, g };
}

describe('the gradient of the task', () => {
  it('is that of a plain implementation in double precision', () => {
    const activation = activationOf('binary', 'fast', 1);
    const parameters = drawParameters(sizes, draw, activation, 4);
    const task = delayedParity({ level: 1, delay: 3, steps: 20, channels: 2 });
    const trials = [0, 1, 2].map((index) => task.trial(9, index));
    const gradients = Object.fromEntries(
      Object.entries(parameters).map(([name, values]) => [name, new Float64Array(values.length)]),
    ) as unknown as Parameters;
    const { loss } = createTaskPass(sizes, 20, activation)(parameters, trials, gradients);
    const plain = plainGradient(parameters, activation, trials);
    expect(loss).toBeCloseTo(plain.loss, 5);
    for (const [name, values] of Object.entries(plain.g) as [keyof Parameters, Float64Array][]) {
      const size = Math.max(...values.map(Math.abs));
      expect(size, name).toBeGreaterThan(0);
      values.forEach((value, e) => {
        expect(Math.abs((gradients[name] as Float64Array)[e] - value), name).toBeLessThan(2e-5 * size);
      });
    }
  });
});

describe('the LIF example', () => {
  it('without recurrent weights has the exponents of membrane and synapse: -0.1 and -0.2', () => {
    const { input } = drawLif(10, 20, 1);
    const { exponents } = lifSpectrum(
      { input, recurrent: new Float64Array(100) },
      { sharpness: 5, exponents: 20, steps: 400, seed: 1 },
    );
    exponents.forEach((exponent, i) => expect(exponent).toBeCloseTo(i < 10 ? -0.1 : -0.2, 1.5));
    expect(exponents.reduce((sum, exponent) => sum + exponent)).toBeCloseTo(10 * -0.3, 8);
  });

  it('with a surrogate of no width has the exponent of the membrane for its first', () => {
    const { exponents } = lifSpectrum(drawLif(64, 100, 1), { sharpness: 100, exponents: 1, steps: 500, seed: 1 });
    expect(exponents[0]).toBeCloseTo(-0.1, 2);
  });

  it('has the published spectrum at each sharpness', () => {
    const published: [number, number[]][] = [
      [1, [0.027, -0.005, -0.037, -0.105]],
      [5, [-0.068, -0.081, -0.092, -0.111]],
      [10, [-0.091, -0.093, -0.097, -0.105]],
    ];
    for (const [sharpness, values] of published) {
      const { exponents } = lifSpectrum(drawLif(64, 100, 1), { sharpness, exponents: 50, steps: 500, seed: 1 });
      [1, 10, 25, 50].forEach((index, i) => expect(Math.abs(exponents[index - 1] - values[i])).toBeLessThan(0.01));
    }
  });
});

describe('a training', () => {
  const small: FlossingSettings = {
    ...DEFAULTS,
    units: 16,
    batch: 4,
    steps: 20,
    delay: 2,
    epochs: 24,
    exponents: 4,
    flossSteps: 12,
    skip: 3,
    first: 6,
    later: 4,
    every: 10,
    seed: 5,
  };
  const whole = (trained: Trained) =>
    JSON.stringify(trained, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value));

  it.each(['none', 'pre', 'inter', 'adaptive', 'joint'] as const)(
    'stops anywhere and goes on with the same bytes: %s',
    (mode) => {
      const settings = { ...small, mode };
      const [once, twice] = [startFlossing(settings), startFlossing(settings)];
      advanceFlossing(once, settings);
      for (const until of [1, 10, 11, 24]) advanceFlossing(twice, settings, until);
      expect(whole(twice)).toBe(whole(once));
      expect(once.log.length).toBe(24 * COLUMNS.length);
      expect(once.updates).toBe({ none: 0, pre: 6, inter: 14, adaptive: once.updates, joint: 24 }[mode]);
      if (mode === 'adaptive') expect(once.updates).toBeGreaterThanOrEqual(200);
    },
  );

  it('is looked at now and then: exponents, condition, singular values of the gradient', () => {
    const trained = startFlossing({ ...small, epochs: 3 });
    advanceFlossing(trained, { ...small, epochs: 3 });
    const rows = [0, 1, 2].map((row) =>
      trained.inspections.slice(row * INSPECTED.length, (row + 1) * INSPECTED.length),
    );
    rows.forEach(([epoch, first, last, condition, ...sigma], row) => {
      expect(epoch).toBe(row);
      expect(condition).toBeCloseTo(((first - last) * 9) / Math.LN10, 10);
      // All sixteen of them would sum to the norm of the gradient that is logged; the task has few directions.
      const norm = trained.log[row * COLUMNS.length + COLUMNS.indexOf('gradient_recurrent')];
      const sum = Math.sqrt(sigma.reduce((squares, x) => squares + x * x, 0));
      expect(sum / norm).toBeGreaterThan(0.5);
      expect(sum / norm).toBeLessThan(1 + 1e-6);
    });
  });

  it('singular values: of a rotation times a diagonal they are the diagonal', () => {
    const [c, s] = [0.6, 0.8];
    const values = singularValues(Float64Array.of(3 * c, -2 * s, 0, 3 * s, 2 * c, 0, 0, 0, 5), 3);
    [5, 3, 2].forEach((value, i) => expect(values[i]).toBeCloseTo(value, 13));
  });

  it('floss: every flossed exponent comes to zero, and those behind them stay', () => {
    const settings = {
      ...small,
      units: 80,
      sharpness: 0.5,
      flossSteps: 55,
      skip: 16,
      mode: 'pre' as const,
      exponents: 16,
      first: 150,
      epochs: 1,
    };
    const activation = activationOf('binary', 'atan', 0.5);
    const trained = startFlossing(settings);
    const plan = { exponents: 40, steps: 300, skip: 50, seed: 2 };
    const before = spectrumOf(trained.parameters, activation, plan);
    advanceFlossing(trained, settings);
    const after = spectrumOf(trained.parameters, activation, plan);
    expect(before[0]).toBeLessThan(-0.12);
    for (let i = 0; i < 16; i++) expect(Math.abs(after[i])).toBeLessThan(0.06);
    expect(Math.abs(after[33] / before[33] - 1)).toBeLessThan(0.15);
  });

  it('the gradient to the start falls with the lag of the answer as its first exponent says', () => {
    const delays = [10, 16, 22, 28];
    const seeds = [1, 2, 3, 4, 5, 6];
    const flow = (delay: number, seed: number) => {
      const settings = { ...DEFAULTS, level: 0, delay, steps: delay + 1, epochs: 1, exponents: 1, seed };
      const trained = startFlossing(settings);
      advanceFlossing(trained, settings);
      return ln(trained.log[COLUMNS.indexOf('gradient_start')]);
    };
    const means = delays.map((delay) => seeds.reduce((sum, seed) => sum + flow(delay, seed) / seeds.length, 0));
    const activation = activationOf('binary', 'atan', 1);
    const exponents = seeds.map((seed) => {
      const { parameters } = startFlossing({ ...DEFAULTS, seed });
      return spectrumOf(parameters, activation, { exponents: 1, steps: 200, skip: 50, seed })[0];
    });
    const exponent = exponents.reduce((sum, x) => sum + x / seeds.length, 0);
    const slope = (means[3] - means[0]) / (delays[3] - delays[0]);
    expect(Math.abs(slope / exponent - 1)).toBeLessThan(0.3);
  });

  it('skips updates that are beyond all bounds, counts them, and goes on', () => {
    const settings = {
      ...small,
      gain: 400,
      cell: 'binary' as const,
      surrogate: 'fast' as const,
      sharpness: 1e-4,
      steps: 60,
    };
    const trained = startFlossing(settings);
    advanceFlossing(trained, settings, 5);
    expect(trained.skipped).toBeGreaterThan(0);
    expect(trained.parameters.recurrent.every(Number.isFinite)).toBe(true);
  });

  it('is refused where it makes no sense', () => {
    const refused = (change: Partial<FlossingSettings>) => () => startFlossing({ ...small, mode: 'pre', ...change });
    expect(refused({ exponents: 17 })).toThrow(/16 units has exponents 1 to 16; got 17/);
    expect(refused({ skip: 12 })).toThrow(/fewer than the 12 of a course .*; got 12/);
    expect(refused({ steps: 4 })).toThrow(/longer than its first answer at step 4; got 4/);
    expect(refused({ surrogate: 'triangle', exponents: 16 })).toThrow(/triangle is zero beyond 1\/sharpness/);
    expect(refused({ sharpness: 0 })).toThrow(/sharpness of a surrogate must be a finite number above 0; got 0/);
    expect(refused({ inputs: 2 })).toThrow(/2 inputs and 1 outputs/);
  });
});

it('the surrogates of the published code are those of the ground', () => {
  expect(activationOf('binary', 'fast', 5).slope(0.3)).toBe(fastSigmoid(5).slope(0.3));
  expect(activationOf('binary', 'atan', 0.5).send(0)).toBe(0);
  expect(activationOf('binary', 'atan', 0.5).send(1e-9)).toBe(1);
});
