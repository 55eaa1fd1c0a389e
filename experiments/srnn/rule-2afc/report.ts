/** Which networks left the plateau, and what they do. Networks are the units of every interval. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/core/index.js';
import { type Curve, type CurvePanel, curvesSpec, type Figure, type Findings } from '../../../src/plot/index.js';
import { medianInterval } from '../../common/median.js';
import { column, distinct } from '../../common/rows.js';
import type { Config } from './config.js';

/** Incongruent accuracy above which a network has left the plateau, and that of a network that has learned the rule. */
const [LEFT, LEARNED] = [0.6, 0.9];

export function conclude({ variants, batches }: Config, rows: readonly Row[]): Findings {
  const names = variants.map(({ name }) => name).filter((name) => rows.some((row) => row.variant === name));
  const of = (name: string, kind: string) => rows.filter((row) => row.variant === name && row.kind === kind);
  const ends = names.map((name) => ({ name, values: column(of(name, 'end'), 'incongruent') }));
  const counted = ends.map(({ name, values }) => {
    const left = values.filter((value) => value > LEFT).length;
    const learned = values.filter((value) => value > LEARNED).length;
    return { name, values, left, learned, interval: wilson(left, values.length) };
  });
  const curves = (kind: string, field: string): Curve[] =>
    names.map((name) => ({
      name,
      points: distinct(column(of(name, kind), 'x')).flatMap((x) => {
        const values = column(
          of(name, kind).filter((row) => row.x === x),
          field,
        ).filter((value) => value !== null && Number.isFinite(value));
        if (values.length === 0) return [];
        const { median, low, high } = medianInterval(values);
        return [{ x, y: median, low, high }];
      }),
    }));
  const share = (title: string) => ({ title, domain: [0.3, 1.02] as [number, number], format: '.0%' });
  const panel = (title: string, x: string, kind: string, field = 'incongruent'): CurvePanel => ({
    title,
    x: { title: x },
    y: share(
      field === 'incongruent' && !['decoding', 'generalisation'].includes(kind) ? 'right, incongruent' : 'right',
    ),
    curves: curves(kind, field),
  });
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  return {
    answer: `After ${batches} batches ${counted
      .map(({ name, left, values }) => `${left} of ${values.length} networks (${name})`)
      .join(', ')} have left the plateau (more than ${percent(LEFT)} of incongruent trials right).`,
    figures: [
      figure('courses', 'Training: right choices by batch.', [
        panel('incongruent trials', 'batch', 'course'),
        panel('congruent trials', 'batch', 'course', 'congruent'),
      ]),
      figure(
        'rule',
        'The rule read from the excitatory population in the delay by a linear decoder, at the time it was trained at and at all others.',
        [panel('at its own time', 's', 'decoding'), panel('at other times', 's', 'generalisation')],
      ),
      figure('psychometric', 'Trained networks with cues that are mixed with each other, and with other delays.', [
        panel('coherence of the cue', 'coherence', 'coherence'),
        panel('delay', 's', 'delay'),
      ]),
    ],
    tables: [
      {
        title: 'Networks',
        columns: [
          'variant',
          'networks',
          'left the plateau',
          'interval at 95 %',
          `above ${percent(LEARNED)}`,
          'incongruent, all',
          'congruent, least',
          'rate, Hz',
        ],
        rows: counted.map(({ name, values, left, learned, interval }) => [
          name,
          values.length,
          left,
          `${percent(interval[0])} to ${percent(interval[1])}`,
          learned,
          values
            .toSorted((a, b) => a - b)
            .map(percent)
            .join(' '),
          percent(Math.min(...column(of(name, 'end'), 'congruent'))),
          medianInterval(column(of(name, 'end'), 'rate')).median.toFixed(1),
        ]),
      },
    ],
    notes: [
      'A network that ignores the rule is right in all congruent and in half of the incongruent trials.',
      'Marks are medians over networks, bars the interval of the median at 95 % (order statistics; of fewer than six networks all values).',
      'Without recurrence the weights are zero and stay so; frozen they stay as drawn; beta = 0 takes the adaptation away.',
    ],
  };
}

const figure = (name: string, caption: string, panels: readonly CurvePanel[]): Figure => ({
  name,
  caption,
  spec: curvesSpec('Choosing by a rule', [], panels, { columns: 2 }),
});
