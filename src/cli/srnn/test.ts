/** `engram srnn test`: what a trained network does, on its task or another delay, coherence or noise. */
import { join } from 'node:path';
import {
  defineCommand,
  goOn,
  type Invocation,
  integer,
  type OptionSpec,
  option,
  quote,
  runOptions,
  seedOf,
  withRun,
  workersOf,
} from '../../app/index.js';
import { EngramError } from '../../core/index.js';
import { readBytes } from '../../files/node.js';
import {
  accuracyOf,
  cyclePlan,
  over,
  prepared,
  readCheckpoint,
  runTrials,
  type SrnnSettings,
  type Weights,
} from '../../srnn/index.js';
import { completed, type Given, optionsFor, optionsOfTrained, settingsFrom } from './flags.js';
import { flagsOf, type SrnnOptions, trainedNetwork } from './options.js';
import { type Contents, recordingNames, writeRecording } from './recordings.js';
import { accuracySummary, sayAccuracy } from './training-results.js';

type TestOptions = SrnnOptions & { trials?: number; contents?: Contents };

/** As many as twenty batches of the original. */
const TRIALS = 1280;

const testOptions: readonly OptionSpec[] = runOptions('srnn-test', [
  option('--trials <n>', 'trials, which go through the conditions in turn', integer(1, 1e6), TRIALS),
  {
    ...option(
      '--contents <what>',
      'what recordings hold: z as bytes and the readouts, or voltages and currents too',
      undefined,
      undefined,
      'spikes',
    ),
    choices: ['spikes', 'all'],
  },
  ...optionsOfTrained(),
  ...optionsFor(['program']).filter(({ flags }) => /save_recording/.test(flags)),
]);

export const testCommand = defineCommand<TestOptions>({
  name: 'test',
  argument: ['<dir>', 'results of engram srnn train'],
  about: 'test a trained network; flags beside it change its task or cell',
  options: testOptions,
  after: 'Exit codes: 0 done, 2 bad use, 3 bad input file, 5 cannot write, 130 interrupted',
  async work(options, invocation, directory) {
    const { settings, weights } = trainedNetwork(directory, options as Given);
    return testNetwork(options, invocation, settings, weights, directory);
  },
});

/** The test of a checkpoint, as `--only_test --load --load_path` asks for it. */
export async function runTest(options: SrnnOptions, invocation: Invocation, file: string): Promise<number> {
  const settings = settingsFrom(completed(options as Given, flagsOf(options)), seedOf(options, 'srnn-test'));
  return testNetwork(options, invocation, settings, readCheckpoint(readBytes(file), file, settings.neurons));
}

async function testNetwork(
  options: TestOptions,
  invocation: Invocation,
  trainedAs: SrnnSettings,
  weights: Weights,
  folder?: string,
): Promise<number> {
  const seed = seedOf(options, 'srnn-test');
  const settings = { ...trainedAs, seed };
  const task = prepared({ ...settings, draw: 'uniform' });
  const records = Boolean((options as Given).save_recording);
  if (options.contents !== undefined && !records) {
    throw new EngramError('usage', `--contents ${options.contents} is of recordings; give --save_recording as well`);
  }
  const directory = options.out ?? `srnn-test-${seed}`;
  const names = ['trials.csv', ...(records ? recordingNames('base_test') : [])];
  const workers = workersOf(options);
  return withRun({ options, directory, names, workers, invocation }, async (run) => {
    const { screen, results } = run;
    const count = options.trials ?? TRIALS;
    const plan = cyclePlan(task, 'srnn recording', 0, count);
    screen.line('engram', `${invocation.version} srnn · seed ${seed}`);
    const outcome = await run.timed('test', over(run.map, runTrials(settings, weights, plan)));
    const accuracy = accuracyOf(task.conditions, outcome);
    const rows = plan.conditions.map((condition, k) => {
      const { cues, context, aud, light, truth } = task.conditions[condition];
      return [k, cues, context, aud, light, truth, outcome.right[k], outcome.last[2 * k], outcome.last[2 * k + 1]].join(
        ',',
      );
    });
    results.write(
      'trials.csv',
      `${['trial,cc,c,aud,light,truth,right,readout_right,readout_left', ...rows].join('\n')}\n`,
    );
    if (records) {
      writeRecording(results, 'base_test', settings, weights, 'srnn recording', count, options.contents ?? 'spikes');
    }
    sayAccuracy(run, accuracy, outcome);
    run.finish(
      {
        program: `engram ${invocation.version}`,
        seed,
        neurons: settings.neurons,
        trials: count,
        delay: settings.task.delay,
        coherence: settings.task.coherence,
        accuracy: accuracySummary(accuracy),
        error: outcome.error,
        rates: { read: outcome.read, others: Number.isNaN(outcome.unread) ? null : outcome.unread },
      },
      {
        figures: [],
        results: join(directory, 'trials.csv'),
        next: folder
          ? `neurons, tuning and manipulations: ${goOn(`srnn analyse ${quote(folder)}`, invocation.args, optionsOfTrained())}`
          : 'a network that can be taken apart: npx engram srnn train --recipe balanced',
      },
    );
    return 0;
  });
}
