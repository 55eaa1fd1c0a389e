/**
 * Targeted dimensionality reduction (Mante, Sussillo, Shenoy and Newsome 2013; Kim et al. 2019, fig. S5) of a network that does the task mante.
 * With z the activity of a unit in units of its standard deviation, over all trials k and steps t,
 *
 *   z_{i,t}(k) = b_0 + b_choice c(k) + b_1 e_1(k) + b_2 e_2(k) + b_context x(k)      least squares over trials, for each unit and step
 *
 * c = +1, -1 what is answered, e_1 and e_2 the mean of each stream while it is shown, x = +1, -1 which is attended. Of each b the vector over
 * units is taken at the step at which it is longest, and the four are made orthonormal in this order. Averages over the trials of a condition
 * are then projected onto them.
 */
import { Matrix, pseudoInverse } from 'ml-matrix';
import { demandInteger, demandList, demandObject, refuse } from '../core/index.js';
import type { Activity } from './activity.js';
import { orthonormal } from './components.js';
import type { RateTask } from './tasks.js';

/** What the axes stand for, in their order. */
export const AXES = ['choice', 'modality 1', 'modality 2', 'context'] as const;

/** Mean path of a condition: the attended stream, and the signs of both. */
export interface TargetedPath {
  /** The attended stream. */
  readonly context: 1 | 2;
  /** Signs of both streams. */
  readonly signs: readonly [number, number];
  /** How many it is the mean of. */
  readonly trials: number;
  /** By axis, T numbers. */
  readonly points: readonly Float64Array[];
}

/** Axes and mean paths. */
export interface Targeted {
  /** Orthonormal, N each, in the order of AXES. */
  readonly axes: readonly Float64Array[];
  /** One a condition. */
  readonly paths: readonly TargetedPath[];
}

/** How far conditions of opposite signs lie apart on an axis at most: that of the attended stream on choice, of each stream on its own. */
export interface Separation {
  /** On the axis of choice. */
  readonly choice: number;
  /** On the axis of the attended stream. */
  readonly attended: number;
  /** On the axis of the other stream. */
  readonly unattended: number;
}

/** Means over streams and contexts, in standard deviations of the projected units. */
export function separationOf(targeted: Targeted): Separation {
  demandObject('the regression', targeted);
  const { paths } = targeted;
  demandList('the paths', paths);
  const apart = (axis: number, stream: 0 | 1, context: 1 | 2) => {
    const own = paths.filter((path) => path.context === context);
    const mean = (sign: number, t: number) => {
      const some = own.filter(({ signs }) => signs[stream] === sign);
      return some.reduce((sum, { points }) => sum + points[axis][t] / some.length, 0);
    };
    const steps = own[0]?.points[axis].length ?? 0;
    return Array.from({ length: steps }, (_, t) => mean(1, t) - mean(-1, t)).reduce(
      (a, b) => Math.max(a, Math.abs(b)),
      0,
    );
  };
  return {
    choice: (apart(0, 0, 1) + apart(0, 1, 2)) / 2,
    attended: (apart(1, 0, 1) + apart(2, 1, 2)) / 2,
    unattended: (apart(1, 0, 2) + apart(2, 1, 1)) / 2,
  };
}

/** What a trial of mante shows: means of both streams where either is not 0, and the attended one. */
function shownIn(input: Float64Array): { evidence: [number, number]; context: 1 | 2 } {
  const sums = [0, 0];
  let count = 0;
  for (let e = 0; e < input.length; e += 4) {
    if (input[e] === 0 && input[e + 1] === 0) continue;
    count++;
    for (const k of [0, 1]) sums[k] += input[e + k];
  }
  return { evidence: [sums[0] / count, sums[1] / count], context: input[2] === 1 ? 1 : 2 };
}

/**
 * Regresses activity on choice, modalities and context. Throws `usage` for another task than mante, or below 16 trials.
 * @param runs trials 0, 1, ... of the seed
 */
export function targetedAxes({ task }: RateTask, seed: number, units: number, runs: readonly Activity[]): Targeted {
  if (task?.name !== 'mante')
    refuse(`regression on choice, modalities and context is for the task mante; got ${task?.name}`);
  demandInteger('the number of units', units, 1);
  demandList('the trials', runs);
  if (runs.length < 16) refuse(`regression on four things needs at least 16 trials; got ${runs.length}`);
  const shown = runs.map((_, trial) => shownIn(task.trial(seed, trial).input));
  const rows = shown.map(({ evidence: [one, two], context }, k) => {
    const { outputs } = runs[k];
    return [1, outputs[outputs.length - 1] > 0 ? 1 : -1, one, two, context === 1 ? 1 : -1];
  });
  const T = Math.min(...runs.map(({ rates }) => rates.length / units));
  const scores = zScores(runs, units, T);
  const inverse = pseudoInverse(new Matrix(rows)).to2DArray();
  const axes = orthonormal(AXES.map((_, v) => longest(inverse[v + 1], scores, units, T)));
  const groups = new Map<string, number[]>();
  shown.forEach(({ evidence, context }, k) => {
    const name = [context, ...evidence.map(Math.sign)].join();
    groups.set(name, [...(groups.get(name) ?? []), k]);
  });
  const paths = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]): TargetedPath => {
      const [context, ...signs] = name.split(',').map(Number);
      const points = axes.map((axis) =>
        projected(
          axis,
          members.map((k) => scores[k]),
          units,
          T,
        ),
      );
      return { context: context as 1 | 2, signs: signs as [number, number], trials: members.length, points };
    });
  return { axes, paths };
}

/** Activity of each trial in units of each unit's standard deviation. */
function zScores(runs: readonly Activity[], n: number, T: number): Float64Array[] {
  const [sum, squares] = [new Float64Array(n), new Float64Array(n)];
  for (const { rates } of runs) {
    for (let e = 0; e < T * n; e++) {
      sum[e % n] += rates[e];
      squares[e % n] += rates[e] * rates[e];
    }
  }
  const count = runs.length * T;
  const mean = sum.map((s) => s / count);
  const deviation = squares.map((s, i) => Math.sqrt(Math.max(0, s / count - mean[i] * mean[i])));
  return runs.map(({ rates }) =>
    rates.slice(0, T * n).map((r, e) => (deviation[e % n] > 0 ? (r - mean[e % n]) / deviation[e % n] : 0)),
  );
}

/** A coefficient over units, at the step at which it is longest. */
function longest(weights: readonly number[], scores: readonly Float64Array[], n: number, T: number): Float64Array {
  let [best, size] = [new Float64Array(n), -1];
  for (let t = 0; t < T; t++) {
    const beta = new Float64Array(n);
    scores.forEach((z, k) => {
      for (let i = 0; i < n; i++) beta[i] += weights[k] * z[t * n + i];
    });
    const own = beta.reduce((s, b) => s + b * b, 0);
    if (own > size) [best, size] = [beta, own];
  }
  return best;
}

function projected(axis: Float64Array, scores: readonly Float64Array[], n: number, T: number): Float64Array {
  return Float64Array.from({ length: T }, (_, t) => {
    let sum = 0;
    for (const z of scores) for (let i = 0; i < n; i++) sum += axis[i] * z[t * n + i];
    return sum / scores.length;
  });
}
