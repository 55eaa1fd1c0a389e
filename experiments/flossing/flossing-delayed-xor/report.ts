/** Accuracy and gradients, flossed and not, with the published curves behind. */
import type { Row } from '../../../src/campaign/index.js';
import { type CurvePanel, curvesSpec, type Figure, type Findings } from '../../../src/plot/index.js';
import { medianInterval } from '../../common/median.js';
import { column, distinct } from '../../common/rows.js';
import type { LearnConfig } from '../common/learn.js';

/** Figure 2 of the talk, by d: mean final accuracy, and decades of |dL/dh0|. */
const PUBLISHED = {
  d: [10, 14, 18, 22, 26],
  accuracy: { flossed: [1, 1, 0.987, 0.763, 0.643], plain: [1, 0.998, 0.527, 0.528, 0.528] },
  gradient: { flossed: [-3.9, -3.1, -2.8, -1.8, -2.1], plain: [-5.7, -5.5, -10.2, -11, -11.8] },
};

export function conclude(config: LearnConfig, rows: readonly Row[]): Findings {
  const names = distinct(rows.map((row) => row.schedule as string));
  const own = (name: string, delay: number) => rows.filter((row) => row.schedule === name && row.delay === delay);
  const lastOf = (name: string, delay: number) => {
    const epoch = Math.max(...column(own(name, delay), 'epoch'));
    return own(name, delay).filter((row) => row.epoch === epoch);
  };
  /** One number of each network: the mean over its blocks. */
  const flowOf = (name: string, delay: number) => {
    const networks = distinct(column(own(name, delay), 'network'));
    return networks.flatMap((network) => {
      const values = column(own(name, delay), 'gradient').filter((_, i) => own(name, delay)[i].network === network);
      const finite = values.filter(Number.isFinite);
      return finite.length > 0 ? [finite.reduce((a, b) => a + b, 0) / finite.length] : [];
    });
  };
  const byDelay = (values: (name: string, delay: number) => number[]) =>
    names.map((name) => ({
      name,
      points: config.delays.flatMap((delay) => {
        const found = values(name, delay);
        if (found.length === 0) return [];
        const { median, low, high } = medianInterval(found);
        return [{ x: 2 * delay, y: median, low, high }];
      }),
    }));
  const published = (kind: 'accuracy' | 'gradient') =>
    (['flossed', 'plain'] as const).map((name) => ({
      name: `published, ${name}`,
      points: [],
      line: PUBLISHED.d.map((x, i) => ({ x, y: PUBLISHED[kind][name][i] })),
    }));
  const x = { title: 'd, steps between the earlier bit and the answer' };
  const panels: CurvePanel[] = [
    {
      title: 'best accuracy',
      x,
      y: { title: 'share of right answers', domain: [0.45, 1.005] },
      curves: [...byDelay((n, d) => column(lastOf(n, d), 'best')), ...published('accuracy')],
    },
    {
      title: 'last accuracy',
      x,
      y: { title: 'share of right answers', domain: [0.45, 1.005] },
      curves: [...byDelay((n, d) => column(lastOf(n, d), 'accuracy')), ...published('accuracy')],
    },
    {
      title: 'flow of gradients',
      x,
      y: { title: 'log10 |dL/dh0|, mean over epochs' },
      curves: [...byDelay(flowOf), ...published('gradient')],
    },
  ];
  const longest = config.delays[config.delays.length - 1];
  const flows = names.map((name) => ({ name, flow: medianInterval(flowOf(name, longest)).median }));
  const answers = names.map(
    (name) => `${name} ${percent(medianInterval(column(lastOf(name, longest), 'best')).median)}`,
  );
  return {
    answer: `At d = ${2 * longest} the median network reads at best ${answers.join(', ')}; gradients reach the start with ${flows.map(({ name, flow }) => `10^${flow.toFixed(1)} ${name}`).join(', ')} (${config.networks} networks each).`,
    figures: [
      figure(
        'delays',
        'By delay. Marks are medians over networks with 95 % intervals (order statistics; below six networks all values), lines without marks are the published means.',
        panels,
      ),
      ...coursesOf(config, rows, names),
    ],
    tables: [
      {
        title: 'Accuracy',
        columns: ['schedule', 'd', 'networks', 'best, median', 'best, all', 'last, median', 'skipped updates'],
        rows: names.flatMap((name) =>
          config.delays.map((delay) => {
            const last = lastOf(name, delay);
            const best = column(last, 'best');
            return [
              name,
              2 * delay,
              last.length,
              percent(medianInterval(best).median),
              best
                .toSorted((a, b) => a - b)
                .map(percent)
                .join(' '),
              percent(medianInterval(column(last, 'accuracy')).median),
              column(last, 'skipped').reduce((a, b) => a + b, 0),
            ];
          }),
        ),
      },
    ],
    notes: [
      'Accuracy is that of fresh trials before each update; best is that of a single epoch, last the mean over the last block of epochs. Chance is 50 %.',
      'The published accuracies are means of nine networks, "final" there; they cannot all be those of the last epoch (docs/flossing.md).',
      'An update whose gradient is no number or beyond 1e30 is skipped and counted: such explosions are normal with exponents above zero.',
    ],
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const figure = (name: string, caption: string, panels: readonly CurvePanel[]): Figure => ({
  name,
  caption,
  spec: curvesSpec('Delayed XOR with and without flossing', [], panels, { columns: 3, width: 280 }),
});

/** Accuracy and gradient by epoch at the longest delay: one line a network. */
function coursesOf({ delays }: LearnConfig, rows: readonly Row[], names: readonly string[]): Figure[] {
  const delay = delays[delays.length - 1];
  const panels = (['accuracy', 'gradient'] as const).map(
    (what): CurvePanel => ({
      title: what === 'accuracy' ? 'accuracy by epoch' : 'gradient by epoch',
      x: { title: 'epoch' },
      y: { title: what === 'accuracy' ? 'share of right answers' : 'log10 |dL/dh0|' },
      curves: names.map((name) => {
        const own = rows.filter((row) => row.schedule === name && row.delay === delay);
        return {
          name,
          points: distinct(column(own, 'epoch')).flatMap((epoch) => {
            const values = column(
              own.filter((row) => row.epoch === epoch),
              what,
            ).filter(Number.isFinite);
            if (values.length === 0) return [];
            const { median, low, high } = medianInterval(values);
            return [{ x: epoch, y: median, low, high }];
          }),
        };
      }),
    }),
  );
  return [figure('courses', `By epoch, at d = ${2 * delay}: medians over networks with their intervals.`, panels)];
}
