/** The figures of stability and of recorded potentials. */
import { describe, expect, it } from 'vitest';
import { drawPotentials } from '../src/memory/figures/index.js';
import { type CurvePanel, type CurvePoint, curvesSpec, drawNoise, drawSpectrum, renderSvg } from '../src/plot/index.js';

const eigenvalue = (re: number, im: number) => ({ re, im, modulus: Math.hypot(re, im), residual: 1e-12 });
const points = (svg: string, color: string) => svg.split(`fill="${color}"`).length - 1;

it('the spectrum shows every known eigenvalue and the common shift, the same bytes every time', async () => {
  const spectrum = [eigenvalue(1e-5, 1e-4), eigenvalue(1e-5, -1e-4), eigenvalue(5e-5, 0)];
  const draw = () => drawSpectrum({ spectrum }, ['radius']);
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
  const svg = await drawPotentials({ traces: [trace], spikes: [Float64Array.of(2, 3)], from: 0, to: 10, tau0: 0.005 });
  expect(svg).toContain('neuron 12');
  expect(svg.split('stroke="#d1495b"').length - 1).toBe(2);
});

describe('curves', () => {
  const panel = (names: string[], points: CurvePoint[]): CurvePanel => ({
    x: { title: 'x', domain: [0, 2] },
    y: { title: 'y', domain: [0, 1] },
    curves: names.map((name) => ({ name, points })),
  });
  const count = (svg: string, text: string) => svg.split(text).length - 1;
  const inside = [
    { x: 0, y: 1 },
    { x: 2, y: 0 },
  ];

  it('share one legend where all panels have the same, and have one each where not', async () => {
    const shared = await renderSvg(curvesSpec('t', [], [panel(['one', 'two'], inside), panel(['one', 'two'], inside)]));
    expect([count(shared, '>one<'), count(shared, '>two<')]).toEqual([1, 1]);
    const apart = await renderSvg(
      curvesSpec('t', [], [panel(['one', 'two'], inside), panel(['one', 'other'], inside)]),
    );
    expect([count(apart, '>one<'), count(apart, '>two<'), count(apart, '>other<')]).toEqual([2, 1, 1]);
  });

  it('leave out points beyond their axes, and name the stretches that are shaded', async () => {
    const beyond = [...inside, { x: 3, y: 0.5 }, { x: 1, y: 1.5 }];
    const bands = [{ from: 0.5, to: 1.5, label: 'prompt' }];
    const marks = (points: CurvePoint[]) =>
      renderSvg(curvesSpec('t', [], [{ ...panel(['one'], points), bands }])).then((svg) => ({
        points: svg.match(/mark-symbol[^>]*>(.*?)<\/g>/s)?.[1].split('<path').length,
        shaded: count(svg, `fill="#dfe9f5"`),
        named: count(svg, '>prompt<'),
      }));
    expect(await marks(inside)).toEqual({ points: 3, shaded: 1, named: 1 });
    expect(await marks(beyond)).toEqual({ points: 3, shaded: 1, named: 1 });
  });
});
