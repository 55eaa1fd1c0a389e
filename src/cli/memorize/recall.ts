/** `memorize recall`: how surely, how soon and how precisely a stored network recalls its score after a prompt. */
import { defineCommand, integer, option } from '../../app/index.js';
import { formatTime } from '../../core/index.js';
import { writeSpikesCsv } from '../../memory/files/index.js';
import {
  chanceLevel,
  type Firing,
  firingOfScore,
  isDeterministic,
  outcomeJob,
  type RecallTest,
  type Start,
} from '../../memory/measure/index.js';
import { splitTrains } from '../../memory/simulate/index.js';
import { lastOf, levelsOf, type Outcome, recallStatistics, summarizeFiring } from '../../memory/summary/index.js';
import { SMALLEST_NAMES, searchSmallest } from './find-smallest.js';
import { firingTable } from './firing-table.js';
import {
  describeNoise,
  type NoiseOptions,
  noiseOptions,
  noiseSummary,
  simulatedNoise,
  startOption,
} from './noise-options.js';
import { noiseLevels } from './parsers.js';
import {
  type AskedPrompt,
  describeChannels,
  describeFlaws,
  type PromptOptions,
  promptOf,
  promptOptions,
  promptSummary,
  shownChannels,
} from './prompt.js';
import { recallTable } from './recall-table.js';
import {
  NETWORK,
  NETWORK_EXIT_CODES,
  type NetworkCommand,
  type NetworkFindings,
  type NetworkOptions,
  type NetworkRun,
  networkOptions,
  runOnNetwork,
} from './run-on-network.js';
import { suggestAfterRecall, suggestStability } from './suggest.js';

const NAMES = ['recall.svg', 'trials.csv', 'spikes.csv', ...SMALLEST_NAMES] as const;

interface RecallOptions extends NetworkOptions, NoiseOptions, PromptOptions {
  noise: number[];
  start: Start;
  periods: number;
  trials: number;
  findSmallest?: boolean;
}

const COMMAND: NetworkCommand<(typeof NAMES)[number]> = {
  name: 'recall',
  kind: 'recall',
  names: NAMES,
  options: [
    option('--noise <list>', 'noise levels of the thresholds', noiseLevels, [0.1], '0.1'),
    ...promptOptions({ share: 0.5 }),
    startOption('silent'),
    option('--periods <n>', 'free periods after the prompt', integer(1, 100000), 2),
    option('--trials <n>', 'trials per noise level', integer(1, 100000), 20),
    option('--find-smallest', 'instead: how few channels, and how short a prompt, recall in 90 % of the trials'),
    ...noiseOptions,
    ...networkOptions('recall'),
  ],
};

export const recallCommand = defineCommand<RecallOptions>({
  name: COMMAND.name,
  about: 'recalls a stored score after a prompt, again and again',
  argument: NETWORK,
  options: COMMAND.options,
  after: NETWORK_EXIT_CODES,
  work: (given, invocation, path) =>
    runOnNetwork(COMMAND, path, given, invocation, (run, options) =>
      options.findSmallest ? smallest(run, options) : recall(run, options),
    ),
});

type RecallRun = NetworkRun<(typeof NAMES)[number]>;

async function recall(run: RecallRun, options: RecallOptions): Promise<NetworkFindings> {
  const { stored, channels, other, seed, screen, write } = run;
  const { score, network, model, tau0 } = stored;
  const { periods, start } = options;
  const prompt = promptOf(options, channels, tau0);
  const promptTime = prompt.time ?? score.period;
  const levels = levelsOf(options.noise);
  // The noisiest first: its first trial is the one that is drawn, while the others run.
  // Where nothing is drawn all trials are the same: one is enough.
  const simulation = simulatedNoise(options, tau0);
  const drawn = (noise: number) => !isDeterministic({ ...prompt.plan, noise }, { start, simulation });
  const trials = levels
    .toReversed()
    .flatMap((noise) => Array.from({ length: drawn(noise) ? options.trials : 1 }, () => ({ ...prompt.plan, noise })));
  const test = { score, network, model, other, seed, promptTime, periods, trials, simulation, start };
  describePrompt(run, options, prompt, promptTime);
  const { found, raster, trains } = await simulate(run, { ...test, course: true, firing: true }, prompt);
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
  const firing = describeFiring(run, found, levels, periods);
  const chance = chanceLevel(score, seed);
  screen.line('chance', `unrelated activity has precision ${chance.precision.toFixed(3)}`);
  write('trials.csv', trialsCsv(found, tau0));
  const fromPrompt = trains.map((train) => train.filter((time) => time >= 0));
  write('spikes.csv', writeSpikesCsv(fromPrompt, score, tau0));
  write('recall.svg', raster);
  const summary = {
    prompt: { ...promptTold(prompt, options, promptTime * tau0), start },
    noise: noiseSummary(options),
    periods,
    recall: rows,
    firing,
    chance,
  };
  return { summary, figures: ['recall.svg'], next: suggestAfterRecall(run, rows, typed(2 * promptTime * tau0)) };
}

