/** What of a recording is stored, replayed and recalled. */
import type { Row } from '../../../src/campaign/index.js';
import { curvesSpec, type Findings, type Table } from '../../../src/plot/index.js';
import { column, mean, reached } from '../../common/rows.js';
import type { Config } from './config.js';

const ways = [
  { title: 'replayed from memory', of: (own: readonly Row[]) => own.filter((row) => row.prompted === 0) },
  { title: 'recalled after a prompt', of: (own: readonly Row[]) => own.filter((row) => row.prompted !== 0) },
];

const at = (own: readonly Row[], noise: number) => own.filter((row) => row.noise === noise);
export function conclude(config: Config, rows: readonly Row[]): Findings {
  const stretches = config.stretches.map(({ name }) => rows.filter((row) => row.stretch === name));
  return {
    answer: stretches
      .map((own) => {
        const { stretch, stored, recorded, hidden, prompted } = own[own.length - 1] as Record<string, number | string>;
        const all = (recorded as number) + (hidden as number);
        const noises = config.noises.toSorted((a, b) => a - b);
        const good = reached(noises, (noise) => mean(column(at(ways[1].of(own), noise), 'success')) >= 0.5);
        return `${stretch}: ${stored} of ${all} neurons are stored; with ${prompted} of them playing, the rest is recalled ${good === undefined ? 'at none of the noise levels tried' : `in at least half of the trials up to noise ${good}`}.`;
      })
      .join(' '),
    figures: [
      {
        name: 'recall',
        caption: 'Precision in the last free period against noise: every trial, and their mean.',
        spec: curvesSpec(
          'A recording, replayed and recalled',
          [
            `${config.periods} free periods; prompt of ${Math.round(100 * config.prompt)} % of the channels for ${config.promptTime} period`,
          ],
          stretches.map((own) => ({
            title: String(own[0].stretch),
            x: { title: 'noise of the thresholds' },
            y: { title: 'precision', domain: [0, 1] as [number, number] },
            curves: ways.map(({ title, of }) => ({
              name: title,
              points: of(own).map((row) => ({ x: row.noise as number, y: row.precision as number })),
              line: config.noises.map((noise) => ({ x: noise, y: mean(column(at(of(own), noise), 'precision')) })),
            })),
          })),
          { columns: 2, width: 330, height: 230 },
        ),
      },
    ],
    tables: [resultTable(config, stretches)],
    notes: [
      'Each stretch is stored in one network, so that its trials say nothing of other networks. Timing error: of the trials that succeed.',
      'Hidden neurons have sampled scores of their own, which are stored along with the recording; the first channels, recorded ones, are prompted first.',
      'Neurons that cannot be stored have weights 0; memorize explain says for each why not.',
    ],
  };
}

/** Over the trials that succeed. */
function timingOf(found: readonly Row[]): string {
  const errors = found
    .filter((row) => row.success === 1)
    .flatMap((row) => (row.timing_error_ms as number | null) ?? []);
  return errors.length > 0 ? `${mean(errors).toFixed(2)} ms` : '–';
}

const resultTable = (config: Config, stretches: readonly (readonly Row[])[]): Table => ({
  title: 'Stored, replayed, recalled',
  columns: ['stretch', 'period', 'spikes', 'stored', 'noise', 'way', 'success', 'precision', 'recall', 'timing error'],
  rows: stretches.flatMap((own) =>
    ways.flatMap(({ title, of }) =>
      config.noises.map((noise) => {
        const found = at(of(own), noise);
        const { stretch, period_s, spikes, stored, recorded, hidden } = own[0] as Record<string, number>;
        return [
          stretch,
          `${Number(period_s.toPrecision(4))} s`,
          spikes,
          `${stored} of ${recorded + hidden}`,
          noise,
          title,
          `${found.filter((row) => row.success === 1).length} of ${found.length}`,
          mean(column(found, 'precision')).toFixed(3),
          mean(column(found, 'recall')).toFixed(3),
          timingOf(found),
        ];
      }),
    ),
  ),
});
