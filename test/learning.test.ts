import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absoluteLoss,
  arctangent,
  clipNorm,
  createOptimizer,
  crossEntropyLoss,
  euclideanLoss,
  fastSigmoid,
  gaussian,
  gradientNorm,
  type Loss,
  meanSquaredLoss,
  type Numbers,
  type OptimizerName,
  type ParameterGroup,
  project,
  type Schedule,
  scheduled,
  sigmoidSlope,
  takeStep,
  triangle,
} from '../src/learning/index.js';
import { lcg } from './helpers.js';

const f = (...values: number[]) => Float64Array.from(values);

const drawn = (size: number, seed: number, scale = 1) => {
  const random = lcg(seed);
  return Float64Array.from({ length: size }, () => scale * (2 * random() - 1));
};

/** Where one parameter is after each of some gradients. */
function course(name: OptimizerName, begin: number, gradients: readonly number[], rate: number, group = {}): number[] {
  const state = createOptimizer(name, 1);
  const values = f(begin);
  return gradients.map((g) => {
    takeStep(state, [{ name: 'w', values, ...group }], [f(g)], rate);
    return values[0];
  });
}

/** Decimal fixed point of 60 digits. */
const DIGITS = 60;
const ONE = 10n ** BigInt(DIGITS);
const times = (a: bigint, b: bigint) => (a * b) / ONE;
const over = (a: bigint, b: bigint) => (a * ONE) / b;
const toNumber = (a: bigint) => Number(`${a}e-${DIGITS}`);

/** The double x, exactly, but for what lies beyond 60 digits. */
function fixed(x: number): bigint {
  let [whole, halvings] = [x, 0];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    halvings++;
  }
  return (BigInt(whole) * ONE) / 2n ** BigInt(halvings);
}

function root(a: bigint): bigint {
  if (a === 0n) return 0n;
  let x = 1n << BigInt(Math.ceil((a * ONE).toString(2).length / 2));
  for (;;) {
    const next = (x + (a * ONE) / x) / 2n;
    if (next >= x) return x;
    x = next;
  }
}

/** Adam by the book, in 60 digits. */
function exactAdam(begin: number, gradients: readonly number[], rate: number, tensorflow: boolean): number[] {
  const [b1, b2, eps, r] = [0.9, 0.999, 1e-8, rate].map(fixed);
  let [m, v, p1, p2, w] = [0n, 0n, ONE, ONE, fixed(begin)];
  return gradients.map((gradient) => {
    const g = fixed(gradient);
    m = times(b1, m) + times(ONE - b1, g);
    v = times(b2, v) + times(ONE - b2, times(g, g));
    [p1, p2] = [times(p1, b1), times(p2, b2)];
    if (tensorflow) {
      w -= over(times(times(r, over(root(ONE - p2), ONE - p1)), m), root(v) + eps);
    } else w -= over(times(r, over(m, ONE - p1)), root(over(v, ONE - p2)) + eps);
    return toNumber(w);
  });
}

const names: OptimizerName[] = ['adam', 'adam-tf', 'adamw', 'sgd', 'momentum', 'rmaxprop'];

