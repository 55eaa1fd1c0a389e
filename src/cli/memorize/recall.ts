/** `memorize recall`: how surely, how soon and how precisely a stored network recalls its score after a prompt. */
import { countOrShare, defineCommand, integer, option, share, time, timeOrZero } from '../../app/index.js';
import { formatTime } from '../../core/index.js';
import { chanceLevel, isDeterministic, type RecallTest, recallJob, type Start } from '../../memory/measure/index.js';
import { splitTrains } from '../../memory/simulate/index.js';
import { lastOf, levelsOf, type Outcome, recallStatistics } from '../../memory/summary/index.js';
import {
  describeNoise,
  type NoiseOptions,
  noiseOptions,
  noiseSummary,
  simulatedNoise,
  startOption,
} from './noise-options.js';
import { noiseLevels } from './parsers.js';
import { type PromptOption, promptOf } from './prompt.js';
import { recallTable } from './recall-table.js';
import {
  NETWORK,
  NETWORK_EXIT_CODES,
  type NetworkFindings,
  type NetworkOptions,
  type NetworkRun,
  networkOptions,
  runOnNetwork,
} from './run-on-network.js';
import { suggestAfterRecall } from './suggest.js';

const NAMES = ['recall.svg', 'trials.csv'] as const;

interface RecallOptions extends NetworkOptions, NoiseOptions {
  noise: number[];
  prompt: PromptOption;
  promptTime?: number;
  jitter?: number;
  missing: number;
  extra: number;
  start: Start;
  periods: number;
  trials: number;
}

export const recallCommand = defineCommand<RecallOptions>({
  name: 'recall',
  about: 'recalls a stored score after a prompt, again and again',
  argument: NETWORK,
  options: [
    option('--noise <list>', 'noise levels of the thresholds', noiseLevels, [0.1], '0.1'),
    option('--prompt <n|share>', 'channels that play the score', countOrShare, { share: 0.5 }, '50%'),
    option('--prompt-time <time>', 'for how long (default: one period)', time),
    option(
      '--jitter <time>',
      'deviation of the spikes of the prompt (default: noise times the refractory period)',
      timeOrZero,
    ),
    option('--missing <share>', 'share of the spikes that the prompt lacks', share(true), 0),
    option('--extra <share>', 'share of spikes added to the prompt at random', share(true), 0),
    startOption('silent'),
    option('--periods <n>', 'free periods after the prompt', integer(1, 100000), 2),
    option('--trials <n>', 'trials per noise level', integer(1, 100000), 20),
    ...noiseOptions,
    ...networkOptions('recall'),
  ],
  after: NETWORK_EXIT_CODES,
  work: (options, invocation, path) =>
    runOnNetwork('recall', path, options, NAMES, invocation, (run) => recall(run, options)),
});

type RecallRun = NetworkRun<(typeof NAMES)[number]>;

async function recall(run: RecallRun, options: RecallOptions): Promise<NetworkFindings> {
  const { stored, channels, seed, screen, write } = run;
  const { score, network, model, tau0 } = stored;
  const { missing, extra, periods, start } = options;
  const prompt = promptOf(options.prompt, channels);
  const promptTime = options.promptTime === undefined ? score.period : options.promptTime / tau0;
  const jitter = options.jitter === undefined ? undefined : options.jitter / tau0;
  const levels = levelsOf(options.noise);
  // The noisiest first: its first trial is the one that is drawn, while the others run.
  // Where nothing is drawn all trials are the same: one is enough.
  const simulation = simulatedNoise(options, tau0);
  const drawn = (noise: number) => !isDeterministic({ prompt, noise, jitter, missing, extra }, { start, simulation });
  const trials = levels
    .toReversed()
    .flatMap((noise) =>
      Array.from({ length: drawn(noise) ? options.trials : 1 }, () => ({ prompt, noise, jitter, missing, extra })),
    );
  const test = { score, network, model, seed, promptTime, periods, trials, simulation, start, course: true };
  describePrompt(run, options, prompt, promptTime);
  const { found, raster } = await simulate(run, test, prompt);
  const rows = levels.map((noise) =>
    recallStatistics(
      noise,
      found.filter((trial) => trial.noise === noise),
      tau0,
      drawn(noise),
    ),
  );
  screen.plain(`recall, and then free for ${formatTime(periods * score.period * tau0)}; chance of success at 95 %`);
  screen.table(recallTable(rows));
  const chance = chanceLevel(score, seed);
  screen.line('chance', `unrelated activity has precision ${chance.precision.toFixed(3)}`);
  write('trials.csv', trialsCsv(found, tau0));
  write('recall.svg', raster);
  const summary = {
    prompt: {
      channels: prompt,
      duration_s: promptTime * tau0,
      jitter_s: options.jitter ?? null,
      missing,
      extra,
      start,
    },
    noise: noiseSummary(options),
    periods,
    recall: rows,
    chance,
  };
  return { summary, figures: ['recall.svg'], next: suggestAfterRecall(run, rows, typed(2 * promptTime * tau0)) };
}

