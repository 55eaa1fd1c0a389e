/** A training of spikeRNN in a worker, some updates at a time. */
import { createStore, type Store } from '../store.js';
import { hireBeside } from './network-run.js';
import type { Lesson, Look } from './spikernn.js';
import type { Said } from './words.js';

/** Updates between two looks at the losses, and of these between two looks at the answers. */
const UPDATES = 4;
const LOOKS = 5;

export interface Learning {
  lesson?: Lesson | undefined;
  look?: Look | undefined;
  error?: string | undefined;
  running: boolean;
}

export interface TrainingRun {
  readonly store: Store<Learning>;
  /** Goes on, or pauses. */
  toggle(): void;
  end(): void;
}

export function createTrainingRun(said: Said): TrainingRun {
  const { engine, gone, end } = hireBeside();
  const store = createStore<Learning>({ running: true });
  const { get, set } = store;
  let ended = false;
  let busy = false;

  async function goOn(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let round = 0; get().running && !ended; round++) {
      const lesson = await Promise.race([engine.learn(UPDATES), gone]);
      const looked = round % LOOKS === 0 || lesson.ended !== undefined;
      const look = looked ? await Promise.race([engine.look(), gone]) : get().look;
      set({ lesson, look, running: get().running && lesson.ended === undefined });
    }
    busy = false;
  }

  const fail = (error: Error) => ended || set({ error: error.message, running: false });
  Promise.race([engine.openLesson(said), gone])
    .then(goOn)
    .catch(fail);
  return {
    store,
    toggle() {
      set({ running: !get().running && get().lesson?.ended === undefined });
      goOn().catch(fail);
    },
    end() {
      ended = true;
      end();
    },
  };
}
