/** The figures of the comparison. */
import type { TopLevelSpec } from 'vega-lite';
import type { Row } from '../../../src/campaign/index.js';
import { type Curve, type CurvePanel, curvesSpec, type Figure } from '../../../src/plot/index.js';
import { UNITS_SAID } from '../common/networks.js';
import type { Config } from './config.js';
import { type Capacity, capacityOf, mean, meanOf, median, numbers, of, shareOf } from './findings.js';

type Neurons = NonNullable<Config['neurons']>;
type Networks = NonNullable<Config['networks']>;

/** The axis of loads, from none on. */
const loadAxis = (loads: readonly number[]) => ({
  title: 'T / K (refractory periods per synapse)',
  domain: [0, 1.05 * Math.max(...loads)] as [number, number],
});
const percent = { domain: [0, 1] as [number, number], format: '.0%' };
const LINE_POINTS = 60;

/** The rows of a part at the largest budget of each method; the convex ones know none. */
export function atMost(rows: readonly Row[], budgets: readonly (number | null)[]): Row[] {
  const most = budgets.includes(null) ? null : Math.max(...budgets.map(Number));
  const free = new Set(rows.filter((row) => (row.budget ?? null) === null).map((row) => row.method));
  return rows.filter((row) => (row.budget ?? null) === (free.has(row.method) ? null : most));
}

/** Shares of neurons learned against the load, with fits. */
export function learnedFigure(
  rows: readonly Row[],
  { methods, inputs, loads, budgets }: Neurons,
  tolerance: number,
): Figure {
  const silent = atMost(of(rows, { protocol: 'P0', noise: 0 }), budgets);
  const panels = inputs.flatMap((k) =>
    (['success', 'within'] as const).map((column): CurvePanel => {
      const name = column === 'success' ? 'precision and recall at least 0.9' : `every spike within ${tolerance}`;
      return {
        title: inputs.length > 1 ? `K = ${k}: ${name}` : name,
        x: loadAxis(loads),
        y: { title: 'neurons learned', ...percent },
        curves: methods.map((method): Curve => {
          const points = loads.map((load) => ({
            x: load,
            share: shareOf(of(silent, { method, inputs: k, load }), column, 'neurons'),
          }));
          const { fit } = capacityOf(points);
          const [from, to] = [Math.min(...loads), Math.max(...loads)];
          const line = fit && {
            line: Array.from({ length: LINE_POINTS + 1 }, (_, i) => {
              const x = from + ((to - from) * i) / LINE_POINTS;
              return { x, y: fit.at(x) };
            }),
          };
          return { name: method, points: points.map(({ x, share }) => ({ x, ...share })), ...line };
        }),
      };
    }),
  );
  return {
    name: 'learned',
    caption: `Single neurons that play their train on the prescribed input without noise, against the length of the score per synapse: by precision and recall, and by every spike being within ${tolerance} refractory periods with none too many. Bars are 95 % intervals with neurons as units; lines are logistic fits with a weak prior towards one half (Jeffreys), so that where all or none are learned they lie between the points and one half.`,
    spec: curvesSpec('What can be learned', ['protocol P0, largest budget'], panels, {
      columns: 2,
      width: 350,
      height: 250,
    }),
  };
}

/** Precision under noise against the load, and against the work. */
export function firmFigure(rows: readonly Row[], { methods, inputs, loads, noises, budgets }: Neurons): Figure {
  const noise = Math.max(...noises);
  const own = atMost(of(rows, { protocol: 'P0', noise }), budgets);
  return {
    name: 'firm',
    caption: `The lesser of precision and recall of single neurons on the prescribed input under threshold noise ${noise}, mean over all neurons, those that were not learned included. Bars are 95 % intervals of the mean.`,
    spec: curvesSpec(
      'How firmly it is learned',
      [`protocol P0, threshold noise ${noise}, largest budget`],
      inputs.map((k) => ({
        ...(inputs.length > 1 ? { title: `K = ${k}` } : {}),
        x: loadAxis(loads),
        y: { title: 'lesser of precision and recall', domain: [0, 1] as [number, number] },
        curves: methods.map((method) => ({
          name: method,
          points: loads.map((load) => ({ x: load, ...meanOf(of(own, { method, inputs: k, load }), 'lesser') })),
        })),
      })),
      { width: 460, height: 280 },
    ),
  };
}

export function workFigure(rows: readonly Row[], { methods, inputs, loads, noises, budgets }: Neurons): Figure {
  const noise = Math.max(...noises);
  const k = inputs[0];
  return {
    name: 'work',
    caption: `The same at K = ${k}, against the multiply-adds spent per neuron: a mark per budget (${budgets.map((budget) => (budget === null ? 'none' : `${budget} times the solver's count`)).join(', ')}). The convex methods have one mark each.`,
    spec: curvesSpec(
      'What it costs',
      [`protocol P0, threshold noise ${noise}, K = ${k}`],
      loads.map((load) => ({
        title: `T / K = ${load}`,
        x: { title: 'multiply-adds per neuron', log: true, format: '~e' },
        y: { title: 'lesser of precision and recall', domain: [0, 1] as [number, number] },
        curves: methods.map((method) => ({
          name: method,
          points: [...new Set(of(rows, { method }).map((row) => row.budget ?? null))]
            .map((budget) =>
              of(rows, { method, budget: budget as number | null, inputs: k, load, protocol: 'P0', noise }),
            )
            .filter((some) => some.length > 0)
            .map((some) => ({ x: mean(some, 'macs'), ...meanOf(some, 'lesser') }))
            .sort((p, q) => p.x - q.x),
        })),
      })),
      { columns: 2, width: 350, height: 220 },
    ),
  };
}

