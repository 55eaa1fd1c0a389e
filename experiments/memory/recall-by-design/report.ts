/** The smallest prompt by load and design, what each part does, and how well D tells it before anything is simulated. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { curvesSpec, type Figure, type Findings, phaseSpec, type Table } from '../../../src/plot/index.js';
import { mcnemar } from '../../common/mcnemar.js';
import { column, distinct, inWords, mean, quantile } from '../../common/rows.js';
import { storedIn } from '../common/stored.js';
import type { Config } from './config.js';
import { stressFigure, stressTable } from './stress-report.js';

const percent = (value: number) => `${Math.round(100 * value)} %`;
/** A network counts as recalled from a prompt if all of its trials are. */
const recalled = (row: Row) => row.success === row.trials;
const share = (rows: readonly Row[]) => rows.filter(recalled).length / rows.length;
const interval = (rows: readonly Row[]) => wilson(rows.filter(recalled).length, rows.length);
/** Share of the networks that counts as reliable. */
const RELIABLE = 0.9;

const noiseName = ({ level, unit }: Config['noises'][number]) =>
  unit === 'threshold' ? `noise ${level} thresholds` : `noise ${level} of the ${unit}`;
const sameNoise =
  ({ level, unit }: Config['noises'][number]) =>
  (row: Row) =>
    row.unit === unit && row.noise === level;

/** The smallest prompt from which on all larger ones are reliable too. */
function smallest(rows: readonly Row[], prompts: readonly number[]): number | undefined {
  const good = prompts.map((prompt) => share(rows.filter((row) => row.prompt === prompt)) >= RELIABLE);
  const last = good.lastIndexOf(false);
  return prompts[last + 1];
}

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const prompts = [...config.prompts].sort((a, b) => a - b);
  const ablation = rows.filter(({ part }) => part === 'ablation');
  const frontier = rows.filter(({ part }) => part === 'frontier');
  const stress = rows.filter(({ part }) => part === 'stress');
  const names = config.designs.map(({ name }) => name).filter((name) => ablation.some(({ design }) => design === name));
  return {
    answer: answerOf(config, ablation, names, prompts),
    figures: [
      phases(config, ablation, names),
      curves(config, ablation, names),
      ...predicted(config, ablation, names, prompts),
      ...(stress.length > 0 ? [stressFigure(config, stress)] : []),
    ],
    tables: [
      smallestTable(config, ablation, names, prompts),
      weightsTable(config, ablation, names),
      pairedTable(config, ablation, names),
      ...(frontier.length > 0 ? [frontierTable(config, frontier, prompts)] : []),
      ...(stress.length > 0 ? [stressTable(config, stress)] : []),
    ],
    notes: [
      'A network is recalled from a prompt if every trial succeeds: precision and recall of all channels at least 0.9 in the last free period. Intervals are of Wilson, over networks.',
      `Reliable: ${percent(RELIABLE)} of the networks, from this prompt and from every larger one that was tried.`,
      'All designs meet the same networks, prompts and noise; p is that of McNemar, exact, two-sided, over networks.',
      'Scaling weights and threshold together changes nothing: noise in units of the norm compares designs at equal norm, noise in units of the swing at equal swing.',
      'Impossible neurons have their best weights (soft), so that silent ones spoil no comparison.',
      'Peak, silence, D and what D predicts are known of neurons that no spike resets; where they are unknown, noise of the swing is in thresholds.',
    ],
  };
}

function answerOf(config: Config, rows: readonly Row[], names: readonly string[], prompts: readonly number[]): string {
  const [noise] = config.noises;
  return names
    .map((name) => {
      const told = config.inputs.map((inputs) => {
        const own = rows.filter((row) => row.design === name && row.inputs === inputs && sameNoise(noise)(row));
        const least = smallest(own, prompts);
        return `${least === undefined ? 'none' : percent(least)} at T / K = ${(config.period / inputs).toFixed(2)}`;
      });
      return `${name}: ${told.join(', ')}`;
    })
    .join('; ')
    .replace(/^/, `Smallest reliable prompt (${noiseName(noise)}): `)
    .concat('.');
}

