/**
 * The refinement loop: finds the weights of least norm that keep one neuron's potential within its template
 * at every moment. The template has uncountably many demands; the solver only ever sees those that some
 * iterate has violated, and those that nearly always matter.
 *
 *   rows <- the equalities z(f_j) = 1, then the borders of the silent zones
 *   repeat   w <- least norm under the rows          (dual active set, warm from round to round)
 *            rows <- worst moments of every stretch where the potential of w leaves the template
 *   until    there are none
 */
import { activeSet, type Counters, type Status } from '../../solvers/index.js';
import type { Arena } from '../core/index.js';
import { type Cut, cutLimit, type Program, type Template, type Violation } from '../template/index.js';

export interface NeuronSolution {
  /** `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  weights: Float64Array;
  /** The active cuts and their multipliers: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  multipliers: Float64Array;
  counters: Counters;
}

/** Violation of the template that the loop leaves to the last step of refinement. */
const TOLERANCE = 1e-9;
const ROUND_LIMIT = 300;

/**
 * The cuts of the coming round, worst first: those within sight of the worst. The others often vanish once
 * these are obeyed, and every row costs an inner product with every active one (measured: a third less
 * time at 2000 synapses than with all of them).
 */
function mostUrgent(violations: Violation[]): Violation[] {
  // A slope row is a few times as long as a level row: the scale makes them comparable.
  const urgency = ({ kind, amount }: Violation) => (kind === 'level' ? amount : amount / 6);
  const sorted = violations.sort((a, b) => urgency(b) - urgency(a));
  return sorted.filter((cut, i) => i < 8 || urgency(cut) > 0.15 * urgency(sorted[0]));
}

/** Which of the weights that obey the template: those of least norm, or any. */
export type Objective = 'l2' | 'none';

/**
 * Solves the program of one neuron with `synapses` inputs and prescribed `spikes`. Without an objective the
 * solver is asked for a little more than the template: its iterates then obey the template sooner than their
 * limit does. Where that is too much to ask, it is asked for the template itself.
 */
export function solveNeuron(
  arena: Arena,
  program: Program,
  synapses: number,
  spikes: Float64Array,
  template: Template,
  objective: Objective,
): NeuronSolution {
  const mark = arena.mark();
  if (objective === 'none') {
    const more = { ...template, margin: template.margin + 0.1, slope: template.slope + 0.2 };
    const solution = refine(arena, program, synapses, spikes, template, more);
    if (solution.status === 'solved') return solution;
    arena.release(mark);
    const exact = refine(arena, program, synapses, spikes, template, template);
    const { rounds, rows, additions, removals, active } = exact.counters;
    const spent = solution.counters;
    const counters = {
      rounds: rounds + spent.rounds,
      rows: rows + spent.rows,
      additions: additions + spent.additions,
      removals: removals + spent.removals,
      active,
    };
    return { ...exact, counters };
  }
  return refine(arena, program, synapses, spikes, template, template);
}

/** The loop; rows are asked to meet the limits of `aim`. */
function refine(
  arena: Arena,
  program: Program,
  synapses: number,
  spikes: Float64Array,
  template: Template,
  aim: Template,
): NeuronSolution {
  const { bound } = template;
  const solver = activeSet(arena, new Float64Array(synapses).fill(-bound), new Float64Array(synapses).fill(bound));
  const cutOfSlot: Cut[] = [];

  const round = (cuts: Cut[], kind: 'equalities' | 'inequalities'): Status => {
    const slots = solver.open(cuts.length);
    cuts.forEach((cut, i) => {
      cutOfSlot[slots[i]] = cut;
      program.writeRow(cut, solver.rowPointer(slots[i]));
    });
    const limits = cuts.map((cut) => cutLimit(cut, aim));
    return solver.round(slots, limits, kind);
  };

  const equalities = Array.from(spikes, (time): Cut => ({ time, kind: 'spike' }));
  let status = round(equalities, 'equalities');
  if (status === 'solved') status = round([...program.borders], 'inequalities');
  let refined = false;
  while (status === 'solved') {
    const cuts = mostUrgent(program.scan(solver.weights, TOLERANCE));
    if (cuts.length === 0 && solver.violatedBounds() === 0) {
      if (refined) break;
      solver.refine();
      refined = true;
    } else if (solver.counters.rounds === ROUND_LIMIT) {
      status = 'roundLimit';
    } else {
      refined = false;
      status = round(cuts, 'inequalities');
    }
  }
  const { slots, values } = solver.multipliers();
  const weights = new Float64Array(synapses);
  arena.f64(solver.weights, synapses).forEach((weight, i) => {
    weights[program.order[i]] = weight;
  });
  return {
    status,
    weights,
    cuts: Array.from(slots, (slot) => cutOfSlot[slot]),
    multipliers: values,
    counters: { ...solver.counters },
  };
}
