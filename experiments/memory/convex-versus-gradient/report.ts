/** What the comparison found: figures, tables, and the answer in a sentence or three. */
import type { Row } from '../../../src/campaign/index.js';
import { expectedSpikes } from '../../../src/memory/score/index.js';
import type { Figure, Findings, Table } from '../../../src/plot/index.js';
import { type Config, methodNamed } from './config.js';
import { atMost, capacityFigure, firmFigure, learnedFigure, replayFigures, workFigure } from './figures.js';
import { capacityOf, mean, median, of, pair, shareOf } from './findings.js';

type Neurons = NonNullable<Config['neurons']>;
type Networks = NonNullable<Config['networks']>;
type Cells = (string | number)[];

const percent = (value: number) => `${Math.round(100 * value)} %`;
const fixed = (value: number, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const short = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(2)).toString() : '–');
const probability = (p: number) => (p < 0.001 ? 'below 0.001' : p.toFixed(3));
const budgetName = (budget: number | null) => (budget === null ? 'none' : `${budget} x`);

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const { neurons, networks } = config;
  const single = of(rows, { part: 'neurons' });
  const whole = of(rows, { part: 'networks' });
  const found = [
    ...(neurons && single.length > 0 ? [ofNeurons(config, neurons, single)] : []),
    ...(networks && whole.length > 0 ? [ofNetworks(networks, whole)] : []),
  ];
  return {
    answer: found.map(({ answer }) => answer).join(' '),
    figures: found.flatMap(({ figures }) => figures),
    tables: found.flatMap(({ tables }) => tables),
    notes: [
      'Every method has the same score, wiring, bounds and noise in a cell; b = max(least, perInput / K) bounds the weights of all. Differences between methods are therefore paired.',
      'A budget is a multiple of the multiply-adds that the convex solver has counted for the same neuron; epochs are as many as fit into it, up to the cap of the method, and schedules are stretched over them. Nothing is measured by a clock; bytes are counted from the sizes of arrays.',
      'Intervals of single neurons have neurons as units, though those of one seed share their inputs, which makes them a little too narrow; intervals of whole networks have networks as units, their trials and neurons pooled.',
      'Margin, slope, radius, multiply-adds and bytes are medians, of an even number the upper one; "times the solver" is the median of the multiply-adds by that of the solver. All else are means over those that have a value.',
      'Where the convex program is impossible its weights are 0 and count as failures; a gradient method fails without a proof.',
      'Neurons without prescribed spikes count: they have to stay silent.',
    ],
  };
}

/** By its tolerance for FP learning, which asks for no more, else by precision and recall. */
const criterionOf = (config: Config, method: string) =>
  methodNamed(config, method).method === 'fp' ? ('within' as const) : ('success' as const);

function ofNeurons(config: Config, neurons: Neurons, rows: readonly Row[]): Findings {
  const { methods, inputs, loads, noises, budgets } = neurons;
  const noise = Math.max(...noises);
  const best = atMost(rows, budgets);
  const silent = of(best, { noise: 0 });
  const noisy = of(best, { noise });
  /** Prescribed spikes per refractory period, in the longest scores. */
  const rateOf = (k: number) => {
    const period = Math.max(...loads) * k;
    return expectedSpikes(period, config.activity) / period;
  };
  const capacities = capacitiesOf(neurons, silent);
  const first = capacities.filter(({ inputs: k }) => k === inputs[0]);
  const figures: Figure[] = [learnedFigure(rows, neurons, config.tolerance), firmFigure(rows, neurons)];
  if (budgets.length > 1) figures.push(workFigure(rows, neurons));
  const capacity = capacityFigure(
    first.map(({ method, inputs: k, ...both }) => {
      return { method, capacity: both[criterionOf(config, method)], rate: rateOf(k) };
    }),
    inputs[0],
  );
  if (capacity) figures.push(capacity);
  const middle = loads[Math.floor((loads.length - 1) / 2)];
  const firm = methods.map((method) => {
    return `${method} ${fixed(mean(of(noisy, { method, inputs: inputs[0], load: middle }), 'lesser'))}`;
  });
  const half = first.map(({ method, ...both }) => `${method} ${both[criterionOf(config, method)].text}`);
  return {
    answer: `Half of the single neurons (K = ${inputs[0]}) are learned up to T / K of ${half.join(', ')}. At T / K = ${middle} under threshold noise ${noise} the lesser of precision and recall is ${firm.join(', ')}.`,
    figures,
    tables: [
      neuronTable(config, neurons, silent, noisy, noise),
      capacityTable(config, neurons, capacities, rateOf),
      pairTable('The first method against each other one, neuron by neuron (McNemar)', methods, silent, 'neurons'),
      costTable(neurons, rows, noise),
    ],
    notes: [],
  };
}

