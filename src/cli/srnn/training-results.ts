/** What a training leaves: tables, arrays, checkpoints, figures, and a word on whether the rule was learned. */
import { join } from 'node:path';
import { quote, type Run } from '../../app/index.js';
import { npyBytes } from '../../files/index.js';
import {
  type Accuracy,
  accuracyOf,
  BATCH_COLUMNS,
  checkpointBytes,
  columnOf,
  cyclePlan,
  hasRule,
  intervalOf,
  type Outcome,
  over,
  prepared,
  runTrials,
  type Share,
  type SrnnSettings,
  stateBytes,
  TEST_COLUMNS,
  type Trained,
} from '../../srnn/index.js';
import { drawCourse, drawTrial, drawWeights } from './figures.js';
import { parametersText, type Value } from './flags.js';
import { CHECKPOINT } from './options.js';
import { writeRecording } from './recordings.js';

const FINAL_TRIALS = 640;

/** What a run of training has come to. */
export interface Learned {
  readonly trained: Trained;
  readonly settings: SrnnSettings;
  /** Seeds that were given up before. */
  readonly given: number;
}

export const percent = ({ right, of }: Share): string => (of > 0 ? `${((100 * right) / of).toFixed(1)} %` : '-');

/** What is said of accuracies, everywhere alike. */
export function sayAccuracy({ screen }: Pick<Run<string>, 'screen'>, accuracy: Accuracy, outcome: Outcome): void {
  const { all, congruent, incongruent, conditions } = accuracy;
  screen.line(
    'accuracy',
    `${percent(all)} of ${all.of} trials · congruent ${percent(congruent)} · incongruent ${percent(incongruent)}`,
  );
  screen.line(
    'by cond.',
    conditions.map((share) => (share.of > 0 ? ((100 * share.right) / share.of).toFixed(0) : '-')).join(' '),
  );
  const [e, i] = [outcome.read, outcome.unread].map((rate) => (Number.isNaN(rate) ? '-' : rate.toFixed(1)));
  screen.line('rates', `${e} Hz in neurons that are read out, ${i} Hz in the others`);
  if (incongruent.of > 0 && !hasRule(accuracy)) {
    screen.line(
      'rule',
      'NOT learned: incongruent trials are at chance; 75 % in all is what a network without the rule has',
    );
  }
}

/** Accuracies with their intervals, for summary.json. */
export const accuracySummary = (accuracy: Accuracy) => {
  const of = (share: Share) => ({ ...share, ...intervalOf(share) });
  const { all, congruent, incongruent, conditions } = accuracy;
  return {
    rule: hasRule(accuracy),
    all: of(all),
    congruent: of(congruent),
    incongruent: of(incongruent),
    conditions: conditions.map(of),
  };
};

export async function writeTraining(
  run: Run<string>,
  flags: Readonly<Record<string, Value>>,
  { trained, settings, given }: Learned,
  directory: string,
  version: string,
): Promise<void> {
  const { results, screen } = run;
  const task = prepared(settings);
  const plan = cyclePlan(task, 'srnn final', 0, FINAL_TRIALS);
  const outcome = await run.timed('test', over(run.map, runTrials(settings, trained.weights, plan)));
  const accuracy = accuracyOf(task.conditions, outcome);
  results.write('parameters.json', parametersText(flags, settings.seed));
  results.write(
    'scalars.csv',
    table(BATCH_COLUMNS, meansOf(trained.log, BATCH_COLUMNS.length, Number(flags.log_interval))),
  );
  results.write('tests.csv', table(TEST_COLUMNS, trained.tests));
  const loss = columnOf(trained.log, BATCH_COLUMNS, 'loss');
  const array = (name: string, values: Float64Array) =>
    results.write(name, npyBytes({ dtype: 'f8', shape: [values.length], values }));
  array('training_losses.npy', loss);
  const epochs = Math.floor(loss.length / settings.batches);
  array(
    'mean_losses.npy',
    Float64Array.from({ length: epochs }, (_, e) => {
      const own = loss.subarray(e * settings.batches, (e + 1) * settings.batches);
      return own.reduce((sum, x) => sum + x, 0) / own.length;
    }),
  );
  array('test_losses.npy', columnOf(trained.tests, TEST_COLUMNS, 'loss'));
  array(
    'accuracies.npy',
    columnOf(trained.tests, TEST_COLUMNS, 'accuracy').map((x) => 100 * x),
  );
  results.write(CHECKPOINT, checkpointBytes(trained.weights));
  results.write('snn_PFC-final.state.npz', stateBytes(trained));
  const figures = flags.do_plot ? ['training.svg', 'trial.svg', 'weights.svg', 'gradients.svg'] : [];
  if (flags.do_plot) {
    results.write('training.svg', await drawCourse(trained, settings));
    results.write('weights.svg', await drawWeights('Weights at the end', trained.weights));
    results.write('gradients.svg', await drawWeights('Gradients of the last batch', trained.gradients));
    results.write('trial.svg', await drawTrial(settings, trained.weights));
  }
  if (flags.save_recording)
    writeRecording(results, 'test', settings, trained.weights, 'srnn test', 10 * settings.batch, 'spikes');
  if (given > 0)
    screen.line(
      'given up',
      `${given} ${given === 1 ? 'seed' : 'seeds'} too far behind after a quarter of the batches; the network is of seed ${settings.seed}`,
    );
  if (trained.skipped > 0) screen.line('skipped', `${trained.skipped} batches whose gradient was no number`);
  sayAccuracy(run, accuracy, outcome);
  run.finish(summaryOf(settings, accuracy, outcome, trained.batch, trained.skipped, given, version), {
    figures,
    results: `${join(directory, CHECKPOINT)}  (scalars.csv, tests.csv, parameters.json, summary.json beside it)`,
    next: `take it apart: npx engram srnn analyse ${quote(directory)}`,
  });
}

const summaryOf = (
  settings: SrnnSettings,
  accuracy: Accuracy,
  outcome: Outcome,
  batches: number,
  skipped: number,
  given: number,
  version: string,
) => ({
  program: `engram ${version}`,
  seed: settings.seed,
  neurons: settings.neurons,
  delay: settings.task.delay,
  batches,
  skipped,
  seeds_given_up: given,
  accuracy: accuracySummary(accuracy),
  error: outcome.error,
  rates: { read: outcome.read, others: Number.isNaN(outcome.unread) ? null : outcome.unread },
});

function table(columns: readonly string[], values: readonly number[]): string {
  const rows = Array.from({ length: values.length / columns.length }, (_, r) =>
    values
      .slice(r * columns.length, (r + 1) * columns.length)
      .map((value) => (Number.isNaN(value) ? '' : value))
      .join(','),
  );
  return `${[columns.join(','), ...rows].join('\n')}\n`;
}

/** Rows in stretches of `every`: the first column of the last row, of the others the mean over what is a number. */
function meansOf(rows: readonly number[], width: number, every: number): number[] {
  const count = rows.length / width;
  const out: number[] = [];
  for (let from = 0; from < count; from += Math.max(1, every)) {
    const until = Math.min(count, from + Math.max(1, every));
    out.push(rows[(until - 1) * width]);
    for (let c = 1; c < width; c++) {
      const values = Array.from({ length: until - from }, (_, k) => rows[(from + k) * width + c]).filter(
        (x) => !Number.isNaN(x),
      );
      out.push(values.length > 0 ? values.reduce((sum, x) => sum + x, 0) / values.length : Number.NaN);
    }
  }
  return out;
}
