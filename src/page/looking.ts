/** One neuron, looked at: its view, the rounds of its refinement, and what makes one of its spikes. */
import type { Crew } from './crew.js';
import type { State } from './state.js';
import type { Store } from './store.js';

export interface Looking {
  /** Looks at a neuron, as soon as it is solved. */
  show(neuron: number): Promise<void>;
  /** What makes its spike number i; nothing if there is none. */
  pick(spike: number | undefined): Promise<void>;
  /** The potential of a round of the refinement; undefined: as it is in the end. */
  turn(round: number | undefined): Promise<void>;
}

/** Nothing is looked at. */
export const UNSEEN = { view: undefined, rounds: undefined, round: undefined, spike: undefined, parts: undefined };

export function createLooking({ get, set }: Store<State>, { lead }: Crew): Looking {
  /** An answer about a neuron, if this is still the one that is looked at. */
  async function heard<Answer>(neuron: number, outline: State['outline'], answer: Promise<Answer>) {
    const still = () => (get().show ?? 0) === neuron && get().outline === outline;
    try {
      const found = await answer;
      return still() ? found : undefined;
    } catch (error) {
      // What nobody looks at any more may have been given up in the middle.
      if (still()) throw error;
      return undefined;
    }
  }
  return {
    async show(neuron) {
      set({ ...UNSEEN, show: neuron });
      const { outline, reports } = get();
      const report = reports[neuron];
      if (!outline || !report) return;
      const view = await heard(neuron, outline, lead.view(neuron, report));
      if (view) set({ view });
    },
    async pick(spike) {
      const { view, reports, outline } = get();
      set({ spike, parts: undefined });
      const report = view && reports[view.neuron];
      if (spike === undefined || !report) return;
      const asked = lead.contributions(view.neuron, report.weights, view.spikes[spike]);
      const parts = await heard(view.neuron, outline, asked);
      if (parts && get().spike === spike) set({ parts });
    },
    async turn(round) {
      set({ round });
      const { view, rounds, outline } = get();
      if (!view || rounds) return;
      const found = await heard(view.neuron, outline, lead.rounds(view.neuron));
      if (found) set({ rounds: found });
    },
  };
}
