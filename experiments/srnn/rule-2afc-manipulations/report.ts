/** Accuracy under each manipulation: medians over networks. */
import type { Row } from '../../../src/campaign/index.js';
import { type CurvePanel, curvesSpec, type Findings } from '../../../src/plot/index.js';
import { medianInterval } from '../../common/median.js';
import { column, distinct } from '../../common/rows.js';
import type { Config } from './config.js';

export function conclude({ networks }: Config, rows: readonly Row[]): Findings {
  const names = distinct(rows.map((row) => row.manipulation as string));
  const at = (name: string, value: number) => rows.filter((row) => row.manipulation === name && row.value === value);
  const valuesOf = (name: string) =>
    distinct(
      column(
        rows.filter((row) => row.manipulation === name),
        'value',
      ),
    );
  const median = (name: string, value: number, field: string) => {
    const found = column(at(name, value), field).filter((x) => x !== null && Number.isFinite(x));
    return found.length > 0 ? medianInterval(found) : undefined;
  };
  const panels = names
    .filter((name) => !name.includes('silent'))
    .map(
      (name): CurvePanel => ({
        x: { title: name },
        y: { title: 'right', domain: [0, 1.02], format: '.0%' },
        curves: (['congruent', 'incongruent'] as const).map((field) => ({
          name: field,
          points: valuesOf(name)
            .toSorted((a, b) => a - b)
            .flatMap((x) => {
              const found = median(name, x, field);
              return found ? [{ x, y: found.median, low: found.low, high: found.high }] : [];
            }),
        })),
      }),
    );
  const percent = (value: number | undefined) => (value === undefined ? '-' : `${(100 * value).toFixed(0)} %`);
  const intact = median('coherence', 1, 'incongruent')?.median;
  return {
    answer: `Untouched, ${networks === 1 ? 'one network' : `the median of ${networks} networks`} is right in ${percent(intact)} of the incongruent trials; with the cues fully mixed in ${percent(median('coherence', 0.5, 'incongruent')?.median)}, after a delay of 1 s instead of 0.4 s in ${percent(median('delay', 1, 'incongruent')?.median)}.`,
    figures: [
      {
        name: 'manipulations',
        caption:
          'Right choices under each manipulation. Marks are medians over networks, bars their intervals at 95 % (order statistics; of fewer than six networks all values).',
        spec: curvesSpec('What a choice by a rule survives', [], panels, { columns: 3, width: 240, height: 170 }),
      },
    ],
    tables: [
      {
        title: 'Manipulations',
        columns: [
          'manipulation',
          'value',
          'networks',
          'congruent',
          'incongruent',
          'rate, Hz',
          'tuned neurons',
          'trajectory error, Hz²',
        ],
        rows: names.flatMap((name) =>
          valuesOf(name).map((value) => {
            const number = (field: string, digits: number) => median(name, value, field)?.median.toFixed(digits) ?? '-';
            return [
              name,
              value,
              at(name, value).length,
              percent(median(name, value, 'congruent')?.median),
              percent(median(name, value, 'incongruent')?.median),
              number('rate', 1),
              number('tuned', 0),
              number('error', 1),
            ];
          }),
        ),
      },
    ],
    notes: [
      'Weights stay as trained but for the manipulation; "delay, retrained" are networks trained on that delay from the start.',
      'The source names the manipulations and does not define them; the definitions are in docs/srnn.md.',
    ],
  };
}
