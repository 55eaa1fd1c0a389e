/**
 * One neuron's template as rows for a solver. Its potential is linear in its weights,
 *
 *   z(t) = sum_k w_k sum_{s of source k} h(t - d_k - s),    h(t) = t e^{1-t}, t > 0,
 *
 * all earlier periods included: just after a spike the response of a source to its whole past is
 * (a + b x) e^{-x}, where (a, b) solve the recursion over the spikes of one period together with the
 * condition that the period repeats. Between two arrivals the potential therefore has the same form, its
 * maximum and its steepest and flattest points are known in closed form, and one pass over the sorted
 * arrivals finds every violation of the template exactly.
 */
import { type Arena, decay, EngramError, exp } from '../../core/index.js';
import { kernelModule } from '../kernels.generated.js';
import { channelCount, type Score, spikesOf } from '../score/index.js';
import { type Demand, type DemandedZone, demandsOf } from './demands.js';
import { gridCuts, gridViolations, violatedOf } from './grid.js';
import { potentialOf } from './potential.js';
import type { Template, ZoneKind } from './template.js';

/**
 * What a row says of a moment: the potential at a spike (`spike`, the only equality), the potential from below
 * (`above`) or from above (`level`, whose row is minus the potential), or the slope just after (`slope+`) or
 * just before (`slope-`), since the slope jumps at an arrival.
 */
export type CutKind = 'spike' | 'level' | 'slope+' | 'slope-' | 'above';
export const cutKinds: readonly CutKind[] = ['spike', 'level', 'slope+', 'slope-', 'above'];

/** What a row depends on. */
export interface Moment {
  readonly time: number;
  readonly kind: CutKind;
  /** Of several scores on the same weights, in which one; 0 if not given. */
  readonly memory?: number;
}

/** A linear demand on the weights: row . w >= limit, or = limit at a `spike`. */
export interface Cut extends Moment {
  readonly limit: number;
  /** Which of the program's demands it is part of, where that is known. */
  readonly demand?: number;
}

/** A cut that the potential violates, and by how much. */
export interface Violation extends Cut {
  readonly amount: number;
}

/** What the template demands at its spikes; `first` is the number of the first spike's demand. */
export function spikeCuts(spikes: Float64Array, { leeway, grid }: Template, first: number): Cut[] {
  const cuts = (kind: CutKind, limit: number) =>
    Array.from(spikes, (time, i): Cut => ({ time, kind, limit, demand: first + i }));
  if (grid !== undefined) return cuts('above', 1 - (leeway ?? 0));
  if (leeway === undefined) return cuts('spike', 1);
  return [...cuts('above', 1 - leeway), ...cuts('level', -1 - leeway)];
}

/** The limit of a row in a silent zone or in a firing zone. */
const zoneLimit = (kind: CutKind, { margin, slope }: Template) => (kind === 'level' ? margin - 1 : slope);

export interface Program {
  /** The variables are the synapses sorted by source and delay: variable i is synapse order[i]. */
  readonly order: Uint32Array;
  /** The demands at the spikes. */
  readonly spikes: readonly Cut[];
  /** The borders of the silent zones: moments at which the potential of a solution mostly touches the silent level. */
  readonly borders: readonly Cut[];
  /** What is asked, piece by piece (see demands.ts); none of a sampled template. */
  readonly demands: readonly Demand[];
  /**
   * Every violation above `tolerance` of the template by the weights at the pointer: one cut per contiguous
   * violated run, at its worst point. `ease` tells by how much each demand is lowered (none if not given); the
   * limits of the cuts are those of the template all the same.
   */
  scan(weights: number, tolerance: number, ease?: Float64Array): Violation[];
  /** Writes the row of a moment at a pointer to as many doubles as there are variables. */
  writeRow(moment: Moment, row: number): void;
  /** Makes the kernels work on this program again after another one in the same arena. */
  bind(): void;
}

