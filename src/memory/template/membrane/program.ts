/**
 * The program of a neuron with dynamics of its own (membrane/dynamics.ts), with the same face as that of the default model.
 *
 * Its rows are in rows.ts. What weights do not change, free(t), moves to the other side: row . w >= limit -+ free.
 */
import type { Arena } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import type { Cut, Moment, Violation } from '../cut.js';
import { type DemandedZone, demandsOf } from '../demands.js';
import { freeShare, resets } from '../dynamics.js';
import { overdriveCuts, type Program, spikeCuts } from '../program.js';
import type { Template } from '../template.js';
import { silentLevel } from '../zones.js';
import { loadArrivals } from './arrivals.js';
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
  const synapses = sources.length;
  const { events, bind } = loadArrivals(arena, score, sources, delays, dynamics);
  const moving = resets(dynamics) && spikes.length > 0;
  const { demands, zones } = demandsOf(spikes, period, template, dynamics);

  /** By how much the limit of a cut falls through what the last spike has left. */
  const freeOf = (moment: Moment): number => (moving ? freeShare(dynamics, spikes, period, moment) : 0);
  const lowered = (cut: Cut): Cut => ({ ...cut, limit: cut.limit - freeOf(cut) });

  const first = demands.length - spikes.length;
  const after = overdriveCuts(spikes, period, template, first - spikes.length);
  const atSpikes = [...spikeCuts(spikes, template, first), ...after].map(lowered);
  const bounded = atSpikes.filter(({ kind }) => kind !== 'spike');

  const writeRow = rowWriter(arena, dynamics, spikes, period, synapses, events);
  const look = loadScan(arena, { template, dynamics, period, spikes, zones, events });

  function scan(weights: number, tolerance: number, ease?: Float64Array): Violation[] {
    const inZones = look(weights, tolerance, ease).map((found) => ({ ...found, limit: found.limit - freeOf(found) }));
    return bounded.length > 0 ? [...inZones, ...atBoundedSpikes(weights, tolerance, ease)] : inZones;
  }

  /** What is only bounded at a spike, or asked after it, has to be looked at. */
  function atBoundedSpikes(weights: number, tolerance: number, ease?: Float64Array): Violation[] {
    const mark = arena.mark();
    const pointer = arena.alloc(8 * synapses);
    const w = arena.f64(weights, synapses);
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
    borders: spikes.length > 0 ? bordersOf(zones, dynamics, period, silentLevel(template, dynamics)).map(lowered) : [],
    demands,
    scan,
    writeRow,
    bind,
  };
}

/** In time constants of the synapse, how long after a release its border stands: V rises to some 1e-10 until there at most. */
const JUST_AFTER = 5e-5;

/**
 * Ends of silence, and its begins where no reset decides about them. A smooth current that a release finds positive lifts V at once
 * above a silent level at which it begins: what matters then is V', whose place a moment just after the release takes (without
 * it each round finds the peak half as far from there as the last one). These come last: the solver takes rows up in one pass.
 */
function bordersOf(zones: readonly DemandedZone[], dynamics: MembraneDynamics, period: number, silent: number): Cut[] {
  const { order, after, reset, synapse } = dynamics;
  const at = ({ demand }: DemandedZone, time: number): Cut => {
    return { time: time < period ? time : time - period, kind: 'level', limit: -silent, demand };
  };
  const silence = zones.filter(({ kind }) => kind === 'silent');
  if (!resets(dynamics)) return silence.flatMap((zone) => [at(zone, zone.begin), at(zone, zone.end)]);
  const lifts = order === 2 && after === 'membrane' && reset === silent;
  const afterRelease = ({ begin, end }: DemandedZone) => begin + Math.min(JUST_AFTER * synapse, end - begin);
  const ends = silence.map((zone) => at(zone, zone.end));
  return lifts ? [...ends, ...silence.map((zone) => at(zone, afterRelease(zone)))] : ends;
}
