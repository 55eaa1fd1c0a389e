/** Figures of networks, as specifications of Vega-Lite over plain arrays. */
import { demandInteger, demandList, demandPositive, demandText } from '../core/index.js';
import { type CurvePanel, curvesSpec, type Spec } from '../plot/index.js';
import { demandSpikes } from './demand.js';
import type { Neuron } from './neuron.js';
import { oscillator } from './phase.js';
import type { Spikes } from './simulate.js';

/** Marks beyond which a raster leaves neurons out. */
const MOST_MARKS = 12000;
const SHOWN = 200;

/** Spikes over time, of up to 200 neurons spread over the network. */
export function rasterSpec(spikes: Spikes, n: number, tau: number, title: string): Spec {
  demandSpikes(spikes);
  demandInteger('the number of neurons', n, 1);
  demandPositive('tau', tau);
  const { times, neurons } = spikes;
  const step = Math.max(1, Math.ceil(n / SHOWN));
  const values: { time: number; neuron: number }[] = [];
  for (let s = 0; s < times.length && values.length < MOST_MARKS; s++) {
    if (neurons[s] % step === 0) values.push({ time: times[s] * tau, neuron: neurons[s] });
  }
  const subtitle = step > 1 ? [`every ${step}th of ${n} neurons`] : [];
  return {
    title: { text: title, subtitle },
    width: 820,
    height: 380,
    data: { values },
    mark: { type: 'tick', orient: 'vertical', thickness: 1, size: 3, color: '#1b1b1b', opacity: 1 },
    encoding: {
      x: { field: 'time', type: 'quantitative', title: 'time (s)', scale: { nice: false, zero: false } },
      y: { field: 'neuron', type: 'quantitative', title: 'neuron', scale: { domain: [-1, n], nice: false } },
    },
  };
}

const BINS = 40;

/** Histograms of numbers that each neuron has, side by side. */
export function neuronHistogramsSpec(
  title: string,
  panels: readonly { title: string; values: ArrayLike<number> }[],
): Spec {
  demandText('the title', title);
  demandList('the panels', panels);
  const specs = panels.map(({ title: name, values }) => {
    const known = Array.from(values).filter(Number.isFinite);
    const [least, most] = known.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
    const width = (most - least || 1) / BINS;
    const counts = new Array<number>(BINS).fill(0);
    for (const value of known) counts[Math.min(BINS - 1, Math.floor((value - least) / width))]++;
    return {
      width: 200,
      height: 170,
      data: { values: counts.map((count, i) => ({ from: least + i * width, to: least + (i + 1) * width, count })) },
      mark: { type: 'bar', color: '#1f5fa8' },
      encoding: {
        x: { field: 'from', bin: { binned: true }, type: 'quantitative', title: name },
        x2: { field: 'to' },
        y: { field: 'count', type: 'quantitative', title: 'neurons' },
      },
    };
  });
  return { title: { text: title }, hconcat: specs };
}

const POINTS = 400;

/** The phase transition curve of some weights, the phase response curve, and the voltage over two periods without input. */
export function phaseSpec(neuron: Neuron, drive: number, weights: readonly number[], tau: number): Spec {
  demandList('the weights', weights);
  demandPositive('tau', tau);
  const { from, to, period, transition, voltageAt } = oscillator(neuron, drive);
  const phases = Array.from({ length: POINTS + 1 }, (_, k) => from + ((to - from) * (k + 0.5)) / (POINTS + 1));
  const nameOf = (weight: number) => `W = ${Number(weight.toPrecision(4))}`;
  const ptc = weights.map((weight) => ({
    name: nameOf(weight),
    points: [],
    line: phases.map((phase) => ({ x: phase, y: transition(phase, weight) })),
  }));
  const prc = ptc.map(({ name, line }) => ({ name, points: [], line: line.map(({ x, y }) => ({ x, y: y - x })) }));
  // Up to a voltage that leaves something to see.
  const most = Math.min(neuron.threshold, 3);
  const least = Math.max(neuron.reset, -3);
  const voltage = Array.from({ length: 2 * POINTS }, (_, k) => {
    const share = ((k + 0.5) / POINTS) % 1;
    return {
      x: ((k + 0.5) / POINTS) * period * tau * 1e3,
      y: Math.max(least, Math.min(most, voltageAt(from + (to - from) * share))),
    };
  });
  const phase = { title: 'phase', domain: [from, to] as [number, number] };
  const panels: CurvePanel[] = [
    { title: 'phase transition', x: phase, y: { title: 'phase after a kick' }, curves: ptc },
    { title: 'phase response', x: phase, y: { title: 'change of phase' }, curves: prc },
    {
      title: 'no input',
      x: { title: 'time (ms)' },
      y: { title: 'V' },
      curves: [{ name: neuron.name, points: [], line: voltage }],
    },
  ];
  return curvesSpec(`${neuron.name}, drive ${Number(drive.toPrecision(4))}`, [], panels, { width: 260, height: 220 });
}
