/**
 * The template: what the potential z of one neuron must do around its prescribed spikes f_1 < f_2 < ...
 *
 *   z(f_j) = 1                                    at each spike
 *   z'(t) >= slope        f_j - zone <= t <= f_j + zone         firing zone
 *   z(t)  <= 1 - margin   f_j + 1 <= t <= f_{j+1} - zone        silent zone
 *
 * in units of the threshold and the refractory period (Aguettaz and Loeliger 2024; the continuous-time form
 * of rusty-snn). Nothing is asked between a firing zone and the end of refractoriness; a silent zone that
 * would end before it begins is absent; a neuron without spikes is silent all around the circle.
 *
 * A neuron that resets at a spike is free until its release r_j; what comes before the next spike has one of two shapes:
 *
 *   window   z <= 1 - margin on [r_j, f_{j+1} - zone],   z' >= slope on [f_{j+1} - zone, f_{j+1}]
 *   ramp     z <= max(1 - margin, 1 - slope (f_{j+1} - t)) on [r_j, f_{j+1}],   z'(f_{j+1}) >= slope
 *
 * Both make the spike the first crossing since the release. No silent level is below the potential at the release.
 */
import { EngramError } from '../../core/index.js';
import { type Dynamics, resets } from './dynamics.js';

export interface Template {
  /** How far below the threshold the potential stays in silent zones, in thresholds. */
  readonly margin: number;
  /** Least slope in firing zones, in thresholds per refractory period. */
  readonly slope: number;
  /** Half-width of a firing zone, in refractory periods. */
  readonly zone: number;
  /** Largest absolute weight, in thresholds. */
  readonly bound: number;
  /**
   * If given, the sampled template of the published networks (see grid.ts): demands at multiples of this step
   * only, in refractory periods.
   */
  readonly grid?: number | undefined;
  /** How far from the threshold the potential may be at a spike; 0 if not given. For explanations. */
  readonly leeway?: number | undefined;
  /** Of neurons that reset: a window of least slope before a spike, or a ramp; a window if not given. */
  readonly shape?: 'window' | 'ramp' | undefined;
}

/**
 * The template with all its demands lowered by `shortfall`, a share from 0 to 1: with 1 the weights zero obey it.
 * The smallest share at which there are weights says how far a neuron is from its template.
 */
export const relaxed = (template: Template, shortfall: number): Template => ({
  ...template,
  margin: template.margin - shortfall,
  slope: template.slope * (1 - shortfall),
  leeway: shortfall,
});

/** What of a template can be multiplied. */
export type Scaled = 'margin' | 'slope' | 'both';

/** The template with `factor` times its margin, its slope, or both. */
export const scaled = (template: Template, what: Scaled, factor: number): Template => ({
  ...template,
  margin: template.margin * (what === 'slope' ? 1 : factor),
  slope: template.slope * (what === 'margin' ? 1 : factor),
});

export const defaultTemplate: Template = { margin: 1, slope: 2, zone: 0.2, bound: 0.2 };

export type ZoneKind = 'free' | 'silent' | 'firing' | 'ramp';

/** A stretch of the circle; `begin` in [0, period), `end` may lie beyond the period. A ramp ends at its spike. */
export interface Zone {
  readonly kind: ZoneKind;
  readonly begin: number;
  readonly end: number;
}

/** The silent level: not below the potential at which a neuron that resets begins. */
export const silentLevel = ({ margin }: Template, dynamics?: Dynamics): number =>
  resets(dynamics) ? Math.max(1 - margin, dynamics.reset) : 1 - margin;

/** Throws `usage` on a template that means nothing. */
export function checkTemplate({ margin, slope, zone, bound, grid, shape }: Template): void {
  const demand = (good: boolean, text: string) => {
    if (!good) throw new EngramError('usage', text);
  };
  demand(margin > 0 && Number.isFinite(margin), `margin must be a positive number of thresholds; got ${margin}`);
  demand(slope >= 0 && Number.isFinite(slope), `slope must be a number of at least 0; got ${slope}`);
  demand(
    zone > 0 && zone <= 0.5,
    `the firing zone must be above 0 and at most half a refractory period; got ${zone} refractory periods`,
  );
  demand(
    grid === undefined || (grid > 0 && grid <= zone),
    `the grid must be above 0 and at most the firing zone of ${zone}; got ${grid} refractory periods`,
  );
  demand(shape !== 'ramp' || slope > 0, `a ramp needs a slope above 0; got ${slope}`);
  demand(bound > 0 && Number.isFinite(bound), `the weight bound must be a positive number; got ${bound}`);
}

/** Distance within which a border counts as lying on the origin: far above rounding, far below anything else. */
const ORIGIN = 1e-12;

/** The zones of a neuron, all around the circle in temporal order. */
export function zonesOfNeuron(spikes: Float64Array, period: number, template: Template, dynamics?: Dynamics): Zone[] {
  if (spikes.length === 0 || !resets(dynamics)) return zonesOf(spikes, period, template.zone);
  const { zone, slope, shape } = template;
  const ramp = shape === 'ramp';
  const width = ramp ? (1 - silentLevel(template, dynamics)) / slope : zone;
  return Array.from(spikes).flatMap((spike, j): Zone[] => {
    const next = j + 1 < spikes.length ? spikes[j + 1] : spikes[0] + period;
    const release = spike + dynamics.dead;
    // Without a slope (a template lowered all the way) the width is no number: all of the stretch is ramp.
    const start = next - width > release ? next - width : release;
    const pieces: Zone[] = [
      { kind: 'free', begin: spike, end: release },
      { kind: 'silent', begin: release, end: start },
      { kind: ramp ? 'ramp' : 'firing', begin: start, end: next },
    ];
    return pieces
      .filter(({ begin, end }) => end > begin)
      .map((piece) => {
        if (piece.begin < period) return piece;
        // Beyond the spike by a rounding there would be the reset.
        const end = piece.end === next ? spikes[0] : piece.end - period;
        return { ...piece, begin: piece.begin - period, end };
      });
  });
}

/** The zones of a train whose spikes leave the potential alone, from the first firing zone on. */
export function zonesOf(spikes: Float64Array, period: number, zone: number): Zone[] {
  if (spikes.length === 0) return [{ kind: 'silent', begin: 0, end: period }];
  const zones: Zone[] = [];
  // A border on the circle's origin is put there exactly, so that the zones on its two sides agree about it.
  const snap = (time: number) => {
    const origin = Math.round(time / period) * period;
    return Math.abs(time - origin) < ORIGIN ? origin : time;
  };
  const add = (kind: ZoneKind, begin: number, end: number) => {
    if (end <= begin) return;
    const turns = Math.floor(snap(begin) / period) * period;
    zones.push({ kind, begin: snap(begin) - turns, end: snap(end) - turns });
  };
  spikes.forEach((spike, j) => {
    const next = j + 1 < spikes.length ? spikes[j + 1] : spikes[0] + period;
    add('firing', spike - zone, spike + zone);
    add('free', spike + zone, Math.min(spike + 1, next - zone));
    add('silent', spike + 1, next - zone);
  });
  return zones;
}
