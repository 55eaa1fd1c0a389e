/** `memorize recall`: how surely, how soon and how precisely a stored network recalls its score after a prompt. */
import { Option } from 'commander';
import { type Invocation, subcommand } from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { chanceLevel, type RecallTest, recallJob, type Start, type Trial, wilson } from '../../memory/measure/index.js';
import { splitTrains } from '../../memory/simulate/index.js';
import { quote } from './next.js';
import {
  addNoiseOptions,
  describeNoise,
  type NoiseOptions,
  share,
  simulatedNoise,
  startOption,
  timeOrZero,
} from './noise-options.js';
import { addCommonOptions, type CommonOptions, onNetwork } from './on-network.js';
import * as parse from './options.js';
import { tableOf } from './summary.js';

const NAMES = ['recall.svg', 'trials.csv'] as const;

interface RecallOptions extends CommonOptions, NoiseOptions {
  noise: number[];
  prompt: { count: number } | { share: number };
  promptTime?: number;
  jitter?: number;
  missing: number;
  extra: number;
  start: Start;
  periods: number;
  trials: number;
}

export const recallCommand = (invocation: Invocation) => {
  const command = subcommand('recall', 'recalls a stored score after a prompt, again and again')
    .argument('<network>', 'directory of results, network.npz, or a published network')
    .addOption(
      new Option('--noise <list>', 'noise levels of the thresholds')
        .argParser(parse.numberList('--noise'))
        .default([0.1], '0.1'),
    )
    .addOption(
      new Option('--prompt <n|share>', 'channels that play the score')
        .argParser(parse.prompt)
        .default({ share: 0.5 }, '50%'),
    )
    .option('--prompt-time <time>', 'for how long (default: one period)', parse.time('--prompt-time'))
    .option(
      '--jitter <time>',
      'deviation of the spikes of the prompt (default: noise times the refractory period)',
      timeOrZero('--jitter'),
    )
    .option('--missing <share>', 'share of the spikes that the prompt lacks', share('--missing'), 0)
    .option('--extra <share>', 'share of spikes added to the prompt at random', share('--extra'), 0)
    .option('--start <memory|silent|random>', 'what the network has done before', startOption, 'silent')
    .option('--periods <n>', 'free periods after the prompt', parse.integer('--periods', 1, 100000), 2)
    .option('--trials <n>', 'trials per noise level', parse.integer('--trials', 1, 100000), 20);
  addCommonOptions(addNoiseOptions(command), 'recall');
  return command.action((network: string, options: RecallOptions) =>
    invocation.finish(runRecall(network, options, invocation)),
  );
};

const runRecall = (path: string, options: RecallOptions, invocation: Invocation) =>
  onNetwork(
    'recall',
    path,
    options,
    NAMES,
    invocation,
    async ({ stored, channels, seed, directory, screen, map, write }) => {
      const { score, network, model, tau0 } = stored;
      const { missing, extra, periods, start } = options;
      const prompt =
        'count' in options.prompt ? options.prompt.count : Math.max(1, Math.round(options.prompt.share * channels));
      if (prompt > channels) {
        throw new EngramError('usage', `--prompt must be at most the number of channels, ${channels}; got ${prompt}`);
      }
      const promptTime = options.promptTime === undefined ? score.period : options.promptTime / tau0;
      const jitter = options.jitter === undefined ? undefined : options.jitter / tau0;
      const levels = [...new Set(options.noise)].sort((a, b) => a - b);
      // The noisiest first: its first trial is the one that is drawn, while the others run.
      const trials = levels
        .toReversed()
        .flatMap((noise) => Array.from({ length: options.trials }, () => ({ prompt, noise, jitter, missing, extra })));
      const test: RecallTest = {
        score,
        network,
        model,
        seed,
        promptTime,
        periods,
        trials,
        simulation: simulatedNoise(options, tau0),
        start,
        course: true,
      };
      const duration = formatTime(promptTime * tau0);
      const flaws = [
        ...(options.jitter !== undefined ? [`jitter ${formatTime(options.jitter)}`] : []),
        ...(missing > 0 ? [`${Number((100 * missing).toPrecision(3))} % missing`] : []),
        ...(extra > 0 ? [`${Number((100 * extra).toPrecision(3))} % added`] : []),
      ];
      screen.line('prompt', [`${prompt} of ${channels} channels for ${duration}, from ${start}`, ...flaws].join(' · '));
      const noises = describeNoise(options);
      if (noises.length > 0) screen.line('noise', noises.join(' · '));
      const advance = screen.progress('recall', trials.length);
      const found: Omit<Trial, 'spikes'>[] = [];
      let raster: Promise<string> | undefined;
      await map(recallJob, test, trials.length, ({ spikes, ...trial }, index) => {
        found.push(trial);
        if (index === 0) {
          raster = draw(trial, splitTrains(spikes, channels));
          raster.catch(() => {});
        }
        advance();
      });
      async function draw(trial: Omit<Trial, 'spikes'>, trains: Float64Array[]): Promise<string> {
        const { drawRaster } = await import('../../plot/index.js');
        const { precision } = trial.periods[trial.periods.length - 1];
        return drawRaster({
          score,
          trains,
          prompt,
          promptTime,
          periods,
          tau0,
          subtitle: [
            `${prompt} of ${channels} channels play the score for ${duration} (shaded), then all run free`,
            `noise ${trial.noise} · precision ${precision.toFixed(3)} in the last period`,
          ],
        });
      }
      const rows = levels.map((noise) =>
        summarize(
          noise,
          found.filter((trial) => trial.noise === noise),
          tau0,
        ),
      );
      screen.plain(`recall, and then free for ${formatTime(periods * score.period * tau0)}; chance of success at 95 %`);
      for (const line of recallTable(rows)) screen.plain(line);
      const chance = chanceLevel(score, seed);
      screen.line('chance', `unrelated activity has precision ${chance.precision.toFixed(3)}`);
      write('trials.csv', trialsCsv(found, tau0));
      write('recall.svg', await (raster as Promise<string>));
      const summary = {
        prompt: {
          channels: prompt,
          duration_s: promptTime * tau0,
          jitter_s: options.jitter ?? null,
          missing,
          extra,
          start,
        },
        noise: {
          walk: options.walk ?? false,
          failure: options.failure,
          delay_jitter_s: options.delayJitter,
          background: options.background,
        },
        periods,
        recall: rows,
        chance,
      };
      const sure = rows.every(({ success, trials: count }) => success === count);
      const next = sure
        ? `how large a disturbance does it stand? npx memorize stability ${quote(path)} --seed ${seed}`
        : `a longer or larger prompt helps: npx memorize recall ${quote(path)} --prompt-time ${formatTime(2 * promptTime * tau0).replace(' ', '')} --noise ${levels.join(',')} --seed ${seed} --out ${quote(`${directory}-next`)}`;
      return { summary, figures: ['recall.svg'], next };
    },
  );

