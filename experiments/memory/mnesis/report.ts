/** F1 beside what is published, how many memories fit, and what of the template makes the difference. */
import type { Row } from '../../../src/campaign/index.js';
import { SUCCESS } from '../../../src/memory/measure/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  type Table,
} from '../../../src/plot/index.js';
import { column, distinct, inWords, mean, reached } from '../../common/rows.js';
import { intervalInWords, type OverNetworks, overNetworks, UNITS_SAID } from '../common/networks.js';
import { storedIn } from '../common/stored.js';
import { type Config, published } from './config.js';
import { corruptions } from './cue.js';

/** F1 from which on a trial counts as recalled. */
const RECALLED = 0.9;
/** Share of trials that counts as reliable. */
const RELIABLE = 0.9;

const figure = (value: number) => value.toFixed(3);
const memoriesOf = (count: unknown) => `${count} ${count === 1 ? 'memory' : 'memories'}`;
/** The trials that are good, with networks as units. */
const rateOf = (rows: readonly Row[], good: (row: Row) => boolean) =>
  overNetworks(rows.map((row) => ({ network: row.network, success: Number(good(row)) })));
const recalledOf = (rows: readonly Row[]) => rateOf(rows, ({ f1 }) => (f1 as number) >= RECALLED);
/** Trials recalled by the measure of the other experiments: a common shift costs nothing. */
const shiftedOf = (rows: readonly Row[]) =>
  rateOf(rows, ({ precision, recall }) => (precision as number) >= SUCCESS && (recall as number) >= SUCCESS);
const countOf = ({ success, trials }: OverNetworks) => `${success} of ${trials}`;
const where = (rows: readonly Row[], wanted: Row) =>
  rows.filter((row) => Object.entries(wanted).every(([name, value]) => row[name] === value));

/** The settings of some columns that occur in the rows, with the rows of each. */
function groups(rows: readonly Row[], names: readonly string[]) {
  const settings = distinct(rows.map((row) => JSON.stringify(names.map((name) => row[name]))));
  return settings.map((text) => {
    const values = JSON.parse(text) as (string | number)[];
    const setting: Row = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    return { setting, rows: where(rows, setting) };
  });
}

/** The mean lag of the trials that have one: without spikes there is none. */
function lagOf(rows: readonly Row[]): string {
  const lags = rows.map(({ lag }) => lag).filter((lag) => typeof lag === 'number' && !Number.isNaN(lag)) as number[];
  if (lags.length === 0) return '–';
  return `${mean(lags).toFixed(2)}${lags.length < rows.length ? ` (${lags.length} of ${rows.length})` : ''}`;
}

const NETWORK = ['design', 'channels', 'inputs', 'rate', 'memories'] as const;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const part = (name: string) => rows.filter((row) => row.part === name);
  const [task, capacity, designs] = [part('task'), part('capacity'), part('designs')];
  const told = [
    task.length > 0 ? table('The task', task) : [],
    capacity.length > 0 ? capacityTable(config, capacity) : [],
    designs.length > 0 ? table('What in the template makes the difference', designs) : [],
  ].flat();
  return {
    answer: answerOf(task.length > 0 ? task : rows, capacity),
    figures: [
      ...(task.length > 0 ? [f1Figure('f1', 'F1 beside what MNESIS reports', task)] : []),
      ...(capacity.length > 0 ? [capacityFigure(capacity)] : []),
      ...(designs.length > 0 ? [f1Figure('designs', 'What in the template makes the difference', designs)] : []),
    ],
    tables: told,
    notes: [
      `F1, precision and recall in bins: cells of 1 ms and one neuron, from the end of the cue to the end of the pattern of ${config.steps} ms, at lag 0: a spike in the neighbouring bin is a miss and a false one. Precision and recall at the best lag: those of the other experiments, over one period from the end of the cue on; there a shift of all spikes costs nothing.`,
      `Cues of ${config.cue} ms of all neurons: resampled, every cell drawn anew with probability 1/4; shortened to three quarters; silenced, an eighth of the neurons does not fire in it.`,
      `Recalled: F1 is at least ${RECALLED}; at the best lag: precision and recall there are both at least ${SUCCESS}. Under How many memories fit the second number of a cell counts the latter. Intervals are of 95 % with networks as units, trials of a network pooled; one network has none.`,
      `Designs: ${config.designs.map(({ name, tau, margin, slope, zone, bound, objective, soft, overdrive }) => `${name}: objective ${objective}, refractory period ${tau} ms, margin ${margin}, slope ${slope}, firing zone ${zone}, ${overdrive === null ? 'no overdrive' : `overdrive ${overdrive}`}, weights up to ${bound}, impossible neurons ${soft ? 'with soft demands' : 'silent'}`).join('; ')}. Slope and zone are per refractory period.`,
    ],
  };
}

