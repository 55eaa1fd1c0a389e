/**
 * A prompt: some channels play the score for a while, with flaws. In the order in which they apply, a channel's spikes are
 *
 *   nominal   the score, or another memory on the wrong channels, stretched in time: t -> (1 + warp) t from time 0 on
 *   played    jittered, all gaps at least 1 (jitterTrain)
 *   kept      each spike is missing with a probability
 *   imposed   and some are added at random wherever there is room
 *
 * Each flaw draws from streams of its own, so that switching one on changes no draw of another. Times are in refractory periods.
 */
import {
  demandInteger,
  demandNumber,
  demandObject,
  demandPositive,
  demandTrain,
  type Key,
  refuse,
  streamKey,
  uniformStream,
} from '../../core/index.js';
import { jitterTrain, type Score, spikesOf } from '../score/index.js';

/** Which channels are prompted: the first so many, so many that are drawn anew in each trial, or those of a list. */
export type Prompted =
  | number
  | {
      /** How many, drawn anew in each trial. */
      readonly random: number;
    }
  | {
      /** Their numbers. */
      readonly list: readonly number[];
    };

/** What may be wrong with a prompt. */
export interface Flaws {
  /** Standard deviation of the played spikes, in refractory periods. */
  jitter: number;
  /** Share of the prescribed spikes that are left out. */
  missing: number;
  /** As many spikes are added at random, as a share of those prescribed. */
  extra: number;
  /** Share of the prompted channels, drawn anew in each trial, that play another memory. */
  wrong?: number;
  /** The score is played so much slower (0.1: in 1.1 times its time), or faster where this is negative. */
  warp?: number;
}

/** Who plays, and how well. */
export interface Prompt extends Flaws {
  /** Which channels play the score over [0, promptTime); with 0, all start from the memory instead. */
  prompt: Prompted;
}

/** The largest jitter, in refractory periods. */
export const MOST_JITTER = 10;
/** The largest time warp, either way. */
export const MOST_WARP = 0.1;

/** Throws `usage` on what is no prompt of a network of so many neurons. */
export function checkPrompt(plan: Prompt, neurons: number): void {
  demandObject('the prompt', plan);
  const { prompt, jitter, missing, extra, wrong = 0, warp = 0 } = plan;
  if (typeof prompt === 'object' && prompt !== null && 'list' in prompt) {
    const { list } = prompt;
    if (!Array.isArray(list)) refuse('the list of prompted channels must be an array');
    for (const channel of list) demandInteger('a prompted channel', channel, 0, neurons - 1);
    if (new Set(list).size < list.length) refuse('the list of prompted channels names a channel twice');
  } else {
    const count = typeof prompt === 'object' && prompt !== null ? prompt.random : prompt;
    demandInteger('prompted channels', count, 0, neurons);
  }
  demandNumber("the prompt's jitter", jitter, 0, MOST_JITTER);
  demandNumber('the share of missing spikes', missing, 0, 1);
  demandNumber('the share of extra spikes', extra, 0, 100);
  demandNumber('the share of wrong channels', wrong, 0, 1);
  demandNumber('the warp of the prompt', warp, -MOST_WARP, MOST_WARP);
}

/** What the draws of a trial depend on: nothing else that runs. */
export interface Draws {
  /** Of all trials together. */
  seed: number;
  /** Number of the trial from 0 on, or a name for it. */
  index: number | string;
}

/** How many channels are prompted. */
export const promptSize = (prompt: Prompted): number =>
  typeof prompt === 'number' ? prompt : 'random' in prompt ? prompt.random : prompt.list.length;

/** The same choice of another number of channels: of a list its first ones. */
export const ofSize = (prompt: Prompted, size: number): Prompted =>
  typeof prompt === 'number' ? size : 'random' in prompt ? { random: size } : { list: prompt.list.slice(0, size) };

/** Whether all trials without noise are given the same prompt. */
export const isFixed = ({
  prompt,
  jitter = 0,
  missing = 0,
  extra = 0,
  wrong = 0,
}: Pick<Prompt, 'prompt'> & Partial<Flaws>): boolean =>
  (typeof prompt === 'number' || 'list' in prompt) && jitter === 0 && missing === 0 && extra === 0 && wrong === 0;