/** The capacity of every method and size, by precision and recall, and by the tolerance. */
const capacitiesOf = ({ methods, inputs, loads }: Neurons, silent: readonly Row[]) =>
  methods.flatMap((method) =>
    inputs.map((k) => {
      const capacity = (column: 'success' | 'within') =>
        capacityOf(
          loads.map((load) => ({
            x: load,
            share: shareOf(of(silent, { method, inputs: k, load }), column, 'neurons'),
          })),
        );
      return { method, inputs: k, success: capacity('success'), within: capacity('within') };
    }),
  );

const neuronTable = (
  { tolerance }: Config,
  { methods, inputs, loads }: Neurons,
  silent: readonly Row[],
  noisy: readonly Row[],
  noise: number,
): Table => ({
  title: 'Single neurons on the prescribed input (P0), largest budget',
  columns: [
    ...(inputs.length > 1 ? ['K'] : []),
    'T / K',
    'spikes / K',
    'method',
    'precision and recall >= 0.9',
    `within ${tolerance}`,
    `lesser, noise ${noise}`,
    'jitter',
    'margin',
    'slope',
    'multiply-adds, times the solver',
    'epochs',
  ],
  rows: everyLoad(inputs, loads, methods, (k, load, method) => {
    const own = of(silent, { method, inputs: k, load });
    const firm = of(noisy, { method, inputs: k, load });
    const success = shareOf(own, 'success', 'neurons');
    return [
      ...(inputs.length > 1 ? [k] : []),
      load,
      fixed(mean(own, 'spikes') / mean(own, 'inputs'), 3),
      method,
      `${percent(success.y)} (${percent(success.low)} to ${percent(success.high)})`,
      percent(shareOf(own, 'within', 'neurons').y),
      fixed(mean(firm, 'lesser')),
      fixed(mean(firm, 'jitter'), 3),
      fixed(median(own, 'margin')),
      fixed(median(own, 'slope')),
      short(median(own, 'macs') / median(own, 'solver_macs')),
      short(mean(own, 'epochs')),
    ];
  }),
});

/** A row for every size, load and method. */
const everyLoad = (
  inputs: readonly number[],
  loads: readonly number[],
  methods: readonly string[],
  row: (inputs: number, load: number, method: string) => Cells,
): Cells[] => inputs.flatMap((k) => loads.flatMap((load) => methods.map((method) => row(k, load, method))));

const capacityTable = (
  { tolerance }: Config,
  { inputs }: Neurons,
  capacities: ReturnType<typeof capacitiesOf>,
  rateOf: (inputs: number) => number,
): Table => ({
  title: 'Capacity (P4): the load at which half of the neurons are learned',
  columns: [
    'method',
    ...(inputs.length > 1 ? ['K'] : []),
    'T / K by precision and recall',
    '95 % ±',
    'at 95 %',
    'spikes per synapse',
    `T / K within ${tolerance}`,
    'spikes per synapse',
  ],
  rows: capacities.map(({ method, inputs: k, success, within }): Cells => {
    const perSynapse = ({ half, text }: typeof success) =>
      half === undefined ? inSpikes(text, rateOf(k)) : fixed(half * rateOf(k), 3);
    return [
      method,
      ...(inputs.length > 1 ? [k] : []),
      success.text,
      success.error === undefined ? '–' : fixed(success.error),
      success.almost ?? '–',
      perSynapse(success),
      within.text,
      perSynapse(within),
    ];
  }),
});

const costTable = ({ methods }: Neurons, rows: readonly Row[], noise: number): Table => ({
  title: 'Cost per neuron, by budget, over all loads and sizes',
  columns: ['method', 'budget', 'multiply-adds', 'times the solver', 'epochs', 'kilobytes', `lesser, noise ${noise}`],
  rows: methods.flatMap((method) =>
    [...new Set(of(rows, { method }).map((row) => (row.budget ?? null) as number | null))].map((budget): Cells => {
      const own = of(rows, { method, budget, noise });
      return [
        method,
        budgetName(budget),
        short(median(own, 'macs')),
        short(median(own, 'macs') / median(own, 'solver_macs')),
        short(mean(own, 'epochs')),
        short(median(own, 'bytes') / 1024),
        fixed(mean(own, 'lesser')),
      ];
    }),
  ),
});

/** "beyond 1.2" in refractory periods per synapse, in spikes. */
function inSpikes(text: string, rate: number): string {
  const [, word, load] = /^(below|beyond) (.*)$/.exec(text) ?? [];
  return word === undefined ? text : `${word} ${fixed(Number(load) * rate, 3)}`;
}

function pairTable(title: string, methods: readonly string[], rows: readonly Row[], things: string): Table {
  const [first, ...others] = methods;
  return {
    title,
    columns: ['other method', things, 'both succeed', `only ${first}`, 'only the other', 'p'],
    rows: others.map((other): Cells => {
      const {
        things: count,
        both,
        first: b,
        second: c,
        p,
      } = pair(of(rows, { method: first }), of(rows, { method: other }), 'success');
      return [other, count, both, b, c, probability(p)];
    }),
  };
}

