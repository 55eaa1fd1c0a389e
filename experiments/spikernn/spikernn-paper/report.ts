/** By study and value: how many networks learned, how many work as spiking ones, and what the paper has. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/core/index.js';
import { curvesSpec, type Findings, type Table } from '../../../src/plot/index.js';
import { column, distinct, mean } from '../../common/rows.js';
import { ofMapping, type PaperConfig, type Study } from './config.js';

/** A spiking network works that answers so many of its trials. */
const WORKS = 0.95;

const percent = (share: number) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–');
const interval = (success: number, of: number) => {
  if (of === 0) return '–';
  const [low, high] = wilson(success, of);
  return `${success} of ${of} (${percent(low)} to ${percent(high)})`;
};
const digits = (value: number, places = 1) => (Number.isFinite(value) ? value.toFixed(places) : '–');

/** The factor that is foretold does as well as the best of the grid. */
const asGood = (row: Row) => (row.right_foretold as number) >= (row.right as number);

function found(study: Study, rows: readonly Row[], value: number | string) {
  const all = rows.filter((row) => row.study === study.name && row.value === value);
  const learned = all.filter((row) => row.learned === 1);
  const share = (name: string) => learned.map((row) => (row[name] as number) / (row.tried as number));
  const works = (name: string) => share(name).filter((one) => one >= WORKS).length;
  return { all, learned, share, works };
}

function tableOf(study: Study, rows: readonly Row[]): Table {
  return {
    title: `${study.name}: ${study.title}`,
    columns: [
      study.vary,
      'learned',
      'trials',
      'rate network right',
      'tau, ms',
      'spiking: works',
      'right',
      '1/lambda',
      'foretold',
      'foretold: works',
      'as good as the best',
      'Hz',
      'factors per unit: works',
      'with b_out: works',
      'correlation',
      'top 3 components: rate, spiking',
      ...(study.task === 'mante' ? ['apart on its axis: choice, attended, unattended'] : []),
      'paper',
    ],
    rows: study.values.map((value, i) => {
      const { all, learned, share, works } = found(study, rows, value);
      const of = (name: string) => mean(column(learned, name));
      return [
        value,
        interval(learned.length, all.length),
        digits(of('trials'), 0),
        percent(mean(column(all, 'performance'))),
        digits(of('tau')),
        interval(works('right'), learned.length),
        percent(mean(share('right'))),
        digits(of('best_scale')),
        digits(of('foretold')),
        interval(works('right_foretold'), learned.length),
        interval(learned.filter(asGood).length, learned.length),
        digits(of('rate')),
        interval(works('right_per_unit'), learned.length),
        interval(works('right_offset'), learned.length),
        digits(of('correlation'), 3),
        `${percent(of('top3_rate'))}, ${percent(of('top3_spiking'))}`,
        ...(study.task === 'mante'
          ? [['choice_apart', 'attended_apart', 'unattended_apart'].map((name) => digits(of(name))).join(', ')]
          : []),
        study.paper[Math.min(i, study.paper.length - 1)] ?? '–',
      ];
    }),
  };
}

export function conclude({ studies }: PaperConfig, rows: readonly Row[]): Findings {
  const learned = rows.filter((row) => row.learned === 1);
  const worked = learned.filter((row) => (row.right as number) / (row.tried as number) >= WORKS).length;
  const fewest = Math.min(...studies.map(({ networks }) => networks));
  const panels = studies
    .filter(({ values }) => values.length > 1 && values.every((value) => typeof value === 'number'))
    .map((study) => ({
      title: `${study.name}: ${study.title}`,
      x: { title: study.vary },
      y: { title: 'share of networks', domain: [0, 1.02] as [number, number] },
      curves: (['learned', 'works as spiking'] as const).map((name) => ({
        name,
        points: study.values.map((value) => {
          const { all, learned: good, works } = found(study, rows, value);
          const [success, of] = name === 'learned' ? [good.length, all.length] : [works('right'), good.length];
          const [low, high] = wilson(success, of);
          return { x: value as number, y: of > 0 ? success / of : 0, low, high };
        }),
      })),
    }));
  return {
    answer: `Of ${rows.length} cases ${learned.length} had learned; of these ${worked} work as spiking networks (at least ${percent(WORKS)} of their trials right at the best 1/lambda tried). The factor that f-I curves foretell does as well as the best one tried in ${learned.filter(asGood).length}.${fewest < 8 ? ` With ${fewest} network${fewest > 1 ? 's' : ''} a point nothing is shown about shares: the intervals say so.` : ''}`,
    figures:
      panels.length > 0
        ? [
            {
              name: 'studies',
              caption: 'Shares of networks with Wilson intervals of 95 %; works: of those that learned.',
              spec: curvesSpec('Rate networks as spiking networks', [], panels, { columns: 2, width: 330 }),
            },
          ]
        : [],
    tables: studies.map((study) => tableOf(study, rows)),
    notes: [
      `Studies of the network after its training (${distinct(studies.filter(({ vary }) => (ofMapping as readonly string[]).includes(vary)).map(({ name }) => name)).join(', ') || 'none'}) map the same trained networks for all values.`,
      'The published code trains Go-NoGo for at least 1501 trials; the trials that the paper counts have no such number, and neither have the studies that say nothing of it.',
      'E14: for mante, how far conditions of opposite signs lie apart on the axes of targeted dimensionality reduction, in standard deviations of units.',
    ],
  };
}
