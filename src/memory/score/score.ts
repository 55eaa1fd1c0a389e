/**
 * A score: the prescribed periodic spike trains, one per channel.
 * Times are in units of the refractory period, sorted within each channel, in [0, period).
 */
import {
  demandArray,
  demandInteger,
  demandObject,
  demandPositive,
  demandTrain,
  EngramError,
  refuse,
} from '../../core/index.js';

/** What a file calls a neuron: a whole number, or a name. */
export type Id = number | string;

/** The prescribed periodic spike trains, one per channel, in refractory periods. */
export interface Score {
  /** Length of the period. */
  readonly period: number;
  /** All spike times, channel after channel. */
  readonly times: Float64Array;
  /** Channel c owns times[starts[c]] to times[starts[c + 1] - 1]; length channels + 1. */
  readonly starts: Uint32Array;
  /** What a recording calls the channels, where it is not their numbers. */
  readonly ids?: readonly Id[] | undefined;
}

/** Rounding that a gap of exactly one refractory period may have suffered on its way through a file. */
const GAP_ROUNDING = 1e-9;

/** The number of channels. Throws `usage` on what is no score. */
export const channelCount = (score: Score): number =>
  score?.starts instanceof Uint32Array ? score.starts.length - 1 : refuse('a score has `starts`, a Uint32Array');

/** The spikes of one channel, as a view. Throws `usage` on a channel that is none. */
export function spikesOf(score: Score, channel: number): Float64Array {
  const channels = channelCount(score);
  if (!(channel < channels && channel in score.starts)) demandInteger('the channel', channel, 0, channels - 1);
  return score.times.subarray(score.starts[channel], score.starts[channel + 1]);
}

/** Throws `usage` unless these are sorted trains of a period, whatever the intervals between spikes. */
export function demandScore(score: Score): void {
  demandObject('the score', score);
  const { period, starts, times } = score;
  demandPositive('the period of a score', period);
  demandArray("the score's starts", starts, Uint32Array);
  demandArray("the score's times", times, Float64Array);
  const rising = starts.every((start, c) => (c === 0 ? start === 0 : start >= starts[c - 1]));
  if (!rising || starts.at(-1) !== times.length) {
    refuse(`the score's starts must rise from 0 to ${times.length}, the number of spikes`);
  }
  for (let channel = 0; channel < channelCount(score); channel++) {
    demandTrain(`channel ${channel} of the score`, spikesOf(score, channel));
  }
}

/** Throws `input` unless a score has as many channels as a network has neurons. */
export function demandChannels(score: Score, neurons: number): void {
  if (channelCount(score) === neurons) return;
  throw new EngramError(
    'input',
    `the wiring has ${neurons} neurons, the score ${channelCount(score)} channels; they must be as many`,
  );
}

/**
 * Makes a score of sorted trains, one array per channel, without looking at the intervals: see `checkScore`. Throws `usage` on
 * trains that are not sorted.
 */
export function scoreOf(trains: readonly ArrayLike<number>[], period: number): Score {
  if (!Array.isArray(trains)) refuse('a score is made of a list of trains, one for each channel');
  const starts = new Uint32Array(trains.length + 1);
  trains.forEach((train, channel) => {
    starts[channel + 1] = starts[channel] + train.length;
  });
  const times = new Float64Array(starts[trains.length]);
  trains.forEach((train, channel) => {
    times.set(train, starts[channel]);
  });
  const score = { period, times, starts };
  demandScore(score);
  return score;
}

/** The stretch [from, to) of one period of a score, as a score whose period it is. */
export function cutScore(score: Score, from: number, to: number): Score {
  if (!(from >= 0 && to <= score.period * (1 + 1e-12) && from < to)) {
    throw new EngramError('usage', `the stretch ${from} to ${to} is not within the period of ${score.period}`);
  }
  const trains = Array.from({ length: channelCount(score) }, (_, channel) =>
    spikesOf(score, channel)
      .filter((time) => time >= from && time < to)
      .map((time) => time - from),
  );
  return withIds(scoreOf(trains, to - from), score.ids);
}

/** Channels of one score, then those of another with the same period. */
export const joinScores = (first: Score, second: Score): Score =>
  scoreOf(
    [first, second].flatMap((score) => Array.from({ length: channelCount(score) }, (_, c) => spikesOf(score, c))),
    first.period,
  );

/** What a channel is called: its id, or its number. */
export const idOf = ({ ids }: Pick<Score, 'ids'>, channel: number): Id => ids?.[channel] ?? channel;

/** The score with the ids of its channels, where they say more than the numbers of the channels. */
export function withIds({ period, starts, times }: Score, ids: readonly Id[] | undefined): Score {
  return ids?.some((id, channel) => id !== channel) ? { period, starts, times, ids } : { period, starts, times };
}

/**
 * Throws `input` unless every spike lies in [0, period) and consecutive spikes of a channel, around the
 * circle too, are at least one refractory period apart. `label` names a time for people (default: in tau0).
 */
export function checkScore(score: Score, label = (time: number) => `${time} refractory periods`): void {
  demandObject('the score', score);
  demandArray("the score's starts", score.starts, Uint32Array);
  demandArray("the score's times", score.times, Float64Array);
  const { period } = score;
  if (!(period > 0 && Number.isFinite(period))) {
    throw new EngramError('input', `the period of a score must be a positive number; got ${period}`);
  }
  const { starts, times } = score;
  if (!starts.every((start, c) => (c === 0 ? start === 0 : start >= starts[c - 1])) || starts.at(-1) !== times.length) {
    throw new EngramError('input', `the score's starts must rise from 0 to ${times.length}, the number of spikes`);
  }
  // Times are as exact as doubles of their size: a gap late in a long score is known less well.
  const rounding = GAP_ROUNDING + 2 ** -50 * period;
  for (let channel = 0; channel < channelCount(score); channel++) {
    const spikes = spikesOf(score, channel);
    const fail = (problem: string) => {
      throw new EngramError('input', `channel ${idOf(score, channel)}: ${problem}`);
    };
    spikes.forEach((time, i) => {
      if (!(time >= 0 && time < period)) fail(`the spike at ${label(time)} is outside [0, ${label(period)})`);
      const next = i + 1 < spikes.length ? spikes[i + 1] : spikes[0] + period;
      if (next < time) fail(`the spikes at ${label(time)} and ${label(next)} are not in order`);
      if (next - time < 1 - rounding) {
        fail(
          `the spikes at ${label(time)} and ${label(next % period)} are ${label(next - time)} apart, ` +
            `less than the refractory period of ${label(1)}; choose a shorter one with --refractory`,
        );
      }
    });
  }
}
