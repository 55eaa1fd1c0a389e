/** The closed forms that other neurons rest on: phi functions, responses to currents and their peaks, units. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, decay, phi } from '../src/core/index.js';
import { kernelModule } from '../src/memory/kernels.generated.js';
import { currentResponse, NEST, picoamperes, responsePeak } from '../src/memory/network/index.js';
import { respond } from '../src/memory/template/membrane/piece.js';

/** Simpson's rule. */
function integral(f: (x: number) => number, to: number, steps = 2000): number {
  const h = to / steps;
  let sum = f(0) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(i * h);
  return (sum * h) / 3;
}

const tau = fc.double({ min: 0.2, max: 8, noNaN: true });
const current = fc.constantFrom('exp' as const, 'alpha' as const);
const shape = (kind: 'exp' | 'alpha', synapse: number) => (t: number) =>
  kind === 'exp' ? Math.exp(-t / synapse) : (t / synapse) * Math.exp(1 - t / synapse);

describe('the phi functions', () => {
  it('are the integrals that define them, on both sides of where series and quotients meet', () => {
    for (const z of [-20, -1.6, -1.5, -1.4, -0.07, -0.06, -1e-9, 0, 1e-12, 0.06, 0.07, 1, 1.49, 1.51, 5]) {
      expect(phi(0, z)).toBeCloseTo(Math.exp(z), 9);
      for (const [k, factorial] of [
        [1, 1],
        [2, 1],
        [3, 2],
      ] as const) {
        // phi_k(z) = int_0^1 e^{(1 - s) z} s^{k - 1} / (k - 1)! ds
        const wanted = integral((s) => Math.exp((1 - s) * z) * s ** (k - 1), 1, 20000) / factorial;
        expect(phi(k, z) / wanted).toBeCloseTo(1, 10);
      }
    }
  });
});

describe('the response of a leaky neuron to a synaptic current', () => {
  it('is the convolution of the current with the decay of the membrane', () => {
    fc.assert(
      fc.property(current, tau, tau, fc.double({ min: 0.01, max: 20, noNaN: true }), (kind, membrane, synapse, t) => {
        const of = shape(kind, synapse);
        const wanted = integral((s) => Math.exp(-(t - s) / membrane) * of(s), t, 4000);
        expect(currentResponse(kind, membrane, synapse, t)).toBeCloseTo(wanted, 7);
      }),
    );
  });

  it('is nowhere higher than at its peak', () => {
    fc.assert(
      fc.property(current, tau, tau, fc.double({ min: 0, max: 40, noNaN: true }), (kind, membrane, synapse, t) => {
        const { time, height } = responsePeak(kind, membrane, synapse);
        expect(currentResponse(kind, membrane, synapse, time)).toBe(height);
        expect(currentResponse(kind, membrane, synapse, t)).toBeLessThanOrEqual(height * (1 + 1e-14));
      }),
    );
  });

  it('goes over smoothly into that of equal time constants', () => {
    for (const kind of ['exp', 'alpha'] as const) {
      const limit = responsePeak(kind, 2, 2);
      for (const change of [-1e-3, -1e-8, -1e-14, 1e-14, 1e-8, 1e-3]) {
        const { time, height } = responsePeak(kind, 2, 2 * (1 + change));
        expect(Math.abs(time / limit.time - 1)).toBeLessThan(2 * Math.abs(change) + 1e-13);
        expect(Math.abs(height / limit.height - 1)).toBeLessThan(2 * Math.abs(change) + 1e-13);
      }
    }
  });

  it('has the weight in pA that moves a membrane by a threshold', () => {
    // tau_m tau_s / (tau_m - tau_s) (e^{-t / tau_m} - e^{-t / tau_s}) W / C, at its peak ln(tau_m / tau_s) delta^{-1}.
    const { membrane, synapse, threshold, rest, capacitance } = NEST;
    const t = (Math.log(membrane / synapse) * membrane * synapse) / (membrane - synapse);
    const unit = ((membrane * synapse) / (membrane - synapse)) * (Math.exp(-t / membrane) - Math.exp(-t / synapse));
    const { height } = responsePeak('exp', membrane / 5, synapse / 5);
    const units = { refractoryPeriod: 5, threshold: threshold - rest, capacitance };
    expect((picoamperes(0.2, height, units) * unit) / capacitance).toBeCloseTo(0.2 * 15, 10);
  });
});

interface Kernel {
  membraneConstants(membrane: number, synapse: number, order: number): void;
  membraneLevel(v: number, i: number, d: number, x: number): number;
  membraneRise(v: number, i: number, d: number, x: number): number;
  membraneStationary(v: number, i: number, d: number, length: number, slope: number, out: number): number;
}

describe('a piece between arrivals', () => {
  it('has its stationary points where sampling sees them, and no others', () => {
    const arena = createArena();
    const kernel = arena.kernels<Kernel>(kernelModule);
    const found = arena.alloc(16);
    const state = fc.double({ min: -2, max: 2, noNaN: true });
    const order = fc.constantFrom(1 as const, 2 as const);
    const equal = fc.boolean();
    fc.assert(
      fc.property(order, tau, tau, equal, state, state, state, (n, membrane, other, same, v, i, drive) => {
        const synapse = same ? membrane : other;
        kernel.membraneConstants(membrane, synapse, n);
        const riseAt = (x: number) => kernel.membraneRise(v, i, d, x);
        const d = n === 1 ? 0 : drive;
        const length = 6;
        const count = kernel.membraneStationary(v, i, d, length, riseAt(length), found);
        const points = [...arena.f64(found, count)];
        for (const x of points) expect(Math.abs(riseAt(x))).toBeLessThan(1e-11);
        // Every change of the slope's sign on a grid has a point in its cell.
        const cells = 600;
        for (let c = 0; c < cells; c++) {
          const [a, b] = [(c * length) / cells, ((c + 1) * length) / cells];
          const [before, behind] = [riseAt(a), riseAt(b)];
          if (before * behind >= 0 || Math.abs(before) < 1e-12 || Math.abs(behind) < 1e-12) continue;
          expect(points.some((x) => x >= a - 1e-9 && x <= b + 1e-9)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('moves as its differential equation says, in one step or in two', () => {
    fc.assert(
      fc.property(tau, tau, fc.double({ min: 0, max: 3, noNaN: true }), (membrane, synapse, x) => {
        const kernel = createArena().kernels<Kernel>(kernelModule);
        kernel.membraneConstants(membrane, synapse, 2);
        const out = new Float64Array(4);
        respond({ membrane, synapse, order: 2 }, x, out);
        expect(out[0]).toBeCloseTo(Math.exp(-x / membrane), 13);
        expect(out[2]).toBeCloseTo(
          integral((u) => Math.exp(-(x - u) / membrane - u / synapse), x, 400),
          8,
        );
        const [i, d] = [1.3 * decay(x / synapse) - 0.4 * x * decay(x / synapse), -0.4 * decay(x / synapse)];
        const half = kernel.membraneLevel(0.7, 1.3, -0.4, x);
        expect(kernel.membraneLevel(half, i, d, x)).toBeCloseTo(kernel.membraneLevel(0.7, 1.3, -0.4, 2 * x), 11);
      }),
    );
  });
});
