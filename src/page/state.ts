/** All that the page knows. */
import type { PeriodRecall } from '../memory/measure/index.js';
import type { Cue, Place } from './address.js';
import type { Contribution, NeuronView, Round } from './one-neuron.js';
import type { GivenScore, Outline, Report } from './solver.js';
import type { Tape } from './tape.js';
import type { Reading } from './words.js';

export interface State extends Place {
  phase: 'posing' | 'solving' | 'stored' | 'refused';
  /** What is wrong, as the command says it. */
  error?: string | undefined;
  /** What was read from a file, for people. */
  note?: string | undefined;
  /** The files that were opened last, and how they are read. */
  files?: readonly File[] | undefined;
  reading: Reading;
  /** A score that is not sampled. */
  given?: GivenScore | undefined;
  outline?: Outline | undefined;
  /** One per neuron; undefined while it waits. */
  reports: (Report | undefined)[];
  done: number;
  /** How long storing took. */
  seconds: number;
  /** What has been played since the cue, and up to when. */
  tape?: Tape | undefined;
  now: number;
  playing: boolean;
  /** Whether it is heard. */
  sound: boolean;
  theme: 'dark' | 'light';
  /** The free periods that have ended. */
  periods: PeriodRecall[];
  /** The name of a network that was opened instead of stored here. */
  opened?: string | undefined;
  /** The neuron that is looked at; of its refinement the rounds and the one that is shown, of its spikes one and what makes it. */
  view?: NeuronView | undefined;
  rounds?: Round[] | undefined;
  round?: number | undefined;
  spike?: number | undefined;
  parts?: Contribution[] | undefined;
}

export const FIRST: Omit<State, keyof Place | 'theme'> = {
  phase: 'posing',
  reading: {},
  reports: [],
  done: 0,
  seconds: 0,
  now: 0,
  playing: false,
  sound: false,
  periods: [],
};

/** Free periods that are shown after a cue. */
export const FREE = 2;

export const channelsIn = (outline: Outline | undefined): number => (outline ? outline.score.starts.length - 1 : 0);

/** The cue, or where none is set half of the channels for one period. */
export function cueOf({ cue, outline }: Pick<State, 'cue' | 'outline'>): Cue {
  const last = Math.max(0, channelsIn(outline) - 1);
  const period = outline?.score.period ?? 1;
  if (!cue) return { first: 0, last: Math.max(0, Math.round((last + 1) / 2) - 1), from: 0, to: period };
  return {
    first: Math.min(cue.first, last),
    last: Math.min(cue.last, last),
    from: Math.min(cue.from, period),
    to: Math.max(Math.min(cue.from, period) + 1, Math.min(cue.to, 2 * period)),
  };
}

/** The stretch of time that the raster of the recall shows. */
export function stretchOf(state: Pick<State, 'cue' | 'outline' | 'now'>): { from: number; to: number } {
  const span = cueOf(state).to + FREE * (state.outline?.score.period ?? 1);
  const to = Math.max(span, state.now);
  return { from: to - span, to };
}
