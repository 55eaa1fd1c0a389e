/** What has been played, spike by spike, and what each spike is: imposed, as prescribed, or neither. */
import { countUntil } from '../core/index.js';
import type { Score } from '../memory/score/index.js';
import type { Spikes } from '../memory/simulate/index.js';
import type { Cue } from './address.js';

export const [IMPOSED, KEPT, STRAY] = [0, 1, 2];

/** Spikes within half a refractory period of a prescribed one are as prescribed. */
const NEAR = 0.5;

/** What is on a tape, in the order of time. */
interface Recorded {
  readonly times: Float64Array;
  readonly channels: Uint32Array;
  readonly kinds: Uint8Array;
}

export interface Tape {
  /** What is on it now; it may change with the next call. */
  played(): Recorded;
  /** Adds what comes next. @param lag by how much the replay is late */
  add(spikes: Spikes, lag: number): void;
  /** Forgets what came before. */
  forget(before: number): void;
}

const blank = (length: number): Recorded => ({
  times: new Float64Array(length),
  channels: new Uint32Array(length),
  kinds: new Uint8Array(length),
});

const part = ({ times, channels, kinds }: Recorded, begin: number, end: number): Recorded => ({
  times: times.subarray(begin, end),
  channels: channels.subarray(begin, end),
  kinds: kinds.subarray(begin, end),
});

function copy(from: Recorded, to: Recorded): Recorded {
  to.times.set(from.times);
  to.channels.set(from.channels);
  to.kinds.set(from.kinds);
  return to;
}

/** Of what kind a spike is. @param lag by how much the replay is late */
export type KindOf = (time: number, channel: number, lag: number) => number;

/** What the spikes of a run after a cue are. */
export const kindsAfter =
  (score: Score, { first, last, to }: Cue): KindOf =>
  (time, channel, lag) =>
    channel >= first && channel <= last && time < to ? IMPOSED : isNear(score, channel, time - lag) ? KEPT : STRAY;

/** An empty tape. */
export function createTape(kindOf: KindOf): Tape {
  let all = blank(1024);
  let [begin, end] = [0, 0];

  /** Makes room: what was forgotten goes, and what is left moves to where there is twice as much. */
  function grow(more: number): void {
    if (end + more <= all.times.length) return;
    const kept = part(all, begin, end);
    all = copy(kept, blank(2 * (kept.times.length + more)));
    [begin, end] = [0, kept.times.length];
  }

  return {
    played: () => part(all, begin, end),
    add({ times, neurons }, lag) {
      grow(times.length);
      all.times.set(times, end);
      all.channels.set(neurons, end);
      for (let i = 0; i < times.length; i++) all.kinds[end + i] = kindOf(times[i], neurons[i], lag);
      end += times.length;
    },
    forget(before) {
      while (begin < end && all.times[begin] < before) begin++;
    },
  };
}

/** Whether a spike is prescribed at about this time, period after period. */
function isNear({ period, starts, times }: Score, channel: number, time: number): boolean {
  const due = time - period * Math.floor(time / period);
  const [begin, end] = [starts[channel], starts[channel + 1]];
  if (begin === end) return false;
  const low = begin + countUntil(times, due, 'left', begin, end);
  const after = low < end ? times[low] - due : times[begin] + period - due;
  const before = low > begin ? due - times[low - 1] : due - times[end - 1] + period;
  return Math.min(after, before) < NEAR;
}
