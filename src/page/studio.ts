/** All that the page does. */
import { type Score, scoreOf } from '../memory/score/index.js';
import { type Cue, readAddress } from './address.js';
import { createCrew } from './crew.js';
import { createLooking } from './looking.js';
import { createPlayback } from './playback.js';
import { FIRST, type State } from './state.js';
import { createStore } from './store.js';
import { STORIES } from './stories.js';
import { createStoring, messageOf } from './storing.js';
import { createTaking } from './taking.js';
import { type Name, withWord } from './words.js';

export type Studio = ReturnType<typeof createStudio>;

/** What an address asks for. */
function firstState(hash: string): State {
  const { score, ...place } = readAddress(hash);
  const given = score && { score: scoreOf(score.trains, score.period), ...(score.name ? { name: score.name } : {}) };
  // A link that names a story and nothing else means all that the story shows.
  const bare = Object.keys(place.words).length === 0 && !place.cue && !score;
  const told = bare ? STORIES[(place.story ?? 0) - 1]?.place : undefined;
  return { ...FIRST, ...place, ...told, given };
}

export function createStudio() {
  const crew = createCrew();
  const store = createStore<State>(firstState(location.hash));
  const { get, set } = store;
  const playback = createPlayback(store, crew);
  const looking = createLooking(store, crew);
  const { memorize, again, takeUp } = createStoring(store, crew, playback, looking);

  return {
    store,
    playback,
    looking,
    taking: createTaking(store, crew),
    start: memorize,
    change: (name: Name, text: string) => again({ words: withWord(get().words, name, text), cue: undefined }),
    /** A score that was drawn. */
    draw: (score: Score) => again({ given: { score }, cue: undefined }),
    /** A sampled score of another seed. */
    sample: (seed: string) =>
      again({ words: withWord(get().words, 'seed', seed), given: undefined, cue: undefined, show: undefined }),
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
    cue(cue: Cue | undefined) {
      set({ cue });
      return playback.replay();
    },
    noise(noise: number) {
      set({ noise });
      return playback.replay();
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
  };
}
