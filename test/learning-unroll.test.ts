/** Gradients through time, with checkpoints. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, euclideanLoss, meanSquaredLoss, type Numbers, unroll } from '../src/learning/index.js';
import { lcg } from './helpers.js';

const drawn = (size: number, seed: number, scale = 1) => {
  const random = lcg(seed);
  return Float64Array.from({ length: size }, () => scale * (2 * random() - 1));
};

/** x_{t+1} = tanh(J x_t + noise_t), read out as r_t = w x_{t+1}; the slopes of the loss by r_t are set before the way back. */
function network(
  n: number,
  steps: number,
  seed: number,
  j: Float64Array = drawn(n * n, seed, 1.2),
  w: Float64Array = drawn(n, seed + 1),
) {
  const noise = drawn(n * steps, seed + 2, 0.5);
  const readout = new Float64Array(steps);
  const slopes = new Float64Array(steps);
  const [ofJ, ofW] = [new Float64Array(n * n), new Float64Array(n)];
  let calls = 0;
  const cell: Cell<Numbers> = {
    step(t, x, next) {
      calls++;
      readout[t] = 0;
      for (let p = 0; p < n; p++) {
        let drive = noise[t * n + p];
        for (let q = 0; q < n; q++) drive += j[p * n + q] * x[q];
        next[p] = Math.tanh(drive);
        readout[t] += w[p] * next[p];
      }
    },
    vjp(t, x, next, a) {
      const ofDrive = new Float64Array(n);
      for (let p = 0; p < n; p++) {
        ofW[p] += slopes[t] * next[p];
        ofDrive[p] = (a[p] + slopes[t] * w[p]) * (1 - next[p] * next[p]);
      }
      for (let q = 0; q < n; q++) {
        a[q] = 0;
        for (let p = 0; p < n; p++) {
          a[q] += j[p * n + q] * ofDrive[p];
          ofJ[p * n + q] += ofDrive[p] * x[q];
        }
      }
    },
  };
  return { cell, readout, slopes, ofJ, ofW, j, w, calls: () => calls };
}

/** The loss of a course, and its gradients by J, w and the first state. */
function learned<State extends Numbers>(n: number, steps: number, seed: number, begin: State, spacing?: number) {
  const net = network(n, steps, seed);
  const { last, backward } = unroll(net.cell as Cell<State>, begin, steps, spacing);
  const { value, gradient } = meanSquaredLoss(net.readout, drawn(steps, seed + 3));
  net.slopes.set(gradient);
  // The last state counts too: its first entry.
  const adjoint = begin.slice().fill(0) as State;
  adjoint[0] = 1;
  backward(adjoint);
  return { loss: value + last[0], last, ofJ: net.ofJ, ofW: net.ofW, ofBegin: adjoint, calls: net.calls() };
}

/** The same with a tape of every state, and no code of ours but the cell. */
function taped(n: number, steps: number, seed: number, begin: Float64Array) {
  const net = network(n, steps, seed);
  const states = [begin];
  for (let t = 0; t < steps; t++) {
    states.push(new Float64Array(n));
    net.cell.step(t, states[t], states[t + 1]);
  }
  net.slopes.set(meanSquaredLoss(net.readout, drawn(steps, seed + 3)).gradient);
  const adjoint = new Float64Array(n);
  adjoint[0] = 1;
  for (let t = steps - 1; t >= 0; t--) net.cell.vjp(t, states[t], states[t + 1], adjoint);
  return { last: states[steps], ofJ: net.ofJ, ofW: net.ofW, ofBegin: adjoint };
}

