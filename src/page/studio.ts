/** All that the page does: settings are stored as soon as they change, and what is stored is recalled. */
import { type Score, scoreOf } from '../memory/score/index.js';
import { type Cue, readAddress, writeAddress } from './address.js';
import { createCrew } from './crew.js';
import { createLooking, UNSEEN } from './looking.js';
import { createPlayback } from './playback.js';
import type { GivenScore, Report } from './solver.js';
import { cueOf, FIRST, FREE, type State } from './state.js';
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
  const looking = createLooking(store, crew);

  const refuse = (error: unknown) => set({ phase: 'refused', error: messageOf(error) });

  /** Stores what the settings describe, then recalls it. */
  async function memorize(): Promise<void> {
    const { words, given } = get();
    const begun = performance.now();
    set({ phase: 'posing', error: undefined });
    try {
      const whole = await crew.store(words, given, {
        outline(outline) {
          const reports = new Array<undefined>(outline.score.starts.length - 1).fill(undefined);
          set({ ...EMPTY, phase: 'solving', outline, reports });
        },
        report(report, neuron) {
          get().reports[neuron] = report;
          set({ done: get().done + 1 });
          if (neuron === (get().show ?? 0)) looking.show(neuron);
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
    set({ note: undefined, error: undefined, ...change, opened: undefined, playing: false });
    crew.stop();
    clearTimeout(timer);
    timer = window.setTimeout(memorize, CALM);
  }

  return {
    store,
    crew,
    playback,
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
    looking,
    /** Opens a file: a network is taken up, a score is stored. What is wrong with it is said, and all stays as it is. */
    async open(file: File): Promise<void> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const opened = await crew.lead.open(bytes, file.name, get().outline?.tau0 ?? 0.005);
        const { note } = opened;
        if (opened.kind === 'score') {
          const { channels, duration, rate, ...words } = get().words;
          return again({
            words,
            given: { score: opened.score, name: file.name },
            cue: undefined,
            show: undefined,
            note,
          });
        }
        crew.stop();
        clearTimeout(timer);
        const { outline, reports, words } = opened;
        const done = reports.length;
        const given = { score: outline.score, name: file.name };
        set({ ...EMPTY, phase: 'stored', outline, reports, done, words, given, note, opened: file.name, seconds: 0 });
        set({ error: undefined, cue: undefined, playing: false });
        await crew.lead.load(weightsOf(reports));
        await Promise.all([playback.replay(), looking.show(0)]);
      } catch (error) {
        set({ error: messageOf(error) });
      }
    },
    /** A score that was drawn; undefined: sampled again. */
    draw: (score: Score | undefined) => again({ given: score && { score }, cue: undefined }),
    /** A sampled score of another seed. */
    sample: (seed: string) =>
      again({ words: withWord(get().words, 'seed', seed), given: undefined, cue: undefined, show: undefined }),
    /** The address of what is shown, and whether it tells everything. */
    link: () => {
      const { hash, whole } = writeAddress({ ...get(), score: plainOf(get().given) });
      return { url: `${location.href.split('#')[0]}#${hash}`, whole };
    },
    /** network.npz. */
    save: () => crew.lead.save(get().reports as Report[]),
    /** Figures, as SVG. */
    drawRecall: () => crew.lead.drawRecall(weightsOf(get().reports as Report[]), cueOf(get()), get().noise, FREE),
    drawNeuron: () => {
      const { show = 0, reports } = get();
      return crew.lead.drawNeuron(show, reports[show] as Report);
    },
  };
}

/** Nothing is stored, played or looked at. */
const EMPTY = { ...UNSEEN, done: 0, tape: undefined, periods: [], now: 0 };

const messageOf = (error: unknown) => (error instanceof Error ? error.message : `${error}`);

const plainOf = (given: GivenScore | undefined) =>
  given && {
    period: given.score.period,
    trains: Array.from({ length: given.score.starts.length - 1 }, (_, channel) =>
      Array.from(given.score.times.subarray(given.score.starts[channel], given.score.starts[channel + 1])),
    ),
    ...(given.name === undefined ? {} : { name: given.name }),
  };

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
