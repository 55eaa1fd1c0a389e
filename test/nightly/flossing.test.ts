/** What flossing has to reach, over networks: the acceptance cases that take minutes. */
import { expect, it } from 'vitest';
import { median } from '../../src/core/index.js';
import {
  activationOf,
  advanceFlossing,
  DEFAULTS,
  examples,
  flossOnly,
  logOf,
  spectrumOf,
  startFlossing,
} from '../../src/flossing/index.js';

const networks = (count: number) => Array.from({ length: count }, (_, i) => 1000 + i);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x / values.length, 0);

it('32 of 80 exponents come to within 0.06 of zero in 150 updates on the average, in every network in 300; the mean of the 50th stays', () => {
  const activation = activationOf('binary', 'atan', 0.5);
  const found = networks(9).map((seed) => {
    const settings = { ...DEFAULTS, sharpness: 0.5, exponents: 32, mode: 'pre' as const, seed };
    const trained = startFlossing(settings);
    const spectrum = () => spectrumOf(trained.parameters, activation, { exponents: 50, steps: 300, skip: 100, seed });
    return [
      spectrum,
      () => flossOnly(trained, settings, 150) && spectrum(),
      () => flossOnly(trained, settings, 150) && spectrum(),
    ].map((measure) => measure());
  });
  for (let i = 0; i < 32; i++) expect(Math.abs(mean(found.map(([, after]) => after[i])))).toBeLessThan(0.06);
  for (const [, , later] of found) for (let i = 0; i < 32; i++) expect(Math.abs(later[i])).toBeLessThan(0.06);
  const [before, ...then] = [0, 1, 2].map((when) => mean(found.map((spectra) => spectra[when][49])));
  for (const after of then) expect(Math.abs(after / before - 1)).toBeLessThan(0.15);
});

it('without flossing a bit of ten steps ago is within reach: most networks learn its XOR', () => {
  const best = networks(5).map((seed) => {
    const settings = { ...DEFAULTS, delay: 5, steps: 60, epochs: 1001, seed };
    const trained = startFlossing(settings);
    advanceFlossing(trained, settings);
    return median([...logOf(trained).accuracy.slice(-100)]) as number;
  });
  expect(median(best)).toBeGreaterThan(0.9);
});

it('at d = 18 flossing lets a hundred times as much of the gradient reach the start', () => {
  const flow = (mode: 'none' | 'adaptive') =>
    networks(5).map((seed) => {
      const settings = { ...DEFAULTS, delay: 9, steps: 60, epochs: 200, mode, exponents: 16, seed };
      const trained = startFlossing(settings);
      advanceFlossing(trained, settings);
      return median([...logOf(trained).gradient_start]) as number;
    });
  expect((median(flow('adaptive')) as number) / (median(flow('none')) as number)).toBeGreaterThan(100);
});

it('the loss of the LIF example falls by five in forty epochs', () => {
  const run = examples.lif.start(1);
  const losses = Array.from({ length: 41 }, (_, epoch) => run.update(epoch).loss);
  expect(losses[40]).toBeLessThan(losses[0] / 5);
});