describe('a cell unrolled in time', () => {
  it('has the gradient of a full tape, bit for bit, for any spacing of checkpoints', () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 5 }),
      steps: fc.integer({ min: 0, max: 40 }),
      spacing: fc.option(fc.integer({ min: 1, max: 45 }), { nil: undefined }),
      seed: fc.nat(1e6),
    });
    fc.assert(
      fc.property(shape, ({ n, steps, spacing, seed }) => {
        const begin = drawn(n, seed + 4);
        const { loss: _, calls, ...ours } = learned(n, steps, seed, begin, spacing);
        expect(ours).toEqual(taped(n, steps, seed, begin));
        // Every step runs at most twice.
        expect(calls).toBeLessThanOrEqual(2 * steps);
      }),
      { numRuns: 200 },
    );
  });

  it('runs each step once where all states are kept, and keeps about twice the root of T otherwise', () => {
    expect(learned(2, 30, 1, drawn(2, 1), 30).calls).toBe(30);
    expect(learned(2, 30, 1, drawn(2, 1), 1).calls).toBe(59);
    // Copies of the state, counted as they are made.
    class Counted extends Float64Array {
      static made = 0;
      override slice(...args: Parameters<Float64Array['slice']>) {
        Counted.made++;
        return new Counted(super.slice(...args)) as Float64Array<ArrayBuffer>;
      }
    }
    const net = network(2, 400, 1);
    unroll(net.cell as Cell<Float64Array>, new Counted(2), 400).backward(new Float64Array(2));
    expect(Counted.made).toBeGreaterThan(30);
    expect(Counted.made).toBeLessThan(50);
  });

  it('has the gradient of central differences', () => {
    const [n, steps, seed] = [4, 20, 7];
    const begin = drawn(n, 9);
    const { ofJ, ofW, ofBegin } = learned(n, steps, seed, begin);
    const loss = ({ j, w, x = begin }: { j?: Float64Array; w?: Float64Array; x?: Float64Array }) => {
      const net = network(n, steps, seed, j, w);
      const { last } = unroll(net.cell as Cell<Float64Array>, x, steps);
      return meanSquaredLoss(net.readout, drawn(steps, seed + 3)).value + last[0];
    };
    const { j, w } = network(n, steps, seed);
    const differs = (values: Float64Array, gradient: Numbers, at: (changed: Float64Array) => number) =>
      values.forEach((value, i) => {
        const change = (by: number) => at(values.with(i, value + by));
        expect(gradient[i]).toBeCloseTo((change(1e-5) - change(-1e-5)) / 2e-5, 8);
      });
    differs(j, ofJ, (changed) => loss({ j: changed }));
    differs(w, ofW, (changed) => loss({ w: changed }));
    differs(begin, ofBegin, (changed) => loss({ x: changed }));
  });

  it('may have a state of 32 bits, with the same promise', () => {
    const begin = Float32Array.from(drawn(3, 1));
    const { calls: _, ...whole } = learned(3, 25, 3, begin, 25);
    expect(whole.last).toBeInstanceOf(Float32Array);
    for (const spacing of [1, 2, 7, 24, undefined]) {
      const { calls: __, ...other } = learned(3, 25, 3, begin, spacing);
      expect(other).toEqual(whole);
    }
  });

  it('leaves the first state as it is, and asks for whole numbers of steps', () => {
    const begin = drawn(3, 1);
    learned(3, 10, 3, begin);
    expect(begin).toEqual(drawn(3, 1));
    const { cell } = network(3, 10, 1);
    expect(() => unroll(cell, begin, 2.5)).toThrow('0, 1, 2 ... steps with checkpoints 1, 2 ... steps apart; got 2.5');
    expect(() => unroll(cell, begin, 5, 0)).toThrow('got 5 and 0');
  });
});

describe('the rate network of Kim, Li and Sejnowski 2019', () => {
  // x_t = (1 - 1/tau) x_{t-1} + (1/tau) (W r_{t-1} + w_in u_{t-1}), r = sigmoid(x), o = w_out r_t + b; a worked example of four
  // steps, unit 1 inhibitory, its numbers computed by other code.
  const [w, sign, wIn, u] = [
    [0.3, 0.4, 0.2, -0.1],
    [1, -1],
    [1, -1],
    [1, 0, 0, 0],
  ];
  const [wOut, b, g, z] = [[0.5, -0.2], 0.1, [0, 1], Float64Array.of(0, 0, 1)];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const tau = g.map((value) => 16 * sigmoid(value) + 4);
  const [ofW, ofG] = [new Float64Array(4), new Float64Array(2)];
  let ofB = 0;
  let slopes: Float64Array = new Float64Array(3);
  const outputs = new Float64Array(3);
  const drive = (t: number, x: Float64Array, p: number) =>
    wIn[p] * u[t] + [0, 1].reduce((sum, q) => sum + Math.max(0, w[2 * p + q]) * sign[q] * sigmoid(x[q]), 0);
  const cell: Cell<Float64Array> = {
    step(t, x, next) {
      for (const p of [0, 1]) next[p] = (1 - 1 / tau[p]) * x[p] + drive(t, x, p) / tau[p];
      outputs[t] = b + wOut[0] * sigmoid(next[0]) + wOut[1] * sigmoid(next[1]);
    },
    vjp(t, x, next, a) {
      ofB += slopes[t];
      const slope = (y: number) => sigmoid(y) * (1 - sigmoid(y));
      const arrived = [0, 1].map((p) => a[p] + slopes[t] * wOut[p] * slope(next[p]));
      for (const q of [0, 1]) {
        a[q] = (1 - 1 / tau[q]) * arrived[q];
        for (const p of [0, 1]) {
          const alive = w[2 * p + q] > 0 ? 1 : 0;
          a[q] += (arrived[p] / tau[p]) * alive * w[2 * p + q] * sign[q] * slope(x[q]);
          ofW[2 * p + q] += (arrived[p] / tau[p]) * alive * sign[q] * sigmoid(x[q]);
        }
        const ofTau = (arrived[q] * (x[q] - drive(t, x, q))) / tau[q] ** 2;
        ofG[q] += ofTau * 16 * slope(g[q]);
      }
    },
  };

  it('has the outputs, the loss and the gradients of the worked example', () => {
    const { last, backward } = unroll(cell, Float64Array.of(0.1, -0.2), 3);
    [0.1431519234, -0.2007921586].forEach((x, p) => expect(last[p]).toBeCloseTo(x, 9));
    [0.2837394308, 0.2807075675, 0.2778695076].forEach((o, t) => expect(outputs[t]).toBeCloseTo(o, 9));
    const { value, gradient } = euclideanLoss(outputs, z);
    expect(value).toBeCloseTo(0.8250922682, 9);
    slopes = gradient;
    backward(new Float64Array(2));
    [-0.0079929951, 0.0065651276, 0.0025630966, 0].forEach((d, k) => expect(ofW[k]).toBeCloseTo(d, 9));
    [-0.0005610969, -0.0002346802].forEach((d, k) => expect(ofG[k]).toBeCloseTo(d, 9));
    expect(ofB).toBeCloseTo(-0.1911101341, 9);
  });
});
