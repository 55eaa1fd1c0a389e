/** The recall test that follows storing: replay from memory, then recall after a prompt under every noise. */
import { formatTime, type ParallelMap } from '../core/index.js';
import { type RecallTest, recallJob, type Trial } from '../measure/index.js';
import type { Network } from '../network/index.js';
import { channelCount, type Score } from '../score/index.js';
import { splitTrains } from '../simulate/index.js';
import type { MemorizeOptions, Plan } from './plan.js';
import type { Screen } from './screen.js';
import { recallTable, summarizeRecall } from './summary.js';

/** Replay from memory without noise, then recall after a prompt under every noise. */
export async function testRecall(
  screen: Screen,
  map: ParallelMap,
  score: Score,
  network: Network,
  { prompt, promptTime }: Pick<Plan, 'prompt' | 'promptTime'>,
  { noise: noises, trials: trialCount, periods, refractory: tau0 }: MemorizeOptions,
  seed: number,
) {
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
    const { drawRaster } = await import('../plot/index.js');
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
  };
}

const worst = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
