/** Recall as it is shown: after every change from the cue on, then on and on for as long as it plays. */
import type { PeriodRecall } from '../memory/measure/index.js';
import type { Crew } from './crew.js';
import { frames } from './frames.js';
import type { Sound } from './sound.js';
import { channelsIn, cueOf, FREE, type State, stretchOf } from './state.js';
import type { Store } from './store.js';
import { createTape, kindsAfter, type Tape } from './tape.js';

/** Periods of a second while it plays, and in a step. */
const PACE = 0.75;
const STEP = 0.1;
/** Periods that are simulated before they are due, and how soon there is more. */
const AHEAD = 0.25;
const CHUNK = 0.1;
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
  listen(on: boolean): Promise<void>;
}

/** A run after a cue: what has been simulated, which goes a little beyond what is shown. */
interface Course {
  readonly tape: Tape;
  readonly period: number;
  periods: PeriodRecall[];
  until: number;
}

export function createPlayback({ get, set }: Store<State>, { lead }: Crew): Playback {
  let replaying = false;
  let again = false;
  let looping = false;
  let course: Course | undefined;
  let sound: Sound | undefined;

  /** Simulates up to a moment. */
  async function advance(run: Course, until: number): Promise<void> {
    if (until <= run.until) return;
    const from = run.until;
    const { spikes, periods } = await lead.advance(until);
    run.periods = periods.length === 0 ? run.periods : [...run.periods, ...periods].slice(-MOST_PERIODS);
    run.tape.add(spikes, run.periods.at(-1)?.lag ?? 0);
    run.until = until;
    const { playing, now, outline } = get();
    if (!playing || run !== course) return;
    const pace = 1 / (PACE * run.period);
    sound?.play(spikes, channelsIn(outline), from, pace, Math.max(0, from - now) * pace);
  }

  async function fromCue(): Promise<void> {
    const { outline, noise, phase } = get();
    if (!outline || phase !== 'stored') return;
    const cue = cueOf(get());
    const { period } = outline.score;
    const run: Course = { tape: createTape(kindsAfter(outline.score, cue)), period, periods: [], until: cue.from };
    await lead.begin({ ...cue, noise });
    for (let free = 0; free <= FREE; free++) await advance(run, cue.to + free * period);
    if (get().outline !== outline) return;
    course = run;
    set({ tape: run.tape, periods: run.periods, now: run.until });
  }

  /** Goes on to a moment that has been simulated. */
  function show({ tape, periods }: Course, now: number): void {
    tape.forget(stretchOf({ ...get(), now }).from);
    set({ periods, now });
  }

  async function step(): Promise<void> {
    const run = course;
    if (!run || replaying) return;
    const until = get().now + STEP * run.period;
    await advance(run, until);
    if (run === course) show(run, until);
  }

  /** Frame after frame; the worker runs ahead, and no frame waits for it. */
  async function loop(): Promise<void> {
    if (looping) return;
    looping = true;
    let asked = false;
    for await (const elapsed of frames(() => get().playing)) {
      const run = course;
      if (!run || replaying) continue;
      const { now } = get();
      if (!asked && run.until < now + AHEAD * run.period) {
        asked = true;
        advance(run, run.until + CHUNK * run.period).finally(() => {
          asked = false;
        });
      }
      const next = Math.min(now + elapsed * PACE * run.period, run.until);
      if (next > now) show(run, next);
    }
    looping = false;
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
    step: () => void step(),
    async listen(on) {
      sound?.close();
      sound = undefined;
      if (!on) return;
      const { createSound } = await import('./sound.js');
      if (get().sound && !sound) sound = createSound();
    },
  };
}
