/**
 * From how large a disturbance of its past a network, without noise, comes back to the score: trials whose past is
 * jittered, or lacks some of its spikes, by growing amounts, and the share of them that play the score again.
 */
import { type TrialPlan, wilson } from '../measure/index.js';

/** Deviations of the jitter, in refractory periods, and shares of the spikes that are left out. */
export const JITTERS = [0.1, 0.2, 0.3, 0.4, 0.6];
export const MISSING = [0.05, 0.1, 0.2, 0.3, 0.5];
/** Periods after which a disturbed network must play the score. */
export const RETURN_PERIODS = 3;

/** `each` trials per disturbance, all jitters first. */
export const basinTrials = (each: number): TrialPlan[] => [
  ...JITTERS.flatMap((jitter) => Array.from({ length: each }, () => ({ prompt: 0, noise: 0, jitter }))),
  ...MISSING.flatMap((missing) => Array.from({ length: each }, () => ({ prompt: 0, noise: 0, missing }))),
];

/** How many returned, with the 95 % interval of their probability. */
export interface Returned {
  returned: number;
  trials: number;
  interval: [number, number];
}

export interface Basin {
  jitter: ({ jitter_s: number } & Returned)[];
  missing: ({ share: number } & Returned)[];
}

/** @param trials the outcomes of `basinTrials(each)`, in its order */
export function summarizeBasin(trials: readonly { success: boolean }[], each: number, tau0: number): Basin {
  const row = (index: number): Returned => {
    const returned = trials.slice(index * each, (index + 1) * each).filter(({ success }) => success).length;
    return { returned, trials: each, interval: wilson(returned, each) };
  };
  return {
    jitter: JITTERS.map((level, i) => ({ jitter_s: level * tau0, ...row(i) })),
    missing: MISSING.map((share, i) => ({ share, ...row(JITTERS.length + i) })),
  };
}