const phases = (config: Config, rows: readonly Row[], names: readonly string[]): Figure => ({
  name: 'phases',
  caption: `Share of ${config.networks} networks that are recalled, against the load T / K and the share of the channels that is prompted for one period; ${noiseName(config.noises[0])}.`,
  spec: phaseSpec(
    'What suffices as a prompt',
    [`${config.channels} channels, T = ${config.period}, ${config.free} free periods, ${noiseName(config.noises[0])}`],
    { x: 'load T / K', y: 'prompted', value: 'recalled', yFormat: '.0%' },
    names.map((name) => ({
      title: name,
      cells: config.inputs.flatMap((inputs) =>
        config.prompts.map((prompt) => ({
          x: Number((config.period / inputs).toFixed(3)),
          y: prompt,
          value: share(
            rows.filter(
              (row) =>
                row.design === name &&
                row.inputs === inputs &&
                row.prompt === prompt &&
                sameNoise(config.noises[0])(row),
            ),
          ),
        })),
      ),
    })),
  ),
});

/** The load in the middle, at which the parts are told apart. */
const middle = ({ inputs }: Config) => inputs.toSorted((a, b) => a - b)[Math.floor(inputs.length / 2)];

const curves = (config: Config, rows: readonly Row[], names: readonly string[]): Figure => ({
  name: 'parts',
  caption: `What each part of the design does, at T / K = ${(config.period / middle(config)).toFixed(2)}; bars are 95 % intervals over networks.`,
  spec: curvesSpec(
    'Aim, overdrive and silence, alone and together',
    [`${config.channels} channels, K = ${middle(config)}, T = ${config.period}; the same networks and prompts`],
    config.noises.map((noise) => ({
      title: noiseName(noise),
      x: { title: 'prompted', format: '.0%' },
      y: { title: 'networks recalled', domain: [0, 1] as [number, number], format: '.0%' },
      curves: names.map((name) => ({
        name,
        points: config.prompts.map((prompt) => {
          const own = rows.filter(
            (row) =>
              row.design === name && row.inputs === middle(config) && row.prompt === prompt && sameNoise(noise)(row),
          );
          const [low, high] = interval(own);
          return { x: prompt, y: share(own), low, high };
        }),
      })),
    })),
    { columns: 2, width: 320, height: 210 },
  ),
});

/** Per network, the smallest prompt found against the one that D predicts. */
function predictions(config: Config, rows: readonly Row[], name: string, prompts: readonly number[]) {
  const own = rows.filter((row) => row.design === name && sameNoise(config.noises[0])(row));
  return config.inputs.flatMap((inputs) =>
    distinct(column(own, 'network')).flatMap((network) => {
      const trials = own.filter((row) => row.network === network && row.inputs === inputs);
      const expected = trials[0]?.expected;
      const found = smallest(trials, prompts);
      return typeof expected === 'number' && found !== undefined ? [{ expected, found }] : [];
    }),
  );
}

function predicted(
  config: Config,
  rows: readonly Row[],
  names: readonly string[],
  prompts: readonly number[],
): Figure[] {
  const told = names
    .map((name) => ({ name, pairs: predictions(config, rows, name, prompts) }))
    .filter(({ pairs }) => pairs.length > 0);
  if (told.length === 0) return [];
  const pairs = told.flatMap((one) => one.pairs);
  const made = distinct(rows.map(({ design, inputs, network }) => `${design} ${inputs} ${network}`)).length;
  const off = quantile(pairs.map(({ expected, found }) => Math.abs(found - expected)));
  return [
    {
      name: 'predicted',
      caption: `Smallest prompt found (median over networks of one prediction, to 5 % of the channels; from the 10th to the 90th percentile) against the one that D = 2 tells from the weights alone: ${pairs.length} of ${made} networks, every design and load counted, for which both exist; off by ${percent(off)} of the channels in the median.`,
      spec: curvesSpec(
        'Told before anything is simulated',
        [noiseName(config.noises[0])],
        [
          {
            x: { title: 'predicted share of the channels', format: '.0%' },
            y: { title: 'smallest prompt found', format: '.0%' },
            curves: told.map(({ name, pairs: own }) => ({
              name,
              points: distinct(own.map(({ expected }) => Math.round(20 * expected) / 20))
                .sort((a, b) => a - b)
                .map((x) => {
                  const found = own
                    .filter((pair) => Math.round(20 * pair.expected) / 20 === x)
                    .map((pair) => pair.found);
                  return { x, y: quantile(found), low: quantile(found, 0.1), high: quantile(found, 0.9) };
                }),
            })),
          },
        ],
        { width: 420, height: 300 },
      ),
    },
  ];
}

