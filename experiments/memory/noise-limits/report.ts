/** Recall against each kind of trouble, and the amount at which half of the recalls fail. */
import type { Row } from '../../../src/campaign/index.js';
import { type CurvePanel, curvesSpec, type Figure, type Findings } from '../../../src/plot/index.js';
import { fitLogistic } from '../../common/logistic.js';
import { column, distinct, inWords, sum } from '../../common/rows.js';
import { overNetworks, UNITS_SAID } from '../common/networks.js';
import { storedIn } from '../common/stored.js';
import { type Config, type Kind, kinds } from './config.js';

const TITLES: Record<Kind, string> = {
  threshold: 'noise of the thresholds',
  weights: 'relative error of the weights',
  levels: 'rounding step of the weights (bounds)',
  synapses: 'share of synapses lost',
  neurons: 'share of neurons lost',
  failure: 'probability of failed transmission',
};

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const { margins, worse } = config;
  const nameOf = (margin: number) => `silent level ${Number((1 - margin).toFixed(3))}`;
  const counts = (margin: number, kind: Kind, column: 'replayed' | 'recalled') =>
    worse[kind].map((amount) => {
      const own = rows.filter((row) => row.margin === margin && row.kind === kind && row.amount === amount);
      return { x: amount, success: sum(own, column), trials: sum(own, 'trials') };
    });
  const limits = kinds.flatMap((kind) =>
    margins.map((margin) => ({
      kind,
      margin,
      replay: limitOf(counts(margin, kind, 'replayed')),
      recall: limitOf(counts(margin, kind, 'recalled')),
    })),
  );
  const panels = kinds.map((kind): CurvePanel => {
    return {
      x: { title: TITLES[kind] },
      y: { title: 'share of trials', domain: [0, 1], format: '.0%' },
      curves: margins.flatMap((margin) =>
        (['replayed', 'recalled'] as const).map((column) => ({
          name: `${column}${margins.length > 1 ? `, ${nameOf(margin).replace('silent ', '')}` : ''}`,
          points: worse[kind].map((amount) => {
            const own = rows.filter((row) => row.margin === margin && row.kind === kind && row.amount === amount);
            const { rate: y, low, high } = overNetworks(own, column, 'trials');
            return { x: amount, y, low, high };
          }),
        })),
      ),
    };
  });
  const first = limits.filter(({ margin }) => margin === margins[0]);
  return {
    answer: `Half of the recalls fail at: ${first.map(({ kind, recall }) => `${TITLES[kind]} ${recall}`).join(', ')} (${nameOf(margins[0])}, T = ${config.period}, K = ${config.inputs}).`,
    figures: [limitsFigure(config, panels)],
    tables: [
      {
        title: 'Amount at which half of the trials fail',
        columns: ['trouble', 'template', 'replay from memory', 'recall after a prompt'],
        rows: limits.map(({ kind, margin, replay, recall }) => [TITLES[kind], nameOf(margin), replay, recall]),
      },
      {
        title: 'Stored',
        columns: ['template', 'networks', 'neurons stored'],
        rows: margins.map((margin) => {
          const own = rows.filter((row) => row.margin === margin);
          return [nameOf(margin), distinct(column(own, 'network')).length, inWords(storedIn(own))];
        }),
      },
    ],
    notes: [
      'Limits are where a logistic fit (with a weak prior towards 1/2) to the trials of all networks passes 1/2; "beyond" means that more than half succeed at the largest amount tried, "below" that fewer do at the smallest.',
      'A rounding step of x bounds leaves 2 / x + 1 levels.',
      'Where neurons are lost, the others are measured.',
    ],
  };
}

const limitsFigure = (config: Config, panels: readonly CurvePanel[]): Figure => ({
  name: 'limits',
  caption: `Trials that end with precision and recall of at least 0.9 after ${config.periods} free periods: replayed from memory, and recalled after a prompt of ${Math.round(100 * config.prompt)} % of the channels for ${config.promptTime} period; ${UNITS_SAID}.`,
  spec: curvesSpec('What a stored score stands', [`all but the first at threshold noise ${config.noise}`], panels, {
    columns: 2,
    width: 330,
    height: 190,
  }),
});

function limitOf(counts: readonly { x: number; success: number; trials: number }[]): string {
  const sorted = counts.toSorted((p, q) => p.x - q.x);
  const share = ({ success, trials }: (typeof counts)[number]) => success / trials;
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  if (share(lowest) < 0.5) return `below ${lowest.x}`;
  if (share(highest) > 0.5) return `beyond ${highest.x}`;
  const fit = fitLogistic(sorted);
  // Between amounts that were tried, whatever the fit says.
  const half = Math.min(highest.x, Math.max(lowest.x, fit?.half ?? Number.NaN));
  return Number.isNaN(half) ? '–' : String(Number(half.toPrecision(2)));
}
