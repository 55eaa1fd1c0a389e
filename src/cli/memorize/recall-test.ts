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
import { type Spikes, splitTrains } from '../../memory/simulate/index.js';
import {
  lastOf,
  levelsOf,
  type SwitchingSummary,
  summarizeRecall,
  summarizeReplay,
  summarizeSwitching,
  worstBlock,
} from '../../memory/summary/index.js';
import type { MemorizeOptions } from './memorize-options.js';
import type { MemorizePlan } from './plan.js';
import { recallTable } from './recall-table.js';

/** What a recall test leaves: a figure, its part of summary.json, and the rate of success by noise. */
export interface RecallOutcome {
  raster: string;
  summary: object;
  success: { noise: number; success: number; trials: number }[];
}

type Tested = Pick<MemorizePlan, 'prompt' | 'promptTime' | 'problem'>;

/** Replay from memory without noise, then recall after a prompt under every noise. */
export async function testRecall(
  screen: Screen,
  map: ParallelMap,
  score: Score,
  network: Network,
  { prompt, promptTime, problem: { model } }: Tested,
  { noise: noises, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
): Promise<RecallOutcome> {
  const channels = channelCount(score);
  const levels = levelsOf(noises);
  // The noisiest first: its first trial is the one that is drawn, while the others run. Last the replay.
  // Without noise all trials are the same: one is enough.
  const prompted = levels
    .toReversed()
    .flatMap((noise) => Array.from({ length: noise > 0 ? trialCount : 1 }, () => ({ prompt, noise })));
  const plans = [...prompted, { prompt: 0, noise: 0 }];
  const test: RecallTest = { score, network, model, seed, promptTime, periods, trials: plans };
  const advance = screen.progress('recall', plans.length);
  const trials: Trial[] = [];
  let raster: Promise<string> | undefined;
  const shown = `${prompt} of ${channels} channels`;
  await map(recallJob, test, plans.length, (trial, index) => {
    trials.push(trial);
    if (index === 0) {
      const said = [
        `${shown} play the score for ${formatTime(promptTime * tau0)} (shaded), then all run free`,
        `noise ${trial.noise} · precision ${lastOf(trial).precision.toFixed(3)} in the last period`,
      ];
      raster = draw(score, trial.spikes, { prompt, promptTime, periods, tau0 }, said);
    }
    advance();
  });
  const replayed = (trials.pop() as Trial).periods;
  const { precision, lagChange } = summarizeReplay(replayed);
  const rows = summarizeRecall(trials, levels, tau0);
  screen.line(
    'replay',
    `${replayed.length} periods from memory without noise: precision ${precision.toFixed(3)} · ${describeLag(lagChange, tau0)}`,
  );
  screen.plain(
    `recall after a prompt (${prompt} channels, ${formatTime(promptTime * tau0)}, then free for ${formatTime(periods * score.period * tau0)})`,
  );
  screen.table(recallTable(rows));
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
  { prompt, problem: { model } }: Tested,
  { noise, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
): Promise<RecallOutcome> {
  const levels = levelsOf(noise);
  const noises = levels.flatMap((level) => Array.from({ length: level > 0 ? trialCount : 1 }, () => level));
  const schedule = inTurn(scores.length);
  const advance = screen.progress('recall', noises.length);
  const trials: SwitchingTrial[] = [];
  const test: SwitchingTest = { scores, network, model, seed, schedule, prompt, free: periods, noises };
  await map(switchingJob, test, noises.length, (trial) => {
    trials.push(trial);
    advance();
  });
  const rows = summarizeSwitching(trials, levels, schedule, periods);
  screen.plain(
    `memories prompted one after the other (${prompt} channels for one period, then free for ${periods}); in the last free period:`,
  );
  screen.table(switchingTable(rows, scores.length));
  const [first] = scores;
  const { spikes, noise: drawn } = trials[trials.length - 1];
  const said = [
    `${prompt} of ${channelCount(first)} channels play the first of ${scores.length} memories (shaded), then all run free`,
    `noise ${drawn}`,
  ];
  const raster = await draw(first, spikes, { prompt, promptTime: first.period, periods, tau0 }, said);
  const success = levels.map((level) => ({
    noise: level,
    trials: trialCount,
    success: worstBlock(rows, level, trialCount),
  }));
  return { raster, summary: { prompt: { channels: prompt }, switching: rows }, success };
}

function describeLag(change: number | null, tau0: number): string {
  if (change === null) return 'nothing of the score is played';
  return change < 1e-6 ? 'no drift' : `lag up to ${formatTime(change * tau0)}`;
}

function switchingTable(rows: readonly SwitchingSummary[], memories: number): string[][] {
  const names = Array.from({ length: memories }, (_, m) => `precision ${m + 1}`);
  const cells = rows.map(({ noise, prompted, success, trials, precision_against: against }) => [
    String(noise),
    String(prompted),
    `${success}/${trials}`,
    ...against.map((precision) => precision.toFixed(3)),
  ]);
  return [['noise', 'prompted', 'success', ...names], ...cells];
}

/** The raster of a trial. */
async function draw(
  score: Score,
  spikes: Spikes,
  setting: { prompt: number; promptTime: number; periods: number; tau0: number },
  subtitle: string[],
): Promise<string> {
  const { drawRaster } = await import('../../plot/index.js');
  return drawRaster({ score, trains: splitTrains(spikes, channelCount(score)), ...setting, subtitle });
}
