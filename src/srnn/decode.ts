/**
 * The rule read from the excitatory population by a linear decoder, along the delay. At each sample (activity of sigma 10 steps in bins of 10, as for
 * trajectories) ridge regression on labels y = -1, 1 of right trials,
 *
 *   w = (X'X + k I)^-1 X'y,   k = (mean of the diagonal of X'X) / 10,   X centred on the trials of training,
 *
 * is trained on four fifths of the trials and asked for the sign on the others; and at all other samples too: a code that stays generalises over time.
 */
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { demandSession, type Session, trialsByRule } from './session.js';
import { samplesOf } from './trajectories.js';

const FOLDS = 5;
const RIDGE = 0.1;
/** Trials of a rule at most. */
const MOST = 200;

/** How well the rule is read. */
export interface Decoding {
  /** Trained at sample i and asked at sample j: share of right answers, i samples + j. */
  readonly shares: Float64Array;
  /** Samples along the delay. */
  readonly samples: number;
  /** Trials that were asked. */
  readonly trials: number;
}

/** Undefined where a rule has fewer right trials than folds. */
export function decodeRule(session: Session): Decoding | undefined {
  demandSession(session);
  const byRule = trialsByRule(session, MOST);
  const count = Math.min(...byRule.map((own) => own.length));
  if (count < FOLDS) return undefined;
  const trials = byRule.flatMap((own, rule) =>
    own.slice(0, count).map((trial, k) => ({ fold: k % FOLDS, y: 2 * rule - 1, samples: samplesOf(session, trial) })),
  );
  const samples = trials[0].samples.length;
  const right = new Float64Array(samples * samples);
  for (let fold = 0; fold < FOLDS; fold++) {
    const [known, asked] = [trials.filter((one) => one.fold !== fold), trials.filter((one) => one.fold === fold)];
    for (let i = 0; i < samples; i++) {
      const { weights, mean } = ridge(
        known.map((one) => one.samples[i]),
        known.map(({ y }) => y),
      );
      for (let j = 0; j < samples; j++) {
        for (const { samples: own, y } of asked) {
          let sum = 0;
          for (let n = 0; n < weights.length; n++) sum += weights[n] * (own[j][n] - mean[n]);
          // What says nothing is right half of the time.
          right[i * samples + j] += sum === 0 ? 0.5 : Number(sum > 0 === y > 0);
        }
      }
    }
  }
  return { shares: right.map((sum) => sum / trials.length), samples, trials: trials.length };
}

function ridge(rows: readonly Float64Array[], y: readonly number[]): { weights: number[]; mean: Float64Array } {
  const n = rows[0].length;
  const mean = new Float64Array(n);
  for (const row of rows) for (let k = 0; k < n; k++) mean[k] += row[k] / rows.length;
  const products = Array.from({ length: n }, () => new Float64Array(n));
  const target = new Float64Array(n);
  rows.forEach((row, r) => {
    for (let i = 0; i < n; i++) {
      const x = row[i] - mean[i];
      if (x === 0) continue;
      target[i] += x * y[r];
      for (let j = 0; j < n; j++) products[i][j] += x * (row[j] - mean[j]);
    }
  });
  const trace = products.reduce((sum, row, i) => sum + row[i], 0);
  if (trace === 0) return { weights: new Array<number>(n).fill(0), mean };
  for (let i = 0; i < n; i++) products[i][i] += (RIDGE * trace) / n;
  const solved = new CholeskyDecomposition(new Matrix(products.map((row) => [...row]))).solve(
    Matrix.columnVector([...target]),
  );
  return { weights: solved.to1DArray(), mean };
}
