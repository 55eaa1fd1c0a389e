/**
 * The refinement loop: finds the weights of least norm that keep one neuron's potential within its template
 * at every moment. The template has uncountably many demands; the solver only ever sees those that some
 * iterate has violated, and those that nearly always matter.
 *
 *   rows <- the demands at the spikes, then the borders of the silent zones
 *   repeat   w <- least norm under the rows          (dual active set, warm from round to round)
 *            rows <- worst moments of every stretch where the potential of w leaves the template
 *   until    there are none
 */
import { addCounters, type Counters, refineByCuts, type Status } from '../../../solvers/index.js';
import type { Arena } from '../../core/index.js';
import type { Box, Cut, CutKind, Program, Violation } from '../template/index.js';
import { type Relaxation, slackOf } from './relaxation.js';

export interface NeuronSolution {
  /** `roundLimit` and `stalled` leave the neuron undecided. */
  status: Status;
  weights: Float64Array;
  /** The variables that lower demands, where there are any (see relaxation.ts). */
  extras: Float64Array;
  /** The active cuts and their multipliers: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  multipliers: Float64Array;
  counters: Counters;
}

/** Violation of the template that the loop leaves to the last step of refinement. */
export const TOLERANCE = 1e-9;
/** What it leaves where rounding brings violations back: half of what is promised. */
export const LOOSE = 5e-9;
const ROUND_LIMIT = 300;

/** Rows of a round at most: at 8000 synapses and 16 memories a neuron then takes up a third less of them, and half the products. */
const MOST = 128;

/**
 * The cuts of the coming round, worst first: those within sight of the worst. The others often vanish once
 * these are obeyed, and every row costs an inner product with every active one (measured: a third less
 * time at 2000 synapses than with all of them).
 */
export function mostUrgent(violations: Violation[]): Violation[] {
  // A slope row is a few times as long as a level row: the scale makes them comparable.
  const urgency = ({ kind, amount }: Violation) => (kind === 'slope+' || kind === 'slope-' ? amount / 6 : amount);
  const sorted = violations.sort((a, b) => urgency(b) - urgency(a));
  return sorted.slice(0, MOST).filter((cut, i) => i < 8 || urgency(cut) > 0.15 * urgency(sorted[0]));
}

/** What is asked beyond a demand where only some weights are wanted, by its kind. */
const EXTRA: Record<CutKind, number> = { spike: 0, above: 0, level: 0.1, 'slope+': 0.2, 'slope-': 0.2 };

/**
 * Solves the program of one neuron for weights within the box. Without an objective the solver is asked for a
 * little more than the template: its iterates then obey the template sooner than their limit does. Where that
 * is too much to ask, it is asked for the template itself.
 */
export function solveNeuron(arena: Arena, program: Program, box: Box, objective: 'l2' | 'none'): NeuronSolution {
  const exactly = ({ limit }: Cut) => limit;
  if (objective !== 'none') return refine(arena, program, box, exactly);
  const mark = arena.mark();
  const solution = refine(arena, program, box, ({ kind, limit }) => limit + EXTRA[kind]);
  if (solution.status === 'solved') return solution;
  arena.release(mark);
  const exact = refine(arena, program, box, exactly);
  return { ...exact, counters: addCounters(solution.counters, exact.counters) };
}

/** Nothing is lowered. */
const RIGID: Relaxation = {
  lower: new Float64Array(),
  upper: new Float64Array(),
  origin: new Float64Array(),
  column: new Int32Array(),
  gain: new Float64Array(),
};

/** Solves the program of one neuron whose demands may be lowered. */
export const solveRelaxed = (arena: Arena, program: Program, box: Box, relaxation: Relaxation): NeuronSolution =>
  refine(arena, program, box, ({ limit }) => limit, relaxation);

/** The loop; rows are asked to meet the limits of `aim`. */
function refine(
  arena: Arena,
  { order, spikes, borders, scan, writeRow }: Program,
  { lower, upper }: Box,
  aim: (cut: Cut) => number,
  relaxation = RIGID,
): NeuronSolution {
  const synapses = order.length;
  const extra = relaxation.lower.length;
  const variables = (values: Float64Array, ofExtra: Float64Array) => {
    const all = new Float64Array(synapses + extra);
    order.forEach((synapse, i) => {
      all[i] = values[synapse];
    });
    all.set(ofExtra, synapses);
    return all;
  };
  const box = { lower: variables(lower, relaxation.lower), upper: variables(upper, relaxation.upper) };
  const extras = (weights: number) => arena.f64(weights + 8 * synapses, extra);
  const columnOf = ({ demand }: Cut) => (extra > 0 ? relaxation.column[demand as number] : -1);
  const {
    weights: at,
    cuts,
    ...rest
  } = refineByCuts<Cut>(
    arena,
    box.lower,
    box.upper,
    {
      equalities: spikes.filter(({ kind }) => kind === 'spike'),
      likely: [...spikes.filter(({ kind }) => kind !== 'spike'), ...borders],
      violated: (weights, spoiled) =>
        mostUrgent(
          scan(weights, spoiled ? LOOSE : TOLERANCE, extra > 0 ? slackOf(relaxation, extras(weights)) : undefined),
        ),
      /** The row of a cut, and in it the entry of what lowers it. */
      write(cut, row) {
        writeRow(cut, row);
        if (extra === 0) return;
        const entries = arena.f64(row + 8 * synapses, extra).fill(0);
        const column = columnOf(cut);
        if (column >= 0) entries[column] = relaxation.gain[cut.demand as number];
      },
      limit(cut) {
        const column = columnOf(cut);
        return aim(cut) + (column < 0 ? 0 : relaxation.gain[cut.demand as number] * relaxation.origin[column]);
      },
    },
    ROUND_LIMIT,
  );
  const weights = new Float64Array(synapses);
  arena.f64(at, synapses).forEach((weight, i) => {
    weights[order[i]] = weight;
  });
  return { ...rest, weights, extras: extras(at).slice(), cuts: cuts.map(withoutAmount) };
}

/** A violation is a cut with its amount at the time, which nobody needs later. */
const withoutAmount = ({ time, kind, limit, memory, demand }: Cut): Cut =>
  memory === undefined ? { time, kind, limit, demand } : { time, kind, limit, memory, demand };
