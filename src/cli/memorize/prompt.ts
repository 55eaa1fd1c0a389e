/** A prompt as people type it, the same in every command, and as trials take it. */
import {
  countOrShare,
  type OptionSpec,
  option,
  type Parser,
  refuse,
  share,
  time,
  timeOrZero,
} from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import {
  MOST_JITTER,
  MOST_WARP,
  type Prompted,
  promptedChannels,
  promptSize,
  type TrialPlan,
  wrongCount,
} from '../../memory/measure/index.js';
import { promptedChannels as countOf } from '../../memory/summary/index.js';

/** Which channels play: the first ones, as many drawn anew in each trial, or a list. */
export type PromptOption = (({ count: number } | { share: number }) & { random?: true }) | { list: number[] };

/** The options, parsed; times in seconds. */
export interface PromptOptions {
  prompt?: PromptOption;
  promptTime?: number;
  jitter?: number;
  missing?: number;
  extra?: number;
  wrong?: number;
  warp?: number;
}

/** Ends of a stretch of channels that is longer than this are a slip. */
const MOST_LISTED = 1_000_000;

/** `100`, `50%`, `random:50%`, `channels:0,3,10-19`. */
const promptOption: Parser<PromptOption> = (text, flag) => {
  const [, kind, rest] = /^(random|channels):(.*)$/.exec(text) ?? [];
  if (kind === 'random') return { ...countOrShare(rest, flag), random: true };
  return kind === 'channels' ? { list: listed(rest, flag, text) } : countOrShare(text, flag);
};

function listed(list: string, flag: string, text: string): number[] {
  const wrong = (): never => refuse(flag, 'a list of channels, each once, such as channels:0,3,10-19', text);
  const found = list.split(',').flatMap((part) => {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? wrong();
    const count = Number(to) - Number(from) + 1;
    return count >= 1 && count <= MOST_LISTED ? Array.from({ length: count }, (_, i) => Number(from) + i) : wrong();
  });
  return new Set(found).size < found.length ? wrong() : found;
}

/** `5%`: slower; `-5%`: faster. */
const warp: Parser<number> = (text, flag) => {
  const percent = /^([+-]?\d+(?:\.\d+)?)%$/.exec(text);
  const value = percent ? Number(percent[1]) / 100 : Number.NaN;
  const most = 100 * MOST_WARP;
  return Math.abs(value) <= MOST_WARP ? value : refuse(flag, `a share from -${most}% to ${most}%`, text);
};

/** @param byDefault `50%`, or nobody */
export const promptOptions = (byDefault?: { share: number }): OptionSpec[] => [
  option(
    '--prompt <n|share|...>',
    `channels that play the score: so many of the first, random:<n|share> drawn in each trial, or channels:<list>${byDefault ? '' : ' (default: none)'}`,
    promptOption,
    byDefault,
    byDefault && `${100 * byDefault.share}%`,
  ),
  option('--prompt-time <time>', 'for how long (default: one period)', time),
  option(
    '--jitter <time>',
    'deviation of the spikes of the prompt (default: noise times the refractory period)',
    timeOrZero,
  ),
  option('--missing <share>', 'share of the spikes that the prompt lacks', share(true), 0),
  option('--extra <share>', 'share of spikes added to the prompt at random', share(true), 0),
  option('--wrong <share>', 'share of the prompted channels that play another memory', share(true), 0),
  option('--warp <share>', 'the prompt is so much slower, or faster: from -10% to 10%', warp, 0),
];

/** A prompt that is asked for. */
export interface AskedPrompt {
  /** How trials are prompted; the noise is missing. */
  plan: Omit<TrialPlan, 'noise'>;
  /** How many channels play. */
  size: number;
  /** For how long, in refractory periods, where that is said. */
  time: number | undefined;
}

