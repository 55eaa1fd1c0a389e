/**
 * Where the excitatory population goes in the delay. Activity of single trials (sigma of 10 steps, bins of 10) in principal components; mean trajectories of
 * rule x choice, shifted to start at 0. One fit takes the four conditions together, equally many trials of each; the source fits each curve by itself,
 * so that its axes differ between curves (`original`).
 *
 *   error = mean over rules of the mean over components of (last point, right - last point, left)^2
 *
 * over all components, so that it does not depend on the axes;
 *
 *   kinetic energy = half the squared step of the first component
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { demandOneOf } from '../core/index.js';
import { chosenTrials, demandSession, MOST_TRIALS, type Session, trainsOf } from './session.js';
import { binned, smoothed } from './smooth.js';

const [SIGMA, BIN] = [10, 10];
const MOST_COMPONENTS = 400;
const KINDS = [0, 1].flatMap((rule) => [0, 1].map((choice) => ({ rule: rule as 0 | 1, choice: choice as 0 | 1 })));

/** The mean over right trials of a rule and choice. */
export interface Trajectory {
  /** Modality that counts. */
  readonly rule: 0 | 1;
  /** Side that was chosen. */
  readonly choice: 0 | 1;
  /** How many trials. */
  readonly trials: number;
  /** Samples x components, from 0 on. */
  readonly points: readonly Float64Array[];
  /** By step between samples. */
  readonly energy: Float64Array;
}

/** The four mean trajectories. */
export interface Trajectories {
  /** Of rule x choice. */
  readonly curves: readonly Trajectory[];
  /** The trajectory error, in Hz^2. */
  readonly error: number;
  /** Shares of the variance, of the last fit. */
  readonly explained: Float64Array;
}

interface Basis {
  readonly mean: Float64Array;
  /** Components, each as long as there are neurons. */
  readonly vectors: readonly Float64Array[];
  readonly explained: Float64Array;
}

/** The four mean trajectories; undefined where a rule and choice has no right trial, or the delay is shorter than a sample. */
export function trajectoriesOf(session: Session, fit: 'one' | 'original' = 'one'): Trajectories | undefined {
  demandSession(session);
  demandOneOf('the fit', fit, ['one', 'original']);
  const samples = samplesByKind(session);
  if (!samples) return undefined;
  const together = fit === 'one' ? basisOf(samples.flat(2) as Float64Array[]) : undefined;
  let last: Basis | undefined;
  const curves = KINDS.map(({ rule, choice }, k): Trajectory => {
    last = together ?? basisOf(samples[k].flat());
    const { mean, vectors } = last;
    const points = samples[k][0].map((_, s) =>
      Float64Array.from(vectors, (vector) => {
        let sum = 0;
        for (const trial of samples[k])
          for (let n = 0; n < vector.length; n++) sum += (trial[s][n] - mean[n]) * vector[n];
        return sum / samples[k].length;
      }),
    );
    const shifted = points.map((point) => point.map((x, c) => x - points[0][c]));
    const energy = Float64Array.from({ length: shifted.length - 1 }, (_, s) => {
      const step = shifted[s + 1][0] - shifted[s][0];
      return (step * step) / 2;
    });
    return { rule, choice, trials: samples[k].length, points: shifted, energy };
  });
  return { curves, error: errorOf(samples), explained: (last as Basis).explained };
}

/** The trajectory error alone; NaN where there are no trajectories. */
export function trajectoryError(session: Session): number {
  const samples = samplesByKind(session);
  return samples ? errorOf(samples) : Number.NaN;
}

type Samples = readonly (readonly Float64Array[])[][];

/** Of each rule and choice equally many trials, each in samples. */
function samplesByKind(session: Session): Samples | undefined {
  const trials = KINDS.map(({ rule, choice }) =>
    chosenTrials(
      session,
      `rule ${rule} choice ${choice}`,
      ({ context, truth }) => context === rule && truth === choice,
    ),
  );
  const count = Math.min(MOST_TRIALS, ...trials.map((own) => own.length));
  if (count === 0 || session.until - session.from < BIN) return undefined;
  return trials.map((own) => own.slice(0, count).map((trial) => samplesOf(session, trial)));
}

/** In the neurons' own axes: those of components are a rotation away. */
function errorOf(samples: Samples): number {
  const moves = samples.map((own) => {
    const last = own[0].length - 1;
    return own[0][0].map((_, n) => own.reduce((sum, trial) => sum + (trial[last][n] - trial[0][n]) / own.length, 0));
  });
  const errors = [0, 1].map((rule) => {
    const [right, left] = [moves[2 * rule], moves[2 * rule + 1]];
    return right.reduce((sum, x, n) => sum + (x - left[n]) * (x - left[n]), 0) / right.length;
  });
  return (errors[0] + errors[1]) / 2;
}

/** The activity of the excitatory neurons in a trial, in Hz: sample by sample. */
export function samplesOf(
  { outcome, excitatory, steps, from, until, settings }: Session,
  trial: number,
): Float64Array[] {
  const { neurons, steps: times } = trainsOf(outcome, trial);
  const raw = Array.from({ length: excitatory }, () => new Float64Array(steps));
  neurons.forEach((neuron, k) => {
    if (neuron < excitatory) raw[neuron][times[k]] = 1 / settings.task.dt;
  });
  const courses = raw.map((course) =>
    course.some((x) => x > 0) ? binned(smoothed(course, SIGMA).subarray(from, until), BIN) : undefined,
  );
  const length = Math.floor((until - from) / BIN);
  return Array.from({ length }, (_, s) => Float64Array.from(courses, (course) => course?.[s] ?? 0));
}

/** Principal components of samples. */
function basisOf(samples: readonly Float64Array[]): Basis {
  const n = samples[0].length;
  const mean = new Float64Array(n);
  for (const sample of samples) for (let k = 0; k < n; k++) mean[k] += sample[k] / samples.length;
  const centred = samples.map((sample) => sample.map((x, k) => x - mean[k]));
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  for (const sample of centred) {
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) rows[i][j] += sample[i] * sample[j];
  }
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) rows[i][j] = rows[j][i];
  const covariance = new Matrix(rows.map((row) => [...row]));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, k) => k).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const count = Math.min(MOST_COMPONENTS, n);
  const total = realEigenvalues.reduce((sum, x) => sum + x, 0);
  const vectors = order.slice(0, count).map((column) => {
    const vector = Float64Array.from(eigenvectorMatrix.getColumn(column));
    // The sign is free: the entry of the largest size is positive.
    const largest = vector.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    return largest < 0 ? vector.map((x) => -x) : vector;
  });
  return { mean, vectors, explained: Float64Array.from(order.slice(0, count), (k) => realEigenvalues[k] / total) };
}