const smallestTable = (
  config: Config,
  rows: readonly Row[],
  names: readonly string[],
  prompts: readonly number[],
): Table => ({
  title: 'Smallest reliable prompt',
  columns: ['design', 'T / K', ...config.noises.map(noiseName), 'predicted (median)'],
  rows: names.flatMap((name) =>
    config.inputs.map((inputs) => {
      const own = rows.filter((row) => row.design === name && row.inputs === inputs);
      const made = distinct(column(own, 'network')).map((n) => own.find((row) => row.network === n)?.expected);
      const expected = made.filter((value): value is number => typeof value === 'number');
      const known = expected.length < made.length ? ` (${expected.length} of ${made.length} networks)` : '';
      return [
        name,
        (config.period / inputs).toFixed(2),
        ...config.noises.map((noise) => {
          const least = smallest(own.filter(sameNoise(noise)), prompts);
          return least === undefined ? 'none' : percent(least);
        }),
        expected.length > 0 ? `${percent(quantile(expected))}${known}` : '–',
      ];
    }),
  ),
});

const weightsTable = (config: Config, rows: readonly Row[], names: readonly string[]): Table => ({
  title: 'Weights and potentials, means over networks',
  columns: ['design', 'T / K', 'stored', 'norm', 'largest', 'peak', 'silence', 'D at a quarter'],
  rows: names.flatMap((name) =>
    config.inputs.map((inputs) => {
      const all = rows.filter((row) => row.design === name && row.inputs === inputs);
      const own = distinct(column(all, 'network')).map((n) => all.find((row) => row.network === n) as Row);
      const of = (key: string, digits: number, scale = 1) => {
        const values = own.map((row) => row[key]).filter((value): value is number => typeof value === 'number');
        return values.length > 0 ? (scale * mean(values)).toFixed(digits) : '–';
      };
      return [
        name,
        (config.period / inputs).toFixed(2),
        inWords(storedIn(all)),
        of('norm', 1),
        of('largest', 1),
        of('peak', 2),
        of('silence', 2),
        of('d_even', 2, Math.sqrt(1 / 3)),
      ];
    }),
  ),
});

/** Of the last design in the list against each other one. */
function pairedTable(config: Config, rows: readonly Row[], names: readonly string[]): Table {
  const full = names[names.length - 1];
  const [noise] = config.noises;
  return {
    title: `${full} beside each other design at K = ${middle(config)}, ${noiseName(noise)}: networks recalled by one of the two only`,
    columns: ['design', 'prompted', `${full} only`, 'the other only', 'p'],
    rows: names.slice(0, -1).flatMap((name) =>
      config.prompts.map((prompt) => {
        const of = (design: string, network: number) =>
          rows.some(
            (row) =>
              row.design === design &&
              row.network === network &&
              row.inputs === middle(config) &&
              row.prompt === prompt &&
              sameNoise(noise)(row) &&
              recalled(row),
          );
        const networks = distinct(column(rows, 'network'));
        const first = networks.filter((n) => of(full, n) && !of(name, n)).length;
        const second = networks.filter((n) => !of(full, n) && of(name, n)).length;
        return [name, percent(prompt), first, second, mcnemar(first, second).toPrecision(2)];
      }),
    ),
  };
}

const frontierTable = (config: Config, rows: readonly Row[], prompts: readonly number[]): Table => ({
  title: `Bounds on the weights, K = ${config.frontier.inputs}: the first step of the design that all neurons keep, or the last one`,
  columns: [
    'bound',
    'stored',
    'steps given up (mean)',
    ...config.noises.map((noise) => `smallest prompt, ${noiseName(noise)}`),
  ],
  rows: config.frontier.bounds.map((bound) => {
    const own = rows.filter((row) => row.bound === bound);
    return [
      bound,
      inWords(storedIn(own)),
      mean(column(own, 'step')).toFixed(1),
      ...config.noises.map((noise) => {
        const least = smallest(own.filter(sameNoise(noise)), prompts);
        return least === undefined ? 'none' : percent(least);
      }),
    ];
  }),
});
