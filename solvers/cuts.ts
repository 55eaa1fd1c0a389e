/**
 * Semi-infinite programs: infinitely many rows, of which an oracle finds those that a point violates.
 *
 *   repeat   x <- optimum under the rows so far (warm)
 *            rows <- rows + what the oracle finds at x
 *   until    it finds nothing
 */
import { type Arena, demandFunction, demandInteger, demandObject, refuse } from '../src/core/index.js';
import { activeSet, addCounters, type Counters } from './active-set/active-set.js';
import type { Metric } from './active-set/factor.js';
import { refineRounds } from './active-set/rounds.js';
import { createModel, type QpModel, type Rows } from './model.js';
import type { QpProblem } from './problem.js';
import type { Settings, Solution } from './solution.js';
import type { Status } from './status.js';
import { CLOSE_DEPENDENCE } from './tolerances.js';

/** The last solution, under all rows so far; `y` has the rows of the problem first, then those of the oracle. */
export interface CutSolution extends Solution {
  /** Solves made, one per round. */
  rounds: number;
  /** Rows that the oracle added, over all rounds. */
  rows: number;
}

/** Gives rows that x violates, or undefined when there are none. */
export type CutOracle = (x: Float64Array) => Rows | undefined;
/** Settings of each solve, and the cap on solves. */
export type CutSettings = Settings & {
  /** Most solves; 300 unless given. */
  rounds?: number;
};

/**
 * Solves `problem` under its own rows and those of the oracle. Every round is judged, and the last under all rows so far: `solved` is
 * as good as the oracle. `roundLimit` after 300 rounds, unless `rounds` says otherwise.
 */
export function solveWithCuts(problem: QpProblem, oracle: CutOracle, settings: CutSettings = {}): CutSolution {
  const rounds = cutting(problem, oracle, settings);
  let next = rounds.next();
  while (!next.done) next = rounds.next(next.value.model.solve(next.value.settings));
  return next.value;
}

/** The same beside other work of the thread: see `solveQpLater`. */
export async function solveWithCutsLater(
  problem: QpProblem,
  oracle: CutOracle,
  settings: CutSettings = {},
): Promise<CutSolution> {
  const rounds = cutting(problem, oracle, settings);
  let next = rounds.next();
  while (!next.done) next = rounds.next(await next.value.model.solveLater(next.value.settings));
  return next.value;
}

/** The rounds: every yield asks for a solution. */
function* cutting(
  problem: QpProblem,
  oracle: CutOracle,
  settings: CutSettings,
): Generator<{ model: QpModel; settings: Settings }, CutSolution, Solution> {
  demandFunction('the oracle', oracle);
  demandObject('the settings', settings);
  const { rounds: most = 300, ...inner } = settings;
  demandInteger('rounds', most, 1);
  const model = createModel(problem);
  let rows = 0;
  for (let rounds = 1; ; rounds++) {
    const solution = yield { model, settings: inner };
    inner.signal?.throwIfAborted();
    const found = solution.status === 'solved' ? oracle(solution.x) : undefined;
    if (found) demandObject('the rows of the oracle', found, ['A', 'l', 'u']);
    // Rows that are not understood are not none.
    const count = found ? (found.l ?? found.u ?? refuse('the rows of the oracle need l or u')).length : 0;
    if (!found || count === 0 || rounds === most) {
      model.dispose();
      return { ...solution, status: count > 0 ? 'roundLimit' : solution.status, rounds, rows };
    }
    model.addRows(found);
    rows += count;
  }
}

/** What `refineByCuts` asks for, in terms of the caller's own cuts. */
export interface CutSource<Cut> {
  /** Taken up first. */
  readonly equalities: readonly Cut[];
  /** Inequalities that are nearly always needed, taken up next. */
  readonly likely: readonly Cut[];
  /**
   * The cuts to add at the weights at `pointer`, most urgent first; none if the weights will do. `spoiled` says that rounding has brought cuts
   * back a few times: nearly coincident ones are violated in turn until some more is left alone.
   */
  violated(pointer: number, spoiled: boolean): Cut[];
  /** Writes the row of a cut, as many doubles as there are weights. */
  write(cut: Cut, pointer: number): void;
  /** n . w >= limit, or = limit for equalities. */
  limit(cut: Cut): number;
  /** Whether to give up with `roundLimit`, after a look at the weights at `pointer`; asked before rounds for violated cuts. */
  isHopeless?(pointer: number): boolean;
}