describe('optimizers', () => {
  it.each([
    ['adam', false],
    ['adam-tf', true],
  ] as const)('%s takes the steps of its definition, as computed in 60 digits', (name, tensorflow) => {
    const scale = fc.constantFrom(1, 1e-3, 1e-7, 1e-9);
    const gradient = fc.double({ min: -1, max: 1, noNaN: true }).filter((g) => g === 0 || Math.abs(g) > 1e-6);
    fc.assert(
      fc.property(fc.array(gradient, { minLength: 1, maxLength: 40 }), scale, (gradients, size) => {
        const scaled = gradients.map((g) => g * size);
        const ours = course(name, 0.5, scaled, 0.01);
        const exact = exactAdam(0.5, scaled, 0.01, tensorflow);
        ours.forEach((w, n) => {
          expect(Math.abs(w - exact[n])).toBeLessThan(1e-14);
        });
      }),
    );
  });

  it('the forms of Adam part where gradients are as small as epsilon', () => {
    // First step, g = 1e-8: r / 2, and r / (1 + 1 / sqrt(0.001)).
    expect(course('adam', 0, [1e-8], 1)[0]).toBeCloseTo(-0.5, 12);
    expect(course('adam-tf', 0, [1e-8], 1)[0]).toBeCloseTo(-1 / (1 + Math.sqrt(1000)), 12);
    expect(course('adam-tf', 0, [50], 1)[0]).toBeCloseTo(course('adam', 0, [50], 1)[0], 7);
  });

  it('the first step of Adam is the learning rate long, whatever the scale of the gradient', () => {
    for (const g of [1e-3, -7, 1e12]) expect(course('adam', 0, [g], 0.1)[0]).toBeCloseTo(-0.1 * Math.sign(g), 5);
  });

  it('AdamW shrinks the parameter itself, Adam adds the decay to the gradient', () => {
    const decay = 0.1;
    expect(course('adamw', 2, [0, 0, 0], 0.5, { decay })[2]).toBeCloseTo(2 * 0.95 ** 3, 14);
    const gradients = [0.3, -0.2, 0.5];
    const undecayed = course('adam', 2, gradients, 0.5);
    expect(course('adamw', 2, gradients, 0.5)).toEqual(undecayed);
    let w = 2;
    const state = createOptimizer('adam', 1);
    const values = f(2);
    for (const [n, g] of gradients.entries()) {
      takeStep(state, [{ name: 'w', values }], [f(g + decay * w)], 0.5);
      w = values[0];
      expect(course('adam', 2, gradients, 0.5, { decay })[n]).toBe(w);
    }
  });

  it('plain descent and its momentum go as the geometric series says', () => {
    expect(course('sgd', 1, [2, 4], 0.25)).toEqual([0.5, -0.5]);
    const speeds = Array.from({ length: 30 }, (_, n) => (1 - 0.9 ** (n + 1)) / 0.1);
    const travelled = speeds.reduce((sum, speed) => sum + speed, 0);
    expect(course('momentum', 0, new Array(30).fill(2), 0.01)[29]).toBeCloseTo(-0.02 * travelled, 12);
  });

  it('RMaxProp divides by a maximum that fades', () => {
    const [first, second] = course('rmaxprop', 0, [4, 1], 0.1);
    expect(first).toBeCloseTo(-0.1, 9);
    expect(second).toBeCloseTo(-0.1 - 0.1 / Math.sqrt(0.99 * 16), 9);
  });

  it.each(names)('%s: many groups move as one would, each at its own rate', (name) => {
    const whole = drawn(7, 1);
    const parts = [whole.slice(0, 3), whole.slice(3)];
    const [together, apart] = [createOptimizer(name, 7), createOptimizer(name, 7)];
    const fast = whole.slice(3);
    const alone = createOptimizer(name, 4);
    for (let n = 0; n < 5; n++) {
      const g = drawn(7, 10 + n);
      takeStep(together, [{ name: 'all', values: whole }], [g], 0.1);
      const groups: ParameterGroup[] = [
        { name: 'a', values: parts[0] },
        { name: 'b', values: parts[1], rate: 3 },
      ];
      takeStep(apart, groups, [g.subarray(0, 3), g.subarray(3)], 0.1);
      takeStep(alone, [{ name: 'b', values: fast }], [g.slice(3)], 0.1 * 3);
    }
    expect([...parts[0]]).toEqual([...whole.slice(0, 3)]);
    expect([...parts[1]]).toEqual([...fast]);
    expect(apart.square).toEqual(together.square);
    expect(apart.mean).toEqual(together.mean);
  });

  it.each(names)(
    '%s: what is masked stays, with its moments, even under decay and a gradient that is no number',
    (name) => {
      const values = f(1, -2, 3);
      const state = createOptimizer(name, 3);
      const group = { name: 'w', values, mask: Uint8Array.of(1, 0, 1), decay: 0.1 };
      for (let n = 0; n < 3; n++) takeStep(state, [group], [f(1, Number.NaN, -1)], 0.1);
      expect(values[1]).toBe(-2);
      for (const moments of [state.mean, state.square]) if (moments.length > 0) expect(moments[1]).toBe(0);
      expect(values[0]).toBeLessThan(1);
      expect(Number.isFinite(values[2])).toBe(true);
    },
  );

  it.each(names)('%s: parameters of 32 bits are rounded, their moments are not', (name) => {
    const [single, double] = [Float32Array.of(0.3), f(Math.fround(0.3))];
    const [one, other] = [createOptimizer(name, 1), createOptimizer(name, 1)];
    for (let n = 0; n < 10; n++) {
      const g = drawn(1, n);
      takeStep(one, [{ name: 'w', values: single }], [g], 0.01);
      takeStep(other, [{ name: 'w', values: double }], [g], 0.01);
      double[0] = Math.fround(double[0]);
      expect(single[0]).toBe(double[0]);
    }
    expect(one).toEqual(other);
  });

  it.each(names)('%s: a copy of the state goes on with the same bytes', (name) => {
    const values = drawn(4, 2);
    const state = createOptimizer(name, 4);
    for (let n = 0; n < 3; n++) takeStep(state, [{ name: 'w', values }], [drawn(4, n)], 0.1);
    const [copy, at] = [structuredClone(state), values.slice()];
    for (let n = 3; n < 6; n++) {
      takeStep(state, [{ name: 'w', values }], [drawn(4, n)], 0.1);
      takeStep(copy, [{ name: 'w', values: at }], [drawn(4, n)], 0.1);
    }
    expect([...at]).toEqual([...values]);
  });

  it('bounds are kept, each its own or all the same', () => {
    const values = f(-3, 0, 3);
    project(values, f(-1, -2, -3), 1);
    expect([...values]).toEqual([-1, 0, 1]);
    const boxed = { name: 'w', values, box: { lower: -0.5, upper: f(9, 9, 0.25) } };
    takeStep(createOptimizer('sgd', 3), [boxed], [f(0, 1, 0)], 1);
    expect([...values]).toEqual([-0.5, -0.5, 0.25]);
  });

  it('arrays that do not fit are named', () => {
    const state = createOptimizer('adam', 3);
    const group = (extra = {}) => [{ name: 'J', values: f(1, 2), ...extra }];
    expect(() => takeStep(state, group(), [f(1, 2, 3)], 1)).toThrow('the gradient of J must have 2 entries; got 3');
    expect(() => takeStep(state, group(), [], 1)).toThrow('the gradient of J must have 2 entries; got none');
    expect(() => takeStep(state, group(), [f(1, 2)], 1)).toThrow(
      'the moments of the optimizer must have 2 entries; got 3',
    );
    expect(() => takeStep(state, group({ mask: Uint8Array.of(1) }), [f(1, 2)], 1)).toThrow('the mask of J');
    expect(state.steps).toBe(0);
  });
});

