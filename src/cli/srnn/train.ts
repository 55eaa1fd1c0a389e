/** `engram srnn train`: a network learns to choose by a rule that it must remember. */
import {
  defineCommand,
  grouped,
  type Invocation,
  openWork,
  quote,
  type Request,
  type Resumable,
  type Run,
  requestOf,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readTensors } from '../../files/index.js';
import { guard, readBytes, writeWhole } from '../../files/node.js';
import {
  advanceTraining,
  checkpointBytes,
  isDone,
  over,
  prepared,
  readCheckpoint,
  readState,
  ruleSoFar,
  type SrnnSettings,
  startTraining,
  stateBytes,
  type Trained,
} from '../../srnn/index.js';
import { settingsFrom, type Value } from './flags.js';
import { CHECKPOINT, flagsOf, loadPathOf, type SrnnOptions, trainOptions } from './options.js';
import { recordingNames } from './recordings.js';
import { runTest } from './test.js';
import { type Learned, writeTraining } from './training-results.js';

const RESUMABLE: Resumable = { program: 'engram srnn', name: 'train', options: trainOptions, result: CHECKPOINT };
/** Batches after which what has been reached is kept. */
const STRETCH = 50;
/** Seeds that are tried, and the incongruent accuracy after a quarter below which one is given up: where the rule is ignored, with some room. */
const USUAL = { attempts: 1, giveUp: 0.55 };
/** A recipe shall reach the rule within its batches: a seed that is far behind by then is not worth the rest. */
const RECIPE = { attempts: 10, giveUp: 0.8 };

export const trainCommand = defineCommand<SrnnOptions>({
  name: 'train',
  about: 'learn to choose by a rule; takes all flags of the original',
  options: trainOptions,
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  work: runTrain,
});

type Flags = Readonly<Record<string, Value>>;

/** Checkpoints on the way, by epoch. */
const checkpointOf = (epoch: number) => `snn_PFC-${epoch}.npz`;
const epochsKept = ({ save_model, model_save_interval, epochs }: Flags): number[] => {
  const every = Number(model_save_interval);
  if (!save_model || every < 1) return [];
  return Array.from({ length: Math.floor(Number(epochs) / every) + 1 }, (_, k) => k * every);
};

async function runTrain(given: SrnnOptions, called: Invocation): Promise<number> {
  const request = requestOf(given, called, RESUMABLE);
  const { options, invocation, continued } = request;
  const flags = flagsOf(options);
  if (flags.only_test) return runTest(options, invocation, loadPathOf(flags));
  if (flags.load_path !== '' && !flags.load) {
    throw new EngramError('usage', `--load_path ${flags.load_path} is not used without --load; give both`);
  }
  const seed = seedOf(options, 'srnn');
  const first = settingsFrom(flags, seed);
  prepared(first);
  const begin = (settings: SrnnSettings) =>
    flags.load ? loaded(loadPathOf(flags), settings) : startTraining(settings);
  const start = begin(first);
  const directory = options.out ?? `srnn-${seed}`;
  const names = [
    ...['parameters.json', 'scalars.csv', 'tests.csv', 'training_losses.npy', 'mean_losses.npy', 'test_losses.npy'],
    ...['accuracies.npy', 'training.svg', 'weights.svg', 'gradients.svg', 'trial.svg', CHECKPOINT],
    'snn_PFC-final.state.npz',
    ...epochsKept(flags).map(checkpointOf),
    ...(flags.save_recording ? recordingNames('test') : []),
  ];
  let reached = 0;
  const salvage = () =>
    reached > 0
      ? { kept: `${reached} batches are kept, go on with: npx engram srnn train --resume ${quote(directory)}` }
      : undefined;
  const workers = workersOf(options);
  return withRun({ options, directory, names, workers, invocation, continued, salvage }, async (run) => {
    openWork(directory, run, request as Request<SrnnOptions>, seed, trainOptions).close();
    describe(run, first, invocation.version, options.recipe);
    const learned = await run.timed(
      'train',
      learn(run, directory, request, first, { start, begin }, (batch) => (reached = batch)),
    );
    await writeTraining(run, flags, learned, directory, invocation.version);
    return 0;
  });
}

