/** All that the page does: settings are stored as soon as they change, and what is stored is recalled. */
import { scoreOf } from '../memory/score/index.js';
import { type Cue, readAddress, writeAddress } from './address.js';
import { createCrew } from './crew.js';
import { createPlayback } from './playback.js';
import type { Report } from './solver.js';
import { FIRST, type State } from './state.js';
import { createStore } from './store.js';
import { type Name, type Words, withWord } from './words.js';

/** How long nothing must change before the work begins, in milliseconds. */
const CALM = 250;

export type Studio = ReturnType<typeof createStudio>;

export function createStudio() {
  const crew = createCrew();
  const place = readAddress(location.hash);
  const { score } = place;
  const given = score && { score: scoreOf(score.trains, score.period), ...(score.name ? { name: score.name } : {}) };
  const store = createStore<State>({ ...FIRST, ...place, given });
  const { get, set } = store;
  const playback = createPlayback(store, crew);

  const refuse = (error: unknown) =>
    set({ phase: 'refused', error: error instanceof Error ? error.message : `${error}` });

  /** Stores what the settings describe, then recalls it. */
  async function memorize(): Promise<void> {
    const { words, given } = get();
    const begun = performance.now();
    set({ phase: 'posing', error: undefined });
    try {
      const whole = await crew.store(words, given, {
        outline(outline) {
          const reports = new Array<undefined>(outline.score.starts.length - 1).fill(undefined);
          set({ phase: 'solving', outline, reports, done: 0, tape: undefined, periods: [], now: 0 });
        },
        report(report, neuron) {
          get().reports[neuron] = report;
          set({ done: get().done + 1 });
        },
      });
      if (!whole) return;
      await crew.lead.load(weightsOf(get().reports as Report[]));
      set({ phase: 'stored', seconds: (performance.now() - begun) / 1e3 });
      await playback.replay();
    } catch (error) {
      refuse(error);
    }
  }

  let timer = 0;
  /** Stores anew, once nothing more changes for a moment. */
  function again(change: Partial<State>): void {
    set({ ...change, playing: false });
    crew.stop();
    clearTimeout(timer);
    timer = window.setTimeout(memorize, CALM);
  }

  return {
    store,
    crew,
    playback,
    refuse,
    start: memorize,
    change: (name: Name, text: string) => again({ words: withWord(get().words, name, text), cue: undefined }),
    /** Takes other settings altogether. */
    take: (words: Words, change: Partial<State> = {}) => again({ ...change, words }),
    cue(cue: Cue | undefined) {
      set({ cue });
      return playback.replay();
    },
    noise(noise: number) {
      set({ noise });
      return playback.replay();
    },
    show: (show: number | undefined) => set({ show }),
    /** The address of what is shown, and whether it tells everything. */
    link: () => {
      const { hash, whole } = writeAddress(get());
      return { url: `${location.href.split('#')[0]}#${hash}`, whole };
    },
    /** network.npz. */
    save: () => crew.lead.save(get().reports as Report[]),
  };
}

/** The weights of all neurons, one after the other. */
function weightsOf(reports: readonly Report[]): Float64Array {
  const all = new Float64Array(reports.reduce((sum, { weights }) => sum + weights.length, 0));
  let at = 0;
  for (const { weights } of reports) {
    all.set(weights, at);
    at += weights.length;
  }
  return all;
}