function describePrompt(
  { stored: { tau0 }, channels, screen }: RecallRun,
  options: RecallOptions,
  prompt: number,
  promptTime: number,
): void {
  const { missing, extra, start } = options;
  const flaws = [
    ...(options.jitter !== undefined ? [`jitter ${formatTime(options.jitter)}`] : []),
    ...(missing > 0 ? [`${Number((100 * missing).toPrecision(3))} % missing`] : []),
    ...(extra > 0 ? [`${Number((100 * extra).toPrecision(3))} % added`] : []),
  ];
  const duration = formatTime(promptTime * tau0);
  screen.line('prompt', [`${prompt} of ${channels} channels for ${duration}, from ${start}`, ...flaws].join(' · '));
  const noises = describeNoise(options);
  if (noises.length > 0) screen.line('noise', noises.join(' · '));
}

/** Runs the trials; of the first one the raster is drawn while the others run. */
async function simulate(
  { stored: { score, tau0 }, channels, screen, map }: RecallRun,
  test: RecallTest,
  prompt: number,
): Promise<{ found: Outcome[]; raster: string }> {
  const { promptTime, periods } = test;
  const draw = async (trial: Outcome, trains: Float64Array[]) => {
    const { drawRaster } = await import('../../plot/index.js');
    const subtitle = [
      `${prompt} of ${channels} channels play the score for ${formatTime(promptTime * tau0)} (shaded), then all run free`,
      `noise ${trial.noise} · precision ${lastOf(trial).precision.toFixed(3)} in the last period`,
    ];
    return drawRaster({ score, trains, prompt, promptTime, periods, tau0, subtitle });
  };
  const advance = screen.progress('recall', test.trials.length);
  const found: Outcome[] = [];
  let raster: Promise<string> | undefined;
  await map(recallJob, test, test.trials.length, ({ spikes, ...trial }, index) => {
    found.push(trial);
    if (index === 0) {
      raster = draw(trial, splitTrains(spikes, channels));
      raster.catch(() => {});
    }
    advance();
  });
  return { found, raster: await (raster as Promise<string>) };
}

/** A time as it is typed. */
const typed = (seconds: number) => `${Number((1e3 * seconds).toPrecision(12))}ms`;

/** One line per trial; what a trial does not have is an empty cell. */
function trialsCsv(trials: readonly Outcome[], tau0: number): string {
  const lines = trials.map((trial, i) => {
    const { precision, recall, lag, timingError } = lastOf(trial);
    const scaled = (value: number | null | undefined, by: number) =>
      value === null || value === undefined ? '' : value * by;
    return [
      i,
      trial.noise,
      trial.success ? 1 : 0,
      precision,
      recall,
      scaled(trial.recalledAt, tau0),
      scaled(lag, tau0),
      scaled(timingError, tau0),
      scaled(trial.drift, 1),
    ].join(',');
  });
  return `trial,noise,success,precision,recall,recalled_at_s,lag_s,timing_error_s,drift\n${lines.join('\n')}\n`;
}