/** One line per network size, corruption and noise. */
const table = (title: string, rows: readonly Row[]): Table => ({
  title,
  columns: [
    ...[
      'design',
      'channels',
      'K',
      'rate',
      'memories',
      'neurons stored',
      'cue',
      'noise',
      'F1',
      'MNESIS',
      'precision / recall in bins',
    ],
    ...['recalled', '95 % interval', 'recalled at the best lag', 'precision / recall at the best lag', 'lag (ms)'],
  ],
  rows: groups(rows, [...NETWORK, 'corruption', 'noise']).map(({ setting, rows: own }) => [
    ...NETWORK.map((name) => setting[name] as string | number),
    inWords(storedIn(own)),
    setting.corruption as string,
    setting.noise as number,
    figure(mean(column(own, 'f1'))),
    figure(published[setting.corruption as string]),
    ['bin_precision', 'bin_recall'].map((name) => figure(mean(column(own, name)))).join(' / '),
    countOf(recalledOf(own)),
    intervalInWords(recalledOf(own)),
    countOf(shiftedOf(own)),
    ['precision', 'recall'].map((name) => figure(mean(column(own, name)))).join(' / '),
    lagOf(own),
  ]),
});

const f1Figure = (name: string, title: string, rows: readonly Row[]): Figure => ({
  name,
  caption: `Mean F1 by kind of cue (${corruptions.join(', ')}), from the lowest trial to the highest.`,
  spec: curvesSpec(
    title,
    ['F1 in bins of 1 ms at lag 0'],
    groups(rows, ['channels', 'inputs', 'rate', 'memories']).map(({ setting, rows: own }): CurvePanel => {
      const { channels, inputs, rate, memories } = setting;
      const curves = groups(own, ['design', 'noise']).map(({ setting: { design, noise }, rows: of }): Curve => {
        const points = corruptions.map((corruption, i) => {
          const found = column(where(of, { corruption }), 'f1');
          return { x: i + 1, y: mean(found), low: Math.min(...found), high: Math.max(...found) };
        });
        return { name: `${design}, noise ${noise}`, points };
      });
      return {
        title: `${channels} neurons, K = ${inputs}, ${rate} Hz, ${memoriesOf(memories)}`,
        x: {
          title: `cue: ${corruptions.map((kind, i) => `${i + 1} ${kind}`).join(', ')}`,
          format: 'd',
          domain: [0.5, 4.5],
        },
        y: { title: 'F1', domain: [0, 1.02] },
        curves: [
          ...curves,
          { name: 'MNESIS', points: corruptions.map((kind, i) => ({ x: i + 1, y: published[kind] })) },
        ],
      };
    }),
    { columns: 2 },
  ),
});

