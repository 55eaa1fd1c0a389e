/** Storing: what settings describe is stored by all workers, and recalled; a network of a file is taken up. */
import type { Opened } from './archive.js';
import type { Crew } from './crew.js';
import { type Looking, UNSEEN } from './looking.js';
import type { Playback } from './playback.js';
import type { Report } from './solver.js';
import type { State } from './state.js';
import type { Store } from './store.js';
import { STORIES } from './stories.js';
import { weightsOf } from './taking.js';

/** How long nothing must change before the work begins, in milliseconds. */
const CALM = 250;

/** Nothing is stored, played or looked at. */
const EMPTY = { ...UNSEEN, done: 0, tape: undefined, periods: [], now: 0 };

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`);

export interface Storing {
  /** Stores what the settings describe, then recalls it. */
  memorize(): Promise<void>;
  /** The same after a change, once nothing more changes for a moment. */
  again(change: Partial<State>): void;
  /** Shows a network that is stored already. */
  takeUp(network: Extract<Opened, { kind: 'network' }>, change: Partial<State>): Promise<void>;
}

export function createStoring({ get, set }: Store<State>, crew: Crew, playback: Playback, looking: Looking): Storing {
  let timer = 0;
  let turn = 0;

  /** What is under way is given up; tells later whether what begins now is still wanted. */
  function begin(): () => boolean {
    clearTimeout(timer);
    const own = ++turn;
    return () => own === turn;
  }

  async function memorize(): Promise<void> {
    const wanted = begin();
    const { words, given } = get();
    const begun = performance.now();
    set({ phase: 'posing', error: undefined });
    try {
      await crew.store(words, given, {
        wanted,
        outline(outline) {
          const reports = new Array<undefined>(outline.score.starts.length - 1).fill(undefined);
          const { show } = get();
          const shown = show !== undefined && show < reports.length ? show : undefined;
          set({ ...EMPTY, phase: 'solving', outline, reports, show: shown });
        },
        report(report, neuron) {
          get().reports[neuron] = report;
          set({ done: get().done + 1 });
          if (neuron === (get().show ?? 0)) looking.show(neuron);
        },
      });
      if (!wanted()) return;
      await crew.lead.load(weightsOf(get().reports as Report[]));
      if (!wanted()) return;
      set({ phase: 'stored', seconds: (performance.now() - begun) / 1e3 });
      await playback.replay();
      await point();
    } catch (error) {
      if (wanted()) set({ phase: 'refused', error: messageOf(error) });
    }
  }

  /** Points at what the story that is told speaks of. */
  async function point(): Promise<void> {
    const { round, spike } = STORIES[(get().story ?? 0) - 1] ?? {};
    if (round === undefined && spike === undefined) return;
    await looking.show(get().show ?? 0);
    await Promise.all([looking.turn(round), looking.pick(spike)]);
  }

  return {
    memorize,
    again(change) {
      begin();
      const fresh = { note: undefined, error: undefined, file: undefined, opened: undefined };
      set({ ...fresh, ...change, phase: 'posing', playing: false });
      timer = window.setTimeout(memorize, CALM);
    },
    async takeUp({ outline, reports, words, note }, change) {
      const wanted = begin();
      set({ ...EMPTY, phase: 'stored', outline, reports, words, note, done: reports.length, seconds: 0 });
      set({ error: undefined, playing: false, ...change });
      await crew.lead.load(weightsOf(reports));
      if (wanted()) await Promise.all([playback.replay(), looking.show(get().show ?? 0)]);
    },
  };
}
