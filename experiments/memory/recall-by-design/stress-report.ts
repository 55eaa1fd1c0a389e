/** What recall survives, by design. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { curvesSpec, type Figure, type Table } from '../../../src/plot/index.js';
import { column, distinct, mean } from '../../common/rows.js';
import type { Config } from './config.js';
import { type Stress, stresses } from './stress.js';

const recalledIn = (rows: readonly Row[]) => rows.filter((row) => row.success === row.trials).length;
const percent = (value: number) => `${Math.round(100 * value)} %`;

const WORDS: Record<Stress['kind'], (amount: number) => string> = {
  none: () => 'none',
  failure: (amount) => `${percent(amount)} of the transmissions fail`,
  silenced: (amount) => `${percent(amount)} of the neurons silent`,
  levels: (amount) => `weights on ${amount} levels`,
  periods: (amount) => `${amount} free periods`,
};

const designsIn = (rows: readonly Row[]) => distinct(rows.map(({ design }) => design as string));

const under = (rows: readonly Row[], design: string, { kind, amount }: Stress) =>
  rows.filter((row) => row.design === design && row.stress === kind && row.amount === amount);

export const stressTable = ({ stress }: Config, rows: readonly Row[]): Table => ({
  title: `What recall survives: K = ${stress.inputs}, ${percent(stress.prompt)} prompted, noise ${stress.noise} thresholds`,
  columns: ['design', 'stress', 'networks recalled', '95 %', 'precision', 'recall'],
  rows: designsIn(rows).flatMap((design) =>
    stress.list.map((one) => {
      const own = under(rows, design, one);
      const found = recalledIn(own);
      const [low, high] = wilson(found, own.length);
      return [
        ...[design, WORDS[one.kind](one.amount), `${found} of ${own.length}`],
        `${Math.round(100 * low)}–${Math.round(100 * high)} %`,
        ...['precision', 'recall'].map((name) => mean(column(own, name)).toFixed(3)),
      ];
    }),
  ),
});

const AXES: Record<Stress['kind'], string> = {
  none: '',
  failure: 'transmissions that fail',
  silenced: 'neurons silenced',
  levels: 'levels of the weights',
  periods: 'free periods',
};

/** A panel for every kind that has several amounts; where more harms, from nothing on. */
export const stressFigure = (config: Config, rows: readonly Row[]): Figure => {
  const { list, inputs, prompt, noise } = config.stress;
  const amountsOf = (kind: Stress['kind']) => list.filter((one) => one.kind === kind);
  return {
    name: 'stress',
    caption: `Share of ${config.networks} networks that are recalled from ${percent(prompt)} of the channels while transmissions fail, neurons are silent, or weights are rounded; bars are 95 % intervals.`,
    spec: curvesSpec(
      'What recall survives',
      [`K = ${inputs}, noise ${noise} thresholds; the same networks and prompts`],
      stresses
        .filter((kind) => kind !== 'none' && amountsOf(kind).length > 1)
        .map((kind) => {
          const points = kind === 'levels' ? amountsOf(kind) : [...amountsOf('none'), ...amountsOf(kind)];
          return {
            title: AXES[kind],
            x: kind === 'levels' ? { title: AXES[kind], log: true } : { title: AXES[kind], format: '.0%' },
            y: { title: 'networks recalled', domain: [0, 1] as [number, number], format: '.0%' },
            curves: designsIn(rows).map((name) => ({
              name,
              points: points.map((one) => {
                const own = under(rows, name, one);
                const [low, high] = wilson(recalledIn(own), own.length);
                return { x: one.amount, y: recalledIn(own) / own.length, low, high };
              }),
            })),
          };
        }),
      { columns: 2, width: 320, height: 210 },
    ),
  };
};
