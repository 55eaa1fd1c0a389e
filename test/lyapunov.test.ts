import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import {
  differentiableExponents,
  factorize,
  factorizeAdjoint,
  lyapunovExponents,
  startVectors,
} from '../src/lyapunov/index.js';
import { lcg } from './helpers.js';

/** Numbers between -1 and 1. */
const drawn = (size: number, seed: number, scale = 1) => {
  const random = lcg(seed);
  return Float64Array.from({ length: size }, () => scale * (2 * random() - 1));
};

/** A (n x m) times B (m x k), row after row. */
const product = (a: ArrayLike<number>, b: ArrayLike<number>, n: number, m: number, k: number) => {
  const c = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < k; j++) for (let l = 0; l < m; l++) c[i * k + j] += a[i * m + l] * b[l * k + j];
  }
  return c;
};

const transposed = (a: ArrayLike<number>, n: number, k: number) =>
  Float64Array.from({ length: n * k }, (_, at) => a[(at % n) * k + Math.floor(at / n)]);

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
};

const identity = (k: number) => Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) === 0 ? 1 : 0));

/** ln |det|, by elimination with pivots. */
function lnDet(matrix: ArrayLike<number>, n: number): number {
  const a = Float64Array.from(matrix);
  let sum = 0;
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j; i < n; i++) if (Math.abs(a[i * n + j]) > Math.abs(a[pivot * n + j])) pivot = i;
    for (let l = 0; l < n; l++) [a[j * n + l], a[pivot * n + l]] = [a[pivot * n + l], a[j * n + l]];
    sum += Math.log(Math.abs(a[j * n + j]));
    for (let i = j + 1; i < n; i++) {
      const factor = a[i * n + j] / a[j * n + j];
      for (let l = j; l < n; l++) a[i * n + l] -= factor * a[j * n + l];
    }
  }
  return sum;
}

/** The exponents of x <- D x with one D for ever. */
const ofConstant = (d: ArrayLike<number>, n: number, k: number, steps: number, skip = 0, interval = 1) =>
  lyapunovExponents((_, v) => v.set(product(d, v, n, n, k)), startVectors(n, k, 1), k, { steps, skip, interval });

describe('the QR factorization', () => {
  it('gives orthonormal Q, triangular R with positive diagonal, and A again, also of nearly dependent columns', () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      less: fc.nat(11),
      seed: fc.nat(1e6),
      close: fc.nat(9),
    });
    fc.assert(
      fc.property(shape, ({ n, less, seed, close }) => {
        const k = Math.max(1, n - less);
        const a = drawn(n * k, seed);
        // All columns come within 10^-close of the first, and differ in scale.
        for (let i = 0; i < n; i++) {
          for (let j = 1; j < k; j++) a[i * k + j] = (a[i * k] + a[i * k + j] / 10 ** close) * 1000 ** (j % 3);
        }
        const [q, r] = [a.slice(), new Float64Array(k * k)];
        factorize(q, k, r);
        expect(farthest(product(transposed(q, n, k), q, k, n, k), identity(k))).toBeLessThan(1e-13);
        const size = Math.max(...a.map(Math.abs));
        expect(farthest(product(q, r, n, k, k), a)).toBeLessThan(1e-14 * n * size);
        for (let i = 0; i < k; i++) {
          expect(r[i * k + i]).toBeGreaterThan(0);
          for (let j = 0; j < i; j++) expect(r[i * k + j]).toBe(0);
        }
      }),
    );
  });

  it('of a matrix without full rank has zeros where nothing is left', () => {
    const [q, r] = [Float64Array.of(3, 0, 4, 0), new Float64Array(4)];
    factorize(q, 2, r);
    expect([...q]).toEqual([0.6, 0, 0.8, 0]);
    expect([...r]).toEqual([5, 0, 0, 0]);
  });

  it('has the adjoint that central differences have', () => {
    const [n, k] = [6, 4];
    const a = drawn(n * k, 5);
    const [ofQ, ofR] = [drawn(n * k, 6), drawn(k, 7)];
    const loss = (matrix: Float64Array) => {
      const [q, r] = [matrix.slice(), new Float64Array(k * k)];
      factorize(q, k, r);
      return q.reduce((sum, x, i) => sum + x * ofQ[i], 0) + ofR.reduce((sum, x, i) => sum + x * r[i * (k + 1)], 0);
    };
    const [q, r, bar] = [a.slice(), new Float64Array(k * k), ofQ.slice()];
    factorize(q, k, r);
    factorizeAdjoint(q, r, k, bar, ofR);
    const differences = a.map((_, i) => {
      const at = (change: number) => loss(a.map((x, l) => (l === i ? x + change : x)));
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });
    expect(farthest(bar, differences)).toBeLessThan(1e-8);
  });
});