/** The channels that are prompted in a trial, in order. */
export function promptedChannels(prompt: Prompted, channels: number, { seed, index }: Draws): number[] {
  if (typeof prompt === 'number') return Array.from({ length: prompt }, (_, channel) => channel);
  if ('list' in prompt) return [...prompt.list].sort((a, b) => a - b);
  const all = Array.from({ length: channels }, (_, channel) => channel);
  return drawn(all, prompt.random, streamKey(seed, `prompted ${index}`));
}

/** How many of so many prompted channels play another memory. */
export const wrongCount = (prompted: number, wrong: number): number => Math.round(wrong * prompted);

/** Those of the prompted channels that play another memory in a trial. */
export function wrongChannels(prompted: readonly number[], { wrong = 0 }: Flaws, { seed, index }: Draws): Set<number> {
  const count = wrongCount(prompted.length, wrong);
  return new Set(count > 0 ? drawn(prompted, count, streamKey(seed, `wrong ${index}`)) : []);
}

/** So many of them, drawn without replacement, in order. */
function drawn(from: readonly number[], count: number, key: Key): number[] {
  const uniform = uniformStream(key);
  const left = [...from];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(uniform() * (left.length - i));
    [left[i], left[j]] = [left[j], left[i]];
  }
  return left.slice(0, count).sort((a, b) => a - b);
}

/** What a channel should play over [from, to), time 0 being the begin of the prompt: the score, at its speed. */
export function nominalTrain(
  score: Score,
  channel: number,
  { from, to, warp = 0 }: { from: number; to: number; warp?: number | undefined },
): Float64Array {
  const spikes = spikesOf(score, channel);
  if (warp === 0) return repeatTrain(spikes, score.period, from, to);
  const own = repeatTrain(spikes, score.period, from, Math.max(0, to / (1 + warp)));
  return keepApart(
    own.map((time) => (time > 0 ? time * (1 + warp) : time)),
    to,
  );
}

/** The same train where every gap is at least 1: what comes too early comes later, and nothing at `to` or after. */
export function keepApart(train: Float64Array, to: number): Float64Array {
  let last = Number.NEGATIVE_INFINITY;
  return train.map((time) => (last = Math.max(time, last + 1))).filter((time) => time < to);
}

/** Streams of the draws of a prompt, of channel after channel. */
export interface PromptStreams {
  jitter: Key;
  missing: Key;
  extra: Key;
}

/** The nominal train as it is played within [from, to]. */
export function flawedTrain(
  nominal: Float64Array,
  { jitter, missing, extra }: Flaws,
  streams: PromptStreams,
  stream: number,
  [from, to]: readonly [number, number],
): Float64Array {
  const played = jitterTrain(nominal, jitter, uniformStream(streams.jitter, stream), from, to);
  const whether = uniformStream(streams.missing, stream);
  const kept = missing > 0 ? played.filter(() => whether() >= missing) : played;
  return extra > 0 ? withExtra(kept, extra * nominal.length, uniformStream(streams.extra, stream), from, to) : kept;
}

/** The periodic train within [from, to). */
export function repeatTrain(spikes: Float64Array, period: number, from: number, to: number): Float64Array {
  demandTrain('the train', spikes);
  demandPositive('the period', period);
  demandNumber('the begin', from);
  demandNumber('the end', to);
  const times: number[] = [];
  for (let turn = Math.floor(from / period); turn * period < to; turn++) {
    for (const spike of spikes) {
      const time = spike + turn * period;
      if (time >= from && time < to) times.push(time);
    }
  }
  return Float64Array.from(times);
}

/** Adds spikes, `expected` on average, uniformly in [from, to) wherever all gaps stay at least 1. */
function withExtra(
  train: Float64Array,
  expected: number,
  uniform: () => number,
  from: number,
  to: number,
): Float64Array {
  const times = [...train];
  const whole = Math.floor(expected);
  const wanted = whole + (uniform() < expected - whole ? 1 : 0);
  for (let added = 0; added < wanted; added++) {
    const time = from + uniform() * (to - from);
    if (times.every((other) => Math.abs(other - time) >= 1)) times.push(time);
  }
  return Float64Array.from(times).sort();
}
