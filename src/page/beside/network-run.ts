/** A network of SparseProp that runs on in one worker, while another one finds its spectrum. */
import { hired } from '../crew.js';
import { frames } from '../frames.js';
import { createStore, type Store } from '../store.js';
import { createTape, type Tape } from '../tape.js';
import type { SparseNetwork, SparseSpectrum } from './sparseprop.js';
import type { Said } from './words.js';
import type { BesideEngine } from './worker.js';

/** Seconds of the network: on the screen, of a second while it plays, and simulated ahead. */
export const WINDOW = 2;
const PACE = 0.4;
const [AHEAD, CHUNK] = [0.4, 0.2];

export interface Running {
  network?: SparseNetwork | undefined;
  spectrum?: SparseSpectrum | undefined;
  error?: string | undefined;
  /** In membrane time constants. */
  now: number;
  playing: boolean;
}

export interface NetworkRun {
  readonly store: Store<Running>;
  readonly tape: Tape;
  /** Plays on, or pauses. */
  toggle(): void;
  end(): void;
}

export const hireBeside = () =>
  hired<BesideEngine>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));

export function createNetworkRun(said: Said): NetworkRun {
  const [runner, analyst] = [hireBeside(), hireBeside()];
  const store = createStore<Running>({ now: 0, playing: false });
  const { get, set } = store;
  const tape = createTape(() => 0);
  let ended = false;
  let until = 0;
  const fail = (error: Error) => ended || set({ error: error.message, playing: false });

  async function more(time: number): Promise<void> {
    const spikes = await Promise.race([runner.engine.runUntil(time), runner.gone]);
    tape.add(spikes, 0);
    until = time;
  }

  async function begin(): Promise<void> {
    const network = await Promise.race([runner.engine.openNetwork(said), runner.gone]);
    const from = await runner.engine.time();
    await more(from + WINDOW / network.tau);
    set({ network, now: until });
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) play();
    set({ spectrum: await Promise.race([analyst.engine.spectrum(said), analyst.gone]) });
    analyst.end();
  }

  async function play(): Promise<void> {
    const { network } = get();
    if (!network || get().playing) return;
    set({ playing: true });
    let asked = false;
    for await (const elapsed of frames(() => get().playing && !ended)) {
      const { now } = get();
      if (!asked && until < now + AHEAD / network.tau) {
        asked = true;
        more(until + CHUNK / network.tau)
          .catch(fail)
          .finally(() => {
            asked = false;
          });
      }
      const next = Math.min(until, now + (elapsed * PACE) / network.tau);
      if (next <= now) continue;
      tape.forget(next - WINDOW / network.tau);
      set({ now: next });
    }
  }

  begin().catch(fail);
  return {
    store,
    tape,
    toggle: () => void (get().playing ? set({ playing: false }) : play()),
    end() {
      ended = true;
      runner.end();
      analyst.end();
    },
  };
}