/** The training that a checkpoint begins, or that a state of one goes on with. */
function loaded(file: string, settings: SrnnSettings): Trained {
  const bytes = readBytes(file);
  if ('optimizer.steps' in readTensors(bytes, file, ['optimizer.steps']))
    return readState(bytes, file, settings).trained;
  return startTraining(settings, readCheckpoint(bytes, file, settings.neurons));
}

function describe({ screen }: Run<string>, settings: SrnnSettings, version: string, recipe: string | undefined): void {
  const { neurons, adapting, beta, task, epochs, batches, batch, draw, optimizer, rate, schedule, seed } = settings;
  screen.line('engram', `${version} srnn · seed ${seed}${recipe ? ` · recipe ${recipe}` : ''}`);
  screen.line(
    'network',
    `${neurons} neurons${settings.dale ? ", Dale's law" : ''} · ${Math.floor(adapting * neurons)} adapt by ${beta} V`,
  );
  screen.line('task', `rule after a delay of ${task.delay} s · ${8 * task.cues} conditions, half of them incongruent`);
  screen.line(
    'training',
    `${grouped(epochs * batches)} batches of ${batch}, ${draw} draw · ${optimizer}, rate ${rate}${schedule === 'cosine' ? ' falling as a cosine' : ''}`,
  );
}

/** Stretch after stretch, seed after seed; what has been reached stands in the folder. */
async function learn(
  run: Run<string>,
  directory: string,
  { options, continued }: Request<SrnnOptions>,
  first: SrnnSettings,
  { start, begin }: { start: Trained; begin: (settings: SrnnSettings) => Trained },
  reached: (batch: number) => void,
): Promise<Learned> {
  const flags = flagsOf(options);
  const usual = options.recipe === undefined ? USUAL : RECIPE;
  const { attempts = usual.attempts, give_up: least = usual.giveUp } = options;
  const total = first.epochs * first.batches;
  const quarter = Math.ceil(total / 4 / first.batches) * first.batches;
  const file = run.results.scratch('state.npz');
  const kinds = epochsKept(flags);
  let { trained, given } = (continued && kept(file, first)) || { trained: start, given: 0 };
  const save = () => {
    const epoch = trained.batch / first.batches;
    if (kinds.includes(epoch)) run.results.write(checkpointOf(epoch), checkpointBytes(trained.weights));
  };
  const progress = () => run.screen.progress('train', Math.ceil(total / STRETCH), Math.ceil(trained.batch / STRETCH));
  if (trained.batch === 0) save();
  let bar = progress();
  for (let settings = { ...first, seed: first.seed + given }; !isDone(trained, settings); ) {
    const edge = (Math.floor(trained.batch / first.batches) + 1) * first.batches;
    await over(run.map, advanceTraining(trained, settings, Math.min(edge, trained.batch + STRETCH)));
    if (trained.batch === edge) save();
    const rule = ruleSoFar(trained, settings);
    bar(Number.isNaN(rule) ? '' : `incongruent ${(100 * rule).toFixed(0)} %`);
    if (trained.batch === quarter && rule < least && attempts > given + 1) {
      given++;
      settings = { ...first, seed: first.seed + given };
      trained = begin(settings);
      save();
      run.screen.stop();
      bar = progress();
    }
    guard(directory, () => writeWhole(file, stateBytes(trained, [given])));
    reached(trained.batch);
  }
  run.screen.stop();
  return { trained, settings: { ...first, seed: first.seed + given }, given };
}

/** What an interrupted run had come to, if it came to anything. */
function kept(file: string, settings: SrnnSettings): { trained: Trained; given: number } | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readBytes(file);
  } catch {
    return undefined;
  }
  const { trained, notes } = readState(bytes, file, settings);
  return { trained, given: notes[0] };
}
