/**
 * Weights on a lattice: `levels` equidistant values from -bound to bound, an odd number, so that zero is among them.
 *
 * No lattice holds the exact threshold at every spike. All demands are lowered by a share d (see `relaxed`):
 *
 *   |z(f_j) - 1| <= d,   z <= 1 - margin + d in silence,   z' >= (1 - d) slope around spikes
 *
 * and a neuron counts as stored with d <= ALLOWED. Weights of a slightly stricter template are rounded, then repaired:
 *
 *   minimize over the lattice   sum_i excess_i^2,    excess_i by how much moment i misses its demand
 *
 * by single steps of single weights, each the one that helps most, until none helps; the moments are those at which
 * the potential of some iterate left the template. The d that is reported comes from the exact potential. This is a
 * heuristic: the least possible d may be smaller. It is an integer program (tested against one on small neurons).
 */
import { addCounters } from '../../../../solvers/index.js';
import { type Arena, EngramError, spread } from '../../../core/index.js';
import {
  arrivalsOf,
  type Box,
  boxViolation,
  type Cut,
  type CutKind,
  type Demand,
  type DemandKind,
  type Program,
  potentialFrom,
  relaxed,
  shortfalls,
  type Template,
} from '../../template/index.js';
import { demandsOfNeuron } from '../claim.js';
import { judge, type SolvedClaim } from '../judge.js';
import { resetsOf } from '../model.js';
import { solveNeuron } from '../neuron.js';
import { type BareReport, infeasibleReport } from '../report.js';
import type { NeuronProblem } from '../setting.js';
import type { AimOption, AimRule, AnyAim, Tally, Task } from './aim.js';
import { demandPlain } from './plain.js';
import { refuseGrid, refuseRamp } from './refusals.js';

/** Weights on equidistant values from -bound to bound, found by rounding. */
export interface Levels<Of extends AnyAim = AnyAim> {
  /** Name of the aim. */
  readonly kind: 'levels';
  /** How many equidistant values there are, an odd number. */
  readonly levels: number;
  /** What is wanted of the weights that are rounded: l2 or none. */
  readonly of: Of;
}

/** What levels add to a report. */
export interface LevelsPart {
  /** The share by which all demands have to be lowered for the weights; up to 0.05 is called solved. */
  share?: number;
  /** The norm of the weights over that of the optimum without levels; 0 where there is none. */
  normRatio?: number;
}

/** Levels beyond this number are as good as none. */
const MOST_LEVELS = 65535;

/** The share by which the demands on a quantised neuron may be lowered. */
export const ALLOWED = 0.05;
/** By how much stricter the template is that is rounded from, if it can be kept. */
const RESERVE = 0.1;
/** What a weight may be beyond its bounds: a bound that is a level may be missed by rounding. */
const EDGE = 1e-9;
const ROUNDS = 30;
/** Steps of a weight per round, per synapse. */
const PATIENCE = 4;

/** What is asked of the weights that are then rounded: more than needed, what is needed, the least that is allowed. */
export const templatesToRound = (template: Template): Template[] => [
  { ...template, margin: template.margin + RESERVE, slope: template.slope * (1 + RESERVE) },
  template,
  relaxed(template, ALLOWED),
];

/** Levels of the weights: integers n stand for n unit; each synapse has a range. */
interface Lattice {
  unit: (n: number) => number;
  least: Int32Array;
  most: Int32Array;
}

export function latticeOf({ lower, upper }: Box, bound: number, levels: number): Lattice {
  const half = (levels - 1) / 2;
  // Rounding must not push a bound that is a level off the lattice.
  const slack = 1e-9;
  return {
    unit: (n) => (n / half) * bound,
    least: Int32Array.from(lower, (value) => Math.max(-half, Math.ceil((value / bound) * half - slack))),
    most: Int32Array.from(upper, (value) => Math.min(half, Math.floor((value / bound) * half + slack))),
  };
}

/** A moment with its row, and the value of the row at the weights. */
interface Watched {
  cut: Cut;
  row: Float64Array;
  value: number;
  /** Excesses of slopes and overdrives count in units of these. */
  scale: number;
}

/** What a cut is about, without leeway at spikes. */
const KIND_OF: Record<CutKind, DemandKind> = {
  spike: 'spike',
  level: 'silence',
  'slope+': 'slope',
  'slope-': 'slope',
  above: 'overdrive',
};

/** By how much a moment misses its demand, in the units of the shares. */
const excessOf = ({ cut, scale }: Watched, value: number): number =>
  (cut.kind === 'spike' ? Math.abs(value - cut.limit) : Math.max(0, cut.limit - value)) * scale;