/** x <- J tanh(x) + b, its Jacobian D = J diag(1 - tanh^2). */
function tanhNetwork(n: number, seed: number, gain = 1.5) {
  const j = drawn(n * n, seed, (gain * Math.sqrt(3)) / Math.sqrt(n));
  const b = drawn(n, seed + 1, 0.3);
  const begin = drawn(n, seed + 2);
  return { n, j, b, begin };
}
type Network = ReturnType<typeof tanhNetwork>;

const jacobian = ({ n, j }: Network, x: ArrayLike<number>) => j.map((w, at) => w * (1 - Math.tanh(x[at % n]) ** 2));
const next = ({ n, j, b }: Network, x: Float64Array) => product(j, x.map(Math.tanh), n, n, 1).map((z, i) => z + b[i]);

const ofNetwork = (net: Network, k: number, plan: Parameters<typeof lyapunovExponents>[3], seed = 1) => {
  let x = net.begin;
  const dets: number[] = [];
  const tangent = (_: number, v: Float64Array) => {
    const d = jacobian(net, x);
    dets.push(lnDet(d, net.n));
    v.set(product(d, v, net.n, net.n, k));
    x = next(net, x);
  };
  return { ...lyapunovExponents(tangent, startVectors(net.n, k, seed), k, plan), dets };
};

