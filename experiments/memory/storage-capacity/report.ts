/** What the counts say: logistic fits, durations and bits per synapse. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import { curvesSpec, type Curve as Drawn, type Figure, type Findings, type Table } from '../../../src/plot/index.js';
import { type Counted, fitLogistic, type Logistic } from '../../common/logistic.js';
import { column, distinct, sum } from '../../common/rows.js';
import { type Config, type Curve, curvesOf } from './config.js';
import { countedDuration, scoreBits } from './theory.js';

interface Fitted {
  curve: Curve;
  name: string;
  counts: Counted[];
  fit: Logistic | undefined;
}

/** The share of infeasible trials that the authors' rule lets pass, where the configuration names none. */
const RULE = 0.01;
const ALMOST = 0.99;

const fixed = (value: number | undefined, digits = 1) => (value === undefined ? '–' : value.toFixed(digits));

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const curves = curvesOf(config).map((curve, index): Fitted => {
    const own = rows.filter((row) => row.curve === index);
    const periods = distinct(column(own, 'period')).sort((a, b) => a - b);
    const counts = periods.map((x) => {
      const at = own.filter((row) => row.period === x);
      return { x, success: sum(at, 'solved'), trials: sum(at, 'trials') };
    });
    return { curve, name: nameOf(curve, config), counts, fit: fitLogistic(counts) };
  });
  const base = curves.slice(0, config.inputs.length);
  const others = curves.slice(config.inputs.length);
  const undecided = sum(rows, 'undecided');
  const trials = sum(rows, 'trials');
  const largest = base.filter((one) => halfOf(one) !== undefined).at(-1);
  const width = 2 * config.template.zone;

  const figures: Figure[] = [
    {
      name: 'feasible',
      caption:
        'Share of the programs that have a solution, with its 95 % interval, against the length of the score. The lines are logistic fits with a weak prior towards one half (Jeffreys), so that where all or no programs have a solution they lie between the points and one half.',
      spec: curvesSpec(
        'How long a score one neuron can store',
        [`activity ${config.base.activity}, delays ${config.base.delays.join(' to ')}, |w| up to ${config.base.bound}`],
        [
          panel(base, 'synapses per neuron'),
          ...(others.length > 0 ? [panel([...sameInputs(base, others), ...others], 'other settings')] : []),
        ],
        { width: others.length > 0 ? 380 : 560, height: 300 },
      ),
    },
  ];
  const fitted = base.filter((one) => halfOf(one) !== undefined);
  if (fitted.length > 1) figures.push(perSynapse(fitted, config, width));

  return {
    answer: largest
      ? answerOf(largest)
      : 'No curve falls from 1 to 0 within the lengths that were tried; choose others.',
    figures,
    tables: [capacityTable(config, curves, width)],
    notes: [
      `${trials} programs, each solved or proved impossible and checked outside the solver; ${undecided} undecided.`,
      'T at 50 % and at 99 % are where the logistic fit passes these levels, with its prior; where that is outside the lengths that were tried, only that is said.',
      `Bits: the score of a channel at T = T at 50 %, each spike told to within the firing zone (${width}); the entropy of the sampler, not a mere count.`,
      `The authors' rule: the last length before the first at which more than ${(config.stop ?? RULE) * 100} % of the trials are infeasible.`,
      'Counting (Cover 1965) knows neither the bound of the weights nor the margin: it is what K unbounded unknowns could do at best.',
    ],
  };
}

const capacityTable = (config: Config, curves: readonly Fitted[], width: number): Table => ({
  title: 'Capacity',
  columns: ['setting', 'T at 50 %', '95 % ±', 'T at 99 %', 'T/K', 'bits per synapse', "authors' rule"],
  rows: curves.map((one) => {
    const { curve, name, counts, fit } = one;
    const half = halfOf(one);
    return [
      name,
      placed(one, fit?.half),
      half !== undefined && fit ? fixed(fit.halfError) : '–',
      placed(one, fit?.inverse(ALMOST)),
      half === undefined ? '–' : fixed(half / curve.inputs, 3),
      half === undefined ? '–' : fixed(scoreBits(half, curve.activity, width) / curve.inputs, 2),
      ruleOf(counts, config.stop ?? RULE),
    ];
  }),
});

/** A length where it was tried, and else on which side of all that were tried it lies. */
function placed({ counts }: Pick<Fitted, 'counts'>, length: number | undefined): string {
  if (length === undefined) return '–';
  const [shortest, longest] = [counts[0].x, counts[counts.length - 1].x];
  if (length < shortest) return `below ${shortest}`;
  return length > longest ? `above ${longest}` : fixed(length);
}

