/** Best and last accuracy by schedule; nothing is left out. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/core/index.js';
import { curvesSpec, type Findings } from '../../../src/plot/index.js';
import { medianInterval } from '../../common/median.js';
import { column, distinct } from '../../common/rows.js';
import type { LearnConfig } from '../common/learn.js';

/** A network has learned that answers so many of its trials at some epoch. */
const LEARNED = 0.9;

export function conclude(config: LearnConfig, rows: readonly Row[]): Findings {
  const names = distinct(rows.map((row) => row.schedule as string));
  const found = config.delays.flatMap((delay) =>
    names.map((name) => {
      const own = rows.filter((row) => row.schedule === name && row.delay === delay);
      const last = own.filter((row) => row.epoch === Math.max(...column(own, 'epoch')));
      const best = column(last, 'best');
      const learned = best.filter((accuracy) => accuracy >= LEARNED).length;
      const decades = column(own, 'gradient').filter(Number.isFinite);
      return {
        name,
        delay,
        best,
        learned,
        last: column(last, 'accuracy'),
        decades,
        skipped: column(last, 'skipped').reduce((a, b) => a + b, 0),
      };
    }),
  );
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const winners = found.filter(({ learned }) => learned > 0);
  const answer =
    winners.length > 0
      ? `Networks that learned: ${winners.map(({ name, delay, learned, best }) => `${name} at d = ${2 * delay} ${learned} of ${best.length}`).join(', ')}.`
      : `No network learned under any of the ${names.length} schedules at d = ${config.delays.map((delay) => 2 * delay).join(', ')}; the best single epoch had ${percent(Math.max(...found.flatMap(({ best }) => best)))}.`;
  const panel = {
    x: { title: 'd' },
    y: { title: 'best accuracy, median', domain: [0.45, 1.005] as [number, number] },
    curves: names.map((name) => ({
      name,
      points: found
        .filter((entry) => entry.name === name)
        .map(({ delay, best }) => {
          const { median, low, high } = medianInterval(best);
          return { x: 2 * delay, y: median, low, high };
        }),
    })),
  };
  return {
    answer,
    figures: [
      {
        name: 'schedules',
        caption:
          'Best accuracy of a single epoch: medians over networks with 95 % intervals (order statistics; below six networks all values).',
        spec: curvesSpec('Schedules of flossing', [`${config.epochs} epochs of ${config.steps} steps`], [panel], {
          columns: 1,
          width: 460,
        }),
      },
    ],
    tables: [
      {
        title: 'All schedules',
        columns: [
          'schedule',
          'd',
          'networks',
          'learned',
          '95 % interval',
          'best, median',
          'last, median',
          'log10 |dL/dh0|',
          'skipped updates',
        ],
        rows: found.map(({ name, delay, best, learned, last, decades, skipped }) => {
          const [low, high] = wilson(learned, best.length);
          return [
            name,
            2 * delay,
            best.length,
            learned,
            `${percent(low)} to ${percent(high)}`,
            percent(medianInterval(best).median),
            percent(medianInterval(last).median),
            decades.length > 0 ? medianInterval(decades).median.toFixed(1) : '–',
            skipped,
          ];
        }),
      },
    ],
    notes: [`A network has learned where some epoch answers ${percent(LEARNED)} of its trials. Chance is 50 %.`],
  };
}