describe('clipping', () => {
  const arrays = fc.array(fc.float64Array({ minLength: 1, maxLength: 6, min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 4,
  });

  it('leaves the direction, and a norm of at most what is asked; what is within stays bit for bit', () => {
    fc.assert(
      fc.property(arrays, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (gradients, most) => {
        const clipped = gradients.map((gradient) => gradient.slice());
        const norm = clipNorm(clipped, most);
        expect(norm).toBe(gradientNorm(gradients));
        if (norm <= most) expect(clipped).toEqual(gradients);
        else {
          expect(Math.abs(gradientNorm(clipped) / most - 1)).toBeLessThan(1e-12);
          clipped.forEach((gradient, i) =>
            gradient.forEach((g, k) => expect(Math.abs(g - (gradients[i][k] * most) / norm)).toBeLessThan(1e-9)),
          );
        }
      }),
    );
  });

  it('of each array by itself lets small ones be, the common norm does not', () => {
    const [large, small] = [f(3, 4), f(0.1)];
    for (const one of [large, small]) clipNorm([one], 1);
    expect([large[0], large[1], small[0]]).toEqual([expect.closeTo(0.6, 14), expect.closeTo(0.8, 14), 0.1]);
    const both = [Float32Array.of(3), f(4)];
    expect(clipNorm(both, 1)).toBe(5);
    expect(both[1][0]).toBeCloseTo(0.8, 14);
    expect(both[0][0]).toBe(Math.fround(0.6));
  });

  it('leaves alone what has no finite norm, and says so', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e200]) {
      const gradient = f(1, bad);
      expect(clipNorm([gradient], 0.5) < Number.POSITIVE_INFINITY).toBe(false);
      expect([...gradient]).toEqual([1, bad]);
    }
  });
});

describe('schedules', () => {
  it('go from the first rate to the last', () => {
    const cosine: Schedule = { shape: 'cosine', from: 0.1, to: 0.001 };
    expect([0, 50, 100].map((epoch) => scheduled(cosine, epoch, 100))).toEqual([0.1, expect.closeTo(0.0505, 6), 0.001]);
    const exponential: Schedule = { shape: 'exponential', from: 1, to: 100 };
    expect(scheduled(exponential, 5, 10)).toBeCloseTo(10, 9);
    for (const schedule of [cosine, exponential]) {
      expect(scheduled(schedule, 200, 100)).toBe(scheduled(schedule, 100, 100));
      expect(scheduled({ ...schedule, to: schedule.from }, 3, 7)).toBe(schedule.from);
    }
  });

  it('stay, or fall by steps', () => {
    expect([0, 7, 99].map((epoch) => scheduled({ shape: 'constant', from: 0.1 }, epoch, 10))).toEqual([0.1, 0.1, 0.1]);
    const step: Schedule = { shape: 'step', from: 8, factor: 0.5, every: 3 };
    expect([0, 2, 3, 5, 6, 9, 21, 99].map((epoch) => scheduled(step, epoch, 21))).toEqual([
      8, 8, 4, 4, 2, 1, 0.0625, 0.0625,
    ]);
    expect(() => scheduled({ ...step, every: 0 }, 1, 2)).toThrow('a rate falls every 1, 2, 3 ... epochs; got 0');
  });
});