/** The search for the smallest prompt, instead of trials of one. */
async function smallest(run: RecallRun, options: RecallOptions): Promise<NetworkFindings> {
  const { stored, channels, other, seed } = run;
  const { score, network, model, tau0 } = stored;
  const { periods, start, trials } = options;
  const prompt = promptOf(options, channels, tau0);
  describePrompt(run, options, prompt, prompt.time ?? score.period);
  const simulation = simulatedNoise(options, tau0);
  const base = { score, network, model, other, seed, periods, simulation, start };
  const noisy = describeNoise(options).length > 0 || start === 'random';
  const found = await searchSmallest(run, base, prompt, levelsOf(options.noise), { trials, noisy });
  return {
    summary: {
      prompt: promptTold(prompt, options, (prompt.time ?? score.period) * tau0),
      noise: noiseSummary(options),
      periods,
      start,
      ...found.summary,
    },
    figures: found.figures,
    next: suggestStability(run),
  };
}

/** The prompt for summary.json. */
const promptTold = (prompt: AskedPrompt, { jitter, missing, extra }: RecallOptions, seconds: number): object => ({
  channels: prompt.size,
  duration_s: seconds,
  jitter_s: jitter ?? null,
  missing,
  extra,
  ...promptSummary(prompt),
});

function describePrompt(
  { stored: { tau0 }, channels, screen }: RecallRun,
  options: RecallOptions,
  prompt: AskedPrompt,
  promptTime: number,
): void {
  const said = `${describeChannels(prompt, channels)} for ${formatTime(promptTime * tau0)}, from ${options.start}`;
  screen.line('prompt', [said, ...describeFlaws(prompt, tau0)].join(' · '));
  const noises = describeNoise(options);
  if (noises.length > 0) screen.line('noise', noises.join(' · '));
}

/** Runs the trials; of the first one the raster is drawn while the others run. */
async function simulate(
  { stored: { score, tau0 }, channels, seed, screen, map }: RecallRun,
  test: RecallTest,
  prompt: AskedPrompt,
): Promise<{ found: Outcome[]; raster: string; trains: Float64Array[] }> {
  const { promptTime, periods } = test;
  const draw = async (trial: Outcome, trains: Float64Array[]) => {
    const { drawRaster } = await import('../../plot/index.js');
    const subtitle = [
      `${describeChannels(prompt, channels)} play the score for ${formatTime(promptTime * tau0)} (shaded), then all run free`,
      `noise ${trial.noise} · precision ${lastOf(trial).precision.toFixed(3)} in the last period`,
    ];
    const prompted = shownChannels(prompt.plan, channels, seed);
    return drawRaster({ score, trains, prompt: prompt.size, prompted, promptTime, periods, tau0, subtitle });
  };
  const advance = screen.progress('recall', test.trials.length);
  const found: Outcome[] = [];
  let raster: Promise<string> | undefined;
  let trains: Float64Array[] = [];
  await map(outcomeJob, test, test.trials.length, ({ spikes, ...trial }) => {
    found.push(trial);
    if (spikes) {
      trains = splitTrains(spikes, channels);
      raster = draw(trial, trains);
      raster.catch(() => {});
    }
    advance();
  });
  return { found, raster: await (raster as Promise<string>), trains };
}

/** How the recalled trains fire beside the score: says it, and returns it for summary.json. */
function describeFiring(
  { stored: { score, tau0 }, screen }: RecallRun,
  trials: readonly Outcome[],
  levels: readonly number[],
  periods: number,
) {
  const firingAt = (level: number): Firing[] =>
    trials.flatMap(({ noise, firing }) => (noise === level && firing ? [firing] : []));
  const found = {
    score: summarizeFiring([firingOfScore(score, periods)], tau0),
    recalled: levels.map((noise) => ({ noise, ...summarizeFiring(firingAt(noise), tau0) })),
  };
  screen.plain('firing in the free periods, all trials; correlation of spike counts, mean over pairs');
  screen.table(firingTable(found));
  return found;
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