/** What a shortfall counts in: slopes and overdrives are lowered by a share of themselves. */
const unitOf = (kind: DemandKind, { slope, overdrive }: Template): number =>
  kind === 'slope' ? slope : kind === 'overdrive' ? (overdrive?.level ?? 1) : 1;

/** The share by which the demands on the potential of the weights have to be lowered: exact. */
export function shareNeeded(
  { memories, inputs }: NeuronProblem,
  demands: readonly Demand[],
  template: Template,
  weights: Float64Array,
): number {
  let share = 0;
  memories.forEach(({ score }, m) => {
    const own = demands.filter(({ memory = 0 }) => memory === m);
    const potential = potentialFrom(arrivalsOf(score, inputs), weights);
    shortfalls(potential, own, template).forEach(({ amount }, d) => {
      const relative = amount / unitOf(own[d].kind, template);
      if (!(relative <= share)) share = relative;
    });
  });
  return share;
}

/** The change of the sum of squares, downwards, when weight k moves by `change`. */
function gainOf(watched: readonly Watched[], k: number, change: number): number {
  let sum = 0;
  for (const moment of watched) {
    const entry = moment.row[k];
    if (entry === 0) continue;
    const before = excessOf(moment, moment.value);
    const after = excessOf(moment, moment.value + entry * change);
    sum += before * before - after * after;
  }
  return sum;
}

/** Moves single weights by single steps, each the one that helps most, until none helps. */
function repair({ unit, least, most }: Lattice, level: Int32Array, watched: readonly Watched[]): void {
  const n = level.length;
  for (let steps = 0; steps < PATIENCE * n; steps++) {
    let [best, at, by] = [1e-12, -1, 0];
    for (let k = 0; k < n; k++) {
      for (const step of [-1, 1]) {
        if (level[k] + step < least[k] || level[k] + step > most[k]) continue;
        const better = gainOf(watched, k, unit(level[k] + step) - unit(level[k]));
        if (better > best) [best, at, by] = [better, k, step];
      }
    }
    if (at < 0) return;
    const change = unit(level[at] + by) - unit(level[at]);
    level[at] += by;
    for (const moment of watched) moment.value += moment.row[at] * change;
  }
}

/** The moments that are watched, without repetition; `watch` says whether any of the cuts is new. */
function createWatch(arena: Arena, { order, writeRow }: Program, template: Template) {
  const n = order.length;
  const row = arena.alloc(8 * n);
  const watched: Watched[] = [];
  const known = new Set<string>();
  const watch = (cuts: readonly Cut[], weights: Float64Array): boolean => {
    const before = watched.length;
    for (const cut of cuts) {
      const name = `${cut.kind} ${cut.time} ${cut.memory ?? 0}`;
      if (known.has(name)) continue;
      known.add(name);
      writeRow(cut, row);
      const entries = new Float64Array(n);
      arena.f64(row, n).forEach((entry, i) => {
        entries[order[i]] = entry;
      });
      const value = entries.reduce((sum, entry, k) => sum + entry * weights[k], 0);
      watched.push({ cut, row: entries, value, scale: 1 / unitOf(KIND_OF[cut.kind], template) });
    }
    return watched.length > before;
  };
  return { watched, watch };
}

/**
 * Rounds weights and repairs them; the best lattice weights met, with the share they need. `program` is that of the
 * template; `start` are weights near which a solution is looked for.
 */
export function quantise(
  arena: Arena,
  program: Program,
  neuron: NeuronProblem,
  template: Template,
  levels: number,
  start: Float64Array,
): { weights: Float64Array; share: number } {
  const lattice = latticeOf(neuron.box, template.bound, levels);
  const { unit, least, most } = lattice;
  const level = Int32Array.from(start, (weight, k) =>
    Math.min(most[k], Math.max(least[k], Math.round(weight / unit(1)))),
  );
  const weightsNow = () => Float64Array.from(level, unit);
  const { watched, watch } = createWatch(arena, program, template);
  const pointer = arena.alloc(8 * start.length);
  watch([...program.spikes, ...program.borders], weightsNow());
  let found = { weights: weightsNow(), share: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    repair(lattice, level, watched);
    const weights = weightsNow();
    const share = shareNeeded(neuron, program.demands, template, weights);
    if (share < found.share) found = { weights, share };
    arena.f64(pointer, start.length).set(Array.from(program.order, (k) => weights[k]));
    if (share <= ALLOWED / 5 || !watch(program.scan(pointer, ALLOWED / 10), weights)) break;
  }
  return found;
}

const normOf = (weights: Float64Array) => Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0));

