/** The work of `memorize train`: neurons one by one, or the network as one; what is done stands in a journal. */
import type { ParallelMap } from '../core/index.js';
import {
  judgeTrained,
  type NetworkSettings,
  type NeuronSettings,
  type Stage,
  type Target,
  type Trained,
  type TrainedReport,
  type TrainingTask,
  trainJob,
  trainNetworkJob,
} from '../gradient/index.js';
import type { Journal } from '../io/node.js';
import { channelCount } from '../score/index.js';
import { grouped, type Screen } from './screen.js';
import type { TrainTally } from './train-tally.js';

export interface Tools {
  map: ParallelMap;
  screen: Screen;
  write(value: TrainedReport | Stage): void;
}

type AnyTask = TrainingTask<NeuronSettings | NetworkSettings>;
export const ofNetwork = (task: AnyTask): task is TrainingTask<NetworkSettings> =>
  ['bptt', 'eventprop'].includes(task.settings.method);

/** One neuron after the other, in any number of threads; what is done already stands in the journal. */
export async function learnNeurons(
  task: TrainingTask<NeuronSettings>,
  journal: Journal<TrainedReport>,
  tally: TrainTally,
  { map, screen, write }: Tools,
): Promise<TrainedReport[]> {
  const channels = channelCount(task.target.score);
  const reports = [...journal];
  reports.forEach(tally.add);
  const done = reports.length;
  if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(channels)} neurons were done`);
  const advance = screen.progress('train', channels, done);
  const each = (trained: Trained, l: number) => {
    const judged = judgeTrained(task.target, l, trained);
    write(judged);
    reports.push(judged);
    tally.add(judged, l);
    advance(tally.note());
  };
  await map(trainJob, task, channels, each, done);
  return reports;
}

/** How many stretches a training is divided into: what is between them can be seen, and is kept. */
const STRETCHES = 20;

/** The whole network, epoch after epoch, on one thread. */
export async function learnNetwork(
  task: TrainingTask<NetworkSettings>,
  journal: Journal<Stage>,
  tally: TrainTally,
  { map, screen, write }: Tools,
): Promise<TrainedReport[]> {
  const { epochs } = task.settings;
  let stage: Stage | undefined;
  for (const record of journal) stage = record;
  let done = stage?.descent.epoch ?? 0;
  if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(epochs)} epochs were done`);
  const advance = screen.progress('train', epochs, done);
  const stretch = Math.ceil(epochs / STRETCHES);
  while (!stage?.trained) {
    const next: Stage[] = [];
    await map(trainNetworkJob, { task, from: stage?.descent, epochs: stretch }, 1, (reached) => next.push(reached));
    stage = next[0];
    write(stage);
    const { descent, trained } = stage;
    const heard = neuronsOf(task.target, descent.best.weights, trained);
    const learned = heard.filter((neuron) => neuron.learned).length;
    const precision = heard.reduce((sum, neuron) => sum + neuron.precision, 0) / heard.length;
    const note = `${learned} learned · loss ${descent.history.at(-1)?.toPrecision(2)} · precision ${precision.toFixed(3)}`;
    for (; done < descent.epoch; done++) advance(note);
    if (trained) {
      screen.stop();
      heard.forEach(tally.add);
      return heard;
    }
  }
  const reports = neuronsOf(task.target, stage.trained.weights, stage.trained);
  reports.forEach(tally.add);
  return reports;
}

/** What the weights of a network are worth to each of its neurons. */
function neuronsOf(
  target: Target,
  weights: Float64Array,
  trained: Omit<Trained, 'weights'> | undefined,
): TrainedReport[] {
  const { starts } = target.wiring;
  const neurons = starts.length - 1;
  const told = trained ?? { loss: 0, best: 0, epochs: 0, macs: 0, status: 'epochLimit', history: new Float64Array() };
  return Array.from({ length: neurons }, (_, l) =>
    judgeTrained(target, l, {
      ...told,
      macs: told.macs / neurons,
      weights: weights.slice(starts[l], starts[l + 1]),
    }),
  );
}

/** The epoch that an unfinished training of a network has come to. */
export function epochOf(journal: Journal<Stage>): number {
  let epoch = 0;
  for (const { descent } of journal) epoch = descent.epoch;
  return epoch;
}
