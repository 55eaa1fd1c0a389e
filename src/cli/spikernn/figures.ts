/** What a training and a mapped network look like. */
import { wilson } from '../../core/index.js';
import { type CurvePanel, curvesSpec, renderSvg, type Spec } from '../../plot/index.js';
import type { RateNetwork, SpikingRun, SpikingScore } from '../../spikernn/index.js';
import { tausOf } from '../../spikernn/index.js';

const EXCITES = '#c8102e';
const INHIBITS = '#1f5fa8';
/** More marks than that do not show. */
const MOST_MARKS = 20000;
const POINTS = 400;

type Line = { name: string; values: ArrayLike<number> };

/** So many points of a curve, by place and value. */
function thinned(values: ArrayLike<number>, by: number): { x: number; y: number }[] {
  const stride = Math.max(1, Math.ceil(values.length / POINTS));
  return Array.from({ length: Math.ceil(values.length / stride) }, (_, i) => ({
    x: i * stride * by,
    y: values[i * stride],
  }));
}

const linesPanel = (title: string, x: string, y: string, lines: readonly Line[], by: number): CurvePanel => ({
  title,
  x: { title: x },
  y: { title: y },
  curves: lines.map(({ name, values }) => ({ name, points: [], line: thinned(values, by) })),
});

/** Loss by trial, in stretches of 20, with that of an output that stays 0; and the share of right trials. */
export function drawLearning(
  losses: readonly number[],
  plateaus: readonly number[],
  checks: readonly number[],
  subtitle: string,
): Promise<string> {
  const smooth = (values: readonly number[]) =>
    Array.from({ length: Math.ceil(values.length / 20) }, (_, i) => {
      const some = values.slice(20 * i, 20 * i + 20);
      return { x: 20 * i, y: some.reduce((a, b) => a + b, 0) / some.length };
    });
  const rows = Array.from({ length: checks.length / 3 }, (_, i) => checks.slice(3 * i, 3 * i + 3));
  const panels: CurvePanel[] = [
    {
      title: 'loss of a trial',
      x: { title: 'trial' },
      y: { title: 'loss' },
      curves: [
        { name: 'loss', points: [], line: smooth(losses) },
        { name: 'plateau: output 0', points: [], line: smooth(plateaus) },
      ],
    },
    {
      title: '100 fresh trials',
      x: { title: 'trial' },
      y: { title: 'share right', domain: [0, 1.02] },
      curves: [
        {
          name: 'right',
          points: rows.map(([x, , y]) => {
            const [low, high] = wilson(Math.round(100 * y), 100);
            return { x, y, low, high };
          }),
        },
      ],
    },
  ];
  return renderSvg(curvesSpec('Training of the rate network', [subtitle], panels));
}

/** Mean outputs by what the trial asked. */
export function drawOutputs(
  title: string,
  outputs: readonly Float64Array[],
  labels: readonly (string | number)[],
  by: number,
): Promise<string> {
  const kinds = [...new Set(labels)].sort();
  const lines = kinds.map((kind) => {
    const own = outputs.filter((_, i) => labels[i] === kind);
    const mean = Float64Array.from(own[0], (_, t) => own.reduce((sum, one) => sum + one[t] / own.length, 0));
    return { name: String(kind), values: mean };
  });
  const subtitle = [
    `means over trials: ${kinds.map((kind) => `${kind} ${labels.filter((one) => one === kind).length}`).join(', ')}`,
  ];
  return renderSvg(
    curvesSpec(title, subtitle, [linesPanel('', 'ms', 'output', lines, by)], { columns: 1, width: 560 }),
  );
}

