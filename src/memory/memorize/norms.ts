/**
 * One neuron with an objective (see objective.ts). Least norm comes first: it settles whether there are weights at all, and
 * its active cuts are where the others begin. Objectives that are sums over the synapses go to Newton's method on the
 * dual; the energy goes to the least norm in its own metric; and the largest weight, s, by
 *
 *   w = x / c,   c = 1/s:      maximize c   subject to   n_i . x - b_i c >= 0 or = 0,   |x_k| <= 1,
 *
 * a linear program with one more variable. Bounds that are narrower than s are rows like others: u_k c - x_k >= 0.
 */
import { addCounters, type Refined, refineInMetric, refineSeparable, type Separable } from '../../../solvers/index.js';
import type { Arena } from '../../core/index.js';
import type { Cut, Program } from '../template/index.js';
import type { Part } from './judge.js';
import { mostUrgent, type NeuronSolution, solveNeuron } from './neuron.js';
import { energyOf, isLeastNorm, type Objective, objectiveKind, REWEIGHTINGS } from './objective.js';

/** Violation of the template that ends the rounds. */
const TOLERANCE = 1e-9;
const ROUND_LIMIT = 3000;

interface Solved extends NeuronSolution {
  /** Of `sparse`: the last prices. */
  prices?: Float64Array;
}

/** Solves the program of one neuron. `bound` is that of the template. */
export function solveObjective(
  arena: Arena,
  program: Program,
  part: Part,
  objective: Objective,
  bound: number,
): Solved {
  const { order } = program;
  const n = order.length;
  const least = solveNeuron(arena, program, part.box, objective === 'none' ? 'none' : 'l2');
  // Where the weights zero will do they are best by every measure.
  if (isLeastNorm(objective, part.costs) || least.status !== 'solved' || least.weights.every((w) => w === 0))
    return least;

  /** From the order of the synapses to that of the variables. */
  const variables = (values: Float64Array) => Float64Array.from(order, (k) => values[k]);
  const fill = (value: number) => new Float64Array(n).fill(value);
  const lower = variables(part.box.lower);
  const upper = variables(part.box.upper);
  const costs = part.costs ? variables(part.costs) : fill(1);
  const start = variables(least.weights);
  const isSpike = ({ kind }: Cut) => kind === 'spike';
  const source = {
    equalities: program.spikes.filter(isSpike),
    likely: least.cuts.filter((cut) => !isSpike(cut)),
    violated: (weights: number) => mostUrgent(program.scan(weights, TOLERANCE)),
    write: (cut: Cut, row: number) => program.writeRow(cut, row),
    limit: ({ limit }: Cut) => limit,
  };
  const separable = (terms: Pick<Separable, 'price' | 'metric'>, more: object = {}) =>
    refineSeparable<Cut>(arena, { ...terms, gain: fill(0), lower, upper }, { ...source, ...more }, ROUND_LIMIT);

  const { kind, parameter } = objectiveKind(objective);
  switch (kind) {
    case 'elastic':
      return answer(
        separable({
          price: costs.map((cost) => parameter * bound * cost),
          metric: costs.map((cost) => (1 - parameter) * cost),
        }),
      );
    case 'l1':
      return answer(separable({ price: costs, metric: costs }, { centre: start }));
    case 'sparse':
      return sparse();
    case 'linf':
      return leastPeak();
    case 'energy':
      return energy();
    default:
      return answer(separable({ price: fill(0), metric: costs }));
  }

  /** In the order of the synapses, with what has been spent on the way. */
  function answer({ weights: at, cuts, multipliers, status, counters }: Refined<Cut>, prices?: Float64Array): Solved {
    const inOrder = (values: ArrayLike<number>) => {
      const own = new Float64Array(n);
      order.forEach((synapse, i) => {
        own[synapse] = values[i];
      });
      return own;
    };
    return {
      status,
      weights: inOrder(arena.f64(at, n)),
      eased: new Float64Array(),
      cuts,
      multipliers,
      counters: addCounters(least.counters, counters),
      ...(prices ? { prices: inOrder(prices) } : {}),
    };
  }

  function sparse(): Solved {
    const small = bound / 10;
    let prices = costs;
    let left = REWEIGHTINGS;
    const refined = separable(
      { price: costs, metric: costs },
      {
        centre: start,
        reprice(weights: Float64Array) {
          if (left-- === 0) return undefined;
          prices = costs.map((cost, k) => (cost * small) / (Math.abs(weights[k]) + small));
          return prices;
        },
      },
    );
    return answer(refined, prices);
  }

  function leastPeak(): Solved {
    const last = (values: Float64Array, value: number) => Float64Array.of(...values, value);
    const widest = Math.max(...lower.map(Math.abs), ...upper.map(Math.abs));
    const at = arena.alloc(8 * n);
    /** w = x / c, into a place of its own. */
    const read = (pointer: number) => {
      const x = arena.f64(pointer, n + 1);
      const w = arena.f64(at, n);
      for (let k = 0; k < n; k++) w[k] = x[k] / x[n];
      return w;
    };
    /** u_k c - x_k >= 0 or x_k - l_k c >= 0. */
    interface BoundCut {
      readonly k: number;
      readonly sign: 1 | -1;
      readonly edge: number;
    }
    const refined = refineSeparable<Cut | BoundCut>(
      arena,
      {
        price: last(fill(0), 0),
        gain: last(fill(0), n),
        metric: last(fill(1), 10),
        lower: last(
          lower.map((low) => (low < 0 ? -1 : 0)),
          1 / widest,
        ),
        upper: last(
          upper.map((high) => (high > 0 ? 1 : 0)),
          MOST / widest,
        ),
      },
      {
        equalities: source.equalities,
        likely: source.likely,
        centre: last(
          start.map((w) => w / widest),
          1 / widest,
        ),
        violated(pointer) {
          const w = read(pointer);
          const beyond: BoundCut[] = [];
          w.forEach((value, k) => {
            if (value > upper[k] + TOLERANCE) beyond.push({ k, sign: -1, edge: upper[k] });
            else if (value < lower[k] - TOLERANCE) beyond.push({ k, sign: 1, edge: lower[k] });
          });
          return [...source.violated(at), ...beyond];
        },
        write(cut, row) {
          if ('k' in cut) {
            const entries = arena.f64(row, n + 1).fill(0);
            entries[cut.k] = cut.sign;
            entries[n] = -cut.sign * cut.edge;
          } else {
            source.write(cut, row);
            arena.f64(row + 8 * n, 1)[0] = -cut.limit;
          }
        },
        limit: () => 0,
      },
      ROUND_LIMIT,
    );
    read(refined.weights);
    // Of the multipliers a multiple is known: it makes the rows worth the peak.
    const own = refined.cuts.map((_, i) => i).filter((i) => !('k' in refined.cuts[i]));
    const cuts = own.map((i) => refined.cuts[i] as Cut);
    const peak = arena.f64(at, n).reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    const multipliers = Float64Array.from(own, (i) => (refined.multipliers[i] * peak) / n);
    return answer({ ...refined, weights: at, cuts, multipliers });
  }

  function energy(): Solved {
    const P = energyOf(part, parameter);
    const sorted = new Float64Array(n * n);
    order.forEach((k, i) => {
      order.forEach((j, l) => {
        sorted[n * i + l] = P[n * k + j];
      });
    });
    return answer(refineInMetric<Cut>(arena, sorted, lower, upper, source, ROUND_LIMIT));
  }
}

/** Weights so many times smaller than the bound count as zero. */
const MOST = 1e6;
