// Our solver on single neurons of an instance, from the four starting points that the benchmarks compare:
//
//   verified  what `memorize` does: program, all rounds and scans, and the independent judge
//   cold      the same without the judge: program, rounds, scans; nothing known beforehand
//   warm      handed the active cuts of the answer, it still scans until nothing is violated
//   given     handed a set of rows as numbers, as a solver without a template would be; no scan
import { activeSet, kktResidual } from '../dist/solvers/index.js';
import { createArena } from '../dist/src/core/index.js';
import { memorizeJob } from '../dist/src/memory/memorize/index.js';
import { solveNeuron } from '../dist/src/memory/memorize/neuron.js';
import { spikesOf } from '../dist/src/memory/score/index.js';
import {
  boxViolation,
  checkedOf,
  cutSlacks,
  defaultTemplate,
  loadScore,
  templateViolation,
} from '../dist/src/memory/template/index.js';

const isSpike = ({ kind }) => kind === 'spike';
const byTime = (a, b) => a.time - b.time;
const LONGEST_DELAY = 10;
const TOLERANCE = 1e-9;

/**
 * The solvers of an instance. They share one arena: what a program returned points into it is stale after the
 * next call. Variables are in the order of the program (`program.order`), the same for every run of a neuron.
 */
export function openInstance({ score, wiring }) {
  const arena = createArena(2 ** 25);
  const load = loadScore(arena, score, LONGEST_DELAY);
  const mark = arena.mark();
  const verified = memorizeJob.prepare({ score, wiring, template: defaultTemplate, objective: 'l2' });

  const inputsOf = (l) => {
    const [first, last] = [wiring.starts[l], wiring.starts[l + 1]];
    return { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
  };
  const programOf = (l) => {
    arena.release(mark);
    const { sources, delays } = inputsOf(l);
    return load(spikesOf(score, l), sources, delays, defaultTemplate);
  };
  const synapses = (l) => wiring.starts[l + 1] - wiring.starts[l];
  const box = (n) => {
    const { bound } = defaultTemplate;
    return { lower: new Float64Array(n).fill(-bound), upper: new Float64Array(n).fill(bound) };
  };
  const solve = (l, program) => solveNeuron(arena, program, box(synapses(l)), 'l2');

  return {
    verified,
    cold: (l) => solve(l, programOf(l)),
    warm(l, active) {
      const program = programOf(l);
      return solve(l, { ...program, borders: active.filter(({ kind }) => kind !== 'spike') });
    },
    given(problem) {
      arena.release(mark);
      return solveGiven(arena, problem);
    },

    /** Of a solution of a neuron: the larger of its violation in continuous time and its optimality residual. */
    residual(l, { weights, cuts, multipliers }) {
      const { course, combine } = checkedOf(score, inputsOf(l), weights);
      const kkt = kktResidual({
        weights,
        lower: -defaultTemplate.bound,
        upper: defaultTemplate.bound,
        multipliers,
        slacks: cutSlacks(course, cuts),
        equality: cuts.map(isSpike),
        combination: combine(cuts, multipliers),
      });
      return Math.max(
        kkt,
        templateViolation(course, spikesOf(score, l), defaultTemplate),
        boxViolation(weights, box(weights.length)),
      );
    },

    /**
     * What peers are handed: the problem under the active rows of the answer and that under all rows of our run
     * (equalities first, in the order of time), and the signs of the equalities' multipliers. Undefined without an answer.
     */
    cutSets(l) {
      const program = programOf(l);
      const all = [];
      const writeRow = (cut, row) => {
        all.push(cut);
        program.writeRow(cut, row);
      };
      const { status, cuts, multipliers } = solve(l, { ...program, writeRow });
      if (status !== 'solved') return undefined;
      // A cut may have been dropped and written again: one row each.
      const distinct = [...new Map(all.map((cut) => [`${cut.kind} ${cut.time}`, cut])).values()];
      const signs = cuts
        .map(({ time, kind }, i) => ({ time, kind, y: multipliers[i] }))
        .filter(isSpike)
        .sort(byTime);
      return {
        neuron: l,
        cuts,
        active: problemOf(program, cuts, l),
        all: problemOf(program, distinct, l),
        signs: signs.map(({ y }) => y),
      };
    },

    /** A cutting-plane loop is fed by these: rows to begin with, and rows that weights violate. */
    feed(l) {
      const program = programOf(l);
      const at = arena.alloc(8 * synapses(l));
      const first = [...program.spikes, ...program.borders];
      return {
        first: problemOf(program, first, l),
        violated(weights, tolerance) {
          arena.f64(at, weights.length).set(weights);
          return program.scan(at, tolerance);
        },
        more: (cuts) => problemOf(program, cuts, l),
      };
    },
  };

  function problemOf(program, cuts, l) {
    const n = synapses(l);
    const sorted = [...cuts.filter(isSpike).sort(byTime), ...cuts.filter((cut) => !isSpike(cut))];
    const rows = new Float64Array(n * sorted.length);
    const row = arena.alloc(8 * n);
    sorted.forEach((cut, i) => {
      program.writeRow(cut, row);
      rows.set(arena.f64(row, n), n * i);
    });
    return {
      n,
      m: sorted.length,
      rows,
      limits: Float64Array.from(sorted, ({ limit }) => limit),
      equalities: sorted.filter(({ kind }) => kind === 'spike').length,
      bound: defaultTemplate.bound,
    };
  }
}

/** The dual active-set kernel on rows that are all there: they are its only cuts, and it takes the slack of each itself. */
function solveGiven(arena, { n, m, rows, limits, equalities, bound }) {
  const solver = activeSet(arena, new Float64Array(n).fill(-bound), new Float64Array(n).fill(bound));
  const rowOfSlot = [];
  const round = (indices, kind) => {
    const slots = solver.open(indices.length);
    indices.forEach((i, k) => {
      rowOfSlot[slots[k]] = i;
      arena.f64(solver.rowPointer(slots[k]), n).set(rows.subarray(n * i, n * (i + 1)));
    });
    return solver.round(
      slots,
      indices.map((i) => limits[i]),
      kind,
    );
  };
  const violated = () => {
    const w = arena.f64(solver.weights, n);
    const indices = [];
    for (let i = equalities; i < m; i++) {
      let slack = -limits[i];
      for (let k = 0, at = n * i; k < n; k++) slack += rows[at + k] * w[k];
      if (slack < -TOLERANCE) indices.push(i);
    }
    return indices;
  };
  const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

  let status = round(range(0, equalities), 'equalities');
  if (status === 'solved') status = round(range(equalities, m), 'inequalities');
  for (let refined = false; status === 'solved'; ) {
    const indices = violated();
    if (indices.length > 0 || solver.violatedBounds() > 0) {
      refined = false;
      status = round(indices, 'inequalities');
    } else if (refined) break;
    else {
      solver.refine();
      refined = true;
    }
  }
  const multipliers = new Float64Array(m);
  const { slots, values } = solver.multipliers();
  slots.forEach((slot, i) => {
    multipliers[rowOfSlot[slot]] = values[i];
  });
  return { status, x: arena.f64(solver.weights, n).slice(), y: multipliers, counters: solver.counters };
}
