/**
 * The scan for violations, laid out for the kernel: zones cut into segments at the circle's origin and where they are long, so that
 * exponentials of times within one neither overflow nor lose digits. Between two arrivals z = (a + b x) e^{-x}: its maximum and
 * its steepest and flattest points are known in closed form, and one pass over the arrivals finds every violation exactly.
 */
import { type Arena, countUntil } from '../../../core/index.js';
import { type CutKind, cutKinds, type Violation } from '../cut.js';
import type { DemandedZone } from '../demands.js';
import type { Template } from '../template.js';
import type { ZoneKind } from '../zones.js';

interface Kernel {
  templateSegments(segments: number, count: number): void;
  templateScan(
    segments: number,
    count: number,
    weights: number,
    startLevel: number,
    startSlope: number,
    level: number,
    slope: number,
    tolerance: number,
    cuts: number,
    limit: number,
  ): number;
  templateRow(time: number, kind: number, row: number): void;
}

/** The kernel's name of a zone; ramps are of neurons that reset. */
const CODES: Record<ZoneKind, number> = { free: 0, silent: 1, firing: 2, ramp: 0 };
/** Longest stretch whose exponentials share one anchor. */
const STRETCH = 16;
const CUT_LIMIT = 4096;
const SEGMENT_BYTES = 64;
const CUT_BYTES = 24;

/** The limit of a row in a silent zone or in a firing zone. */
export const zoneLimit = (kind: CutKind, { margin, slope }: Template): number =>
  kind === 'level' ? margin - 1 : slope;

/** Lays the zones out; `times` are the sorted arrivals. The scan takes the weights' pointer and what `Program.scan` takes. */
export function loadScan(
  arena: Arena,
  zones: readonly DemandedZone[],
  times: Float64Array,
  synapses: number,
  period: number,
  template: Template,
): (weights: number, tolerance: number, ease?: Float64Array) => Violation[] {
  const kernel = arena.kernels<Kernel>();
  const segments = segmentsOf(zones, times, period);
  const count = segments.length;
  const table = arena.alloc(SEGMENT_BYTES * count);
  segments.forEach((segment, i) => {
    const at = table + SEGMENT_BYTES * i;
    const code = CODES[segment.kind] + (segment.fresh ? 4 : 0);
    arena.u32(at, 3).set([code, segment.first, segment.last]);
    arena.f64(at + 16, 2).set([segment.begin, segment.end - segment.begin]);
    arena.f64(at + 48, 2).set([segment.end, 0]);
  });
  kernel.templateSegments(table, count);
  const startLevel = arena.alloc(8 * synapses);
  const startSlope = arena.alloc(8 * synapses);
  kernel.templateRow(segments[0].begin, 0, startLevel);
  kernel.templateRow(segments[0].begin, 3, startSlope);
  const cutTable = arena.alloc(CUT_BYTES * CUT_LIMIT);

  return (weights, tolerance, ease) => {
    if (ease) {
      segments.forEach(({ demand }, i) => {
        if (demand !== undefined) arena.f64(table + SEGMENT_BYTES * i + 56, 1)[0] = ease[demand];
      });
    }
    const found = kernel.templateScan(
      table,
      count,
      weights,
      startLevel,
      startSlope,
      1 - template.margin,
      template.slope,
      tolerance,
      cutTable,
      CUT_LIMIT,
    );
    const numbers = arena.f64(cutTable, 3 * found);
    const words = arena.i32(cutTable, 6 * found);
    return Array.from({ length: found }, (_, i) => {
      const kind = cutKinds[words[6 * i + 4]];
      const { demand } = segments[words[6 * i + 5]];
      const limit = zoneLimit(kind, template);
      return { time: numbers[3 * i], kind, limit, amount: numbers[3 * i + 1], demand };
    });
  };
}

interface Segment extends DemandedZone {
  /** Whether a zone begins here, rather than goes on. */
  fresh: boolean;
  first: number;
  last: number;
}

/** Zones cut at the period's end and into stretches, each with its arrivals: those at its begin, not those at its end. */
function segmentsOf(zones: readonly DemandedZone[], times: Float64Array, period: number): Segment[] {
  const segments: Segment[] = [];
  for (const { kind, begin, end, demand } of zones) {
    const pieces =
      begin < period && end > period
        ? [
            [begin, period],
            [0, end - period],
          ]
        : [[begin, end]];
    let fresh = true;
    for (const [from, to] of pieces) {
      const count = Math.ceil((to - from) / STRETCH);
      for (let i = 0; i < count; i++) {
        const left = from + ((to - from) * i) / count;
        const right = i + 1 < count ? from + ((to - from) * (i + 1)) / count : to;
        segments.push({ kind, demand, begin: left, end: right, fresh, first: 0, last: 0 });
        fresh = false;
      }
    }
  }
  segments.forEach((segment, i) => {
    segment.first = countUntil(times, segment.begin, 'left');
    const before = segments[(i + segments.length - 1) % segments.length];
    before.last = segment.begin <= before.begin ? times.length : segment.first;
  });
  return segments;
}