/** Throws `usage` where there are no such channels, or no such jitter. */
export function promptOf(options: PromptOptions, channels: number, tau0: number): AskedPrompt {
  const { prompt, promptTime, jitter, missing = 0, extra = 0, wrong = 0, warp: stretch = 0 } = options;
  const who = prompt === undefined ? 0 : prompted(prompt, channels);
  if (jitter !== undefined && jitter > MOST_JITTER * tau0) {
    throw new EngramError(
      'usage',
      `--jitter must be at most ${MOST_JITTER} refractory periods, ${formatTime(MOST_JITTER * tau0)}; got ${formatTime(jitter)}`,
    );
  }
  return {
    plan: {
      prompt: who,
      ...(jitter === undefined ? {} : { jitter: jitter / tau0 }),
      missing,
      extra,
      wrong,
      warp: stretch,
    },
    size: promptSize(who),
    time: promptTime === undefined ? undefined : promptTime / tau0,
  };
}

function prompted(prompt: PromptOption, channels: number): Prompted {
  if ('list' in prompt) {
    const unknown = prompt.list.find((channel) => channel >= channels);
    if (unknown === undefined) return prompt;
    throw new EngramError(
      'usage',
      `--prompt: there is no channel ${unknown}; they are numbered from 0 to ${channels - 1}`,
    );
  }
  const count = countOf(prompt, channels);
  if (count > channels)
    throw new EngramError('usage', `--prompt must be at most the number of channels, ${channels}; got ${count}`);
  return prompt.random ? { random: count } : count;
}

/** Which channels play in a trial, for a figure; undefined where they are the first ones. */
export const shownChannels = (
  { prompt }: Pick<TrialPlan, 'prompt'>,
  channels: number,
  seed: number,
  index: number | string = 0,
) => (typeof prompt === 'number' ? undefined : promptedChannels(prompt, channels, { seed, index }));

const percent = (value: number) => `${Number((100 * value).toPrecision(3))} %`;

/** `20 of 40 channels`, and whose choice that is where they are not the first. */
export function describeChannels({ plan: { prompt }, size }: AskedPrompt, channels: number): string {
  const which = typeof prompt === 'number' ? '' : 'random' in prompt ? ', drawn anew in each trial,' : ', as listed,';
  return `${size} of ${channels} channels${which}`;
}

/** What is wrong with it, in words. */
export function describeFlaws(
  { plan: { jitter, missing = 0, extra = 0, wrong = 0, warp = 0 }, size }: AskedPrompt,
  tau0: number,
): string[] {
  return [
    ...(jitter === undefined ? [] : [`jitter ${formatTime(jitter * tau0)}`]),
    ...(missing > 0 ? [`${percent(missing)} missing`] : []),
    ...(extra > 0 ? [`${percent(extra)} added`] : []),
    ...(wrong > 0 ? [`${percent(wrong)} of the channels, ${wrongCount(size, wrong)}, play another memory`] : []),
    ...(warp === 0 ? [] : [`${percent(Math.abs(warp))} ${warp > 0 ? 'slower' : 'faster'}`]),
  ];
}

/** What is unusual about it, for summary.json. */
export const promptSummary = ({ plan: { prompt, wrong = 0, warp = 0 } }: AskedPrompt): object => ({
  ...(typeof prompt === 'number' ? {} : 'random' in prompt ? { drawn: true } : { list: prompt.list }),
  ...(wrong === 0 ? {} : { wrong }),
  ...(warp === 0 ? {} : { warp }),
});

/** What summary.json has of a prompt; times in seconds. */
export interface PromptSummary {
  channels: number;
  /** One period of each memory where there are several, unless given. */
  duration_s?: number;
  start?: string;
  drawn?: true;
  list?: number[];
  /** By the noise, where it is null or missing. */
  jitter_s?: number | null;
  missing?: number;
  extra?: number;
  wrong?: number;
  warp?: number;
}

/** The same in words. */
export function promptSaid({ channels, duration_s: duration, start, drawn, list, ...flaws }: PromptSummary): string {
  if (channels === 0) return 'none';
  const which = drawn ? ' drawn in each trial' : list ? ' as listed' : '';
  const { jitter_s: jitter, ...rest } = flaws;
  const plan = { prompt: channels, ...rest, ...(typeof jitter === 'number' ? { jitter } : {}) };
  return [
    `${channels} channels${which}${duration === undefined ? '' : ` for ${formatTime(duration)}`}`,
    ...(start ? [`from ${start}`] : []),
    ...describeFlaws({ plan, size: channels, time: undefined }, 1),
  ].join(', ');
}