/** The connections that carry something, and the time constants. */
export function drawNetwork(network: RateNetwork, title = 'The trained network'): Promise<string> {
  const { units: n, w, allowed, inhibitory } = network;
  const all: { sender: number; receiver: number; weight: number; kind: string }[] = [];
  for (let e = 0; e < w.length; e++) {
    if (!allowed[e] || !(w[e] !== 0) || (network.dale && w[e] < 0)) continue;
    const negative = network.dale ? inhibitory[e % n] === 1 : w[e] < 0;
    all.push({
      sender: e % n,
      receiver: Math.floor(e / n),
      weight: Math.abs(w[e]),
      kind: negative ? 'inhibits' : 'excites',
    });
  }
  const stride = Math.ceil(all.length / MOST_MARKS);
  const matrix = {
    title: { text: `connections: ${all.length} of ${n * n} carry something`, fontSize: 12 },
    width: 380,
    height: 380,
    data: { values: all.filter((_, i) => i % stride === 0) },
    mark: { type: 'square' as const, opacity: 0.8 },
    encoding: {
      x: { field: 'sender', type: 'quantitative' as const, title: 'from unit', scale: { domain: [0, n], nice: false } },
      y: {
        field: 'receiver',
        type: 'quantitative' as const,
        title: 'to unit',
        scale: { domain: [n, 0], nice: false },
      },
      size: { field: 'weight', type: 'quantitative' as const, scale: { range: [1, 30] }, legend: null },
      color: kindColor(['excites', 'inhibits']),
    },
  };
  const taus = [...tausOf(network)].map((tau) => 5 * tau);
  const bins = {
    title: { text: 'time constants', fontSize: 12 },
    width: 260,
    height: 380,
    data: { values: taus.map((tau, i) => ({ tau, kind: inhibitory[i] ? 'inhibits' : 'excites' })) },
    mark: 'bar' as const,
    encoding: {
      x: { field: 'tau', bin: { maxbins: 24 }, type: 'quantitative' as const, title: 'tau, ms' },
      y: { aggregate: 'count' as const, title: 'units' },
      color: kindColor(['excites', 'inhibits']),
    },
  };
  return renderSvg({ title: { text: title }, hconcat: [matrix, bins] });
}

const kindColor = (domain: readonly string[]) => ({
  field: 'kind',
  type: 'nominal' as const,
  title: null,
  scale: { domain, range: [EXCITES, INHIBITS] },
  legend: { orient: 'bottom' as const },
});

/** Spikes of some trials, one above the other; excitatory units below inhibitory ones. */
export function drawRasters(
  network: RateNetwork,
  trials: readonly { title: string; run: SpikingRun }[],
  step: number,
  subtitle: string,
): Promise<string> {
  const { units: n, inhibitory } = network;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => inhibitory[a] - inhibitory[b] || a - b);
  const rowOf = new Uint32Array(n);
  order.forEach((unit, row) => {
    rowOf[unit] = row;
  });
  const panels: Spec[] = trials.flatMap(({ title, run }) => {
    const stride = Math.ceil(run.spikeUnits.length / MOST_MARKS);
    const values = Array.from(run.spikeUnits, (unit, k) => ({
      t: run.spikeSteps[k] * step,
      row: rowOf[unit],
      kind: inhibitory[unit] ? 'inhibitory' : 'excitatory',
    })).filter((_, k) => k % Math.max(1, stride) === 0);
    const end = run.steps * step;
    const x = { field: 't', type: 'quantitative' as const, title: null, scale: { domain: [0, end], nice: false } };
    return [
      {
        title: { text: title, fontSize: 12 },
        width: 560,
        height: 70,
        data: { values: thinned(run.outputs, step).map(({ x: t, y }) => ({ t, y })) },
        mark: { type: 'line' as const, color: '#7b4fa3' },
        encoding: { x, y: { field: 'y', type: 'quantitative' as const, title: 'output' } },
      },
      {
        width: 560,
        height: 180,
        data: { values },
        mark: { type: 'tick' as const, orient: 'vertical' as const, thickness: 1, size: 3 },
        encoding: {
          x: { ...x, title: 'ms' },
          y: { field: 'row', type: 'quantitative' as const, title: 'unit', scale: { domain: [0, n], nice: false } },
          color: kindColor(['excitatory', 'inhibitory']),
        },
      },
    ];
  });
  return renderSvg({ title: { text: 'The spiking network', subtitle: [subtitle] }, vconcat: panels });
}

/** Share of right trials by scaling factor, with Wilson intervals, and the factor that is foretold. */
export function drawScales(
  scales: readonly number[],
  scores: readonly SpikingScore[],
  predicted: number,
  subtitle: string,
): Promise<string> {
  const points = scores.map(({ right, trials }, k) => {
    const [low, high] = wilson(right, trials);
    return { x: scales[k], y: right / trials, low, high };
  });
  const panel = {
    x: { title: '1/lambda' },
    y: { title: 'share right', domain: [0, 1.02] as [number, number] },
    curves: [
      { name: 'trials', points },
      {
        name: 'foretold by f-I curves',
        points: [],
        line: [
          { x: predicted, y: 0 },
          { x: predicted, y: 1 },
        ],
      },
    ],
  };
  return renderSvg(
    curvesSpec('Scaling factor of the spiking network', [subtitle], [panel], { columns: 1, width: 520 }),
  );
}
