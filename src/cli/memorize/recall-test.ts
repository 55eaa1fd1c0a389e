/** The recall test that follows storing: replay from memory, then recall after a prompt under every noise. */

import type { Screen } from '../../app/index.js';
import { formatTime, type ParallelMap } from '../../core/index.js';
import {
  inTurn,
  type RecallTest,
  recallJob,
  type SwitchingTest,
  type SwitchingTrial,
  switchingJob,
  type Trial,
} from '../../memory/measure/index.js';
import type { Network } from '../../memory/network/index.js';
import { channelCount, type Score } from '../../memory/score/index.js';
import { splitTrains } from '../../memory/simulate/index.js';
import type { MemorizeOptions, Plan } from './plan.js';
import { recallTable, summarizeRecall, tableOf } from './summary.js';

/** What a recall test leaves: a figure, its part of summary.json, and the rate of success by noise. */
export interface RecallOutcome {
  raster: string;
  summary: object;
  success: { noise: number; success: number; trials: number }[];
}

/** Replay from memory without noise, then recall after a prompt under every noise. */
export async function testRecall(
  screen: Screen,
  map: ParallelMap,
  score: Score,
  network: Network,
  { prompt, promptTime, problem: { model } }: Pick<Plan, 'prompt' | 'promptTime' | 'problem'>,
  { noise: noises, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
): Promise<RecallOutcome> {
  const channels = channelCount(score);
  const levels = [...new Set(noises)].sort((a, b) => a - b);
  // The noisiest first: its first trial is the one that is drawn, while the others run. Last the replay.
  // Without noise all trials are the same: one is enough.
  const prompted = levels
    .toReversed()
    .flatMap((noise) => Array.from({ length: noise > 0 ? trialCount : 1 }, () => ({ prompt, noise })));
  const test: RecallTest = {
    score,
    network,
    model,
    seed,
    promptTime,
    periods,
    trials: [...prompted, { prompt: 0, noise: 0 }],
  };
  const advance = screen.progress('recall', test.trials.length);
  const trials: Trial[] = [];
  let raster: Promise<string> | undefined;
  await map(recallJob, test, test.trials.length, (trial, index) => {
    trials.push(trial);
    if (index === 0) raster = draw(trial);
    advance();
  });
  const replayed = (trials.pop() as Trial).periods;
  const lagChange = worst(replayed.map(({ lag }, i) => (i > 0 ? Math.abs(lag - replayed[i - 1].lag) : Math.abs(lag))));
  const precision = Math.min(...replayed.map((period) => period.precision));

  async function draw(trial: Trial): Promise<string> {
    const { drawRaster } = await import('../../plot/index.js');
    const subtitle = [
      `${prompt} of ${channels} channels play the score for ${formatTime(promptTime * tau0)} (shaded), then all run free`,
      `noise ${trial.noise} · precision ${trial.periods[trial.periods.length - 1].precision.toFixed(3)} in the last period`,
    ];
    return drawRaster({
      score,
      trains: splitTrains(trial.spikes, channels),
      prompt,
      promptTime,
      periods,
      tau0,
      subtitle,
    });
  }

  const rows = summarizeRecall(trials, levels, tau0);
  screen.line(
    'replay',
    `${replayed.length} periods from memory without noise: precision ${precision.toFixed(3)} · ${lagChange < 1e-6 ? 'no drift' : `lag up to ${formatTime(lagChange * tau0)}`}`,
  );
  screen.plain(
    `recall after a prompt (${prompt} channels, ${formatTime(promptTime * tau0)}, then free for ${formatTime(periods * score.period * tau0)})`,
  );
  for (const row of recallTable(rows)) screen.plain(row);
  return {
    raster: await (raster as Promise<string>),
    summary: {
      prompt: { channels: prompt, duration_s: promptTime * tau0 },
      replay: { periods: replayed.length, precision, lag_change_refractory: lagChange },
      recall: rows,
    },
    success: rows,
  };
}

/** Several memories, prompted one after the other in one run; what is drawn is the first of them. */
export async function testSwitching(
  screen: Screen,
  map: ParallelMap,
  scores: readonly Score[],
  network: Network,
  { prompt, problem: { model } }: Pick<Plan, 'prompt' | 'problem'>,
  { noise, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
): Promise<RecallOutcome> {
  const levels = [...new Set(noise)].sort((a, b) => a - b);
  const noises = levels.flatMap((level) => Array.from({ length: level > 0 ? trialCount : 1 }, () => level));
  const schedule = inTurn(scores.length);
  const advance = screen.progress('recall', noises.length);
  const trials: SwitchingTrial[] = [];
  const test: SwitchingTest = {
    scores,
    network,
    model,
    seed,
    schedule,
    prompt,
    free: periods,
    noises,
  };
  await map(switchingJob, test, noises.length, (trial) => {
    trials.push(trial);
    advance();
  });
  const rows = levels.flatMap((level) => {
    const own = trials.filter((trial) => trial.noise === level);
    return schedule.map((memory, block) => {
      const last = own.map(({ blocks }) => blocks[block].periods[periods]);
      const against = scores.map((_, m) => last.reduce((sum, pairs) => sum + pairs[m].precision, 0) / own.length);
      const success = own.filter(({ blocks }) => blocks[block].success).length;
      return { noise: level, prompted: memory + 1, success, trials: own.length, precision_against: against };
    });
  });
  screen.plain(
    `memories prompted one after the other (${prompt} channels for one period, then free for ${periods}); in the last free period:`,
  );
  const names = scores.map((_, m) => `precision ${m + 1}`);
  const cells = rows.map(({ noise: level, prompted, success, trials: count, precision_against: against }) => [
    String(level),
    String(prompted),
    `${success}/${count}`,
    ...against.map((precision) => precision.toFixed(3)),
  ]);
  for (const row of tableOf([['noise', 'prompted', 'success', ...names], ...cells])) screen.plain(row);
  const { drawRaster } = await import('../../plot/index.js');
  const [drawn] = trials.slice(-1);
  const raster = await drawRaster({
    score: scores[0],
    trains: splitTrains(drawn.spikes, channelCount(scores[0])),
    prompt,
    promptTime: scores[0].period,
    periods,
    tau0,
    subtitle: [
      `${prompt} of ${channelCount(scores[0])} channels play the first of ${scores.length} memories (shaded), then all run free`,
      `noise ${drawn.noise}`,
    ],
  });
  // The worst of the blocks stands for a level.
  const success = levels.map((level) => ({
    noise: level,
    trials: trialCount,
    success: Math.min(
      ...rows.filter((row) => row.noise === level).map(({ success, trials: of }) => (success * trialCount) / of),
    ),
  }));
  return { raster, summary: { prompt: { channels: prompt }, switching: rows }, success };
}

const worst = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
