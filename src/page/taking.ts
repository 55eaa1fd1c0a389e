/** What of the page can be taken along: its address, the network, figures. */
import { type Place, writeAddress } from './address.js';
import type { Crew } from './crew.js';
import type { GivenScore, Report } from './solver.js';
import { cueOf, FREE, type State } from './state.js';
import type { Store } from './store.js';

/** What can be taken along of what is stored. */
export function createTaking({ get }: Store<State>, { lead }: Crew) {
  const all = () => get().reports as Report[];

  /** What an address says of where the network comes from. */
  async function originOf({ words, given, opened }: State): Promise<Pick<Place, 'words' | 'score' | 'file'>> {
    // A network that was opened is not what its settings give.
    if (opened !== undefined) return { words: {}, score: undefined, file: opened };
    if (!given) return { words, score: undefined, file: undefined };
    const { packScore } = await import('./packing.js');
    const score = packScore(given);
    return { words, score, file: score === undefined ? nameOf(given) : undefined };
  }

  return {
    /** The address of what is shown, and whether it tells everything: else a file must be sent along. */
    async link() {
      const state = get();
      const origin = await originOf(state);
      const hash = writeAddress({ ...state, ...origin });
      return { url: `${location.href.split('#')[0]}${hash && '#'}${hash}`, whole: origin.file === undefined };
    },
    /** network.npz. */
    save: () => lead.save(all()),
    /** Figures, as SVG. */
    drawRecall: () => lead.drawRecall(weightsOf(all()), cueOf(get()), get().noise, FREE),
    drawNeuron() {
      const { show = 0, reports } = get();
      return lead.drawNeuron(show, reports[show] as Report);
    },
  };
}

/** The file of a score that is not sampled; one that was drawn is in the network. */
export const nameOf = ({ name }: GivenScore): string => name ?? 'network.npz';

/** The weights of all neurons, one after the other. */
export function weightsOf(reports: readonly Report[]): Float64Array {
  const all = new Float64Array(reports.reduce((sum, { weights }) => sum + weights.length, 0));
  let at = 0;
  for (const { weights } of reports) {
    all.set(weights, at);
    at += weights.length;
  }
  return all;
}