/** Several programs on the same synapses as one: the weights have to obey them all (several memories in a network). */
export function stackPrograms(programs: readonly Program[]): Program {
  if (programs.length === 1) return programs[0];
  const firsts = programs.map((_, m) => programs.slice(0, m).reduce((sum, { demands }) => sum + demands.length, 0));
  const numbered = <Item extends Cut>(memory: number, items: readonly Item[]) =>
    items.map((item) => ({ ...item, memory, demand: firsts[memory] + (item.demand ?? 0) }));
  const of = ({ memory = 0 }: Moment) => {
    programs[memory].bind();
    return programs[memory];
  };
  return {
    order: programs[0].order,
    spikes: programs.flatMap(({ spikes }, memory) => numbered(memory, spikes)),
    borders: programs.flatMap(({ borders }, memory) => numbered(memory, borders)),
    demands: programs.flatMap(({ demands }, memory) => demands.map((demand) => ({ ...demand, memory }))),
    scan: (weights, tolerance, ease) =>
      programs.flatMap((program, memory) => {
        program.bind();
        const own = ease?.subarray(firsts[memory], firsts[memory] + program.demands.length);
        return numbered(memory, program.scan(weights, tolerance, own));
      }),
    writeRow: (moment, row) => of(moment).writeRow(moment, row),
    bind: () => {},
  };
}

