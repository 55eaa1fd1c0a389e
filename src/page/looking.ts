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
  /** Whether a neuron is still the one that is looked at. */
  const still = (neuron: number, outline: State['outline']) => get().show === neuron && get().outline === outline;
  return {
    async show(neuron) {
      set({ ...UNSEEN, show: neuron });
      const { outline, reports } = get();
      const report = reports[neuron];
      if (!outline || !report) return;
      const view = await lead.view(neuron, report);
      if (still(neuron, outline)) set({ view });
    },
    async pick(spike) {
      const { view, reports, outline } = get();
      set({ spike, parts: undefined });
      const report = view && reports[view.neuron];
      if (spike === undefined || !report) return;
      const parts = await lead.contributions(view.neuron, report.weights, view.spikes[spike]);
      if (still(view.neuron, outline) && get().spike === spike) set({ parts });
    },
    async turn(round) {
      set({ round });
      const { view, rounds, outline } = get();
      if (!view || rounds) return;
      const found = await lead.rounds(view.neuron);
      if (still(view.neuron, outline)) set({ rounds: found });
    },
  };
}
