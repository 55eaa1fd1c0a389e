/**
 * From a recording to a score: a stretch of it becomes one period, ids become channels, and what does not look
 * like spikes, or cannot be played by neurons with this refractory period, is refused with what would help.
 */
import {
  demandArray,
  demandObject,
  demandPositive,
  EngramError,
  formatMoment,
  formatTime,
  timeUnits,
} from '../../core/index.js';
import { type Id, type Score, scoreOf, withIds } from '../score/index.js';
import { channelsOf } from './ids.js';
import type { Recording } from './spikes.js';

/** Which part of a recording becomes the period of a score. */
export interface Stretch {
  /** Seconds per refractory period. */
  tau0: number;
  /** Period in seconds; if not given, until the last spike and the larger of tau0 and the sampling step. */
  duration?: number | undefined;
  /** Only the spikes from here to there, in seconds; the period is this stretch. */
  window?: readonly [number, number] | undefined;
}

/** A score from a recording. */
export interface Imported {
  /** The score, in refractory periods. */
  score: Score;
  /** The id that the file uses for each channel. */
  ids: readonly Id[];
  /** What was found and assumed, for people. */
  notes: string[];
}

/** Mean firing rates, in Hz, and intervals, in seconds, that spikes may have. */
const RATES = [0.01, 1000] as const;
const SHORTEST_INTERVAL = 1e-4;

/** A score from a stretch of a recording. Throws `input` where it cannot be played, with what would help; `file` is how it is called. */
export function scoreOfRecording(recording: Recording, file: string, stretch: Stretch): Imported {
  demandObject('a recording', recording);
  demandArray('the times of a recording', recording.times, Float64Array);
  demandObject('the stretch', stretch);
  const { tau0, window, duration } = stretch;
  demandPositive('the refractory period in seconds', tau0);
  const notes = [recording.understood, ...(recording.remarks ?? [])];
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const [ids, channelOf] = channelsOf(recording.known ?? recording.ids);
  const [from, to] = window ?? [0, duration ?? Number.POSITIVE_INFINITY];
  const trains: number[][] = Array.from(ids, () => []);
  const { times } = recording;
  let sorted = true;
  const kept: number[] = [];
  let [outside, atEnd] = [0, 0];
  for (let i = 0; i < times.length; i++) {
    if (!window && times[i] < 0)
      fail(`neuron ${recording.ids[i]}: a spike at ${formatMoment(times[i])}; ${windowOfAll(times, tau0)}`);
    if (!window && times[i] >= to) {
      fail(
        `neuron ${recording.ids[i]}: the spike at ${formatMoment(times[i])} is beyond --duration ${formatTime(to)}; cut a stretch with --window 0s..${to}s`,
      );
    }
    if (times[i] < from || times[i] >= to) {
      if (times[i] === to) atEnd++;
      else outside++;
      continue;
    }
    const train = trains[channelOf(recording.ids[i])];
    const time = times[i] - from;
    if (train.length > 0 && train[train.length - 1] > time) sorted = false;
    train.push(time);
    kept.push(time);
  }
  if (kept.length === 0)
    fail(times.length === 0 ? 'there are no spikes' : `no spike lies in ${formatTime(from)} to ${formatTime(to)}`);
  for (const train of trains) train.sort((a, b) => a - b);
  kept.sort((a, b) => a - b);
  const step = samplingStep(kept);
  const period = window ? to - from : (duration ?? kept[kept.length - 1] + Math.max(tau0, step));
  if (!(period > tau0))
    fail(`the period of ${formatTime(period)} is not longer than the refractory period of ${formatTime(tau0)}`);
  const cut: Cut = { recording, stretch, ids, trains, kept, from, period, step, sorted, fail };
  notes.push(...described(cut));
  if (atEnd > 0)
    notes.push(`${atEnd} spikes at the very end of the window, ${formatMoment(to)}, belong to the next period`);
  if (outside > 0 && window) notes.push(`${outside} spikes lie outside ${formatMoment(from)} to ${formatMoment(to)}`);
  refuseImplausible(cut);
  refuseCrowded(cut);
  const score = scoreOf(
    trains.map((train) => settled(train.map((time) => time / tau0))),
    period / tau0,
  );
  return { score: withIds(score, ids), ids, notes };
}

/** What rounding may take from a gap of one refractory period; see `checkScore`. */
const GAP_ROUNDING = 1e-9;

/** A train whose gaps of one refractory period are that, however late the recording was that rounded them. */
function settled(train: number[]): number[] {
  for (let i = 1; i < train.length; i++) {
    if (train[i] - train[i - 1] < 1 - GAP_ROUNDING) train[i] = train[i - 1] + 1;
  }
  return train;
}

/** The stretch that was cut from a recording: trains in seconds from its begin, and what is known of them. */
interface Cut {
  recording: Recording;
  stretch: Stretch;
  ids: readonly Id[];
  trains: readonly number[][];
  /** All spikes in order of time. */
  kept: readonly number[];
  from: number;
  period: number;
  /** The grid that times lie on, or 0. */
  step: number;
  /** Whether every train was in order of time. */
  sorted: boolean;
  fail(problem: string): never;
}