describe('surrogates', () => {
  const surrogates = { fastSigmoid, triangle, gaussian, sigmoidSlope, arctangent };

  it.each(Object.entries(surrogates))(
    '%s: the bump is the derivative of the smooth spike, one at the threshold, and has the curvature it says',
    (_, make) => {
      for (const sharpness of [0.5, 10]) {
        const { spike, slope, curvature } = make(sharpness);
        expect([spike(0), slope(0), Math.abs(curvature(0))]).toEqual([0, 1, 0]);
        for (const at of [-7, -0.6, 0.13, 0.8, 1.5, 4]) {
          const x = at / sharpness;
          const h = 1e-6 / sharpness;
          expect(slope(x)).toBeCloseTo((spike(x + h) - spike(x - h)) / (2 * h), 8);
          expect(curvature(x) / sharpness).toBeCloseTo((slope(x + h) - slope(x - h)) / 2e-6, 8);
          expect(slope(-x)).toBe(slope(x));
          expect(spike(-x)).toBe(-spike(x));
          expect(curvature(-x) + curvature(x)).toBe(0);
        }
      }
    },
  );

  it('have the slopes that the papers give', () => {
    // norse, alpha = 1000 per volt: 1, 1/4 and 1/121 at 0, 1 and 10 mV.
    const { slope } = fastSigmoid(1000);
    expect([0, 0.001, 0.01].map(slope)).toEqual([1, 0.25, expect.closeTo(1 / 121, 15)]);
    expect(arctangent(0.5).slope(2)).toBeCloseTo(1 / (1 + (Math.PI / 2) ** 2), 15);
    expect(sigmoidSlope(1).slope(2)).toBeCloseTo(1 / Math.cosh(1) ** 2, 15);
    expect(gaussian(2).slope(0.5)).toBeCloseTo(Math.exp(-0.5), 15);
    expect(triangle(4).slope(0.3)).toBe(0);
  });

  it('the smooth spike comes to half the area of the bump', () => {
    expect(gaussian(3).spike(2.99)).toBeCloseTo(Math.sqrt(Math.PI / 2) / 3, 14);
    expect(gaussian(3).spike(40)).toBeCloseTo(Math.sqrt(Math.PI / 2) / 3, 15);
    expect(sigmoidSlope(3).spike(1e3)).toBeCloseTo(2 / 3, 15);
    expect(arctangent(3).spike(1e300)).toBeCloseTo(1 / 3, 15);
    expect(triangle(4).spike(9)).toBe(0.125);
    expect(fastSigmoid(4).spike(1e20)).toBeCloseTo(0.25, 15);
  });
});

describe('losses', () => {
  const losses: Record<string, (outputs: Numbers, targets: Numbers) => Loss> = {
    meanSquaredLoss,
    euclideanLoss,
    absoluteLoss,
    crossEntropyLoss,
  };

  it.each(Object.entries(losses))('%s: the gradient agrees with central differences', (_, loss) => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 9 }), (seed, n) => {
        const [outputs, targets] = [drawn(n, seed, 3), drawn(n, seed + 1).map((z) => (z > 0 ? 1 : 0))];
        const { gradient } = loss(outputs, targets);
        outputs.forEach((o, k) => {
          const at = (change: number) => loss(outputs.with(k, o + change), targets).value;
          if (Math.abs(o - targets[k]) > 1e-3) expect(gradient[k]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('have the values that the papers of their networks give', () => {
    const [outputs, targets] = [f(0.2837394308, 0.2807075675, 0.2778695076), f(0, 0, 1)];
    expect(euclideanLoss(outputs, targets).value).toBeCloseTo(0.8250922682, 9);
    expect(absoluteLoss(outputs, targets).value).toBeCloseTo(1.2865774908, 9);
    expect(meanSquaredLoss(f(0.5, 0.5), f(1, 0))).toEqual({ value: 0.25, gradient: f(-0.5, 0.5) });
    expect(meanSquaredLoss(f(0, 0), f(0, 1)).value).toBe(0.5);
    expect(crossEntropyLoss(f(0, 0), f(0, 1))).toEqual({ value: Math.LN2, gradient: f(0.25, -0.25) });
  });

  it('are zero, and flat, where there is nothing to learn', () => {
    for (const loss of [euclideanLoss, absoluteLoss, meanSquaredLoss]) {
      expect(loss(f(1, -2), f(1, -2))).toEqual({ value: 0, gradient: f(0, 0) });
    }
  });

  it('of logits beyond all exponentials are finite and exact', () => {
    const { value, gradient } = crossEntropyLoss(f(1000, -1000, 1000, -1000), f(1, 0, 0, 1));
    expect(value).toBe(500);
    expect([...gradient]).toEqual([0, 0, 0.25, -0.25]);
    expect(crossEntropyLoss(f(40), f(1)).value).toBeCloseTo(Math.exp(-40), 30);
  });
});
