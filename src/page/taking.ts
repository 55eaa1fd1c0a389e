/** What of the page can be taken along: its address, the network, figures. */
import { writeAddress } from './address.js';
import type { Crew } from './crew.js';
import type { GivenScore, Report } from './solver.js';
import { cueOf, FREE, type State } from './state.js';
import type { Store } from './store.js';

/** What can be taken along of what is stored. */
export function createTaking({ get }: Store<State>, { lead }: Crew) {
  const all = () => get().reports as Report[];
  return {
    /** The address of what is shown, and whether it tells everything. */
    link() {
      const state = get();
      // A network that was opened is not what its settings give.
      const place = state.opened
        ? { ...state, words: {}, file: state.opened }
        : { ...state, score: plainOf(state.given) };
      const { hash, whole } = writeAddress(place);
      return { url: `${location.href.split('#')[0]}${hash && '#'}${hash}`, whole };
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

const plainOf = (given: GivenScore | undefined) =>
  given && {
    period: given.score.period,
    trains: Array.from({ length: given.score.starts.length - 1 }, (_, channel) =>
      Array.from(given.score.times.subarray(given.score.starts[channel], given.score.starts[channel + 1])),
    ),
    ...(given.name === undefined ? {} : { name: given.name }),
  };

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