function ofNetworks(networks: Networks, rows: readonly Row[]): Findings {
  const { methods, loads, noise, periods, inputs, budgets } = networks;
  const best = atMost(rows, budgets);
  const replays = of(best, { protocol: 'P1', noise });
  const middle = loads[Math.floor((loads.length - 1) / 2)];
  const shown = methods.map((method) => `${method} ${fixed(mean(of(replays, { method, load: middle }), 'lesser'))}`);
  return {
    answer: `Whole networks (K = ${inputs}, T / K = ${middle}) replay from memory at noise ${noise} with a lesser of precision and recall, in period ${periods}, of ${shown.join(', ')}.`,
    figures: replayFigures(best, networks),
    tables: [
      replayTable(networks, best, replays),
      recallTable(networks, best),
      returnTable(networks, best),
      pairTable(
        `The first method against each other one, network by network, P1 at noise ${noise}: those that succeed in at least half of their trials (McNemar)`,
        methods,
        replays,
        'networks',
      ),
      weightTable(networks, replays),
    ],
    notes: [],
  };
}

/** A row for every load and method. */
const everyCell = ({ loads, methods }: Networks, row: (load: number, method: string) => Cells): Cells[] =>
  loads.flatMap((load) => methods.map((method) => [load, method, ...row(load, method)]));

function replayTable(networks: Networks, best: readonly Row[], replays: readonly Row[]): Table {
  const { periods, noises, noise } = networks;
  return {
    title: `Replay from memory (P1): the last of ${periods} free periods`,
    columns: [
      'T / K',
      'method',
      'neurons learned (P0)',
      'radius',
      ...noises.map((sigma) => `lesser, noise ${sigma}`),
      `succeed, noise ${noise}`,
      'jitter',
      'van Rossum per spike',
      'drift per period',
    ],
    rows: everyCell(networks, (load, method) => {
      const own = of(replays, { method, load });
      const learned = shareOf(of(best, { protocol: 'P0', noise: 0, method, load }), 'success', 'networks');
      const success = shareOf(own, 'success', 'networks');
      return [
        percent(learned.y),
        short(median(own, 'radius')),
        ...noises.map((sigma) => fixed(mean(of(best, { protocol: 'P1', noise: sigma, method, load }), 'lesser'))),
        `${percent(success.y)} (${percent(success.low)} to ${percent(success.high)})`,
        fixed(mean(own, 'jitter'), 3),
        fixed(mean(own, 'van_rossum'), 3),
        fixed(mean(own, 'drift'), 3),
      ];
    }),
  };
}

function recallTable(networks: Networks, best: readonly Row[]): Table {
  const { recall, noise } = networks;
  return {
    title: `Recall (P2): ${percent(recall.prompt)} of the channels play for ${recall.prompted} periods, then all are free for ${recall.free}; noise ${noise}`,
    columns: [
      'T / K',
      'method',
      'free channels while prompted: precision',
      'recall',
      'all, released: precision',
      'recall',
      'succeed',
    ],
    rows: everyCell(networks, (load, method) => {
      const at = (setting: string) => of(best, { protocol: 'P2', setting, method, load });
      const released = shareOf(at('released'), 'success', 'networks');
      return [
        fixed(mean(at('prompted'), 'precision')),
        fixed(mean(at('prompted'), 'recall')),
        fixed(mean(at('released'), 'precision')),
        fixed(mean(at('released'), 'recall')),
        `${percent(released.y)} (${percent(released.low)} to ${percent(released.high)})`,
      ];
    }),
  };
}

function returnTable(networks: Networks, best: readonly Row[]): Table {
  const { perturbed } = networks;
  const settings = [
    ...perturbed.jitters.map((jitter) => `jitter ${jitter}`),
    ...perturbed.deleted.map((share) => `deleted ${share}`),
  ];
  return {
    title: `Return from a disturbed past (P3), without noise: the lesser of precision and recall after ${perturbed.periods} free periods`,
    columns: ['T / K', 'method', ...settings],
    rows: everyCell(networks, (load, method) =>
      settings.map((setting) => fixed(mean(of(best, { protocol: 'P3', setting, method, load }), 'lesser'))),
    ),
  };
}

const weightTable = (networks: Networks, replays: readonly Row[]): Table => ({
  title: 'Weights and cost of whole networks',
  columns: ['T / K', 'method', '|w|', 'at a bound', 'multiply-adds', 'times the solver', 'epochs', 'megabytes'],
  rows: everyCell(networks, (load, method) => {
    const own = of(replays, { method, load });
    return [
      fixed(mean(own, 'weight_l2')),
      percent(mean(own, 'at_bound')),
      short(median(own, 'macs')),
      short(median(own, 'macs') / median(own, 'solver_macs')),
      short(mean(own, 'epochs')),
      short(median(own, 'bytes') / 1048576),
    ];
  }),
});