/** That weights are on the lattice, in the box, and keep the template with its demands lowered by what is allowed. */
export function claimLevels(
  neuron: NeuronProblem,
  template: Template,
  levels: number,
  weights: Float64Array,
): SolvedClaim & { share: number } {
  const { unit } = latticeOf(neuron.box, template.bound, levels);
  const half = (levels - 1) / 2;
  const onLattice = weights.every((weight) => {
    const n = Math.round(weight / unit(1));
    return Math.abs(n) <= half && weight === unit(n);
  });
  const share = shareNeeded(neuron, demandsOfNeuron(neuron, template), template, weights);
  const violation = Math.max(0, share - ALLOWED, boxViolation(weights, neuron.box) - EDGE);
  return { kind: 'solved', violation, allowed: 0, justified: onLattice, share };
}

/**
 * One neuron on levels. `infeasible` is proved for weights of any value, with demands lowered by what is allowed;
 * `stalled` where rounding needs a larger share than that.
 */
function solveQuantised(
  { arena, neuron, programOf }: Task,
  template: Template,
  objective: 'l2' | 'none',
  levels: number,
): BareReport & LevelsPart {
  let best: { weights: Float64Array; share: number } | undefined;
  const free = solveNeuron(arena, programOf(template), neuron.box, objective);
  const shortest = free.status === 'solved' ? normOf(free.weights) : 0;
  let { counters } = free;
  for (const stricter of templatesToRound(template)) {
    const solution = solveNeuron(arena, programOf(stricter), neuron.box, objective);
    counters = addCounters(counters, solution.counters);
    if (solution.status !== 'solved') {
      if (stricter.leeway !== undefined && !best && solution.status === 'infeasible') {
        return infeasibleReport(neuron, stricter, solution);
      }
      continue;
    }
    const found = quantise(arena, programOf(template), neuron, template, levels, solution.weights);
    if (!best || found.share < best.share) best = found;
    if (best.share <= ALLOWED) break;
  }
  const weights = best?.weights ?? new Float64Array(neuron.inputs.delays.length);
  const claim = best && claimLevels(neuron, template, levels, weights);
  const share = claim ? claim.share : Number.POSITIVE_INFINITY;
  return {
    status: claim && judge(claim).granted ? 'solved' : 'stalled',
    weights,
    cuts: [],
    multipliers: new Float64Array(),
    violation: Math.max(0, share - ALLOWED),
    kkt: 0,
    boundNeeded: 0,
    unreached: [],
    counters,
    share,
    normRatio: shortest > 0 ? normOf(weights) / shortest : 0,
  };
}

const isLevels = (levels: number) =>
  Number.isInteger(levels) && levels >= 3 && levels % 2 === 1 && levels <= MOST_LEVELS;

const levelsOption: AimOption<number> = {
  flags: '--levels <n>',
  about: 'quantised weights: an odd number of equidistant values from -bound to bound',
  parse: (text) => (/^\d+$/.test(text) && isLevels(Number(text)) ? Number(text) : undefined),
  allowed: `an odd number from 3 to ${MOST_LEVELS}`,
};

const partOf = (report: BareReport) => report as LevelsPart;

function tally({ levels }: Levels): Tally {
  const [shares, stretches]: number[][] = [[], []];
  return {
    add(report) {
      const { share, normRatio } = partOf(report);
      if (share !== undefined) shares.push(share);
      if (normRatio) stretches.push(normRatio);
    },
    tell() {
      const [share, stretch] = [spread(shares), spread(stretches)];
      const json = { levels, ...(share ? { share } : {}), ...(stretch ? { stretch } : {}) };
      if (!share) return { json };
      const [median, most] = [share.median, share.most].map((value) => `${(100 * value).toPrecision(2)} %`);
      const longer = stretch ? ` · ${stretch.median.toPrecision(3)} times the norm without levels (median)` : '';
      const text = `weights on ${levels} levels · demands of the stored lowered by ${median} (median) to ${most}; up to ${100 * ALLOWED} % counts as stored${longer}`;
      return { json, line: { label: 'levels', text } };
    },
  };
}

export const levels: AimRule<Levels> = {
  kind: 'levels',
  checkModel(_, { model, template }) {
    if (resetsOf(model)) refuseRamp(template);
  },
  check({ levels, of }, { template, costs }) {
    demandPlain(of, costs);
    refuseGrid(template);
    if (!isLevels(levels)) {
      throw new EngramError('usage', `levels must be an odd number from 3 to ${MOST_LEVELS}; got ${levels}`);
    }
  },
  solve: ({ levels, of }, task, template) => solveQuantised(task, template, of.kind === 'none' ? 'none' : 'l2', levels),
  columns: [
    { name: 'share', values: 'shares', of: (report) => partOf(report).share, none: 0 },
    { name: 'stretch', values: 'shares', of: (report) => partOf(report).normRatio, none: 0, unread: true },
  ],
  option: levelsOption,
  tally,
};