/** What was found, for people. */
function described({ ids, trains, kept, period, step, sorted, stretch: { tau0, window, duration } }: Cut): string[] {
  const notes: string[] = [];
  const empty = ids.filter((_, channel) => trains[channel].length === 0);
  const missing = Number(ids[ids.length - 1]) - Number(ids[0]) + 1 - ids.length;
  notes.push(
    `${kept.length} spikes of ${trains.length} channels (ids ${ids[0]} to ${ids[ids.length - 1]}` +
      `${missing > 0 ? `; ${missing} in between ${missing > 1 ? 'do' : 'does'} not occur` : ''})` +
      `${empty.length > 0 ? `, ${empty.length} of them silent in this stretch: ${listed(empty)}` : ''}${sorted ? '' : ' · sorted by time'}`,
  );
  if (step > 0) notes.push(`times lie on a grid of ${formatTime(step)}, so spikes of different channels coincide`);
  if (!window && duration === undefined) {
    const why = step > tau0 ? 'the sampling step' : 'the refractory period';
    notes.push(`period ${formatTime(period)}: the last spike and ${why}; --duration or --window choose another`);
  }
  return notes;
}

/** The first few of a list. */
const listed = (all: readonly Id[]) =>
  `${all.slice(0, MOST_LISTED).join(', ')}${all.length > MOST_LISTED ? ', ...' : ''}`;
const MOST_LISTED = 8;

/** The whole recording as a stretch that can be typed, from before its first spike to beyond its last. */
function windowOfAll(times: Float64Array, tau0: number): string {
  const [first, last] = times.reduce(([a, b], time) => [Math.min(a, time), Math.max(b, time)], [times[0], times[0]]);
  const typed = (milliseconds: number) => `${Number((milliseconds / 1e3).toFixed(3))}s`;
  const end = Math.floor((last + tau0) * 1e3) + 1;
  return `cut a stretch with --window, such as --window ${typed(Math.floor(first * 1e3))}..${typed(end)}`;
}

/** Of a recording whose clock began long before it the silence before the first spike is this share, or this many seconds. */
const LATE = 0.9;
const EPOCH = 1e6;

function refuseImplausible({ recording, stretch, trains, kept, period, fail }: Cut): void {
  const busy = trains.filter((train) => train.length > 0);
  const rate = kept.length / busy.length / period;
  const { window, duration, tau0 } = stretch;
  const open = !window && duration === undefined;
  const plausible = recording.sure || (rate >= RATES[0] && rate <= RATES[1]);
  if (open && (kept[0] > EPOCH || (!plausible && rate < RATES[0] && kept[0] > LATE * period))) {
    fail(
      `the first spike is at ${formatMoment(kept[0])}, and the period would begin at 0; ${windowOfAll(recording.times, tau0)}`,
    );
  }
  if (plausible) return;
  fail(
    `${Number(rate.toPrecision(3))} Hz per channel is no firing rate (expected ${RATES[0]} to ${RATES[1]} Hz): ` +
      `are the times in ${recording.unit}? say it with --time-unit ${timeUnits.join('|')}`,
  );
}

function refuseCrowded({ recording, ids, trains, from, period, fail, stretch: { tau0, window } }: Cut): void {
  let worst = { gap: Number.POSITIVE_INFINITY, channel: 0, at: 0, next: 0, around: false };
  let pairs = 0;
  // Gaps are as exact as the times that they lie between: a spike at 10 000 s is known to 2e-12 s.
  const least = tau0 * (1 - 1e-9) - 2 ** -50 * (Math.abs(from) + period);
  trains.forEach((train, channel) => {
    train.forEach((time, i) => {
      const around = i + 1 === train.length;
      const gap = around ? train[0] + period - time : train[i + 1] - time;
      if (gap < least) pairs++;
      if (gap < worst.gap) worst = { gap, channel, at: time, next: around ? train[0] : train[i + 1], around };
    });
  });
  if (worst.gap >= least) return;
  const { gap, channel, at, next, around } = worst;
  const where = `neuron ${ids[channel]}: the spikes at ${formatMoment(at + from)} and ${formatMoment(next + from)}`;
  if (around) {
    const longer = Math.ceil((period + tau0 - gap) * 1e6) / 1e6;
    const fix = window ? `end --window later` : `choose --duration ${longer}s or more`;
    fail(
      `${where} are ${formatTime(gap)} apart around the period, less than the refractory period of ${formatTime(tau0)}; ${fix}`,
    );
  }
  if (gap === 0) fail(`${where} are the same; remove doubled lines`);
  if (gap < SHORTEST_INTERVAL && !recording.sure) {
    fail(
      `${where} are ${formatTime(gap)} apart, too close for one neuron: are the times in ${recording.unit}? say it with --time-unit`,
    );
  }
  const fitting = Math.floor(gap * 1e6) / 1e3;
  if (fitting === 0)
    fail(`${where} are ${formatTime(gap)} apart, too close for any refractory period; remove one of them`);
  const count = pairs > 1 ? ` (the closest of ${pairs} pairs)` : '';
  fail(
    `${where}${count} are ${formatTime(gap)} apart, less than the refractory period of ${formatTime(tau0)}; --refractory ${fitting}ms would fit`,
  );
}

/** The step of a regular grid on which all times lie, or 0. */
function samplingStep(sorted: readonly number[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) {
    const gap = sorted[i] - sorted[i - 1];
    if (gap > 1e-9 && gap < step) step = gap;
  }
  if (!Number.isFinite(step) || step < 1e-5) return 0;
  const regular = sorted.every((time, i) => {
    const steps = (i > 0 ? time - sorted[i - 1] : 0) / step;
    return Math.abs(steps - Math.round(steps)) < 1e-3 * Math.max(1, steps);
  });
  return regular && sorted.length > 2 ? step : 0;
}
