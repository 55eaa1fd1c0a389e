/** Recall against each kind of trouble, and the amount at which half of the recalls fail. */
import type { Row } from '../../../src/campaign/index.js';
import { type CurvePanel, curvesSpec, type Figure, type Findings } from '../../../src/plot/index.js';
import { fitLogistic } from '../../common/logistic.js';
import { mcnemar } from '../../common/mcnemar.js';
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
  const networks = distinct(column(rows, 'network'));
  const limits = kinds.flatMap((kind) =>
    margins.map((margin) => {
      const own = rows.filter((row) => row.margin === margin && row.kind === kind);
      const limit = (of: readonly Row[], success: string) => limitOf(countsOf(of, worse[kind], success));
      return {
        kind,
        margin,
        replay: limit(own, 'replayed'),
        recall: limit(own, 'recalled'),
        single: networks.map((network) =>
          limit(
            own.filter((row) => row.network === network),
            'recalled',
          ),
        ),
      };
    }),
  );
  const said = (kind: Kind, limit: number) => limitInWords(limit, worse[kind]);
  const range = (kind: Kind, single: readonly number[]) =>
    single.length > 1 ? `${said(kind, Math.min(...single))} to ${said(kind, Math.max(...single))}` : '–';
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
    answer: `Half of the recalls fail at: ${first.map(({ kind, recall }) => `${TITLES[kind]} ${said(kind, recall)}`).join(', ')} (${nameOf(margins[0])}, T = ${config.period}, K = ${config.inputs}).`,
    figures: [limitsFigure(config, panels)],
    tables: [
      {
        title: 'Amount at which half of the trials fail',
        columns: ['trouble', 'template', 'replay from memory', 'recall after a prompt', 'recall, single networks'],
        rows: limits.map(({ kind, margin, replay, recall, single }) => [
          TITLES[kind],
          nameOf(margin),
          said(kind, replay),
          said(kind, recall),
          range(kind, single),
        ]),
      },
      ...(margins.length === 2 && networks.length > 1 ? [pairedTable(limits, margins.map(nameOf))] : []),
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
      ...(networks.length > 1
        ? [
            `Single networks: the least and the largest limit of ${networks.length}, each by its own trials; between them lies the median over all networks with a confidence of ${Math.round(100 * (1 - 2 / (1 << networks.length)))} %.`,
          ]
        : []),
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

/** Which template stands more of each trouble, network by network. */
function pairedTable(
  limits: readonly { kind: Kind; single: readonly number[] }[],
  names: readonly string[],
): Findings['tables'][number] {
  return {
    title: 'Recall after a prompt: networks in which one of the templates stands more (sign test)',
    columns: ['trouble', ...names, 'alike', 'p'],
    rows: kinds.map((kind) => {
      const [first, second] = limits.filter((limit) => limit.kind === kind).map(({ single }) => single);
      const more = first.filter((limit, i) => limit > second[i]).length;
      const less = first.filter((limit, i) => limit < second[i]).length;
      return [TITLES[kind], more, less, first.length - more - less, mcnemar(more, less).toPrecision(2)];
    }),
  };
}

interface Count {
  x: number;
  success: number;
  trials: number;
}

const countsOf = (rows: readonly Row[], amounts: readonly number[], success: string): Count[] =>
  amounts.map((amount) => {
    const own = rows.filter((row) => row.amount === amount);
    return { x: amount, success: sum(own, success), trials: sum(own, 'trials') };
  });

/** Where half of the trials fail; infinite on the side where that is beyond what was tried, NaN where no fit says. */
function limitOf(counts: readonly Count[]): number {
  const sorted = counts.toSorted((p, q) => p.x - q.x);
  const share = ({ success, trials }: Count) => success / trials;
  const [lowest, highest] = [sorted[0], sorted[sorted.length - 1]];
  if (share(lowest) < 0.5) return Number.NEGATIVE_INFINITY;
  if (share(highest) > 0.5) return Number.POSITIVE_INFINITY;
  // Between amounts that were tried, whatever the fit says.
  return Math.min(highest.x, Math.max(lowest.x, fitLogistic(sorted)?.half ?? Number.NaN));
}

function limitInWords(limit: number, amounts: readonly number[]): string {
  if (Number.isNaN(limit)) return '–';
  if (limit === Number.NEGATIVE_INFINITY) return `below ${Math.min(...amounts)}`;
  if (limit === Number.POSITIVE_INFINITY) return `beyond ${Math.max(...amounts)}`;
  return String(Number(limit.toPrecision(2)));
}
