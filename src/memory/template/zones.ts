/**
 * The zones of a template (template.ts) around the circle: for the program that is solved, and for figures. The verifier
 * has its own reading of the template (windows.ts), on purpose; a test holds the two against each other.
 */
import { type Dynamics, resets } from './dynamics.js';
import type { Template } from './template.js';

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