type Found = Omit<Trial, 'spikes'>;
const lastOf = (trial: Found) => trial.periods[trial.periods.length - 1];

/** Medians and means over the trials of one noise level. */
function summarize(noise: number, trials: readonly Found[], tau0: number) {
  const success = trials.filter((trial) => trial.success).length;
  const recalled = trials.filter((trial) => trial.success);
  const mean = (of: readonly Found[], f: (trial: Found) => number) =>
    of.length > 0 ? of.reduce((sum, trial) => sum + f(trial), 0) / of.length : null;
  const times = trials
    .filter((trial) => trial.success && typeof trial.recalledAt === 'number')
    .map(({ recalledAt }) => (recalledAt as number) * tau0)
    .sort((a, b) => a - b);
  const course = trials[0].course?.map((_, period) => {
    const of = (group: 'all' | 'prompted' | 'autonomous', measure: 'precision' | 'recall') =>
      median(trials.map((trial) => trial.course?.[period][group][measure] ?? 0));
    const pair = (group: 'all' | 'prompted' | 'autonomous') => [of(group, 'precision'), of(group, 'recall')];
    return { all: pair('all'), prompted: pair('prompted'), autonomous: pair('autonomous') };
  });
  return {
    noise,
    trials: trials.length,
    success,
    interval: wilson(success, trials.length),
    precision: mean(trials, (trial) => lastOf(trial).precision),
    recall: mean(trials, (trial) => lastOf(trial).recall),
    time_to_recall_s: times.length > 0 ? median(times) : null,
    timing_error_ms:
      recalled.length > 0 ? (mean(recalled, (trial) => lastOf(trial).timingError) ?? 0) * tau0 * 1e3 : null,
    drift_ms_per_s: recalled.length > 0 ? (mean(recalled, ({ drift }) => drift) ?? 0) * 1e3 : null,
    /** Medians of precision and recall of each period from the begin of the prompt on. */
    course,
  };
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

function recallTable(rows: readonly ReturnType<typeof summarize>[]): string[] {
  const head = ['noise', 'success', '95 %', 'precision', 'recall', 'time to recall', 'timing error', 'drift'];
  const or = (value: number | null, text: (x: number) => string) => (value === null ? '-' : text(value));
  return tableOf([
    head,
    ...rows.map((row) => [
      String(row.noise),
      `${row.success}/${row.trials}`,
      `${(100 * row.interval[0]).toFixed(0)}-${(100 * row.interval[1]).toFixed(0)} %`,
      or(row.precision, (x) => x.toFixed(3)),
      or(row.recall, (x) => x.toFixed(3)),
      or(row.time_to_recall_s, formatTime),
      or(row.timing_error_ms, (x) => `${x.toFixed(2)} ms`),
      or(row.drift_ms_per_s, (x) => `${x.toFixed(1).replace('-0.0', '0.0')} ms/s`),
    ]),
  ]);
}

/** One line per trial. */
function trialsCsv(trials: readonly Found[], tau0: number): string {
  const lines = trials.map((trial, i) => {
    const { precision, recall, lag, timingError } = lastOf(trial);
    const at = trial.recalledAt === null || trial.recalledAt === undefined ? '' : trial.recalledAt * tau0;
    return [
      i,
      trial.noise,
      trial.success ? 1 : 0,
      precision,
      recall,
      at,
      lag * tau0,
      timingError * tau0,
      trial.drift,
    ].join(',');
  });
  return `trial,noise,success,precision,recall,recalled_at_s,lag_s,timing_error_s,drift\n${lines.join('\n')}\n`;
}
