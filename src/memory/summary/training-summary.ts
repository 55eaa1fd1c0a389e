/** What training comes to, neuron by neuron: losses, epochs, work, what was learned, and one neuron to draw. */
import type { Target, TrainedReport, TrainingStatus } from '../gradient/index.js';
import { channelCount, spikesOf } from '../score/index.js';
import { lowerSpread, quantileOf, type Spread } from './samples.js';

/** A neuron that does not fire its train. */
export interface Missed {
  channel: number;
  precision: number;
  recall: number;
  reason: string;
}

/** What is known so far. */
export interface TrainingStanding {
  count: number;
  learned: number;
  /** Neurons whose potential keeps the template. */
  obeyed: number;
  /** The worst violation of the template by any neuron. */
  worst: number;
  /** Means over the neurons. */
  precision: number;
  recall: number;
  loss: Spread;
  epochs: Spread;
  /** Multiply-adds of all. */
  macs: number;
  ended: Readonly<Record<TrainingStatus, number>>;
  missed: readonly Missed[];
}

export interface TrainingSummary {
  add(trained: TrainedReport, neuron: number): void;
  standing(): TrainingStanding;
  /** How many are learned, the median of the losses, and the mean precision. */
  brief(): { learned: number; loss: number; precision: number };
  /** Loss and epochs of every neuron, for the file. */
  columns(): { loss: Float64Array; epochs: Float64Array };
  /** The first learned neuron with at least as many spikes as most, or what comes closest to that. */
  readonly typical: { neuron: number; weights: Float64Array } | undefined;
  /** The part of summary.json that is about training. */
  json(): object;
}

/** Collects the neurons of a training, which come in the order of their channels. */
export function createTrainingSummary({ score }: Pick<Target, 'score'>): TrainingSummary {
  const channels = channelCount(score);
  const loss = new Float64Array(channels);
  const epochs = new Float64Array(channels);
  const ended: Record<TrainingStatus, number> = { converged: 0, epochLimit: 0, budget: 0, diverged: 0 };
  const missed: Missed[] = [];
  const sum = { precision: 0, recall: 0, macs: 0 };
  const busy = score.times.length / channels;
  let [count, obeyed, worst] = [0, 0, 0];
  let typical: { rank: number; neuron: number; weights: Float64Array } | undefined;
  const known = (values: Float64Array) => values.subarray(0, count);
  const standing = (): TrainingStanding => ({
    count,
    learned: count - missed.length,
    obeyed,
    worst,
    precision: sum.precision / count,
    recall: sum.recall / count,
    loss: lowerSpread(known(loss)),
    epochs: lowerSpread(known(epochs)),
    macs: sum.macs,
    ended,
    missed,
  });

  return {
    standing,
    add({ trained, report, precision, recall, learned }, neuron) {
      loss[neuron] = trained.loss;
      epochs[neuron] = trained.epochs;
      ended[trained.status]++;
      sum.precision += precision;
      sum.recall += recall;
      sum.macs += trained.macs;
      worst = Math.max(worst, report.violation);
      if (report.status === 'solved') obeyed++;
      if (!learned) missed.push({ channel: neuron, precision, recall, reason: trained.reason ?? trained.status });
      count++;
      const rank = (learned ? 1 : 0) + (spikesOf(score, neuron).length >= busy ? 1 : 0);
      if (!typical || rank > typical.rank) typical = { rank, neuron, weights: report.weights };
    },
    brief: () => ({
      learned: count - missed.length,
      loss: quantileOf(known(loss), 0.5),
      precision: sum.precision / count,
    }),
    columns: () => ({ loss, epochs }),
    get typical() {
      return typical;
    },
    json() {
      const all = standing();
      return {
        learned: all.learned,
        solved: obeyed,
        infeasible: 0,
        undecided: count - obeyed,
        forced_precision: all.precision,
        forced_recall: all.recall,
        loss: all.loss,
        epochs: all.epochs,
        multiply_adds: all.macs,
        ended,
        worst_violation: worst,
        not_learned: missed,
      };
    },
  };
}
