/**
 * The program of a neuron with dynamics of its own (membrane/dynamics.ts), with the same face as that of the default model.
 *
 * Its rows are in rows.ts. What weights do not change, free(t), moves to the other side: row . w >= limit -+ free.
 */
import { type Arena, EngramError, sortSpread } from '../../../core/index.js';
import { channelCount, type Score } from '../../score/index.js';
import type { Cut, Moment, Violation } from '../cut.js';
import { type DemandedZone, demandsOf } from '../demands.js';
import { freeShare, resets } from '../dynamics.js';
import { overdriveCuts, type Program, spikeCuts } from '../program.js';
import type { Template } from '../template.js';
import { silentLevel } from '../zones.js';
import type { MembraneDynamics } from './dynamics.js';
import { rowWriter } from './rows.js';
import { loadScan } from './scan.js';

/** Sets up the program of one neuron. Throws `input` on an unknown source. */
export function membraneProgram(
  arena: Arena,
  score: Score,
  spikes: Float64Array,
  sources: Uint32Array,
  delays: Float64Array,
  template: Template,
  dynamics: MembraneDynamics,
): Program {
  const { period } = score;
  const { synapses, times, from } = sortedArrivals(score, sources, delays);
  const moving = resets(dynamics) && spikes.length > 0;
  const { demands, zones } = demandsOf(spikes, period, template, dynamics);

  /** By how much the limit of a cut falls through what the last spike has left. */
  const freeOf = (moment: Moment): number => (moving ? freeShare(dynamics, spikes, period, moment) : 0);
  const lowered = (cut: Cut): Cut => ({ ...cut, limit: cut.limit - freeOf(cut) });

  const first = demands.length - spikes.length;
  const after = overdriveCuts(spikes, period, template, first - spikes.length);
  const atSpikes = [...spikeCuts(spikes, template, first), ...after].map(lowered);
  const bounded = atSpikes.filter(({ kind }) => kind !== 'spike');

  const tables = { template, dynamics, moving, period, spikes, times, from, zones };
  const writeRow = rowWriter(arena, tables, synapses);
  const look = loadScan(tables);

  function scan(weights: number, tolerance: number, ease?: Float64Array): Violation[] {
    const w = arena.f64(weights, synapses);
    const inZones = look(w, tolerance, ease).map((found) => ({ ...found, limit: found.limit - freeOf(found) }));
    return bounded.length > 0 ? [...inZones, ...atBoundedSpikes(w, tolerance, ease)] : inZones;
  }

  /** What is only bounded at a spike, or asked after it, has to be looked at. */
  function atBoundedSpikes(w: Float64Array, tolerance: number, ease?: Float64Array): Violation[] {
    const mark = arena.mark();
    const pointer = arena.alloc(8 * synapses);
    const violations = bounded.map((cut): Violation => {
      writeRow(cut, pointer);
      const row = arena.f64(pointer, synapses);
      let product = 0;
      for (let k = 0; k < synapses; k++) product += row[k] * w[k];
      return { ...cut, amount: cut.limit - (ease ? ease[cut.demand as number] : 0) - product };
    });
    arena.release(mark);
    return violations.filter(({ amount }) => amount > tolerance);
  }

  return {
    order: Uint32Array.from({ length: synapses }, (_, k) => k),
    spikes: atSpikes,
    borders: spikes.length > 0 ? bordersOf(zones, moving, period, -silentLevel(template, dynamics)).map(lowered) : [],
    demands,
    scan,
    writeRow,
    bind: () => {},
  };
}

/** Ends of silence, and its begins where no reset decides about them. */
function bordersOf(zones: readonly DemandedZone[], moving: boolean, period: number, limit: number): Cut[] {
  return zones
    .filter(({ kind }) => kind === 'silent')
    .flatMap(({ begin, end, demand }): Cut[] => {
      const at = (time: number): Cut => ({ time: time < period ? time : time - period, kind: 'level', limit, demand });
      return moving ? [at(end)] : [at(begin), at(end)];
    });
}

/** All arrivals of a period in order of time, and the synapses that they come from. */
function sortedArrivals(score: Score, sources: Uint32Array, delays: Float64Array) {
  const { period, starts, times: spikeTimes } = score;
  const channels = channelCount(score);
  let events = 0;
  sources.forEach((source, k) => {
    if (!(source < channels)) {
      throw new EngramError(
        'input',
        `synapse ${k} comes from neuron ${source}, but the score has ${channels} channels`,
      );
    }
    events += starts[source + 1] - starts[source];
  });
  const raw = new Float64Array(events);
  const owner = new Uint32Array(events);
  let n = 0;
  for (let k = 0; k < sources.length; k++) {
    const delay = delays[k] % period;
    for (let s = starts[sources[k]]; s < starts[sources[k] + 1]; s++, n++) {
      const time = spikeTimes[s] + delay;
      raw[n] = time < period ? time : time - period;
      owner[n] = k;
    }
  }
  const { sorted, order } = sortSpread(raw, 0, period);
  return { synapses: sources.length, times: sorted, from: Uint32Array.from(order, (e) => owner[e]) };
}
