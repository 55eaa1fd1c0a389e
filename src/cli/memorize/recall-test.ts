/** The recall test that follows storing: replay from memory, then recall after a prompt under every noise. */
import type { Screen } from '../../app/index.js';
import { formatTime, type ParallelMap } from '../../core/index.js';
import {
  inTurn,
  isDeterministic,
  outcomeJob,
  type RecallTest,
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
  type Outcome,
  type SwitchingSummary,
  summarizeRecall,
  summarizeReplay,
  summarizeSwitching,
  worstBlock,
} from '../../memory/summary/index.js';
import type { RasterInput } from '../../plot/index.js';
import type { MemorizeOptions } from './memorize-options.js';
import type { MemorizePlan } from './plan.js';
import { type AskedPrompt, describeChannels, describeFlaws, promptSummary, shownChannels } from './prompt.js';
import { recallTable } from './recall-table.js';

/** What a recall test leaves: a figure, its part of summary.json, and the rate of success by noise. */
export interface RecallOutcome {
  raster: string;
  summary: object;
  success: { noise: number; success: number; trials: number }[];
}

type Tested = Pick<MemorizePlan, 'prompt' | 'problem'>;

/** Replay from memory without noise, then recall after a prompt under every noise. */
export async function testRecall(
  screen: Screen,
  map: ParallelMap,
  score: Score,
  network: Network,
  { prompt, problem: { model } }: Tested,
  { noise: noises, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
): Promise<RecallOutcome> {
  const levels = levelsOf(noises);
  // The noisiest first: its first trial is the one that is drawn, while the others run. Last the replay.
  // Without noise all trials are the same: one is enough, unless the prompt is drawn.
  const prompted = levels.toReversed().flatMap((noise) => {
    const count = isDeterministic({ ...prompt.plan, noise }) ? 1 : trialCount;
    return Array.from({ length: count }, () => ({ ...prompt.plan, noise }));
  });
  const plans = [...prompted, { prompt: 0, noise: 0 }];
  const promptTime = prompt.time ?? score.period;
  const test: RecallTest = { score, network, model, seed, promptTime, periods, trials: plans };
  const advance = screen.progress('recall', plans.length);
  const trials: Outcome[] = [];
  let raster: Promise<string> | undefined;
  await map(outcomeJob, test, plans.length, (trial) => {
    const { spikes, ...outcome } = trial;
    trials.push(outcome);
    if (spikes) raster = drawFirst(test, { ...outcome, spikes }, prompt, tau0);
    advance();
  });
  const replayed = summarizeReplay((trials.pop() as Outcome).periods);
  const rows = summarizeRecall(trials, levels, tau0);
  const duration = formatTime(promptTime * tau0);
  screen.line('replay', describeReplay(replayed, periods, tau0));
  const flaws = describeFlaws(prompt, tau0).map((flaw) => `${flaw}, `);
  screen.plain(
    `recall after a prompt (${describeSize(prompt)}, ${duration}, ${flaws.join('')}then free for ${formatTime(periods * score.period * tau0)})`,
  );
  screen.table(recallTable(rows));
  const { precision, lagChange } = replayed;
  return {
    raster: await (raster as Promise<string>),
    summary: {
      prompt: { channels: prompt.size, duration_s: promptTime * tau0, ...testSummary(prompt, tau0) },
      replay: { periods, precision, lag_change_refractory: lagChange },
      recall: rows,
    },
    success: rows,
  };
}

const describeReplay = ({ precision, lagChange }: ReturnType<typeof summarizeReplay>, periods: number, tau0: number) =>
  `${periods} periods from memory without noise: precision ${precision.toFixed(3)} · ${describeLag(lagChange, tau0)}`;

/** `10 channels`, and how they are chosen where they are not the first. */
const describeSize = ({ plan: { prompt }, size }: AskedPrompt) =>
  `${size} channels${typeof prompt === 'number' ? '' : 'random' in prompt ? ' drawn in each trial' : ' as listed'}`;

/** What the summary tells of a prompt beside its size and length, where it is asked for. */
const testSummary = (prompt: AskedPrompt, tau0: number) => {
  const { jitter, missing = 0, extra = 0 } = prompt.plan;
  return {
    ...(jitter === undefined ? {} : { jitter_s: jitter * tau0 }),
    ...(missing > 0 ? { missing } : {}),
    ...(extra > 0 ? { extra } : {}),
    ...promptSummary(prompt),
  };
};

/** The raster of the first trial of a test. */
function drawFirst(test: RecallTest, trial: Trial, prompt: AskedPrompt, tau0: number): Promise<string> {
  const { score, promptTime, periods, seed } = test;
  const channels = channelCount(score);
  const shown = {
    prompt: prompt.size,
    prompted: shownChannels(prompt.plan, channels, seed),
    promptTime,
    periods,
    tau0,
  };
  return draw(score, trial.spikes, shown, [
    `${describeChannels(prompt, channels)} play the score for ${formatTime(promptTime * tau0)} (shaded), then all run free`,
    `noise ${trial.noise} · precision ${lastOf(trial).precision.toFixed(3)} in the last period`,
  ]);
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
  const countOf = (level: number) => (isDeterministic({ ...prompt.plan, noise: level }) ? 1 : trialCount);
  const noises = levels.flatMap((level) => Array.from({ length: countOf(level) }, () => level));
  const schedule = inTurn(scores.length);
  const advance = screen.progress('recall', noises.length);
  const trials: SwitchingTrial[] = [];
  const test: SwitchingTest = {
    ...prompt.plan,
    ...{ scores, network, model, seed, schedule, promptTime: prompt.time, free: periods, noises },
  };
  await map(switchingJob, test, noises.length, (trial) => {
    trials.push(trial);
    advance();
  });
  const rows = summarizeSwitching(trials, levels, schedule, periods);
  const duration = prompt.time === undefined ? 'one period' : formatTime(prompt.time * tau0);
  const flaws = describeFlaws(prompt, tau0).map((flaw) => `, ${flaw}`);
  screen.plain(
    `memories prompted one after the other (${describeSize(prompt)} for ${duration}${flaws.join('')}, then free for ${periods}); in the last free period:`,
  );
  screen.table(switchingTable(rows, scores.length));
  const success = levels.map((level) => ({
    noise: level,
    trials: trialCount,
    success: worstBlock(rows, level, trialCount),
  }));
  const length = prompt.time === undefined ? {} : { duration_s: prompt.time * tau0 };
  const raster = await drawSwitching(test, trials[trials.length - 1], prompt, tau0, trials.length - 1);
  const told = { channels: prompt.size, ...length, ...testSummary(prompt, tau0) };
  return { raster, summary: { prompt: told, switching: rows }, success };
}

/** The raster of the first block of a trial. */
function drawSwitching(
  { scores, free, seed }: SwitchingTest,
  { spikes, noise }: SwitchingTrial,
  prompt: AskedPrompt,
  tau0: number,
  index: number,
): Promise<string> {
  const [first] = scores;
  const channels = channelCount(first);
  const prompted = shownChannels(prompt.plan, channels, seed, `${index} block 0`);
  const shown = { prompt: prompt.size, prompted, promptTime: prompt.time ?? first.period, periods: free, tau0 };
  return draw(first, spikes, shown, [
    `${describeChannels(prompt, channels)} play the first of ${scores.length} memories (shaded), then all run free`,
    `noise ${noise}`,
  ]);
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
  setting: Pick<RasterInput, 'prompt' | 'prompted' | 'promptTime' | 'periods' | 'tau0'>,
  subtitle: string[],
): Promise<string> {
  const { drawRaster } = await import('../../plot/index.js');
  return drawRaster({ score, trains: splitTrains(spikes, channelCount(score)), ...setting, subtitle });
}
