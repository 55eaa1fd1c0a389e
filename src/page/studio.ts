/** All that the page does. */
import type { Score } from '../memory/score/index.js';
import { type Cue, readAddress } from './address.js';
import type { Neighbour, Said } from './beside/words.js';
import { createCrew } from './crew.js';
import { followAddress } from './following.js';
import { createLooking } from './looking.js';
import { createOpening } from './opening.js';
import { createPlayback } from './playback.js';
import { FIRST, type State } from './state.js';
import { createStore } from './store.js';
import { STORIES } from './stories.js';
import { createStoring, messageOf } from './storing.js';
import { createTaking } from './taking.js';
import { type Name, withWord } from './words.js';

export type Studio = ReturnType<typeof createStudio>;

/** Nothing is left of what was shown, or of a file. */
const SAMPLED = { cue: undefined, show: undefined, given: undefined, files: undefined, reading: {} };

/** What an address asks for but for its score; what it does not speak of is undefined. */
function placeOf(hash: string) {
  const { score, file, story, ...place } = readAddress(hash);
  // A link that names a story and nothing else means all that the story shows.
  const bare = Object.keys(place.words).length === 0 && !place.cue && !score;
  const told = STORIES[(story ?? 0) - 1];
  return {
    ...SAMPLED,
    ...{ sparseprop: undefined, spikernn: undefined },
    ...place,
    ...(bare && told?.place),
    story: told && story,
    file,
    note: file && `This link goes with the file ${file}: open it here too.`,
  };
}

/** The score of an address, if it holds one. */
async function givenBy(hash: string): Promise<Pick<State, 'given' | 'note'>> {
  const { score } = readAddress(hash);
  if (score === undefined) return {};
  try {
    const { unpackScore } = await import('./packing.js');
    return { given: unpackScore(score) };
  } catch (error) {
    return { note: `The score of the link is left out: ${messageOf(error)}` };
  }
}

const DARK = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = (): State['theme'] => (DARK.matches ? 'dark' : 'light');

export function createStudio() {
  const crew = createCrew();
  const store = createStore<State>({ ...FIRST, ...placeOf(location.hash), theme: systemTheme() });
  const { get, set } = store;
  const playback = createPlayback(store, crew);
  const looking = createLooking(store, crew);
  const storing = createStoring(store, crew, playback, looking);
  const { memorize, again } = storing;
  const taking = createTaking(store, crew);
  followAddress(store, taking.link, async (hash) => again({ ...placeOf(hash), ...(await givenBy(hash)) }));
  let chosen = false;
  DARK.addEventListener('change', () => chosen || set({ theme: systemTheme() }));

  return {
    store,
    playback,
    looking,
    taking,
    async start(): Promise<void> {
      set(await givenBy(location.hash));
      await memorize();
    },
    open: createOpening(store, crew, storing),
    change: (name: Name, text: string) => again({ words: withWord(get().words, name, text), cue: undefined }),
    /** A score that was drawn. */
    draw: (score: Score) => again({ ...SAMPLED, show: get().show, given: { score } }),
    /** A sampled score of another seed. */
    sample: (seed: string) => again({ ...SAMPLED, words: withWord(get().words, 'seed', seed) }),
    /** Shows a neighbour with what is asked of it, or nothing of it. */
    beside: (neighbour: Neighbour, said: Said | undefined): void => set({ [neighbour]: said }),
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
      else again({ ...SAMPLED, ...told.place, story });
    },
    theme(theme: State['theme']): void {
      chosen = true;
      document.documentElement.dataset.theme = theme;
      set({ theme });
    },
    sound(on: boolean): void {
      set({ sound: on });
      playback.listen(on);
    },
  };
}
