/**
 * Every violation of the template by a neuron with dynamics of its own, in one sweep around the circle.
 *
 * The sweep carries (V, I, D) from arrival to arrival, zone by zone; a release sets V to R, and (I, D) to zero where a spike
 * forgets its inputs. Each stretch between is held against the template: the extrema of V in silence, of V above the line of a ramp,
 * and of V' around spikes, each in closed form or between brackets (piece.ts). Of every contiguous violated run the worst moment
 * is kept. Moments are times of the circle, never sums, so that a cut at an arrival, at a border or at a spike names it
 * exactly. The sweep is the kernel's (kernel/membrane-scan.ts); this file lays out its tables.
 */
import type { Arena } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import { cutKinds, type Violation } from '../cut.js';
import type { DemandedZone } from '../demands.js';
import { resets } from '../dynamics.js';
import type { Template } from '../template.js';
import type { ZoneKind } from '../zones.js';
import { silentLevel } from '../zones.js';
import type { MembraneDynamics } from './dynamics.js';

interface Kernel {
  membraneTemplate(after: number, reset: number, gain: number, slope: number, silent: number): void;
  membraneScan(zones: number, count: number, weights: number, tolerance: number, cuts: number, scratch: number): number;
}

/** The kernel's names of zones, and of what spikes do. */
const ZONES: Record<ZoneKind, number> = { free: 0, silent: 1, firing: 2, ramp: 3 };
const AFTER: Record<MembraneDynamics['after'], number> = { nothing: 0, all: 1, membrane: 2 };
/** What is true of a zone. */
const RELEASED = 1;
const BEGINS_BEYOND = 2;
const ENDS_BEYOND = 4;
const ZONE_BYTES = 48;
const CUT_BYTES = 32;

export interface Scanned {
  template: Template;
  dynamics: MembraneDynamics;
  period: number;
  spikes: Float64Array;
  /** All around the circle, each beginning where the one before ends. */
  zones: readonly DemandedZone[];
  /** How many arrivals there are in a period; they have to be bound (arrivals.ts). */
  events: number;
}

/**
 * The scan of one neuron, of weights at a pointer, with what `Program.scan` takes; the limits of its cuts are still those of
 * the whole potential.
 */
export function loadScan(
  arena: Arena,
  { template, dynamics, period, spikes, zones, events }: Scanned,
): (weights: number, tolerance: number, ease?: Float64Array) => Violation[] {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const moving = resets(dynamics) && spikes.length > 0;
  const { dead, reset, gain } = dynamics;
  const after = AFTER[moving ? dynamics.after : 'nothing'];
  const silent = silentLevel(template, dynamics);
  const origin = zones[0].begin;
  const releases = new Set(
    Array.from(spikes, (spike) => (spike + dead < period ? spike + dead : spike + dead - period)),
  );
  const table = arena.alloc(ZONE_BYTES * zones.length);
  zones.forEach(({ kind, begin }, z) => {
    const last = z + 1 === zones.length;
    const end = last ? origin : zones[z + 1].begin;
    const flags =
      (moving && kind !== 'free' && releases.has(begin) ? RELEASED : 0) +
      (begin < origin ? BEGINS_BEYOND : 0) +
      (last || end < origin ? ENDS_BEYOND : 0);
    const at = table + ZONE_BYTES * z;
    arena.u32(at, 2).set([ZONES[kind], flags]);
    arena.f64(at + 8, 4).set([begin, end, 0, 0]);
  });
  const scratch = arena.alloc(16);
  const cutTable = arena.alloc(CUT_BYTES * (2 * events + 6 * zones.length));

  return (weights, tolerance, ease) => {
    zones.forEach(({ demand = -1 }, z) => {
      // Two, since a ramp is two demands.
      arena.f64(table + ZONE_BYTES * z + 24, 2).set([ease?.[demand] ?? 0, ease?.[demand + 1] ?? 0]);
    });
    kernel.membraneTemplate(after, reset, gain, template.slope, silent);
    const found = kernel.membraneScan(table, zones.length, weights, tolerance, cutTable, scratch);
    const numbers = arena.f64(cutTable, 4 * found);
    const words = arena.i32(cutTable, 8 * found);
    return Array.from({ length: found }, (_, n): Violation => {
      const kind = cutKinds[words[8 * n + 6]];
      const zone = zones[words[8 * n + 7]];
      // The slope at the spike that ends a ramp is a demand of its own, the one after.
      const demand = (zone.demand as number) + (zone.kind === 'ramp' && kind !== 'level' ? 1 : 0);
      return { time: numbers[4 * n], kind, limit: numbers[4 * n + 2], amount: numbers[4 * n + 1], demand };
    });
  };
}
