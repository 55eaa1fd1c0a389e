/** The work of `memorize train`: neurons one by one, or the network as one. */

import { grouped, type Screen } from '../../app/index.js';
import type { ParallelMap } from '../../core/index.js';
import type { Journal } from '../../files/node.js';
import {
  type Descent,
  judgeTrained,
  type NetworkSettings,
  type NeuronSettings,
  networkJob,
  neuronsOf,
  type Trained,
  type TrainedReport,
  type TrainingTask,
  trainJob,
} from '../../memory/gradient/index.js';
import { channelCount } from '../../memory/score/index.js';
import type { TrainingSummary } from '../../memory/summary/index.js';
import { describeBrief } from './describe-training.js';

/** What a training works with. */
export interface TrainingTools {
  map: ParallelMap;
  screen: Screen;
}

type AnyTask = TrainingTask<NeuronSettings | NetworkSettings>;
export const ofNetwork = (task: AnyTask): task is TrainingTask<NetworkSettings> =>
  ['bptt', 'eventprop', 'floss'].includes(task.settings.method);

/** One neuron after the other, in any number of threads; of them `done` are known to the map already. */
export async function learnNeurons(
  task: TrainingTask<NeuronSettings>,
  done: number,
  summary: TrainingSummary,
  { map, screen }: TrainingTools,
): Promise<TrainedReport[]> {
  const channels = channelCount(task.target.score);
  const reports: TrainedReport[] = [];
  if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(channels)} neurons were done`);
  const advance = screen.progress('train', channels, done);
  const each = (trained: Trained, l: number) => {
    const judged = judgeTrained(task.target, l, trained);
    reports.push(judged);
    summary.add(judged, l);
    if (reports.length > done) advance(describeBrief(summary.brief()));
  };
  await map(trainJob, task, channels, each);
  return reports;
}

/** How many stretches a training is divided into: what is between them can be seen, and is kept. */
const STRETCHES = 20;

/** The whole network, epoch after epoch, on one thread. */
export async function learnNetwork(
  task: TrainingTask<NetworkSettings>,
  journal: Journal<Descent>,
  summary: TrainingSummary,
  { map, screen, write }: TrainingTools & { write(value: Descent): void },
): Promise<TrainedReport[]> {
  const { target, settings } = task;
  const { epochs } = settings;
  let from = latest(journal);
  let done = from?.epoch ?? 0;
  if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(epochs)} epochs were done`);
  const advance = screen.progress('train', epochs, done);
  const judged = (descent: Descent) => neuronsOf(target, descent).map((trained, l) => judgeTrained(target, l, trained));
  while (!from || (from.status === 'running' && from.epoch < epochs)) {
    const reached: Descent[] = [];
    const until = done + Math.ceil(epochs / STRETCHES);
    await map(networkJob, from ? { task, from, until } : { task, until }, 1, (descent) => reached.push(descent));
    from = reached[0];
    write(from);
    const heard = judged(from);
    const learned = heard.filter((neuron) => neuron.learned).length;
    const precision = heard.reduce((sum, neuron) => sum + neuron.precision, 0) / heard.length;
    const note = describeBrief({ learned, loss: from.history.at(-1) ?? Number.NaN, precision });
    for (; done < from.epoch; done++) advance(note);
  }
  screen.stop();
  const reports = judged(from);
  reports.forEach(summary.add);
  return reports;
}

/** Where an unfinished training of a network has come to. */
export function latest(journal: Journal<Descent>): Descent | undefined {
  let reached: Descent | undefined;
  for (const descent of journal) reached = descent;
  return reached;
}
