/** Recall beside storage, the phase diagram, and the life of a replay. */
import type { Row } from '../../../src/campaign/index.js';
import { median } from '../../../src/core/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  phaseSpec,
} from '../../../src/plot/index.js';
import { distinct, inWords, mean, reached, sum } from '../../common/rows.js';
import { type OverNetworks, overNetworks, UNITS_SAID } from '../common/networks.js';
import { storedIn } from '../common/stored.js';
import type { Config } from './config.js';

const rate = (rows: readonly Row[]) => sum(rows, 'success') / sum(rows, 'trials');
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** Success that counts as reliable. */
const RELIABLE = 0.9;

const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);

/** What a template is called. */
const nameOf = (margin: number) => `silent level ${Number((1 - margin).toFixed(3))}`;

export function conclude(config: Config, rows: readonly Row[]): Findings {
  const { margins, phase, survival } = config;
  const part = (name: string) => rows.filter((row) => row.part === name);
  const [ofLength, ofPhase, ofSurvival] = [part('length'), part('phase'), part('survival')];
  const smallest = smallestPrompts(config, ofPhase);
  return {
    answer: answerOf(config, smallest, ofLength, ofSurvival),
    figures: [
      ...(ofLength.length > 0 ? [lengthFigure(config, ofLength)] : []),
      ...(ofPhase.length > 0 ? margins.map((margin) => phaseFigure(config, ofPhase, margin)) : []),
      ...(ofSurvival.length > 0 ? [survivalFigure(ofSurvival, config)] : []),
    ],
    tables: [
      {
        title: 'Stored',
        columns: ['template', 'K', 'T', 'neurons stored'],
        rows: margins.flatMap((margin) =>
          distinct(rows.map((row) => `${row.inputs} ${row.period}`)).map((key) => {
            const [inputs, period] = key.split(' ').map(Number);
            return [nameOf(margin), inputs, period, storedAt(rows, { margin, inputs, period })];
          }),
        ),
      },
      {
        title: `Smallest prompt at ${percent(RELIABLE)} success, T = ${phase.period}, K = ${phase.inputs}`,
        columns: ['template', 'noise', 'least channels x periods', 'success', 'fewest channels', 'success'],
        rows: smallest.map(({ margin, noise, best, fewest }) => [
          nameOf(margin),
          noise,
          ...[best, fewest].flatMap((prompt) =>
            prompt ? [`${percent(prompt.prompt)} for ${prompt.time}`, percent(rate(prompt.own))] : ['none', '–'],
          ),
        ]),
      },
      {
        title: `Replay from memory over ${survival.periods} periods, T = ${survival.period}, K = ${survival.inputs}`,
        columns: [
          'template',
          'noise',
          'networks that survive',
          'median periods before the first below 0.9',
          'precision at the end',
        ],
        rows: survivalRows(config, ofSurvival),
      },
    ],
    notes: [
      `Success: precision and recall of all channels are both at least 0.9 in the last of ${config.periods} free periods. Noise is that of the thresholds; the prompt is jittered by as much, in refractory periods.`,
      `Smallest, among the prompts that were tried, by the product of channels and duration, or by channels alone; every cell pools up to ${config.trials} trials of each of ${config.networks} networks, so that ${percent(RELIABLE)} of them is a statement about these trials, not about other networks. Without noise a network has one trial.`,
      'Where neurons are not stored, their weights are 0 and the others are left to themselves.',
      'Survives: precision and recall are at least 0.9 in every period. A replay that falls below in one period may be above in a later one, and at the end.',
    ],
  };
}

/** For every template and noise the prompts that are reliable: the least in channels times periods, and in channels. */
const smallestPrompts = ({ margins, phase }: Config, rows: readonly Row[]) =>
  margins.flatMap((margin) =>
    phase.noises.map((noise) => {
      const good = phase.promptTimes
        .flatMap((time) => phase.prompts.map((prompt) => ({ time, prompt })))
        .map((setting) => ({ ...setting, own: rows.filter((row) => is(row, { margin, noise, ...setting })) }))
        .filter(({ own }) => own.length > 0 && rate(own) >= RELIABLE)
        .sort((p, q) => p.prompt * p.time - q.prompt * q.time || p.prompt - q.prompt);
      const fewest = good.toSorted((p, q) => p.prompt - q.prompt || p.time - q.time);
      return { margin, noise, best: good[0], fewest: fewest[0] };
    }),
  );

