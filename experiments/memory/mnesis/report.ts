/** F1 beside what is published, how many memories fit, and what of the template makes the difference. */
import type { Row } from '../../../src/campaign/index.js';
import { SUCCESS, wilson } from '../../../src/memory/measure/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  type Table,
} from '../../../src/plot/index.js';
import { column, distinct, inWords, mean } from '../../common/rows.js';
import { storedIn } from '../common/stored.js';
import { type Config, published } from './config.js';
import { corruptions } from './cue.js';

/** F1 from which on a trial counts as recalled. */
const RECALLED = 0.9;
/** Share of trials that counts as reliable. */
const RELIABLE = 0.9;

const figure = (value: number) => value.toFixed(3);
const recalledOf = (rows: readonly Row[]) => ({
  success: rows.filter((row) => (row.f1 as number) >= RECALLED).length,
  of: rows.length,
});
/** Trials recalled by the measure of the other experiments: a common shift costs nothing. */
const shiftedOf = (rows: readonly Row[]) => ({
  success: rows.filter(({ precision, recall }) => (precision as number) >= SUCCESS && (recall as number) >= SUCCESS)
    .length,
  of: rows.length,
});
/** 95 % interval of the share of trials recalled. */
const interval = (rows: readonly Row[]) => {
  const { success, of } = recalledOf(rows);
  return wilson(success, of)
    .map((end) => `${Math.round(100 * end)} %`)
    .join(' to ');
};
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

const NETWORK = ['design', 'channels', 'inputs', 'rate', 'memories'] as const;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const part = (name: string) => rows.filter((row) => row.part === name);
  const [task, capacity, designs] = [part('task'), part('capacity'), part('designs')];
  const told = [
    task.length > 0 ? table('The task', task) : [],
    capacity.length > 0 ? capacityTable(capacity) : [],
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
      `Recalled: F1 is at least ${RECALLED}; at the best lag: precision and recall there are both at least ${SUCCESS}. Under How many memories fit the second number of a cell counts the latter. Intervals are of 95 % over trials; trials of one network are not independent of each other.`,
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
    inWords(recalledOf(own)),
    interval(own),
    inWords(shiftedOf(own)),
    ['precision', 'recall'].map((name) => figure(mean(column(own, name)))).join(' / '),
    mean(column(own, 'lag')).toFixed(2),
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
        title: `${channels} neurons, K = ${inputs}, ${rate} Hz, ${memories} memories`,
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

const capacityTable = (rows: readonly Row[]): Table => ({
  title: 'How many memories fit',
  columns: [
    'design',
    'channels',
    'K',
    'rate',
    'memories',
    'spikes per weight',
    'neurons stored',
    ...corruptions,
    'interval (none)',
  ],
  rows: groups(rows, NETWORK).map(({ setting, rows: own }) => [
    ...NETWORK.map((name) => setting[name] as string | number),
    loadOf(setting).toPrecision(2),
    inWords(storedIn(own)),
    ...corruptions.map((corruption) => {
      const at = where(own, { corruption });
      return `${inWords(recalledOf(at))}; ${shiftedOf(at).success}`;
    }),
    interval(where(own, { corruption: 'none' })),
  ]),
});

/** Expected spikes of a neuron in all memories of a second, per synapse. */
const loadOf = ({ rate, memories, inputs }: Row) => ((rate as number) * (memories as number)) / (inputs as number);

const capacityFigure = (rows: readonly Row[]): Figure => ({
  name: 'capacity',
  caption: `Trials with F1 of at least ${RECALLED} against the number of memories, by kind of cue, and neurons stored. Bars are 95 % intervals.`,
  spec: curvesSpec(
    'How many memories fit',
    ['all memories in the same weights'],
    groups(rows, ['design', 'channels', 'inputs', 'rate', 'noise']).map(({ setting, rows: own }): CurvePanel => {
      const of = (name: string, share: (at: readonly Row[]) => { success: number; of: number }): Curve => ({
        name,
        points: groups(own, ['memories']).map(({ setting: { memories }, rows: at }) => {
          const found = share(at);
          const [low, high] = wilson(found.success, found.of);
          return { x: memories as number, y: found.success / found.of, low, high };
        }),
      });
      return {
        title: `${setting.channels} neurons, K = ${setting.inputs}, ${setting.rate} Hz, noise ${setting.noise}`,
        x: { title: 'memories', log: true, format: 'd' },
        y: { title: 'share', domain: [0, 1], format: '.0%' },
        curves: [
          of('neurons stored', storedIn),
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
    return `${memories} memories at ${rate} Hz in ${channels} neurons with ${inputs} synapses each (${design}, noise ${noise}): ${scores.join(', ')}`;
  });
  const most = groups(capacity, ['design', 'channels', 'inputs', 'rate']).map(({ setting, rows: own }) => {
    const good = groups(where(own, { corruption: 'none' }), ['memories']).filter(({ rows: at }) => {
      const { success, of } = recalledOf(at);
      return success >= RELIABLE * of;
    });
    const largest = good.reduce((best, { setting: { memories } }) => Math.max(best, memories as number), 0);
    return `${largest === 0 ? 'none of the numbers tried' : `up to ${largest} memories`} at ${setting.rate} Hz in ${setting.channels} neurons with ${setting.inputs} synapses (${setting.design})`;
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
