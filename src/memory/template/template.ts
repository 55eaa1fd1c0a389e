/**
 * The template: what the potential z of one neuron must do around its prescribed spikes f_1 < f_2 < ...
 *
 *   z(f_j) = 1                                    at each spike
 *   z'(t) >= slope        f_j - zone <= t <= f_j + zone         firing zone
 *   z(t)  <= 1 - margin   f_j + 1 <= t <= f_{j+1} - zone        silent zone
 *
 *   z(f_j + after) >= level                      where an overdrive is asked: the threshold then lies in the midst of the swing
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
import { demandObject, EngramError } from '../../core/index.js';

/** That the potential goes on rising after a spike. */
export interface Overdrive {
  /** The least potential there, above 1, in thresholds. */
  readonly level: number;
  /** How long after each spike, above 0 and below 1, in refractory periods. */
  readonly after: number;
}

/** What the potential of a neuron must do around its prescribed spikes; see the head of template.ts. */
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
  /** If given, how high the potential must be after a spike. For neurons that no spike resets. */
  readonly overdrive?: Overdrive | undefined;
}

/**
 * The template with all its demands lowered by `shortfall`, a share from 0 to 1: with 1 the weights zero obey it.
 * The smallest share at which there are weights says how far a neuron is from its template.
 */
export const relaxed = (template: Template, shortfall: number): Template => ({
  ...template,
  margin: template.margin - shortfall,
  slope: template.slope * (1 - shortfall),
  ...(template.overdrive
    ? { overdrive: { ...template.overdrive, level: template.overdrive.level * (1 - shortfall) } }
    : {}),
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

/** Margin 1, slope 2, zones of 0.2, weights up to 0.2. */
export const defaultTemplate: Template = { margin: 1, slope: 2, zone: 0.2, bound: 0.2 };

/** Throws `usage` on a template that means nothing. */
export function checkTemplate(template: Template): void {
  demandObject('the template', template);
  const { margin, slope, zone, bound, grid, shape, overdrive } = template;
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
  if (overdrive) {
    const { level, after } = overdrive;
    demand(level > 1 && Number.isFinite(level), `the overdrive must be a number of thresholds above 1; got ${level}`);
    demand(
      after > 0 && after < 1,
      `the overdrive must be asked for above 0 and below 1 refractory period after a spike; got ${after} refractory periods`,
    );
    demand(grid === undefined, 'a sampled template has no overdrive; leave one of the two out');
  }
  demand(bound > 0 && Number.isFinite(bound), `the weight bound must be a positive number; got ${bound}`);
}
