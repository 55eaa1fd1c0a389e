/** The part of a run's page that tells of recall: of one score, or of several memories prompted one after the other. */
import { wilson } from '../../memory/measure/index.js';
import type { MemoryRecall, RecallSummary } from '../../memory/summary/index.js';
import type { Table } from '../../plot/index.js';
import { recallTable } from './recall-table.js';

/** A figure of the page. */
export type Drawn = { caption: string; svg: string };

export async function againstNoise(rows: readonly RecallSummary[]): Promise<Drawn> {
  const { curvesSpec, renderSvg } = await import('../../plot/index.js');
  const x = { title: 'noise of the thresholds' };
  const share = { title: 'share', domain: [0, 1] as [number, number] };
  const spec = curvesSpec(
    'Recall after a prompt, against noise',
    [trialsSaid(rows)],
    [
      {
        x,
        y: share,
        curves: [
          {
            name: 'success',
            points: rows.map(({ noise, success, trials }) => {
              const [low, high] = noise > 0 ? wilson(success, trials) : [];
              return { x: noise, y: success / trials, low, high };
            }),
          },
        ],
      },
      {
        x,
        y: { ...share, title: 'last period' },
        curves: (['precision', 'recall'] as const).map((name) => ({
          name,
          over: name === 'recall',
          points: rows.map((row) => ({ x: row.noise, y: row[name] })),
        })),
      },
    ],
  );
  return {
    caption:
      'Share of trials that recall the score (with 95 % intervals), and precision and recall of the last free period.',
    svg: await renderSvg(spec),
  };
}

/** How many trials each noise has; without noise one is all. */
function trialsSaid(rows: readonly { noise: number; trials: number }[]): string {
  const noisy = rows.filter(({ noise }) => noise > 0).map(({ trials }) => trials);
  const said = noisy.length > 0 ? [`${trialsOf(noisy[0])} per noise`] : [];
  return [...said, ...(noisy.length < rows.length ? ['one without, where nothing is left to chance'] : [])].join(', ');
}

const trialsOf = (trials: number) => (trials === 1 ? '1 trial' : `${trials} trials`);

/** The table of the page. */
export function recallReport(rows: readonly RecallSummary[]): Table {
  const [columns, ...cells] = recallTable(rows, { of: ' of ', none: '–' });
  return { title: 'Recall after a prompt', columns, rows: cells };
}

export async function switchingAgainstNoise(rows: readonly MemoryRecall[]): Promise<Drawn> {
  const { curvesSpec, renderSvg } = await import('../../plot/index.js');
  const x = { title: 'noise of the thresholds' };
  const memories = [...new Set(rows.map(({ prompted }) => prompted))];
  const curves = (pointOf: (row: MemoryRecall) => { y: number; low?: number; high?: number }) =>
    memories.map((memory) => ({
      name: `memory ${memory}`,
      points: rows.filter(({ prompted }) => prompted === memory).map((row) => ({ x: row.noise, ...pointOf(row) })),
    }));
  const highestOther = ({ prompted, precision }: MemoryRecall) =>
    Math.max(...precision.filter((_, m) => m !== prompted - 1));
  const precision = { title: 'precision', domain: [0, 1] as [number, number] };
  const spec = curvesSpec(
    'Memories prompted one after the other, against noise',
    ['by the memory that was prompted; bars are 95 % intervals, precision is that of the last free period'],
    [
      {
        title: 'called up',
        x,
        y: { title: 'share of prompts', domain: [0, 1] },
        curves: curves(({ noise, success, trials }) => {
          const [low, high] = noise > 0 ? wilson(success, trials) : [];
          return { y: success / trials, low, high };
        }),
      },
      { title: 'against itself', x, y: precision, curves: curves((row) => ({ y: row.precision[row.prompted - 1] })) },
      { title: 'against the most similar other', x, y: precision, curves: curves((row) => ({ y: highestOther(row) })) },
    ],
    { width: 215, height: 220 },
  );
  return {
    caption:
      'Share of prompts that call up their memory, and what is played in the last free period, compared with the memory that was prompted and with the others.',
    svg: await renderSvg(spec),
  };
}

export const switchingReport = (rows: readonly MemoryRecall[]): Table => ({
  title: 'Memories prompted one after the other',
  columns: ['noise', 'prompted', 'called up', ...rows[0].precision.map((_, m) => `precision against ${m + 1}`)],
  rows: rows.map(({ noise, prompted, success, trials, precision }) => [
    noise,
    prompted,
    `${success} of ${trials}`,
    ...precision.map((value) => value.toFixed(3)),
  ]),
});
