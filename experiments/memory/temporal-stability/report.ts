/** Precision and drift against noise, objectives and slopes; the radius beside the decay that was seen. */
import type { Row } from '../../../src/campaign/index.js';
import { exp, ln } from '../../../src/core/index.js';
import { driftOf } from '../../../src/memory/summary/index.js';
import { curvesSpec, type Figure, type Findings, type Table } from '../../../src/plot/index.js';
import { column, distinct, inWords, mean, quantile, reached } from '../../common/rows.js';
import { storedIn } from '../common/stored.js';
import type { Config } from './config.js';

/** Precision of the last period from which on a run counts for drift and timing. */
const ALIVE = 0.8;

/** Replays of one objective and slope. */
interface Group {
  name: string;
  own: readonly Row[];
  radius: string;
}

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const replays = rows.filter((row) => row.part === 'replay');
  const groups = groupsOf(replays);
  const levels = distinct(column(replays, 'noise')).sort((a, b) => a - b);
  const shown = groups.find(({ own }) => own[0].objective === 'l2' && own[0].slope === 2) ?? groups[0];
  const decays = decaysOf(rows.filter((row) => row.part === 'decay'));
  return {
    answer: answerOf(config, shown, levels),
    figures: [
      replayFigure(config, groups, shown, levels),
      driftFigure(groups, levels),
      ...(decays.length > 0 ? [decayFigure(config, decays)] : []),
    ],
    tables: [replayTable(groups, levels), ...(decays.length > 0 ? [decayTable(decays)] : [])],
    notes: [
      'Precision and recall follow Aguettaz and Loeliger: triangle of half-width half a refractory period, best lag, convention A for empty channels.',
      'Drift is the slope of the lag over the periods; it and the timing error are means over the runs that are not lost.',
      'Where not all neurons are stored, those that are not have weights 0: such networks have no jitter map, and their replay lacks these neurons.',
      'The measured decay is the mean factor (geometric) between periods from the second free one on, as long as the spread is above the rounding of the simulator.',
    ],
  };
}

const groupsOf = (replays: readonly Row[]): Group[] =>
  distinct(replays.map((row) => `${row.objective} ${row.slope}`)).map((key) => {
    const own = replays.filter((row) => `${row.objective} ${row.slope}` === key);
    const { objective, slope } = own[0];
    const name =
      slope === null ? 'the given network' : `${objective === 'l2' ? 'least norm' : 'any weights'}, slope ${slope}`;
    return { name, own, radius: radiusOf(own) };
  });

/** What the replays at one noise level come to. */
function statsOf(own: readonly Row[], noise: number) {
  const at = own.filter((row) => row.noise === noise);
  const precisions = column(at, 'precision');
  const runs = distinct(at.map((row) => `${row.network} ${row.trial}`)).map((key) =>
    at.filter((row) => `${row.network} ${row.trial}` === key),
  );
  const ends = runs.map((run) => run[run.length - 1]);
  const alive = runs.filter((run) => (run[run.length - 1].precision as number) >= ALIVE);
  return {
    precision: mean(precisions),
    low: quantile(precisions, 0.025),
    high: quantile(precisions, 0.975),
    recall: mean(column(at, 'recall')),
    end: mean(column(ends, 'precision')),
    alive: alive.length,
    drift: mean(
      known(
        alive.map((run) =>
          driftOf(
            run.map(({ lag }) => lag as number | null),
            run[0].period as number,
          ),
        ),
      ),
    ),
    error: mean(known(alive.flat().map((row) => row.timing_error as number | null))),
  };
}

function answerOf({ periods }: Config, { name, own, radius }: Group, levels: readonly number[]): string {
  const level = levels.includes(0.1) ? 0.1 : (levels.at(-1) as number);
  const { precision, low, high, alive, drift } = statsOf(own, level);
  const last = reached(levels, (noise) => statsOf(own, noise).end >= 0.9);
  return `At noise ${level} the replay (${name}) keeps a precision of ${precision.toFixed(3)} (95 % of the periods of all runs within ${low.toFixed(3)} to ${high.toFixed(3)}) over ${periods} periods${alive > 0 ? ` and drifts by ${drift.toFixed(3)} refractory periods per period` : ''}; it holds ${last === undefined ? 'at no noise that was tried' : `up to noise ${last}`}, and its jitter map has the spectral radius ${radius}.`;
}

const NOISE = { title: 'noise of the thresholds' };

function replayFigure({ periods }: Config, groups: readonly Group[], shown: Group, levels: readonly number[]): Figure {
  const cycles = distinct(
    column(
      groups.flatMap(({ own }) => own),
      'cycle',
    ),
  ).sort((a, b) => a - b);
  const course = (noise: number, cycle: number) => {
    const at = column(
      shown.own.filter((row) => row.noise === noise && row.cycle === cycle),
      'precision',
    ).sort((a, b) => a - b);
    return { x: cycle + 1, y: mean(at), low: quantile(at, 0.025), high: quantile(at, 0.975) };
  };
  return {
    name: 'replay',
    caption: `Left: precision of each period after the start from memory (${shown.name}); the bars hold 95 % of the runs. Right: precision over all periods against noise, for every objective and slope.`,
    spec: curvesSpec(
      'Replay from memory under noise',
      [`precision and recall at the best lag, ${periods} periods`],
      [
        {
          x: { title: 'period', format: 'd' },
          y: { title: 'precision', domain: [0, 1] },
          curves: levels.map((noise) => ({
            name: `noise ${noise}`,
            points: cycles.map((cycle) => course(noise, cycle)),
          })),
        },
        {
          x: NOISE,
          y: { title: 'precision', domain: [0, 1] },
          curves: groups.map(({ name, own }) => ({
            name,
            points: levels.map((noise) => ({ x: noise, y: statsOf(own, noise).precision })),
          })),
        },
      ],
      { width: 360, height: 260 },
    ),
  };
}

