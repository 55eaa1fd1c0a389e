/**
 * What theory says that noise will do to a replay, beside what it does in a simulation. The theory expands around the
 * score; where the network drifts by itself, without noise, as a published one does, that drift is added to the predicted.
 */
import { mean } from '../../core/index.js';
import type { NoisePrediction, PeriodRecall } from '../measure/index.js';
import { driftOf, millisecondsPerSecond } from './drift.js';

/** A replay below this precision is lost: noise alone leaves more, unrelated activity much less. */
export const LOST = 0.5;

interface Predicted {
  precision: number;
  timing_error_ms: number;
  drift_ms_per_s: number;
  drift_error_ms_per_s: number;
}

/** One level of noise. */
export interface NoiseComparison {
  noise: number;
  linear: Predicted;
  curved: Predicted;
  /** While the replay holds, that is before the first period whose precision is below `LOST`; null of too few periods. */
  simulated: {
    periods: number;
    held: number;
    precision: number | null;
    precisions: number[];
    timing_error_ms: number | null;
    drift_ms_per_s: number | null;
  };
}

/**
 * @param periods the simulated ones, one after the other
 * @param quietDrift growth of the lag per period without noise, null where it is not known: none is added then
 * @param period in refractory periods of `tau0` seconds
 */
export function compareNoise(
  { noise, linear, curved }: { noise: number; linear: NoisePrediction; curved: NoisePrediction },
  periods: readonly PeriodRecall[],
  quietDrift: number | null,
  period: number,
  tau0: number,
): NoiseComparison {
  const lost = periods.findIndex(({ precision }) => precision < LOST);
  const held = lost < 0 ? periods : periods.slice(0, lost);
  const predicted = ({ precision, jitter, drift, driftError }: NoisePrediction): Predicted => ({
    precision,
    timing_error_ms: jitter * tau0 * 1e3,
    drift_ms_per_s: millisecondsPerSecond(drift + (quietDrift ?? 0), period),
    drift_error_ms_per_s: millisecondsPerSecond(driftError, period),
  });
  const seen = driftOf(
    held.map(({ lag }) => lag),
    period,
  );
  const errors = held.flatMap(({ timingError }) => (timingError === null ? [] : [timingError * tau0 * 1e3]));
  return {
    noise,
    linear: predicted(linear),
    curved: predicted(curved),
    simulated: {
      periods: periods.length,
      held: held.length,
      precision: mean(held.map(({ precision }) => precision)) ?? null,
      precisions: periods.map(({ precision }) => precision),
      timing_error_ms: mean(errors) ?? null,
      drift_ms_per_s: seen === null ? null : millisecondsPerSecond(seen, period),
    },
  };
}