interface Kernel {
  templateScore(period: number, reach: number, spikes: number, powers: number): void;
  templateNeuron(
    synapses: number,
    synapseTable: number,
    events: number,
    time: number,
    synapse: number,
    spike: number,
    scale: number,
  ): void;
  templateSynapses(): void;
  templateSpikes(count: number): void;
  templateArrivals(ranges: number, count: number, raw: number): void;
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

/** The kernel's name of a row; the potential from below is the potential. */
const ROW_KINDS: Record<CutKind, number> = { spike: 0, level: 1, 'slope+': 2, 'slope-': 3, above: 0 };
/** The kernel's name of a zone; ramps are of neurons that reset. */
const CODES: Record<ZoneKind, number> = { free: 0, silent: 1, firing: 2, ramp: 0 };
/** Longest stretch whose exponentials share one anchor. */
const STRETCH = 16;
const CUT_LIMIT = 4096;
const SEGMENT_BYTES = 64;
const CUT_BYTES = 24;

/**
 * Loads a score into an arena and returns the function that sets up the program of one neuron: its
 * prescribed spikes, and the sources and delays of its synapses. The kernels work on the program that was set
 * up, or bound, last; what it allocated is given back with `arena.release`.
 * @param longest an upper bound on the delays
 */
export function loadScore(arena: Arena, score: Score, longest: number) {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const { period } = score;
  const sources = channelCount(score);
  // A row at time t asks for the last spike before t - delay, modulo the period: spikes of the period before
  // belong in the table as far back as the delays reach, and one more.
  const reach = Math.min(longest, period);
  const buckets = Math.floor((period + reach) * 2) + 2;
  const pastCounts = Array.from({ length: sources }, (_, source) => {
    const spikes = spikesOf(score, source);
    return spikes.length - countBefore(spikes, period - reach) + 1;
  });
  const entries = score.times.length + pastCounts.reduce((a, b) => a + b, 0);
  const spikeTable = arena.alloc(32 * entries);
  const bucketTable = arena.alloc(4 * sources * buckets);
  const ranges = arena.alloc(8 * sources);
  const powers = arena.alloc(8 * 16);
  fillTables();
  const bindScore = () => kernel.templateScore(period, reach, spikeTable, powers);
  bindScore();
  kernel.templateSpikes(entries);

  function fillTables(): void {
    const table = arena.f64(spikeTable, 4 * entries);
    const bucket = arena.u32(bucketTable, sources * buckets);
    const range = arena.u32(ranges, 2 * sources);
    let entry = 0;
    for (let source = 0; source < sources; source++) {
      const spikes = spikesOf(score, source);
      const n = spikes.length;
      const responses = steadyResponse(spikes, period);
      const first = entry;
      for (let i = -pastCounts[source]; i < n; i++, entry++) {
        if (n === 0) {
          // One entry before all times, of a response that is zero.
          table[4 * entry] = -reach - 1;
          continue;
        }
        const spike = ((i % n) + n) % n;
        table[4 * entry] = spikes[spike] + Math.floor(i / n) * period;
        table[4 * entry + 1] = responses[2 * spike];
        table[4 * entry + 2] = responses[2 * spike + 1];
      }
      range.set([first + pastCounts[source], entry], 2 * source);
      let last = first;
      for (let i = 0; i < buckets; i++) {
        while (last + 1 < entry && table[4 * (last + 1)] < (i + 1) / 2 - reach) last++;
        bucket[source * buckets + i] = last;
      }
    }
  }

  return function program(
    spikes: Float64Array,
    sourceOf: Uint32Array,
    delayOf: Float64Array,
    template: Template,
  ): Program {
    const synapses = sourceOf.length;
    const synapseTable = arena.alloc(32 * synapses);
    const delays = arena.f64(synapseTable, 4 * synapses);
    const words = arena.u32(synapseTable, 8 * synapses);
    let events = 0;
    const order = bySource(sourceOf, delayOf, sources);
    for (let i = 0; i < synapses; i++) {
      const source = sourceOf[order[i]];
      delays[4 * i] = delayOf[order[i]] % period;
      words[8 * i + 5] = source;
      words[8 * i + 6] = bucketTable + 4 * source * buckets;
      events += score.starts[source + 1] - score.starts[source];
    }
    const time = arena.alloc(8 * events);
    const synapse = arena.alloc(4 * events);
    const spike = arena.alloc(4 * events);
    const scale = arena.alloc(8 * events);
    const bind = () => {
      bindScore();
      kernel.templateNeuron(synapses, synapseTable, events, time, synapse, spike, scale);
    };
    bind();
    kernel.templateSynapses();
    const mark = arena.mark();
    if (events > 0) kernel.templateArrivals(ranges, arena.alloc(4 * (events + 1)), arena.alloc(8 * events));
    arena.release(mark);

    const writeRow = ({ time, kind }: Moment, row: number) => kernel.templateRow(time, ROW_KINDS[kind], row);
    const { demands, zones } = demandsOf(spikes, period, template);
    const atSpikes = spikeCuts(spikes, template, demands.length - spikes.length);
    // Equalities stay with the solver; what is only bounded at a spike has to be looked at.
    const bounded = atSpikes.filter(({ kind }) => kind !== 'spike');
    const potentialOfWeights = (weights: number) => {
      const w = arena.f64(weights, synapses);
      const perArrival = Float64Array.from(arena.u32(synapse, events), (k) => w[k]);
      return potentialOf(arena.f64(time, events), perArrival, period);
    };
    if (template.grid !== undefined) {
      const points = gridCuts(spikes, period, template, template.grid);
      return {
        order,
        spikes: atSpikes,
        borders: [],
        demands: [],
        scan(weights, tolerance) {
          const potential = potentialOfWeights(weights);
          return [...violatedOf(potential, bounded, tolerance), ...gridViolations(potential, points, tolerance)];
        },
        writeRow,
        bind,
      };
    }
    const segments = segmentsOf(zones, arena.f64(time, events), period);
    const segmentTable = arena.alloc(SEGMENT_BYTES * segments.length);
    segments.forEach((segment, i) => {
      const at = segmentTable + SEGMENT_BYTES * i;
      const code = CODES[segment.kind] + (segment.fresh ? 4 : 0);
      arena.u32(at, 3).set([code, segment.first, segment.last]);
      arena.f64(at + 16, 2).set([segment.begin, segment.end - segment.begin]);
      arena.f64(at + 48, 2).set([segment.end, 0]);
    });
    kernel.templateSegments(segmentTable, segments.length);

    const startLevel = arena.alloc(8 * synapses);
    const startSlope = arena.alloc(8 * synapses);
    kernel.templateRow(segments[0].begin, 0, startLevel);
    kernel.templateRow(segments[0].begin, 3, startSlope);
    const cutTable = arena.alloc(CUT_BYTES * CUT_LIMIT);

    const silent = spikes.length > 0 ? zones.filter(({ kind }) => kind === 'silent') : [];
    const lower = (ease: Float64Array) => {
      segments.forEach(({ demand }, i) => {
        if (demand !== undefined) arena.f64(segmentTable + SEGMENT_BYTES * i + 56, 1)[0] = ease[demand];
      });
    };
    return {
      order,
      spikes: atSpikes,
      borders: silent
        .flatMap(({ begin, end, demand }) => [
          { time: begin, demand },
          { time: end < period ? end : end - period, demand },
        ])
        .map((moment) => ({ ...moment, kind: 'level', limit: zoneLimit('level', template) })),
      demands,
      scan(weights, tolerance, ease) {
        if (ease) lower(ease);
        const count = kernel.templateScan(
          segmentTable,
          segments.length,
          weights,
          startLevel,
          startSlope,
          1 - template.margin,
          template.slope,
          tolerance,
          cutTable,
          CUT_LIMIT,
        );
        const numbers = arena.f64(cutTable, 3 * count);
        const words = arena.i32(cutTable, 6 * count);
        const inZones = Array.from({ length: count }, (_, i) => {
          const kind = cutKinds[words[6 * i + 4]];
          const { demand } = segments[words[6 * i + 5]];
          return { time: numbers[3 * i], kind, limit: zoneLimit(kind, template), amount: numbers[3 * i + 1], demand };
        });
        if (bounded.length === 0) return inZones;
        const lowered = ease
          ? bounded.map((cut) => ({ ...cut, limit: cut.limit - ease[cut.demand as number] }))
          : bounded;
        const atSpike = violatedOf(potentialOfWeights(weights), lowered, tolerance);
        const given = ease
          ? atSpike.map((cut) => ({ ...cut, limit: cut.limit + ease[cut.demand as number] }))
          : atSpike;
        return [...inZones, ...given];
      },
      writeRow,
      bind,
    };
  };
}

/** Synapses in the order in which rows touch memory least: by source, then by delay. Throws `input` on an unknown source. */
function bySource(sourceOf: Uint32Array, delayOf: Float64Array, sources: number): Uint32Array {
  const next = new Uint32Array(sources + 1);
  for (let k = 0; k < sourceOf.length; k++) {
    const source = sourceOf[k];
    if (!(source < sources)) {
      throw new EngramError('input', `synapse ${k} comes from neuron ${source}, but the score has ${sources} channels`);
    }
    next[source + 1]++;
  }
  for (let source = 0; source < sources; source++) next[source + 1] += next[source];
  const order = new Uint32Array(sourceOf.length);
  const firsts = next.slice();
  for (let k = 0; k < sourceOf.length; k++) {
    const source = sourceOf[k];
    let slot = next[source]++;
    for (; slot > firsts[source] && delayOf[order[slot - 1]] > delayOf[k]; slot--) order[slot] = order[slot - 1];
    order[slot] = k;
  }
  return order;
}

/**
 * The pairs (a, b) such that (a + b x) e^{-x} is the periodic response of a synapse of weight 1 and delay 0,
 * x after each of the source's spikes.
 */
export function steadyResponse(spikes: Float64Array, period: number): Float64Array {
  const pairs = new Float64Array(2 * spikes.length);
  let a = 0;
  let b = 0;
  const passTo = (gap: number) => {
    const shrink = decay(gap);
    a = (a + b * gap) * shrink;
    b *= shrink;
  };
  for (let i = 0; i < spikes.length; i++) {
    if (i > 0) passTo(spikes[i] - spikes[i - 1]);
    b += Math.E;
  }
  if (spikes.length > 0) {
    // One period turns (a, b) into ((a + b T) q, b q), q = e^{-T}; its geometric sum closes the circle.
    const q = exp(-period);
    b /= 1 - q;
    a = (a + b * period * q) / (1 - q);
    for (let i = 0; i < spikes.length; i++) {
      passTo(i > 0 ? spikes[i] - spikes[i - 1] : spikes[0] + period - spikes[spikes.length - 1]);
      b += Math.E;
      pairs[2 * i] = a;
      pairs[2 * i + 1] = b;
    }
  }
  return pairs;
}

interface Segment extends DemandedZone {
  /** Whether a zone begins here, rather than goes on. */
  fresh: boolean;
  first: number;
  last: number;
}

/** Zones cut at the period's end and into stretches, each with its arrivals: those at its begin, not those at its end. */
function segmentsOf(zones: DemandedZone[], times: Float64Array, period: number): Segment[] {
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
    segment.first = countBefore(times, segment.begin);
    const before = segments[(i + segments.length - 1) % segments.length];
    before.last = segment.begin <= before.begin ? times.length : segment.first;
  });
  return segments;
}

/** How many of the sorted times are below `limit`. */
function countBefore(times: Float64Array, limit: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
