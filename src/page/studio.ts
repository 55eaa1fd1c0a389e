/** All that the page does: settings are stored as soon as they change, and what is stored is recalled. */
import { type Score, scoreOf } from '../memory/score/index.js';
import { type Cue, readAddress } from './address.js';
import type { Opened } from './archive.js';
import { createCrew } from './crew.js';
import { createLooking, UNSEEN } from './looking.js';
import { createPlayback } from './playback.js';
import type { Report } from './solver.js';
import { FIRST, type State } from './state.js';
import { createStore } from './store.js';
import { STORIES } from './stories.js';
import { createTaking, weightsOf } from './taking.js';
import { type Name, type Words, withWord } from './words.js';

/** How long nothing must change before the work begins, in milliseconds. */
const CALM = 250;

type OpenedNetwork = Extract<Opened, { kind: 'network' }>;

export type Studio = ReturnType<typeof createStudio>;

export function createStudio() {
  const crew = createCrew();
  const place = readAddress(location.hash);
  const { score } = place;
  const given = score && { score: scoreOf(score.trains, score.period), ...(score.name ? { name: score.name } : {}) };
  // A link that names a story and nothing else means all that the story shows.
  const bare = Object.keys(place.words).length === 0 && !place.cue && !place.score;
  const told = bare ? STORIES[(place.story ?? 0) - 1]?.place : undefined;
  const store = createStore<State>({ ...FIRST, ...place, ...told, given });
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
      await point();
    } catch (error) {
      refuse(error);
    }
  }

  /** Points at what the story that is told speaks of. */
  async function point(): Promise<void> {
    const { round, spike } = STORIES[(get().story ?? 0) - 1] ?? {};
    if (round === undefined && spike === undefined) return;
    await looking.show(get().show ?? 0);
    await Promise.all([looking.turn(round), looking.pick(spike)]);
  }

  let timer = 0;
  /** Stores anew, once nothing more changes for a moment. */
  function again(change: Partial<State>): void {
    set({ note: undefined, error: undefined, ...change, opened: undefined, playing: false });
    crew.stop();
    clearTimeout(timer);
    timer = window.setTimeout(memorize, CALM);
  }

  /** Shows a network that is stored already. */
  async function takeUp({ outline, reports, words, note }: OpenedNetwork, name: string): Promise<void> {
    crew.stop();
    clearTimeout(timer);
    set({ ...EMPTY, phase: 'stored', outline, reports, words, note, opened: name, done: reports.length, seconds: 0 });
    set({ given: { score: outline.score, name }, error: undefined, cue: undefined, playing: false });
    await crew.lead.load(weightsOf(reports));
    await Promise.all([playback.replay(), looking.show(0)]);
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
    taking: createTaking(store, crew),
    /** Opens a file: a network is taken up, a score is stored. What is wrong with it is said, and all stays as it is. */
    async open(file: File): Promise<void> {
      try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const opened = await crew.lead.open(bytes, file.name, get().outline?.tau0 ?? 0.005);
        if (opened.kind === 'network') return await takeUp(opened, file.name);
        const { channels, duration, rate, ...words } = get().words;
        const given = { score: opened.score, name: file.name };
        again({ words, given, cue: undefined, show: undefined, note: opened.note });
      } catch (error) {
        set({ error: messageOf(error) });
      }
    },
    /** Tells a story: the screen shows its state. Nothing: no story is told. */
    tell(story: number | undefined): void {
      const told = story === undefined ? undefined : STORIES[story - 1];
      if (told && story === get().story) return;
      if (!told) set({ story: undefined });
      else again({ cue: undefined, show: undefined, ...told.place, story, given: undefined });
    },
    theme(theme: State['theme']): void {
      set({ theme });
      if (theme) document.documentElement.dataset.theme = theme;
    },
    sound(on: boolean): void {
      set({ sound: on });
      playback.listen(on);
    },
    /** A score that was drawn; undefined: sampled again. */
    draw: (score: Score | undefined) => again({ given: score && { score }, cue: undefined }),
    /** A sampled score of another seed. */
    sample: (seed: string) =>
      again({ words: withWord(get().words, 'seed', seed), given: undefined, cue: undefined, show: undefined }),
  };
}

/** Nothing is stored, played or looked at. */
const EMPTY = { ...UNSEEN, done: 0, tape: undefined, periods: [], now: 0 };

const messageOf = (error: unknown) => (error instanceof Error ? error.message : `${error}`);