function answerOf(
  config: Config,
  smallest: ReturnType<typeof smallestPrompts>,
  ofLength: readonly Row[],
  ofSurvival: readonly Row[],
): string {
  const { margins, phase, survival } = config;
  const survivors = margins.map((margin) => {
    const last = reached(ascending(survival.noises), (noise) => {
      const own = ofSurvival.filter((row) => is(row, { margin, noise }));
      return own.length > 0 && own.every((row) => row.survived === survival.periods);
    });
    return `${last ?? 'none that was tried'} (${nameOf(margin)})`;
  });
  const level = phase.noises.includes(0.1) ? 0.1 : phase.noises[0];
  const first = smallest.find(({ noise }) => noise === level);
  return [
    lengthReached(ofLength, config, level) ?? '',
    first?.best
      ? `At T = ${phase.period}, K = ${phase.inputs} and noise ${level} the least prompt that succeeds in ${percent(RELIABLE)} of its trials is ${percent(first.best.prompt)} of the channels for ${first.best.time} period${first.best.time === 1 ? '' : 's'}, that of fewest channels ${percent(first.fewest.prompt)} for ${first.fewest.time} (${nameOf(first.margin)}).`
      : `At noise ${level} no prompt that was tried succeeds in ${percent(RELIABLE)}.`,
    `Over ${survival.periods} periods the replays of all networks stay at 0.9 or above up to noise ${survivors.join(', ')}.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function lengthFigure(config: Config, rows: readonly Row[]): Figure {
  const { margins, length, channels, periods } = config;
  return {
    name: 'stored-and-recalled',
    caption: `Neurons stored, and prompts recalled, against the length of the score per synapse (${length.inputs} synapses). Of neurons stored the neurons of all networks are counted; of prompts recalled ${UNITS_SAID}.`,
    spec: curvesSpec(
      'Neurons stored and prompts recalled',
      [
        `${channels} channels, prompt of ${length.prompts.map(percent).join(' or ')} for ${length.promptTime} period, then free for ${periods}`,
      ],
      length.prompts.flatMap((prompt) =>
        margins.map((margin) => lengthPanel(rows, config, prompt, margin, nameOf(margin))),
      ),
      { columns: 2, width: 340, height: 220 },
    ),
  };
}

const phaseFigure = ({ phase, networks, trials }: Config, rows: readonly Row[], margin: number): Figure => ({
  name: `phase-${margin}`,
  caption: `Share of recalls that succeed against how many channels are prompted and for how long; T = ${phase.period}, K = ${phase.inputs}, ${nameOf(margin)}.`,
  spec: phaseSpec(
    `Which prompt is enough: ${nameOf(margin)}`,
    [`${networks} networks with ${trials} prompts each per cell`],
    { x: 'prompt time (periods)', y: 'prompted', value: 'recalled', yFormat: '.0%' },
    phase.noises.map((noise) => ({
      title: `noise ${noise}`,
      cells: phase.promptTimes.flatMap((time) =>
        phase.prompts.map((prompt) => ({
          x: time,
          y: prompt,
          value: rate(rows.filter((row) => is(row, { margin, noise, time, prompt }))),
        })),
      ),
    })),
  ),
});

const survivalRows = ({ margins, survival }: Config, rows: readonly Row[]) =>
  margins.flatMap((margin) =>
    survival.noises.map((noise) => {
      const own = rows.filter((row) => is(row, { margin, noise }));
      const lives = own.map((row) => row.survived as number);
      return [
        nameOf(margin),
        noise,
        `${lives.filter((life) => life === survival.periods).length} of ${own.length}`,
        median(lives) ?? '–',
        own.length > 0 ? (sum(own, 'precision') / own.length).toFixed(3) : '–',
      ];
    }),
  );

/** Over the networks of one length. */
const storedAt = (rows: readonly Row[], setting: { margin: number; inputs: number; period: number }) =>
  inWords(storedIn(rows.filter((row) => is(row, setting))));

const COLUMNS = {
  margin: 'margin',
  inputs: 'inputs',
  period: 'period',
  noise: 'noise',
  prompt: 'prompt',
  time: 'prompt_time',
} as const;

/** Whether a row is of these settings. */
function is(row: Row, wanted: Partial<Record<keyof typeof COLUMNS, number>>) {
  return Object.entries(wanted).every(([key, value]) => row[COLUMNS[key as keyof typeof COLUMNS]] === value);
}

function lengthPanel(rows: readonly Row[], config: Config, prompt: number, margin: number, name: string): CurvePanel {
  const { length } = config;
  const { inputs } = length;
  const at = (period: number, noise: number) => rows.filter((row) => is(row, { margin, prompt, period, noise }));
  const curve = (name: string, share: (period: number) => { y: number; low?: number; high?: number }): Curve => ({
    name,
    points: length.periods.map((period) => ({ x: period / inputs, ...share(period) })),
  });
  const recalled = ({ rate: y, low, high }: OverNetworks) => ({ y, low, high });
  return {
    title: `${name}, ${percent(prompt)} prompted`,
    x: { title: 'T / K (refractory periods per synapse)' },
    y: { title: 'share', domain: [0, 1], format: '.0%' },
    curves: [
      curve('neurons stored', (period) => {
        const own = at(period, length.noises[0]);
        return { y: sum(own, 'stored') / sum(own, 'neurons') };
      }),
      ...length.noises.map((noise) =>
        curve(`recalled, noise ${noise}`, (period) => recalled(overNetworks(at(period, noise), 'success', 'trials'))),
      ),
    ],
  };
}

/** The longest scores that are stored everywhere, and recalled reliably. */
function lengthReached(rows: readonly Row[], { length, margins }: Config, noise: number): string | undefined {
  if (rows.length === 0) return undefined;
  const { inputs } = length;
  const prompt = length.prompts.at(-1) as number;
  const of = (period: number) => rows.filter((row) => is(row, { margin: margins[0], period, prompt, noise }));
  const tried = ascending(length.periods).filter((period) => of(period).length > 0);
  const stored = reached(tried, (period) => sum(of(period), 'stored') >= 0.99 * sum(of(period), 'neurons'));
  const recalled = reached(tried, (period) => rate(of(period)) >= RELIABLE);
  const per = (period: number) => `T = ${period} (${(period / inputs).toFixed(2)} per synapse)`;
  return `With ${inputs} synapses 99 % of the neurons are stored up to ${stored === undefined ? 'none of the lengths tried' : per(stored)}, and a prompt of ${percent(prompt)} at noise ${noise} is recalled in ${percent(RELIABLE)} of the trials up to ${recalled === undefined ? 'none of the lengths tried' : per(recalled)}.`;
}

function survivalFigure(rows: readonly Row[], { margins, survival }: Config): Figure {
  const curves = margins.map((margin) => ({
    name: nameOf(margin),
    points: survival.noises.map((noise) => {
      const lives = rows.filter((row) => is(row, { margin, noise })).map((row) => row.survived as number);
      return {
        x: noise,
        y: mean(lives),
        low: Math.min(...lives),
        high: Math.max(...lives),
      };
    }),
  }));
  return {
    name: 'survival',
    caption: `Periods that a replay from memory has played before precision or recall first falls below 0.9, at most ${survival.periods}: mean, fewest and most over the networks. It may be above again later.`,
    spec: curvesSpec(
      'How long a replay stays at 0.9 or above',
      [`T = ${survival.period}, K = ${survival.inputs}`],
      [
        {
          x: { title: 'noise of the thresholds' },
          y: { title: 'periods before the first below 0.9', domain: [0, survival.periods] },
          curves,
        },
      ],
      { width: 520, height: 260 },
    ),
  };
}
