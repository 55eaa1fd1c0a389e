/** What has been played, spike by spike, and what each spike is: imposed, as prescribed, or neither. */
import type { Score } from '../memory/score/index.js';
import type { Spikes } from '../memory/simulate/index.js';
import type { Cue } from './address.js';

export const [IMPOSED, KEPT, STRAY] = [0, 1, 2];

/** Spikes within half a refractory period of a prescribed one are as prescribed. */
const NEAR = 0.5;

export interface Tape {
  readonly times: readonly number[];
  readonly channels: readonly number[];
  readonly kinds: readonly number[];
  /** Adds what comes next. @param lag by how much the replay is late */
  add(spikes: Spikes, lag: number): void;
  /** Forgets what came before. */
  forget(before: number): void;
}

/** An empty tape of a run after a cue. */
export function createTape({ period, starts, times: prescribed }: Score, { first, last, to }: Cue): Tape {
  const [times, channels, kinds]: [number[], number[], number[]] = [[], [], []];
  const kindOf = (time: number, channel: number, lag: number) => {
    if (channel >= first && channel <= last && time < to) return IMPOSED;
    const shifted = time - lag;
    const due = shifted - period * Math.floor(shifted / period);
    let [low, high] = [starts[channel], starts[channel + 1]];
    const end = high;
    const begin = low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (prescribed[middle] < due) low = middle + 1;
      else high = middle;
    }
    if (begin === end) return STRAY;
    const after = low < end ? prescribed[low] - due : prescribed[begin] + period - due;
    const before = low > begin ? due - prescribed[low - 1] : due - prescribed[end - 1] + period;
    return Math.min(after, before) < NEAR ? KEPT : STRAY;
  };
  return {
    times,
    channels,
    kinds,
    add(spikes, lag) {
      for (let i = 0; i < spikes.times.length; i++) {
        times.push(spikes.times[i]);
        channels.push(spikes.neurons[i]);
        kinds.push(kindOf(spikes.times[i], spikes.neurons[i], lag));
      }
    },
    forget(before) {
      const kept = times.findIndex((time) => time >= before);
      const gone = kept < 0 ? times.length : kept;
      for (const list of [times, channels, kinds]) list.splice(0, gone);
    },
  };
}