const capacityTable = ({ steps }: Config, rows: readonly Row[]): Table => ({
  title: 'How many memories fit',
  columns: [
    'design',
    'channels',
    'K',
    'rate',
    'memories',
    'spikes per weight',
    'neurons stored',
    'noise',
    ...corruptions,
    'interval (none)',
  ],
  rows: groups(rows, [...NETWORK, 'noise']).map(({ setting, rows: own }) => [
    ...NETWORK.map((name) => setting[name] as string | number),
    loadOf(setting, steps).toPrecision(2),
    inWords(storedIn(own)),
    setting.noise as number,
    ...corruptions.map((corruption) => {
      const at = where(own, { corruption });
      return `${countOf(recalledOf(at))}; ${shiftedOf(at).success}`;
    }),
    intervalInWords(recalledOf(where(own, { corruption: 'none' }))),
  ]),
});

/** Expected spikes of a neuron in all memories, of so many steps of a millisecond each, per synapse. */
const loadOf = ({ rate, memories, inputs }: Row, steps: number) =>
  ((rate as number) * (memories as number) * (steps / 1000)) / (inputs as number);

const capacityFigure = (rows: readonly Row[]): Figure => ({
  name: 'capacity',
  caption: `Trials with F1 of at least ${RECALLED} against the number of memories, by kind of cue, and neurons stored; ${UNITS_SAID}.`,
  spec: curvesSpec(
    'How many memories fit',
    ['all memories in the same weights'],
    groups(rows, ['design', 'channels', 'inputs', 'rate', 'noise']).map(({ setting, rows: own }): CurvePanel => {
      const of = (name: string, share: (at: readonly Row[]) => OverNetworks): Curve => ({
        name,
        points: groups(own, ['memories']).map(({ setting: { memories }, rows: at }) => {
          const { rate, low, high, networks } = share(at);
          return { x: memories as number, y: rate, ...(networks > 1 ? { low, high } : {}) };
        }),
      });
      return {
        title: `${setting.channels} neurons, K = ${setting.inputs}, ${setting.rate} Hz, noise ${setting.noise}`,
        x: { title: 'memories', log: true, format: 'd' },
        y: { title: 'share', domain: [0, 1], format: '.0%' },
        curves: [
          of('neurons stored', (at) => overNetworks(at, 'stored', 'neurons')),
          ...corruptions.map((kind) => of(`cue ${kind}`, (at) => recalledOf(where(at, { corruption: kind })))),
          of('cue resampled, best lag', (at) => shiftedOf(where(at, { corruption: 'resampled' }))),
        ],
      };
    }),
    { columns: 2 },
  ),
});

function answerOf(rows: readonly Row[], capacity: readonly Row[]): string {
  const sizes = groups(rows, [...NETWORK, 'noise']).map(({ setting, rows: own }) => {
    const { design, channels, inputs, rate, memories, noise } = setting;
    const scores = corruptions.map((kind) => `${kind} ${figure(mean(column(where(own, { corruption: kind }), 'f1')))}`);
    return `${memoriesOf(memories)} at ${rate} Hz in ${channels} neurons with ${inputs} synapses each (${design}, noise ${noise}): ${scores.join(', ')}`;
  });
  const most = groups(capacity, ['design', 'channels', 'inputs', 'rate', 'noise']).map(({ setting, rows: own }) => {
    const tried = groups(where(own, { corruption: 'none' }), ['memories'])
      .map(({ setting: { memories }, rows: at }) => ({ memories: memories as number, ...recalledOf(at) }))
      .sort((a, b) => a.memories - b.memories);
    const largest = reached(tried, ({ success, trials }) => success >= RELIABLE * trials)?.memories;
    return `${largest === undefined ? `not even ${memoriesOf(tried[0].memories)}` : `up to ${memoriesOf(largest)}`} at ${setting.rate} Hz in ${setting.channels} neurons with ${setting.inputs} synapses (${setting.design}, noise ${setting.noise})`;
  });
  return [
    `Mean F1 by kind of cue: ${sizes.join('; ')}.`,
    most.length > 0
      ? `A whole cue recalls in at least ${Math.round(100 * RELIABLE)} % of the trials ${most.join('; ')}.`
      : '',
  ]
    .filter((text) => text !== '')
    .join(' ');
}
