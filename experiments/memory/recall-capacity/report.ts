/** Recall beside storage, the phase diagram, and the life of a replay. */
import type { Row } from '../../../src/campaign/index.js';
import { wilson } from '../../../src/memory/measure/index.js';
import {
  type Curve,
  type CurvePanel,
  curvesSpec,
  type Figure,
  type Findings,
  phaseSpec,
} from '../../../src/plot/index.js';
import { distinct, inWords, mean, sum } from '../../common/rows.js';
import { storedIn } from '../common/stored.js';
import type { Config } from './config.js';

const rate = (rows: readonly Row[]) => sum(rows, 'success') / sum(rows, 'trials');
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** Success that counts as reliable. */
const RELIABLE = 0.9;

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
        columns: ['template', 'noise', 'networks that survive', 'median periods survived', 'precision at the end'],
        rows: survivalRows(config, ofSurvival),
      },
    ],
    notes: [
      `Success: precision and recall of all channels are both at least 0.9 in the last of ${config.periods} free periods. Noise is that of the thresholds; the prompt is jittered by as much, in refractory periods.`,
      `Smallest, among the prompts that were tried, by the product of channels and duration, or by channels alone; every cell holds ${config.networks * config.trials} trials, so that ${percent(RELIABLE)} of them is a statement about these trials with its interval in the figure.`,
      'Where neurons are not stored, their weights are 0 and the others are left to themselves.',
      'Survives: precision and recall are at least 0.9 in every period.',
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
    const all = survival.noises.filter((noise) => {
      const own = ofSurvival.filter((row) => is(row, { margin, noise }));
      return own.length > 0 && own.every((row) => row.survived === survival.periods);
    });
    return `${all.at(-1) ?? 'none that was tried'} (${nameOf(margin)})`;
  });
  const level = phase.noises.includes(0.1) ? 0.1 : phase.noises[0];
  const first = smallest.find(({ noise }) => noise === level);
  return [
    lengthReached(ofLength, config, level) ?? '',
    first?.best
      ? `At T = ${phase.period}, K = ${phase.inputs} and noise ${level} a prompt succeeds in ${percent(RELIABLE)} from ${percent(first.best.prompt)} of the channels for ${first.best.time} period${first.best.time === 1 ? '' : 's'} on, or with ${percent(first.fewest.prompt)} for ${first.fewest.time} (${nameOf(first.margin)}).`
      : `At noise ${level} no prompt that was tried succeeds in ${percent(RELIABLE)}.`,
    `Over ${survival.periods} periods replays survive noise up to ${survivors.join(', ')}.`,
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function lengthFigure(config: Config, rows: readonly Row[]): Figure {
  const { margins, length, channels, periods } = config;
  return {
    name: 'stored-and-recalled',
    caption: `Neurons stored, and prompts recalled, against the length of the score per synapse (${length.inputs} synapses). What is stored is recalled only up to a fraction of the length. Bars are 95 % intervals.`,
    spec: curvesSpec(
      'Stored is not recallable',
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
      const lives = own.map((row) => row.survived as number).sort((a, b) => a - b);
      return [
        nameOf(margin),
        noise,
        `${lives.filter((life) => life === survival.periods).length} of ${own.length}`,
        lives[Math.floor(lives.length / 2)] ?? '–',
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
  const curve = (title: string, share: (period: number) => [number, number]): Curve => ({
    name: title,
    points: length.periods.map((period) => {
      const [success, trials] = share(period);
      const [low, high] = wilson(success, trials);
      return { x: period / inputs, y: success / trials, low, high };
    }),
  });
  return {
    title: `${name}, ${percent(prompt)} prompted`,
    x: { title: 'T / K (refractory periods per synapse)' },
    y: { title: 'share', domain: [0, 1], format: '.0%' },
    curves: [
      curve('neurons stored', (period) => {
        const own = at(period, length.noises[0]);
        return [sum(own, 'stored'), sum(own, 'neurons')];
      }),
      ...length.noises.map((noise) =>
        curve(`recalled, noise ${noise}`, (period) => {
          const own = at(period, noise);
          return [sum(own, 'success'), sum(own, 'trials')];
        }),
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
  const tried = length.periods.filter((period) => of(period).length > 0);
  const stored = tried.filter((period) => sum(of(period), 'stored') >= 0.99 * sum(of(period), 'neurons')).at(-1);
  const recalled = tried.filter((period) => rate(of(period)) >= RELIABLE).at(-1);
  const per = (period: number) => `T = ${period} (${(period / inputs).toFixed(2)} per synapse)`;
  return `With ${inputs} synapses 99 % of the neurons are stored up to ${stored === undefined ? 'none of the lengths tried' : per(stored)}, but a prompt of ${percent(prompt)} at noise ${noise} is recalled in ${percent(RELIABLE)} only up to ${recalled === undefined ? 'none of the lengths tried' : per(recalled)}.`;
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
    caption: `Periods until a replay from memory is lost, at most ${survival.periods}: mean, shortest and longest over the networks.`,
    spec: curvesSpec(
      'How long a replay lasts',
      [`T = ${survival.period}, K = ${survival.inputs}`],
      [
        {
          x: { title: 'noise of the thresholds' },
          y: { title: 'periods survived', domain: [0, survival.periods] },
          curves,
        },
      ],
      { width: 520, height: 260 },
    ),
  };
}
