/** Exponents of the jitter map, their gradient, and memories that are trained to have them. */
import { expect, it } from 'vitest';
import { serialMap } from '../src/core/index.js';
import {
  jitterExponents,
  judgeTrained,
  networkDefaults,
  neuronsOf,
  trainNetwork,
} from '../src/memory/gradient/index.js';
import { jitterMap, stabilityOf } from '../src/memory/measure/index.js';
import { createProjection, memorize } from '../src/memory/memorize/index.js';
import { defaultTemplate } from '../src/memory/template/index.js';
import { lcg, smallProblem } from './helpers.js';

// Twenty refractory periods, so that common shifts are taken out on the way; delays of up to ten reach back a whole turn.
const problem = {
  ...smallProblem(12, 20, 200, 1),
  template: { ...defaultTemplate, bound: 0.5 },
  objective: 'l2' as const,
};
const { score } = problem;
const { network } = await memorize(problem, serialMap);
const plan = { exponents: 3, periods: 12, skip: 12 };

it('in the long run they are the moduli of the eigenvalues of the deflated map', () => {
  const { spectrum } = stabilityOf(jitterMap(score, network));
  const { exponents } = jitterExponents(score, network, { exponents: 4, periods: 400, skip: 100 });
  spectrum.slice(0, 4).forEach(({ modulus }, i) => {
    expect(exponents[i]).toBeCloseTo(Math.log(modulus), 1.5);
  });
  expect(exponents.reduce((a, b) => a + b)).toBeCloseTo(
    spectrum.slice(0, 4).reduce((sum, { modulus }) => sum + Math.log(modulus), 0),
    1.5,
  );
});

it('their gradient is that of central differences', () => {
  const slopes = Float64Array.of(0.7, -0.4, 0.2);
  const { gradient } = jitterExponents(score, network, plan);
  const found = gradient(slopes);
  const largest = found.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const random = lcg(4);
  const at = (k: number, change: number) => {
    const weights = network.weights.slice();
    weights[k] += change;
    const { exponents } = jitterExponents(score, { ...network, weights }, plan);
    return exponents.reduce((sum, lambda, i) => sum + slopes[i] * lambda, 0);
  };
  for (let i = 0; i < 30; i++) {
    const k = Math.floor(random() * network.weights.length);
    const difference = (8 * (at(k, 1e-5) - at(k, -1e-5)) - (at(k, 2e-5) - at(k, -2e-5))) / (12 * 1e-5);
    expect(Math.abs(found[k] - difference)).toBeLessThan(1e-6 * largest);
  }
});

it('the projection leaves stored weights where they are, and of none it is the least norm', () => {
  const project = createProjection(problem);
  const own = network.weights.subarray(network.starts[3], network.starts[4]);
  const [same, least] = [project(3, own.slice()), project(3, new Float64Array(own.length))];
  own.forEach((w, k) => {
    expect(same?.[k]).toBeCloseTo(w, 7);
    expect(least?.[k]).toBeCloseTo(w, 7);
  });
});

it('training brings the leading exponent to where it is wanted, and every neuron still obeys its template', () => {
  const settings = { ...networkDefaults.floss, periods: 30 };
  const before = jitterExponents(score, network, { exponents: 1, periods: 30, skip: 30 }).exponents[0];
  for (const exponent of [before + 0.5, before - 0.3]) {
    const descent = trainNetwork({ target: problem, settings: { ...settings, exponent }, seed: 1 });
    expect(descent.status).toBe('converged');
    const weights = descent.best.weights;
    const after = jitterExponents(score, { ...network, weights }, { exponents: 1, periods: 30, skip: 30 }).exponents[0];
    expect(after).toBeCloseTo(exponent, 2.5);
    neuronsOf(problem, descent).forEach((trained, l) => {
      expect(judgeTrained(problem, l, trained).report.status).toBe('solved');
    });
  }
});

it('goes on with the same bytes, and refuses more exponents than there are', () => {
  const settings = { ...networkDefaults.floss, epochs: 4, exponents: 2 };
  const task = { target: problem, settings, seed: 1 };
  const once = trainNetwork(task);
  const twice = trainNetwork(task, { from: trainNetwork(task, { until: 2 }) });
  expect(twice).toEqual(once);
  expect(() => jitterExponents(score, network, { ...plan, exponents: 1000 })).toThrow(
    /spikes reach into the next period.* got 1000/,
  );
});
