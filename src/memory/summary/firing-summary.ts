/** How recalled trains fire beside the score: means over the trials of a level of noise, in the units that people write. */
import { mean } from '../../core/index.js';
import type { Firing } from '../measure/index.js';

/** Null where no train has it. */
export interface FiringSummary {
  rate_hz: number;
  mean_isi_ms: number | null;
  cv_isi: number | null;
  correlation: number | null;
}

/** The mean over trials, failed ones included; what a trial does not have enters none. `tau0`: the refractory period in seconds. */
export function summarizeFiring(trials: readonly Firing[], tau0: number): FiringSummary {
  const average = (name: keyof Firing) => mean(trials.flatMap((trial) => trial[name] ?? [])) ?? null;
  const interval = average('interval');
  return {
    rate_hz: (average('rate') ?? 0) / tau0,
    mean_isi_ms: interval === null ? null : interval * tau0 * 1e3,
    cv_isi: average('cv'),
    correlation: average('correlation'),
  };
}
