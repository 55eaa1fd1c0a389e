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
import type { Arena } from '../../../core/index.js';
import { kernelModule } from '../../kernels.generated.js';
import type { Score } from '../../score/index.js';
import type { Cut, CutKind, Violation } from '../cut.js';
import { type DemandedZone, demandsOf } from '../demands.js';
import { gridCuts, gridViolations, violatedOf } from '../grid.js';
import { overdriveCuts, type Program, spikeCuts } from '../program.js';
import type { Template } from '../template.js';
import { potentialOf } from './course.js';
import { loadScan, zoneLimit } from './scan.js';
import { loadSpikes } from './spike-table.js';
import { loadSynapses } from './synapses.js';

interface DenseKernel {
  denseDot(a: number, b: number, n: number): number;
}

interface Kernel {
  templateRow(time: number, kind: number, row: number): void;
}

/** The kernel's name of a row; the potential from below is the potential. */
const ROW_KINDS: Record<CutKind, number> = { spike: 0, level: 1, 'slope+': 2, 'slope-': 3, above: 0 };

/**
 * Loads a score into an arena and returns the function that sets up the program of one neuron: its
 * prescribed spikes, and the sources and delays of its synapses. The kernels work on the program that was set
 * up, or bound, last; what it allocated is given back with `arena.release`. One function, longer than most: the tables of a score
 * are made once, for the programs of all its neurons.
 * @param longest an upper bound on the delays
 */
export function loadScore(arena: Arena, score: Score, longest: number) {
  const kernel = arena.kernels<Kernel>(kernelModule);
  const dense = arena.kernels<DenseKernel>();
  const { period } = score;
  const table = loadSpikes(arena, score, longest);

  return function program(
    spikes: Float64Array,
    sourceOf: Uint32Array,
    delayOf: Float64Array,
    template: Template,
  ): Program {
    const synapses = sourceOf.length;
    const { order, events, time, synapse, bind } = loadSynapses(arena, score, table, sourceOf, delayOf);
    const { demands, zones } = demandsOf(spikes, period, template);
    const atSpikes = spikeCuts(spikes, template, demands.length - spikes.length);
    // Equalities stay with the solver; what is only bounded at a spike has to be looked at.
    const bounded = atSpikes.filter(({ kind }) => kind !== 'spike');
    const after = overdriveCuts(spikes, period, template, demands.length - 2 * spikes.length);
    const row = arena.alloc(after.length > 0 ? 8 * synapses : 0);
    /** Those of the cuts after spikes that the weights violate. */
    const tooLow = (weights: number, tolerance: number, ease?: Float64Array): Violation[] =>
      after
        .map((cut): Violation => {
          kernel.templateRow(cut.time, ROW_KINDS.above, row);
          const lowered = ease ? ease[cut.demand as number] : 0;
          return { ...cut, amount: cut.limit - lowered - dense.denseDot(row, weights, synapses) };
        })
        .filter(({ amount }) => amount > tolerance);
    // At single moments the plain potential is all there is to know.
    const courseFrom = (weights: number) => {
      const w = arena.f64(weights, synapses);
      const perArrival = Float64Array.from(arena.u32(synapse, events), (k) => w[k]);
      return potentialOf(arena.f64(time, events), perArrival, period);
    };
    const common = {
      order,
      spikes: [...atSpikes, ...after],
      writeRow: ({ time: at, kind }: Pick<Cut, 'time' | 'kind'>, row: number) =>
        kernel.templateRow(at, ROW_KINDS[kind], row),
      bind,
    };
    if (template.grid !== undefined) {
      const points = gridCuts(spikes, period, template, template.grid);
      const scan = (weights: number, tolerance: number) => {
        const course = courseFrom(weights);
        return [...violatedOf(course, bounded, tolerance), ...gridViolations(course, points, tolerance)];
      };
      return { ...common, borders: [], demands: [], scan };
    }
    const inZones = loadScan(arena, zones, arena.f64(time, events), synapses, period, template);
    const scan = (weights: number, tolerance: number, ease?: Float64Array): Violation[] => {
      const found = [...inZones(weights, tolerance, ease), ...tooLow(weights, tolerance, ease)];
      if (bounded.length === 0) return found;
      const by = ({ demand }: Cut) => (ease ? ease[demand as number] : 0);
      const lowered = bounded.map((cut) => ({ ...cut, limit: cut.limit - by(cut) }));
      const atSpike = violatedOf(courseFrom(weights), lowered, tolerance);
      return [...found, ...atSpike.map((cut) => ({ ...cut, limit: cut.limit + by(cut) }))];
    };
    return { ...common, borders: spikes.length > 0 ? bordersOf(zones, period, template) : [], demands, scan };
  };
}

/** Begins and ends of the silent zones. */
const bordersOf = (zones: readonly DemandedZone[], period: number, template: Template): Cut[] =>
  zones
    .filter(({ kind }) => kind === 'silent')
    .flatMap(({ begin, end, demand }) =>
      [begin, end < period ? end : end - period].map(
        (time): Cut => ({ time, demand, kind: 'level', limit: zoneLimit('level', template) }),
      ),
    );
