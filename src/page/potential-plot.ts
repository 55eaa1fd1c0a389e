/** The potential of a neuron inside its template, on a canvas that can be zoomed. */
import uPlot from 'uplot';
import type { Asked, NeuronView } from './one-neuron.js';

/** What is drawn. */
export interface Drawn {
  view: NeuronView;
  /** One value for each of the view's times. */
  potential: Float64Array;
  /** Moments that are marked. */
  marks: readonly Asked[];
  /** Whether they are violated; else they bind. */
  violated: boolean;
  /** Milliseconds of a refractory period. */
  unit: number;
  /** Number of the spike that is looked at. */
  spike: number | undefined;
}

export interface PotentialPlot {
  update(drawn: Drawn): void;
  resize(): void;
  destroy(): void;
}

type Colors = (name: string) => string;

/** @param pick is told the time, in refractory periods, of a click */
export function createPlot(
  box: HTMLElement,
  first: Drawn,
  colorOf: Colors,
  pick: (time: number) => void,
): PotentialPlot {
  let drawn = first;
  const size = () => ({ width: Math.max(200, box.clientWidth), height: Math.max(160, box.clientHeight) });
  const plot = new uPlot(
    {
      ...size(),
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { show: false }, y: false },
      scales: { x: { time: false }, y: { range: () => rangeOf(drawn) } },
      axes: [
        axisOf(colorOf, 'ms', { size: 24, labelSize: 16, labelGap: 0 }),
        axisOf(colorOf, 'potential (thresholds)', { size: 34, labelSize: 18, labelGap: 0 }),
      ],
      series: [{}, { stroke: () => colorOf('accent'), width: 1.6, points: { show: false } }],
      hooks: {
        drawClear: [(self) => drawZones(self, drawn, colorOf)],
        draw: [(self) => drawMarks(self, drawn, colorOf)],
      },
    },
    dataOf(drawn),
    box,
  );
  plot.over.addEventListener('click', ({ offsetX }) => pick(plot.posToVal(offsetX, 'x') / drawn.unit));
  return {
    update(next) {
      const same = next.view === drawn.view;
      drawn = next;
      plot.setData(dataOf(drawn), !same);
      if (same) plot.redraw(true, true);
    },
    resize: () => plot.setSize(size()),
    destroy: () => plot.destroy(),
  };
}

const dataOf = ({ view, potential, unit }: Drawn): [Float64Array, Float64Array] => [
  view.times.map((time) => time * unit),
  potential,
];

const axisOf = (colorOf: Colors, label: string, sizes: object) => ({
  label,
  ...sizes,
  stroke: () => colorOf('soft'),
  font: '11px system-ui, sans-serif',
  labelFont: '11px system-ui, sans-serif',
  grid: { show: false },
  ticks: { stroke: () => colorOf('line'), width: 1, size: 4 },
});

function rangeOf({ potential }: Drawn): [number, number] {
  let [low, high] = [-0.5, 1.5];
  for (const value of potential) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low - 0.1, high + 0.1];
}

/** Where the potential must rise, and what it must stay below. */
function drawZones(plot: uPlot, { view, unit }: Drawn, colorOf: Colors): void {
  const { ctx, bbox } = plot;
  const { zones, level, times } = view;
  const period = times[times.length - 1];
  const x = (time: number) => plot.valToPos(time * unit, 'x', true);
  const y = (value: number) => Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(value, 'y', true)));
  const clip = (at: number) => Math.min(bbox.left + bbox.width, Math.max(bbox.left, at));
  ctx.save();
  for (const { kind, begin, end } of zones) {
    if (kind === 'free') continue;
    ctx.fillStyle = colorOf(kind === 'silent' ? 'silent' : 'firing');
    const bottom = kind === 'silent' ? y(level) : bbox.top + bbox.height;
    for (const turn of [-period, 0]) {
      const [left, right] = [clip(x(begin + turn)), clip(x(end + turn))];
      if (right > left) ctx.fillRect(left, bbox.top, right - left, bottom - bbox.top);
    }
  }
  ctx.strokeStyle = colorOf('soft');
  ctx.setLineDash([5, 4]);
  for (const value of [1, level]) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, y(value));
    ctx.lineTo(bbox.left + bbox.width, y(value));
    ctx.stroke();
  }
  ctx.restore();
}

/** Prescribed spikes, and the moments that bind or are violated. */
function drawMarks(plot: uPlot, { view, marks, violated, unit, spike }: Drawn, colorOf: Colors): void {
  const { ctx, bbox } = plot;
  const ratio = window.devicePixelRatio || 1;
  const dot = (time: number, value: number, radius: number, color: string, ring = false) => {
    const [x, y] = [plot.valToPos(time * unit, 'x', true), plot.valToPos(value, 'y', true)];
    ctx.beginPath();
    ctx.arc(x, y, radius * ratio, 0, 2 * Math.PI);
    ctx[ring ? 'strokeStyle' : 'fillStyle'] = color;
    if (ring) ctx.stroke();
    else ctx.fill();
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.5 * ratio;
  for (const { time, value, kind } of marks)
    if (kind !== 'spike') dot(time, value, 3, colorOf(violated ? 'bad' : 'good'));
  const missed = new Set(view.unreached);
  for (const time of view.spikes) dot(time, 1, 3.5, colorOf(missed.has(time) ? 'bad' : 'ink'), missed.has(time));
  if (spike !== undefined) dot(view.spikes[spike], 1, 8, colorOf('accent'), true);
  ctx.restore();
}