/** Where half is feasible, if that is within the lengths that were tried. */
function halfOf({ counts, fit }: Fitted): number | undefined {
  const inside = fit && fit.half >= counts[0].x && fit.half <= counts[counts.length - 1].x;
  return inside ? fit.half : undefined;
}

function answerOf(one: Fitted): string {
  const { curve, fit } = one;
  const half = halfOf(one) as number;
  const almost = placed(one, fit?.inverse(ALMOST));
  return `With ${curve.inputs} synapses half of all scores of ${fixed(half)} refractory periods (${fixed(half * 5, 0)} ms at 5 ms) can be stored, ${fixed(half / curve.inputs, 2)} refractory periods per synapse, and 99 % at a length ${/^\d/.test(almost) ? `of ${almost}` : `${almost}, which ${almost.startsWith('below') ? 'is shorter' : 'is longer'} than any that was tried`}.`;
}

function ruleOf(counts: readonly Counted[], allowed: number): string {
  const failed = counts.findIndex(({ success, trials }) => trials - success > allowed * trials);
  if (failed < 0) return `${counts.at(-1)?.x} or more`;
  return failed === 0 ? `below ${counts[0].x}` : String(counts[failed - 1].x);
}

/** What a curve differs by from the base. */
function nameOf(curve: Curve, { base }: Config): string {
  const parts = [`K = ${curve.inputs}`];
  if (curve.activity !== base.activity) parts.push(`activity ${curve.activity}`);
  if (curve.sources !== base.sources)
    parts.push(curve.sources === 'distinct' ? 'distinct sources' : `${curve.sources} sources`);
  if (String(curve.delays) !== String(base.delays)) parts.push(`delays ${curve.delays.join(' to ')}`);
  if (curve.bound !== base.bound) parts.push(`bound ${curve.bound}`);
  if (curve.excitatory !== base.excitatory) {
    parts.push(curve.excitatory === null ? 'free signs' : `${Math.round(100 * curve.excitatory)} % excitatory`);
  }
  return parts.join(', ');
}

const sameInputs = (base: readonly Fitted[], others: readonly Fitted[]) =>
  base.filter(({ curve }) => others.some((other) => other.curve.inputs === curve.inputs));

function panel(curves: readonly Fitted[], title: string) {
  const highest = Math.max(...curves.flatMap(({ counts }) => counts.map(({ x }) => x)));
  return {
    title,
    x: { title: 'length T of the score (refractory periods)', domain: [0, highest] as [number, number] },
    y: { title: 'feasible', domain: [0, 1] as [number, number], format: '.0%' },
    curves: curves.map(({ name, counts, fit }): Drawn => {
      const points = counts.map(({ x, success, trials }) => {
        const [low, high] = wilson(success, trials);
        return { x, y: success / trials, low, high };
      });
      const line = fit && Array.from({ length: 101 }, (_, i) => (i * highest) / 100).map((x) => ({ x, y: fit.at(x) }));
      return line ? { name, points, line } : { name, points };
    }),
  };
}

function perSynapse(fitted: readonly Fitted[], config: Config, width: number): Figure {
  const points = (value: (half: number) => number) =>
    fitted.map(({ curve, fit }) => {
      const { half, halfError } = fit as Logistic;
      const at = (period: number) => value(Math.max(period, 2)) / curve.inputs;
      return { x: curve.inputs, y: at(half), low: at(half - halfError), high: at(half + halfError) };
    });
  const counted = countedDuration(config.base.activity, config.template.zone);
  const theory = (value: (inputs: number) => number) => ({
    name: 'counting: unbounded weights, no margin',
    points: [],
    line: fitted.map(({ curve: { inputs } }) => ({ x: inputs, y: value(inputs) })),
  });
  const x = { title: 'synapses per neuron' };
  const bits = (period: number) => scoreBits(period, config.base.activity, width);
  return {
    name: 'per-synapse',
    caption:
      'Length at which half of the programs are feasible, and the information in such a score, per synapse. The line is what counting demands against unknowns would allow.',
    spec: curvesSpec(
      'Duration and information per synapse',
      ['at the length where half of the programs are feasible'],
      [
        {
          x,
          y: { title: 'T / K (refractory periods)', log: true },
          curves: [{ name: 'measured', points: points((half) => half) }, theory(() => counted)],
        },
        {
          x,
          y: { title: 'bits per synapse', log: true },
          curves: [{ name: 'measured', points: points(bits) }, theory((inputs) => bits(counted * inputs) / inputs)],
        },
      ],
    ),
  };
}
