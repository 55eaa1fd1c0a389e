/**
 * The least share on a lattice, exactly, of a neuron with few inputs: the integer program
 *
 *   minimize d   over levels n_k,   w_k = n_k unit,
 *   subject to   |z(f_j) - 1| <= d,   z <= 1 - margin + d in silence,   z' >= (1 - d) slope around spikes
 *
 * solved by branch and bound (HiGHS), with rows at the worst moments of the exact potential added until there are none. The
 * share is that of the exact potential; that there is no smaller one is what HiGHS says: no multipliers prove it.
 */
import type { Highs } from '../../../solvers/index.js';
import { ln } from '../../core/index.js';
import {
  arrivalsOf,
  type CutKind,
  combineCuts,
  demandsOf,
  potentialFrom,
  shortfalls,
  slopeAt,
} from '../template/index.js';
import { latticeOf } from './aims/levels.js';
import { neuronProblem, type Setting } from './setting.js';

/** Largest logarithm of the number of lattice points that is tried. */
const MOST_POINTS = 14;
const ROUNDS = 100;
/** How far the exact potential may miss what the rows say. */
const TOLERANCE = 1e-7;
/** Times that differ by rounding only. */
const SAME = 1e-12;

export interface ExactLevels {
  weights: Float64Array;
  share: number;
}

/** Whether a neuron of so many inputs is small enough on so many levels. */
export const fewEnough = (inputs: number, levels: number): boolean => inputs * ln(levels) <= MOST_POINTS;

/** The lattice weights of least share, of a default neuron; undefined where HiGHS fails or the rounds do not end. */
export function exactLevels(highs: Highs, setting: Setting, neuron: number, levels: number): ExactLevels | undefined {
  const { template } = setting;
  const { memories, inputs, box } = neuronProblem(setting, neuron);
  const n = inputs.delays.length;
  const { unit, least, most } = latticeOf(box, template.bound, levels);
  const rows: { entries: Float64Array; least: number }[] = [];
  const arrivals = memories.map(({ score }) => arrivalsOf(score, inputs));
  /** entries . levels + byShare d >= limit. */
  const add = (memory: number, moment: number, kind: CutKind, byShare: number, limit: number) => {
    // Zones may reach beyond the period; an arrival that is met there must be met here too, for its sides.
    const { times, period } = arrivals[memory];
    const wrapped = moment < period ? moment : moment - period;
    const time = times.find((arrival) => Math.abs(arrival - wrapped) < SAME) ?? wrapped;
    const row = combineCuts(arrivals[memory], n, [{ time, kind }], Float64Array.of(1));
    rows.push({ entries: Float64Array.of(...row.map((entry) => entry * unit(1)), byShare), least: limit });
  };
  memories.forEach(({ spikes }, memory) => {
    for (const time of spikes) {
      add(memory, time, 'above', 1, 1);
      add(memory, time, 'level', 1, -1);
    }
  });
  const cost = new Float64Array(n + 1);
  cost[n] = 1;
  const integer = Array.from({ length: n + 1 }, (_, k) => k < n);
  for (let round = 0; round < ROUNDS; round++) {
    const { status, x } = highs.solveMip(
      {
        q: cost,
        A: Float64Array.from(rows.flatMap(({ entries }) => Array.from(entries))),
        l: Float64Array.from(rows, ({ least }) => least),
        u: new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY),
        lb: Float64Array.of(...least, 0),
        ub: Float64Array.of(...most, 1),
      },
      integer,
    );
    if (status !== 'claimed') return undefined;
    const weights = Float64Array.from(x.subarray(0, n), (level) => unit(Math.round(level)));
    const before = rows.length;
    let share = 0;
    memories.forEach(({ score, spikes }, memory) => {
      const potential = potentialFrom(arrivals[memory], weights);
      const { demands } = demandsOf(spikes, score.period, template);
      shortfalls(potential, demands, template).forEach(({ amount, time }, i) => {
        const { kind } = demands[i];
        const top = template.overdrive?.level ?? 1;
        const needed = kind === 'slope' ? amount / template.slope : kind === 'overdrive' ? amount / top : amount;
        share = Math.max(share, needed);
        if (!(needed > x[n] + TOLERANCE) || kind === 'spike') return;
        if (kind === 'overdrive') return add(memory, time, 'above', top, top);
        if (kind === 'silence') return add(memory, time, 'level', 1, template.margin - 1);
        const left = slopeAt(potential, time, 'left') < slopeAt(potential, time, 'right');
        add(memory, time, left ? 'slope-' : 'slope+', template.slope, template.slope);
      });
    });
    if (rows.length === before) return { weights, share };
  }
  return undefined;
}