describe('Lyapunov exponents', () => {
  it('all together are the mean of ln |det D|', () => {
    fc.assert(
      fc.property(fc.nat(1e5), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3 }), (seed, n, interval) => {
        const { exponents, dets } = ofNetwork(tanhNetwork(n, seed, 1), n, { skip: 7, steps: 60, interval });
        const mean = dets.slice(7).reduce((sum, x) => sum + x, 0) / 60;
        const together = exponents.reduce((sum, x) => sum + x, 0);
        expect(Math.abs(together - mean)).toBeLessThan(1e-10 * Math.max(1, Math.abs(mean)));
      }),
      { numRuns: 40 },
    );
  });

  it('of a constant matrix are the logarithms of its eigenvalues, the largest first', () => {
    const n = 5;
    const j = new Matrix([0, 1, 2, 3, 4].map((i) => [...drawn(n, 20 + i)]));
    const symmetric = j.clone().add(j.transpose());
    const moduli = (matrix: Matrix) => {
      const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix);
      return realEigenvalues.map((re, i) => Math.log(Math.hypot(re, imaginaryEigenvalues[i]))).sort((p, q) => q - p);
    };
    expect(farthest(ofConstant(symmetric.to1DArray(), n, n, 400, 4000).exponents, moduli(symmetric))).toBeLessThan(
      1e-9,
    );
    // Complex pairs turn for ever: the mean comes near as 1 / steps.
    expect(farthest(ofConstant(j.to1DArray(), n, 3, 40000, 4000).exponents, moduli(j).slice(0, 3))).toBeLessThan(1e-3);
  });

  it('of q times an orthogonal matrix are all ln q, from the first step on', () => {
    const n = 7;
    const q = drawn(n * n, 3);
    factorize(q, n, new Float64Array(n * n));
    for (const factor of [0.2, 1, 3]) {
      const { exponents, curve } = ofConstant(
        q.map((x) => factor * x),
        n,
        n,
        50,
      );
      for (const exponent of [...exponents, ...curve.estimates]) expect(exponent).toBeCloseTo(Math.log(factor), 12);
      expect(curve.steps).toEqual(Array.from({ length: 50 }, (_, t) => t + 1));
    }
  });

  it('of integrate-and-fire neurons without synapses are those of the membrane and of the synapse', () => {
    const [alpha, beta] = [Math.exp(-1 / 5), Math.exp(-1 / 10)];
    const d = [beta, 0, (1 - beta) * alpha, 0, 0, beta, 0, (1 - beta) * alpha, 0, 0, alpha, 0, 0, 0, 0, alpha];
    const { exponents } = ofConstant(d, 4, 4, 500, 500);
    expect(farthest(exponents, [-0.1, -0.1, -0.2, -0.2])).toBeLessThan(1e-10);
  });

  it('of the Henon map are 0.4192 and ln 0.3 less that (Sprott 2003)', () => {
    let [x, y] = [0.1, 0.1];
    const tangent = (_: number, v: Float64Array) => {
      const [a, b, c, d] = v;
      v.set([-2.8 * x * a + c, -2.8 * x * b + d, 0.3 * a, 0.3 * b]);
      [x, y] = [1 - 1.4 * x * x + y, 0.3 * x];
    };
    const { exponents, curve } = lyapunovExponents(tangent, startVectors(2, 2, 1), 2, { skip: 1000, steps: 300000 });
    expect(exponents[0]).toBeCloseTo(0.41922, 2.6);
    expect(exponents[0] + exponents[1]).toBeCloseTo(Math.log(0.3), 10);
    // The curve ends at what is returned.
    expect(curve.steps.length).toBe(128);
    expect(curve.estimates.slice(-2)).toEqual([...exponents]);
  });

  it('of the Lorenz system are 0.906, 0 and -14.572 per unit of time (Sprott 2003)', () => {
    const dt = 0.01;
    const [sigma, rho, beta] = [10, 28, 8 / 3];
    // The state, and behind it three tangent vectors: one field for all, one Runge-Kutta step for all.
    const field = (u: Float64Array) => {
      const [x, y, z] = u;
      const out = Float64Array.of(sigma * (y - x), x * (rho - z) - y, x * y - beta * z, ...new Array(9).fill(0));
      for (let j = 0; j < 3; j++) {
        const [a, b, c] = [u[3 + j], u[6 + j], u[9 + j]];
        out[3 + j] = sigma * (b - a);
        out[6 + j] = (rho - z) * a - b - x * c;
        out[9 + j] = y * a + x * b - beta * c;
      }
      return out;
    };
    let state = Float64Array.of(1, 1, 20);
    const tangent = (_: number, v: Float64Array) => {
      const u = Float64Array.of(...state, ...v);
      const ahead = (k: Float64Array, h: number) => u.map((value, i) => value + h * k[i]);
      const k1 = field(u);
      const k2 = field(ahead(k1, dt / 2));
      const k3 = field(ahead(k2, dt / 2));
      const k4 = field(ahead(k3, dt));
      const end = u.map((value, i) => value + (dt / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
      state = end.slice(0, 3);
      v.set(end.subarray(3));
    };
    const plan = { skip: 2000, steps: 60000, interval: 10, adaptive: true };
    const { exponents } = lyapunovExponents(tangent, startVectors(3, 3, 1), 3, plan);
    const perTime = exponents.map((exponent) => exponent / dt);
    expect(Math.abs(perTime[0] - 0.906)).toBeLessThan(0.02);
    expect(Math.abs(perTime[1])).toBeLessThan(0.01);
    expect(perTime.reduce((sum, x) => sum + x, 0)).toBeCloseTo(-(sigma + 1 + beta), 3);
  });

  it('depend neither on the interval of factorizations nor, in the long run, on the first vectors', () => {
    const net = tanhNetwork(10, 8);
    const plan = { skip: 200, steps: 3000 };
    const { exponents } = ofNetwork(net, 6, plan);
    const seldom = ofNetwork(net, 6, { ...plan, interval: 5 });
    expect(farthest(exponents, seldom.exponents)).toBeLessThan(1e-9);
    expect(farthest(exponents, ofNetwork(net, 6, plan, 2).exponents)).toBeLessThan(0.01);
    const adaptive = ofNetwork(net, 6, { ...plan, adaptive: true });
    expect(farthest(exponents, adaptive.exponents)).toBeLessThan(1e-9);
    expect(adaptive.factorizations).toBeLessThan(2000);
    expect(ofNetwork(net, 6, { ...plan, interval: 64, adaptive: true }).factorizations).toBeGreaterThan(300);
  });

  it('come with the widest ratio of stretches between two factorizations', () => {
    const { worst, exponents } = ofConstant([10, 0, 0, 0.1], 2, 2, 50, 50, 2);
    expect(worst).toBeCloseTo(1e4, 6);
    expect(farthest(exponents, [Math.log(10), -Math.log(10)])).toBeLessThan(1e-12);
  });

  it('of a course in two parts, the vectors handed on, are the weighted mean', () => {
    const d = drawn(25, 4);
    const tangent = (_: number, v: Float64Array) => v.set(product(d, v, 5, 5, 2));
    const whole = lyapunovExponents(tangent, startVectors(5, 2, 1), 2, { steps: 90 });
    const first = lyapunovExponents(tangent, startVectors(5, 2, 1), 2, { steps: 30 });
    const second = lyapunovExponents(tangent, first.vectors, 2, { steps: 60 });
    expect([...second.vectors]).toEqual([...whole.vectors]);
    expect(
      farthest(
        whole.exponents,
        first.exponents.map((x, i) => (x + 2 * second.exponents[i]) / 3),
      ),
    ).toBeLessThan(1e-13);
  });

  it('are asked for in whole numbers', () => {
    expect(() => startVectors(3, 4, 1)).toThrow('a system of 3 variables has exponents 1 to 3; got 4 to compute');
    expect(() => ofConstant([1], 1, 1, 0)).toThrow('steps that count must be a whole number of at least 1; got 0');
    expect(() => ofConstant([1], 1, 1, 5, -1)).toThrow('steps to skip must be a whole number of at least 0; got -1');
    expect(() => ofConstant([1], 1, 1, 5, 0, 0.5)).toThrow('at least 1; got 0.5');
  });
});

