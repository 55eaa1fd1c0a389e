/** Recall as it is shown: after every change from the cue on, then on and on for as long as it plays. */
import type { PeriodRecall } from '../memory/measure/index.js';
import type { Crew } from './crew.js';
import { createSound, type Sound } from './sound.js';
import { channelsIn, cueOf, FREE, type State, stretchOf } from './state.js';
import type { Store } from './store.js';
import { createTape, type Tape } from './tape.js';

/** Periods of a second while it plays, and in a step. */
const PACE = 0.75;
const STEP = 0.1;
/** A page that was in the background does not catch up. */
const LONGEST_FRAME = 0.1;
/** Periods that are remembered. */
const MOST_PERIODS = 400;

export interface Playback {
  /** Recalls after the cue; of what is asked while that runs the latest counts. */
  replay(): Promise<void>;
  /** Plays on, or pauses. */
  toggle(): void;
  /** A tenth of a period. */
  step(): void;
  /** Whether what plays on is heard. */
  listen(on: boolean): void;
}

export function createPlayback({ get, set }: Store<State>, { lead }: Crew): Playback {
  let replaying = false;
  let again = false;
  let sound: Sound | undefined;

  /** Runs on and notes what comes. */
  async function advance(tape: Tape, periods: readonly PeriodRecall[], until: number): Promise<PeriodRecall[]> {
    const progress = await lead.advance(until);
    const all = [...periods, ...progress.periods].slice(-MOST_PERIODS);
    tape.add(progress.spikes, all.at(-1)?.lag ?? 0);
    const { playing, now, outline } = get();
    if (playing && outline && !replaying) {
      sound?.play(progress.spikes, channelsIn(outline), now, 1 / (PACE * outline.score.period));
    }
    return all;
  }

  async function fromCue(): Promise<void> {
    const { outline, noise, phase } = get();
    if (!outline || phase !== 'stored') return;
    const cue = cueOf(get());
    const tape = createTape(outline.score, cue);
    let periods: PeriodRecall[] = [];
    await lead.begin({ ...cue, noise });
    for (let period = 0; period <= FREE; period++) {
      periods = await advance(tape, periods, cue.to + period * outline.score.period);
    }
    if (get().outline === outline) set({ tape, periods, now: cue.to + FREE * outline.score.period });
  }

  /** Runs on by a share of a period, unless the run has begun anew meanwhile. */
  async function on(share: number): Promise<void> {
    const { tape, periods, now, outline } = get();
    if (!tape || !outline || replaying) return;
    const until = now + share * outline.score.period;
    const all = await advance(tape, periods, until);
    if (get().tape !== tape) return;
    tape.forget(stretchOf({ ...get(), now: until }).from);
    set({ periods: all, now: until });
  }

  async function loop(): Promise<void> {
    let last = performance.now();
    while (get().playing) {
      const time = await new Promise<number>(requestAnimationFrame);
      const elapsed = Math.min(LONGEST_FRAME, Math.max(0, time - last) / 1e3);
      last = time;
      if (elapsed > 0) await on(elapsed * PACE);
    }
  }

  return {
    async replay() {
      again = true;
      if (replaying) return;
      replaying = true;
      try {
        while (again) {
          again = false;
          await fromCue();
        }
      } finally {
        replaying = false;
      }
    },
    toggle() {
      const playing = !get().playing;
      set({ playing });
      if (playing) loop();
    },
    step: () => void on(STEP),
    listen(on) {
      sound?.close();
      sound = on ? createSound() : undefined;
    },
  };
}
