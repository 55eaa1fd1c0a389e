/** The figures of stability and of recorded potentials. */
import { expect, it } from 'vitest';
import type { Stability } from '../src/measure/index.js';
import { drawNoise, drawSpectrum, drawTraces } from '../src/plot/index.js';

const eigenvalue = (re: number, im: number) => ({ re, im, modulus: Math.hypot(re, im), residual: 1e-12 });
const points = (svg: string, color: string) => svg.split(`fill="${color}"`).length - 1;

it('the spectrum shows every known eigenvalue and the common shift, the same bytes every time', async () => {
  const spectrum = [eigenvalue(1e-5, 1e-4), eigenvalue(1e-5, -1e-4), eigenvalue(5e-5, 0)];
  const draw = () => drawSpectrum({ spectrum } as Stability, ['radius']);
  const svg = await draw();
  // One more of each colour in the legend.
  expect([points(svg, '#d1495b'), points(svg, '#1f5fa8'), points(svg, '#e08e0b')]).toEqual([2, 3, 2]);
  expect(await draw()).toBe(svg);
});

it('noise shows predictions as lines and each simulated period as a point', async () => {
  const predicted = { precision: 0.95, drift: 0.3 };
  const rows = [0.05, 0.1].map((noise) => ({
    noise,
    linear: { precision: 0.96, drift: 0 },
    curved: predicted,
    simulated: { precisions: [0.95, 0.94, 0.96], drift: noise > 0.05 ? null : 0.3 },
  }));
  const svg = await drawNoise(rows, 'ms/s', ['sub']);
  // Six periods, one drift (the other was lost), and the legend.
  expect(points(svg, '#1b1b1b')).toBe(8);
  expect(svg).toContain('drift of the lag (ms/s)');
});

it('traces show each neuron with its spikes', async () => {
  const trace = {
    neuron: 12,
    beta: 2,
    times: Float64Array.of(1),
    a: Float64Array.of(0),
    b: Float64Array.of(Math.E),
    period: Number.POSITIVE_INFINITY,
  };
  const svg = await drawTraces({ traces: [trace], spikes: [Float64Array.of(2, 3)], from: 0, to: 10, tau0: 0.005 });
  expect(svg).toContain('neuron 12');
  expect(svg.split('stroke="#d1495b"').length - 1).toBe(2);
});