describe('the gradient of Lyapunov exponents', () => {
  /** The flossing loss mean lambda_i^2, with its gradient by J, b and the first state. */
  function flossed(net: Network, k: number, plan: { skip: number; steps: number; interval: number }) {
    const { n, j } = net;
    const course: Float64Array[] = [net.begin];
    for (let t = 0; t < plan.skip + plan.steps; t++) course.push(next(net, course[t]));
    const [ofJ, ofB] = [new Float64Array(n * n), new Float64Array(n)];
    // The adjoint of x_{t + 1}, which the course of the Jacobians adds to on its way.
    let ofState = new Float64Array(n);
    const push = (t: number, v: Float64Array) => v.set(product(jacobian(net, course[t]), v, n, n, k));
    const pull = (t: number, v: Float64Array, w: Float64Array) => {
      const h = course[t].map(Math.tanh);
      const f = h.map((y) => 1 - y * y);
      const ofD = product(w, transposed(v, n, k), n, k, n);
      const carried = product(ofState, j, 1, n, n);
      for (let p = 0; p < n; p++) {
        ofB[p] += ofState[p];
        for (let l = 0; l < n; l++) ofJ[p * n + l] += ofD[p * n + l] * f[l] + ofState[p] * h[l];
      }
      ofState = carried.map((x, l) => {
        let bump = 0;
        for (let p = 0; p < n; p++) bump += ofD[p * n + l] * j[p * n + l];
        return x * f[l] - 2 * h[l] * f[l] * bump;
      });
      w.set(product(transposed(jacobian(net, course[t]), n, n), w, n, n, k));
    };
    const { exponents, backward } = differentiableExponents({ push, pull }, startVectors(n, k, 1), k, plan);
    return {
      exponents,
      loss: exponents.reduce((sum, x) => sum + (x * x) / k, 0),
      gradient() {
        backward(exponents.map((x) => (2 * x) / k));
        return { j: ofJ, b: ofB, begin: ofState };
      },
    };
  }

  it.each([
    { k: 1, skip: 0, interval: 1 },
    { k: 4, skip: 5, interval: 1 },
    { k: 5, skip: 4, interval: 3 },
    { k: 6, skip: 4, interval: 1 },
  ])(
    'agrees with central differences: $k exponents, $skip steps skipped, QR every $interval',
    ({ k, skip, interval }) => {
      const net = tanhNetwork(6, 11);
      const plan = { skip, steps: 20, interval };
      const gradient = flossed(net, k, plan).gradient();
      for (const name of ['j', 'b', 'begin'] as const) {
        const differences = net[name].map((_, i) => {
          const at = (change: number) =>
            flossed({ ...net, [name]: net[name].map((x, l) => (l === i ? x + change : x)) }, k, plan).loss;
          // Of fourth order: the spectrum bends quickly.
          return (8 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4;
        });
        const size = Math.max(1, ...differences.map(Math.abs));
        expect(farthest(gradient[name], differences), name).toBeLessThan(1e-8 * size);
      }
    },
  );

  it('goes with the same exponents as are measured without it', () => {
    const net = tanhNetwork(6, 12);
    const plan = { skip: 3, steps: 25, interval: 2 };
    expect([...flossed(net, 5, plan).exponents]).toEqual([...ofNetwork(net, 5, plan).exponents]);
  });
});