function driftFigure(groups: readonly Group[], levels: readonly number[]): Figure {
  const panel = (title: string, measure: 'drift' | 'error') => ({
    x: NOISE,
    y: { title },
    curves: groups.map(({ name, own }) => ({
      name,
      points: levels
        .filter((noise) => statsOf(own, noise).alive > 0)
        .map((noise) => ({ x: noise, y: statsOf(own, noise)[measure] })),
    })),
  });
  return {
    name: 'drift',
    caption:
      'Growth of the lag per period, and root mean square of the timing errors around it, against noise, over the runs that are still recalled.',
    spec: curvesSpec(
      'Drift and timing error',
      ['in refractory periods; of the runs whose last period has a precision of at least 0.8'],
      [panel('drift per period', 'drift'), panel('timing error', 'error')],
      { width: 360, height: 230 },
    ),
  };
}

function decayFigure({ decay: { jitter } }: Config, decays: readonly Decay[]): Figure {
  const ends = decays.flatMap(({ radius, seen }) => [radius, seen]);
  const domain: [number, number] = [Math.min(...ends) / 2, Math.max(...ends) * 2];
  const periods = distinct(decays.map(({ period }) => period));
  return {
    name: 'decay',
    caption:
      'Factor by which the spread of a small jitter shrinks per period, as seen in a simulation without noise, against the spectral radius of the jitter map. On the line both are equal.',
    spec: curvesSpec(
      'The spectral radius and the decay that is seen',
      [`jitter ${jitter} of all channels over one period, then free`],
      [
        {
          x: { title: 'spectral radius', log: true, domain, format: '.0e' },
          y: { title: 'measured decay per period', log: true, domain, format: '.0e' },
          curves: [
            ...periods.map((period) => ({
              name: `T = ${period}`,
              line: [],
              points: decays
                .filter((decay) => decay.period === period)
                .map(({ radius, seen }) => ({ x: radius, y: seen })),
            })),
            { name: 'equal', points: [], line: domain.map((x) => ({ x, y: x })) },
          ],
        },
      ],
      { width: 420, height: 340 },
    ),
  };
}

const replayTable = (groups: readonly Group[], levels: readonly number[]): Table => ({
  title: 'Replay',
  columns: [
    'network',
    'stored',
    'spectral radius',
    'noise',
    'precision',
    '95 % of periods',
    'recall',
    'last period',
    'drift',
    'timing error',
  ],
  rows: groups.flatMap(({ name, own, radius }) =>
    levels.map((noise) => {
      const { precision, low, high, recall, end, alive, drift, error } = statsOf(own, noise);
      return [
        name,
        inWords(storedIn(own)),
        radius,
        noise,
        precision.toFixed(3),
        `${low.toFixed(3)}–${high.toFixed(3)}`,
        recall.toFixed(3),
        end.toFixed(3),
        alive > 0 ? drift.toFixed(4).replace('-0.0000', '0.0000') : '–',
        alive > 0 ? error.toFixed(4) : '–',
      ];
    }),
  ),
});

const decayTable = (decays: readonly Decay[]): Table => ({
  title: 'Radius and decay',
  columns: ['T', 'network', 'spectral radius', 'measured decay', 'ratio', 'spread per period'],
  rows: decays.map(({ period, network, radius, seen, spreads }) => [
    period,
    network,
    radius.toExponential(2),
    seen.toExponential(2),
    (seen / radius).toFixed(2),
    spreads.map((spread) => spread.toExponential(1)).join('  '),
  ]),
});

/** Mean over the networks that are stored as a whole. */
function radiusOf(rows: readonly Row[]): string {
  const radii = distinct(rows.map((row) => row.radius)).filter((radius) => typeof radius === 'number');
  return radii.length > 0 ? mean(radii).toExponential(2) : '–';
}

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

type Decay = ReturnType<typeof decaysOf>[number];

/** The factor per period of every decay that can be followed, from period 2 on: by then the fast modes are gone. */
function decaysOf(rows: readonly Row[]) {
  return distinct(rows.map((row) => `${row.network} ${row.period}`)).flatMap((key) => {
    const own = rows.filter((row) => `${row.network} ${row.period}` === key);
    const spreads = column(own, 'spread');
    // Period 0 is the prompt itself.
    if (spreads.length < 4) return [];
    const factors = spreads.slice(3).map((spread, i) => ln(spread / spreads[i + 2]));
    const seen = exp(mean(factors));
    const { network, period, radius } = own[0] as { network: number; period: number; radius: number };
    return [{ network, period, radius, seen, spreads }];
  });
}
