/** What is remembered of the neurons of a training: losses, epochs, work, what was learned, and one neuron to draw. */

import { grouped } from '../../app/index.js';
import type { Target, TrainedReport, TrainingStatus } from '../../memory/gradient/index.js';
import { channelCount, spikesOf } from '../../memory/score/index.js';
import type { Method } from './train-options.js';

/** What the loss of each method is, for an axis. */
const LOSS: Record<Method, string> = {
  superspike: 'van Rossum loss',
  hinge: 'squared norm and priced violations',
  fp: 'prescribed spikes not yet right',
  bptt: 'van Rossum loss of the network',
  eventprop: 'half the squared errors of spike times',
};

/** How many channels that were not learned are named. */
const NAMED = 5;

export interface TrainTally {
  readonly learned: number;
  add(trained: TrainedReport, neuron: number): void;
  /** How it goes, in a few words. */
  note(): string;
  lines(): { label: string; text: string }[];
  /** Loss and epochs of every neuron, for the file. */
  columns(): { loss: Float64Array; epochs: Float64Array };
  summary(): object;
  drawLoss(all: readonly TrainedReport[]): Promise<string>;
  drawPotential(): Promise<string>;
}

export function createTrainTally(target: Target, method: Method, tau0: number): TrainTally {
  const { score, wiring, template } = target;
  const channels = channelCount(score);
  const loss = new Float64Array(channels);
  const epochs = new Float64Array(channels);
  const ended: Record<TrainingStatus, number> = { converged: 0, epochLimit: 0, budget: 0, diverged: 0 };
  const missed: { channel: number; precision: number; recall: number; reason: string }[] = [];
  const sum = { precision: 0, recall: 0, macs: 0 };
  const typical = score.times.length / channels;
  let [count, obeyed, worst] = [0, 0, 0];
  let drawn: { rank: number; neuron: number; weights: Float64Array } | undefined;
  const quantile = (values: Float64Array, share: number) =>
    values.slice(0, count).sort()[Math.floor(share * (count - 1))];
  const spread = (values: Float64Array) => ({
    least: quantile(values, 0),
    median: quantile(values, 0.5),
    most: quantile(values, 1),
  });

  return {
    get learned() {
      return count - missed.length;
    },
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
      const busy = spikesOf(score, neuron).length >= typical;
      const rank = (learned ? 1 : 0) + (busy ? 1 : 0);
      if (!drawn || rank > drawn.rank) drawn = { rank, neuron, weights: report.weights };
    },
    note: () =>
      `${count - missed.length} learned · loss ${quantile(loss, 0.5).toPrecision(2)} · precision ${(sum.precision / count).toFixed(3)}`,
    lines() {
      const { least, median, most } = spread(loss);
      const ways = Object.entries(ended).filter(([, number]) => number > 0);
      const lines = [
        {
          label: 'learned',
          text: `${count - missed.length} of ${channels} · precision ${(sum.precision / count).toFixed(3)} · recall ${(sum.recall / count).toFixed(3)} when the others play the score`,
        },
        {
          label: 'loss',
          text: `${[least, median, most].map((value) => value.toPrecision(2)).join(' · ')} (least, median, most) · ${ways.map(([name, number]) => `${number} ${name}`).join(', ')} · ${grouped(Math.round(sum.macs / 1e6))} million multiply-adds`,
        },
        {
          label: 'checked',
          text: `${obeyed} of ${channels} obey the template · worst violation ${worst.toPrecision(2)} in continuous time`,
        },
      ];
      for (const { channel, precision, recall, reason } of missed.slice(0, NAMED)) {
        const text = `channel ${channel}: not learned (${reason}), precision ${precision.toFixed(2)}, recall ${recall.toFixed(2)}`;
        lines.push({ label: '', text });
      }
      if (missed.length > NAMED) {
        lines.push({ label: '', text: `and ${missed.length - NAMED} more, each in summary.json` });
      }
      return lines;
    },
    columns: () => ({ loss, epochs }),
    summary: () => ({
      learned: count - missed.length,
      solved: obeyed,
      infeasible: 0,
      undecided: count - obeyed,
      forced_precision: sum.precision / count,
      forced_recall: sum.recall / count,
      loss: spread(loss),
      epochs: spread(epochs),
      multiply_adds: sum.macs,
      ended,
      worst_violation: worst,
      not_learned: missed,
    }),
    async drawLoss(all) {
      const { drawLoss } = await import('../../plot/index.js');
      return drawLoss({
        title: `${method}: loss of ${channels} neurons`,
        subtitle: [`${count - missed.length} learned; a neuron that ended early keeps its last loss`],
        loss: LOSS[method],
        // What learns as one has one history.
        histories: [...new Set(all.map(({ trained }) => trained.history))],
      });
    },
    async drawPotential() {
      const { drawPotential } = await import('../../memory/figures/index.js');
      const { neuron, weights } = drawn as { neuron: number; weights: Float64Array };
      const [first, last] = [wiring.starts[neuron], wiring.starts[neuron + 1]];
      const inputs = { sources: wiring.sources.subarray(first, last), delays: wiring.delays.subarray(first, last) };
      const subtitle = [`trained by ${method}, ${spikesOf(score, neuron).length} spikes a period`];
      return drawPotential({ score, inputs, weights, neuron, template, cuts: [], tau0, subtitle });
    },
  };
}