/** A source that writes the rows of a round together, and may have products of its own for them. */
export interface JointSource<Cut> extends CutSource<Cut> {
  /** In place of `write`. */
  writeAll?(cuts: readonly Cut[], pointers: readonly number[]): void;
  /** In place of `denseGram`, where rows have zeros worth passing over. */
  readonly gram?: Metric['gram'];
}

/** Throws `usage` unless a source can be asked for cuts. */
export function demandSource<Cut>(
  source: Pick<CutSource<Cut>, 'equalities' | 'likely' | 'violated' | 'write' | 'limit'>,
  roundLimit: number,
): void {
  demandObject('the source of cuts', source);
  for (const name of ['violated', 'write', 'limit'] as const)
    demandFunction(`the \`${name}\` of the source`, source[name]);
  if (!Array.isArray(source.equalities) || !Array.isArray(source.likely)) refuse('the source must list its first cuts');
  demandInteger('the limit on rounds', roundLimit, 1);
}

/** What rounds of cuts have come to; not judged. */
export interface Refined<Cut> {
  /** What the solver says of the cuts that it has seen. */
  status: Status;
  /** Pointer to the weights in the arena. */
  weights: number;
  /** The active cuts: of the optimum, or of the proof of infeasibility. */
  cuts: Cut[];
  /** One for each of `cuts`. */
  multipliers: Float64Array;
  /** Work done, the same on every machine. */
  counters: Counters;
}

/**
 * The same for weights of least norm in a finite box, inside an arena: rows are written where the solver reads them,
 * and only those of active cuts are kept. Nothing is judged: for callers that judge with code of their own, as
 * `memorize` does.
 */
export function refineByCuts<Cut>(
  arena: Arena,
  lower: Float64Array,
  upper: Float64Array,
  source: JointSource<Cut>,
  roundLimit: number,
): Refined<Cut> {
  demandObject('the arena', arena);
  demandSource(source, roundLimit);
  const mark = arena.mark();
  const usual = refineOnce(arena, lower, upper, source, roundLimit, {});
  if (usual.status !== 'stalled') return usual;
  // Rows that nearly follow from each other, as those of a pattern that is repeated nearly exactly.
  arena.release(mark);
  const again = refineOnce(arena, lower, upper, source, roundLimit, { dependence: CLOSE_DEPENDENCE });
  return { ...again, counters: addCounters(usual.counters, again.counters) };
}

function refineOnce<Cut>(
  arena: Arena,
  lower: Float64Array,
  upper: Float64Array,
  source: JointSource<Cut>,
  roundLimit: number,
  settings: { dependence?: number },
): Refined<Cut> {
  const solver = activeSet(arena, lower, upper, { ...settings, gram: source.gram });
  const cutOfSlot: Cut[] = [];
  const round = (cuts: readonly Cut[], kind: 'equalities' | 'inequalities'): Status => {
    const slots = solver.open(cuts.length);
    const pointers = Array.from(slots, solver.rowPointer);
    cuts.forEach((cut, i) => {
      cutOfSlot[slots[i]] = cut;
      if (!source.writeAll) source.write(cut, pointers[i]);
    });
    source.writeAll?.(cuts, pointers);
    const limits = cuts.map((cut) => source.limit(cut));
    return solver.round(slots, limits, kind);
  };

  let status = round(source.equalities, 'equalities');
  if (status === 'solved') status = round(source.likely, 'inequalities');
  status = refineRounds(
    solver,
    status,
    roundLimit,
    (spoiled) => source.violated(solver.weights, spoiled),
    (cuts) => (source.isHopeless?.(solver.weights) ? 'roundLimit' : round(cuts, 'inequalities')),
  );
  const { slots, values } = solver.multipliers();
  if (!values.every(Number.isFinite)) {
    // Rounding has eaten the factor: nothing is known, and nothing that looks like a number is handed over.
    arena.f64(solver.weights, lower.length).fill(0);
    return {
      status: 'stalled',
      weights: solver.weights,
      cuts: [],
      multipliers: new Float64Array(),
      counters: { ...solver.counters },
    };
  }
  return {
    status,
    weights: solver.weights,
    cuts: Array.from(slots, (slot) => cutOfSlot[slot]),
    multipliers: values,
    counters: { ...solver.counters },
  };
}
