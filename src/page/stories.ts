/** Five stories: states of the screen, and what there is to see in each. */
import type { Place } from './address.js';

export interface Story {
  title: string;
  text: string;
  /** What the screen shows. */
  place: Omit<Place, 'story'>;
  /** The round of the refinement, and the spike, that is looked at. */
  round?: number;
  spike?: number;
}

const SMALL = { channels: '60', duration: '200ms', seed: '2' } as const;
/** A tenth of the channels, for one period of 40 refractory periods. */
const FEW = { first: 0, last: 5, from: 0, to: 40 };

export const STORIES: readonly Story[] = [
  {
    title: 'A spike becomes a constraint',
    text: 'Each spike of the score asks something of one neuron: that its potential is 1 just there, and rising. Between spikes it must stay below 0. All of that is linear in the weights. Below is a first try, which knows of the spikes alone: the red dots are where it breaks the rules.',
    place: { words: SMALL, noise: 0, show: 3 },
    round: 0,
    spike: 0,
  },
  {
    title: 'Stored',
    text: 'What is broken is added, and the least weights are found anew, until nothing is broken at any moment. Drag the slider below to see it happen. A judge that does not know the solver looks again; only then is a cell green. One neuron never asks another: all are solved side by side.',
    place: { words: SMALL, noise: 0, show: 3 },
  },
  {
    title: 'Impossible, and why',
    text: 'With 300 inputs each, some neurons cannot do it with weights up to 0.2. That is no failure of the solver: each red cell comes with a proof, and says which spikes its inputs cannot make and what would help.',
    place: { words: { ...SMALL, inputs: '300' }, noise: 0 },
  },
  {
    title: 'Stored is not recallable',
    text: 'All 60 neurons are stored here: played in full, the score goes on by itself. But when six channels play alone, the others do not fall in. The weights are the least that hold the score, not those that find it again. Brush more channels and see how many it takes.',
    place: { words: SMALL, noise: 0, cue: FEW },
  },
  {
    title: 'Recallable by design',
    text: 'The same score, the same wiring, the same six channels. Here the weights spread least over all prompts, and the potential must rise well beyond the threshold after each spike. Now the others fall in, and stay. Drag the noise to see how much it stands.',
    place: { words: { ...SMALL, design: 'recall' }, noise: 0, cue: FEW },
  },
];