/** Capacities with their intervals, in target spikes per synapse. */
export function capacityFigure(
  list: readonly { method: string; capacity: Capacity; rate: number }[],
  inputs: number,
): Figure | undefined {
  const values = list.flatMap(({ method, capacity: { half, error }, rate }) =>
    half === undefined || error === undefined
      ? []
      : [{ method, at: half * rate, low: Math.max(0, half - error) * rate, high: (half + error) * rate }],
  );
  if (values.length === 0) return undefined;
  const y = { field: 'method', type: 'nominal', sort: list.map(({ method }) => method), title: null };
  const scale = { domain: [0, Math.max(0.3, ...values.map(({ high }) => high))] };
  const x = { field: 'low', type: 'quantitative', title: 'target spikes per synapse', scale };
  const spec = {
    title: {
      text: 'Capacity of single neurons',
      subtitle: ['shaded: 0.1 to 0.3, published for integrate-and-fire neurons (Memmesheimer et al. 2014)'],
    },
    width: 460,
    height: { step: 26 },
    layer: [
      {
        data: { values: [{ low: 0.1, high: 0.3 }] },
        mark: { type: 'rect', color: '#e9e4d6' },
        encoding: { x, x2: { field: 'high' } },
      },
      { data: { values }, mark: { type: 'rule', color: '#1f5fa8' }, encoding: { y, x, x2: { field: 'high' } } },
      {
        data: { values },
        mark: { type: 'point', filled: true, size: 60, color: '#1f5fa8', opacity: 1 },
        encoding: { y, x: { ...x, field: 'at' } },
      },
    ],
  };
  return {
    name: 'capacity',
    caption: `The load at which half of the neurons are learned (K = ${inputs}), in prescribed spikes per synapse, with its 95 % interval: FP learning by its tolerance, the others by precision and recall. Methods whose capacity lies outside the loads tried are left out.`,
    spec: spec as TopLevelSpec,
  };
}

/** Replay against noise, success and the spectral radius against the load. */
export function replayFigures(rows: readonly Row[], networks: Networks): Figure[] {
  const own = atMost(of(rows, { protocol: 'P1' }), networks.budgets);
  const { inputs, channels, periods } = networks;
  const about = `${channels} channels, K = ${inputs}, ${periods} free periods from memory`;
  return [
    noiseFigure(own, networks, about),
    ...(networks.loads.length > 1 ? [loadFigure(own, networks, about)] : []),
    radiusFigure(own, networks, about),
  ];
}

const noiseFigure = (own: readonly Row[], { methods, loads, noises, periods }: Networks, about: string): Figure => ({
  name: 'replay-noise',
  caption: `The lesser of precision and recall in the last of ${periods} free periods, against the threshold noise; mean over the networks, with 95 % intervals.`,
  spec: curvesSpec(
    'Replay under noise',
    [about],
    loads.map((load) => ({
      title: `T / K = ${load}`,
      x: { title: 'threshold noise' },
      y: { title: 'lesser of precision and recall', domain: [0, 1] as [number, number] },
      curves: methods.map((method) => ({
        name: method,
        points: noises.map((sigma) => ({ x: sigma, ...meanOf(of(own, { method, load, noise: sigma }), 'lesser') })),
      })),
    })),
    { columns: 2, width: 350, height: 230 },
  ),
});

function loadFigure(own: readonly Row[], { methods, loads, noise, noises }: Networks, about: string): Figure {
  const levels = [...new Set([0, noise])].filter((sigma) => noises.includes(sigma));
  return {
    name: 'replay-load',
    caption: `Replays whose last period has precision and recall of at least 0.9, against the length of the score per synapse. ${UNITS_SAID.replace(/^b/, 'B')}.`,
    spec: curvesSpec(
      'Replay against load',
      [about],
      levels.map((sigma) => ({
        title: sigma === 0 ? 'without noise' : `threshold noise ${sigma}`,
        x: loadAxis(loads),
        y: { title: 'replays that succeed', ...percent },
        curves: methods.map((method) => ({
          name: method,
          points: loads.map((load) => ({
            x: load,
            ...shareOf(of(own, { method, load, noise: sigma }), 'success', 'networks'),
          })),
        })),
      })),
      { columns: 2, width: 350, height: 230 },
    ),
  };
}

function radiusFigure(own: readonly Row[], { methods, loads, noises }: Networks, about: string): Figure {
  const replays = of(own, { noise: noises[0] });
  const curves = methods.map((method) => ({
    name: method,
    points: loads.flatMap((load) => {
      const radii = of(replays, { method, load }).filter(({ radius }) => typeof radius === 'number' && radius > 0);
      const some = numbers(radii, 'radius');
      return some.length === 0
        ? []
        : [{ x: load, y: median(radii, 'radius'), low: Math.min(...some), high: Math.max(...some) }];
    }),
  }));
  return {
    name: 'radius',
    caption:
      'Spectral radius of the jitter map around the prescribed score: below 1 small shifts of spikes die away. Median, least and largest over the networks in which every neuron has a slope at its spikes and the radius is above 0. Where a network does not play the score exactly, the map is that of the score nevertheless.',
    spec: curvesSpec(
      'Stability',
      [about],
      [
        {
          x: loadAxis(loads),
          y: { title: 'spectral radius', log: true, format: '~e' },
          curves,
          rules: [{ y: 1, label: 'stable below' }],
        },
      ],
      { width: 460, height: 280 },
    ),
  };
}
