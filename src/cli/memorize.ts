/** `memorize`: samples or reads a score, stores it, verifies, recalls, draws, and says how it went. */
import { randomInt } from 'node:crypto';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createPool } from '../campaign/index.js';
import { EngramError, formatTime } from '../core/index.js';
import { writeMemory, writeScoreCsv } from '../io/index.js';
import { openResults, type Results } from '../io/node.js';
import { type RecallTest, recallJob, type Trial } from '../measure/index.js';
import { explain, type Memory, memorize, type Problem } from '../memorize/index.js';
import { delayRange } from '../network/index.js';
import { channelCount } from '../score/index.js';
import { splitTrains } from '../simulate/index.js';
import type { Invocation } from './command.js';
import { nextStep } from './next.js';
import { type MemorizeOptions, makePlan, type Plan } from './plan.js';
import { createScreen, grouped, type Screen } from './screen.js';
import { type Counts, countStatuses, recallTable, summarizeRecall } from './summary.js';

/** All files that a run may write. */
const NAMES = ['network.npz', 'score.csv', 'potential.svg', 'recall.svg', 'summary.json', 'run.json'] as const;

/** How many neurons that could not be stored are explained on the screen. */
const EXPLAINED = 5;

/** Runs the command and returns its exit code. Throws EngramError; leaves nothing half-written. */
export async function runMemorize(options: MemorizeOptions, { args, version }: Invocation): Promise<number> {
  const started = performance.now();
  const screen = createScreen({ lines: !options.quiet && !options.json, progress: !options.quiet });
  const seed = options.seed ?? randomInt(10000);
  const tau0 = options.refractory;
  const directory = options.out ?? `memory-${seed}`;
  const plan = makePlan(options, seed);
  const { problem } = plan;
  let results: Results<(typeof NAMES)[number]> | undefined;
  process.once('exit', () => results?.discard());
  // The first signal stops the work and tidies up; a second one ends the process on the spot.
  let signals = 0;
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(130);
        reject(new EngramError('interrupted', `interrupted by ${signal}`));
      });
    }
  });
  interrupted.catch(() => {});
  const files = openResults(directory, NAMES, options.force ?? false);
  results = files;
  const pool = createPool(plan.workers);
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const begin = performance.now();
    const result = await work;
    seconds[name] = (performance.now() - begin) / 1e3;
    return result;
  };
  let stored = false;
  const work = async (): Promise<number> => {
    describe(screen, problem, seed, tau0, version);
    for (const warning of plan.warnings) screen.line('warning', warning);
    const advance = screen.progress('solve', channelCount(problem.score));
    const memory = await timed('solve', memorize(problem, pool.map, advance));
    const counts = reportStorage(screen, memory, problem, tau0, seconds.solve);
    const recall = options.recall && counts.solved > 0;
    // The workers are at it while this thread writes and draws.
    const recalling = recall ? timed('recall', testRecall(screen, pool.map, memory, plan, options, seed)) : undefined;
    recalling?.catch(() => {});
    const stamp = { program: `engram ${version}`, seed, tau0 };
    files.write('network.npz', writeMemory(problem, memory.network, memory.neurons, stamp));
    files.write('score.csv', writeScoreCsv(problem.score, tau0));
    stored = true;
    const drawing = timed('draw', drawStored(memory, problem, tau0));
    const recalled = await recalling;
    files.write('potential.svg', await drawing);
    if (recalled) files.write('recall.svg', recalled.raster);

    const summary = {
      program: `engram ${version}`,
      seed,
      channels: memory.neurons.length,
      spikes: problem.score.times.length,
      synapses: memory.network.sources.length,
      duration_s: problem.score.period * tau0,
      refractory_s: tau0,
      template: problem.template,
      objective: problem.objective,
      ...counts,
      ...worstOfSolved(memory),
      work: totalWork(memory),
      unsolved: memory.neurons.flatMap((report, channel) =>
        report.status === 'solved'
          ? []
          : [
              {
                channel,
                status: report.status,
                reason: explain(report, problem.template, (t) => formatTime(t * tau0)),
              },
            ],
      ),
      ...(recalled?.summary ?? {}),
    };
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    files.write('summary.json', text);
    seconds.total = (performance.now() - started) / 1e3;
    const machine = { node: process.version, platform: process.platform, cpu: cpus()[0]?.model, workers: plan.workers };
    files.write(
      'run.json',
      `${JSON.stringify({ finished: new Date().toISOString(), arguments: args, ...machine, seconds, peak_memory_mb: process.resourceUsage().maxRSS / 1024 }, null, 2)}\n`,
    );
    files.commit();
    if (options.json) process.stdout.write(text);
    const figures = recalled ? ['recall.svg', 'potential.svg'] : ['potential.svg'];
    screen.line('figures', figures.map((name) => join(directory, name)).join('  '));
    screen.line('results', `${join(directory, 'network.npz')}  (summary.json, score.csv beside it)`);
    const inputs = Math.round(memory.network.sources.length / memory.neurons.length);
    screen.line('next', nextStep(args, { counts, recall: recalled?.summary.recall, seed, inputs }));
    return counts.solved === memory.neurons.length ? 0 : 4;
  };

  try {
    return await Promise.race([work(), interrupted]);
  } catch (error) {
    screen.stop();
    if (!stored) throw error;
    files.commit();
    const kept = `the stored network is in ${join(directory, 'network.npz')}`;
    if (error instanceof EngramError) throw new EngramError(error.code, `${error.message}; ${kept}`);
    throw error;
  } finally {
    files.discard();
    // Ending threads that are only starting up can bring the process down: after an interruption it just leaves.
    if (signals === 0) await pool.close();
  }
}

function describe(screen: Screen, { score, wiring }: Problem, seed: number, tau0: number, version: string): void {
  const channels = channelCount(score);
  const duration = score.period * tau0;
  const [shortest, longest] = delayRange(wiring);
  const rate = score.times.length / channels / duration;
  screen.plain(`engram ${version} · seed ${seed} (reuse: --seed ${seed})`);
  screen.line(
    'score',
    `${grouped(channels)} channels · ${formatTime(duration)} · ${grouped(score.times.length)} spikes · ${Number(rate.toPrecision(2))} Hz`,
  );
  const delays = [shortest, longest].map((delay) => Number((delay * tau0 * 1e3).toPrecision(2))).join('-');
  const synapses = wiring.sources.length;
  screen.line(
    'network',
    `${grouped(synapses)} synapses · ${grouped(Math.round(synapses / channels))} per neuron${synapses > 0 ? ` · delays ${delays} ms` : ''}`,
  );
}

function reportStorage(screen: Screen, memory: Memory, { template }: Problem, tau0: number, duration: number): Counts {
  const { neurons } = memory;
  const counts = countStatuses(neurons);
  screen.line('solve', `${'█'.repeat(20)} ${neurons.length}/${neurons.length}  ${duration.toFixed(1)} s`);
  screen.line(
    'stored',
    `${counts.solved} of ${neurons.length} · ${counts.infeasible} impossible · ${counts.undecided} undecided`,
  );
  if (counts.solved > 0) {
    const { worst_violation: violation, kkt_residual: kkt } = worstOfSolved(memory);
    screen.line(
      'checked',
      `worst violation ${violation.toExponential(0)} in continuous time · KKT residual ${kkt.toExponential(0)}`,
    );
  }
  const unsolved = neurons.flatMap((report, channel) => (report.status === 'solved' ? [] : [{ report, channel }]));
  for (const { report, channel } of unsolved.slice(0, EXPLAINED)) {
    screen.line('', `channel ${channel}: ${explain(report, template, (time) => formatTime(time * tau0))}`);
  }
  if (unsolved.length > EXPLAINED) {
    screen.line('', `and ${unsolved.length - EXPLAINED} more, each with its reason in summary.json`);
  }
  return counts;
}

/** The potential of the first stored neuron with a typical number of spikes. */
async function drawStored({ neurons, network }: Memory, { score, template }: Problem, tau0: number): Promise<string> {
  const { drawPotential } = await import('../plot/index.js');
  const spikes = (neuron: number) => score.starts[neuron + 1] - score.starts[neuron];
  const typical = score.times.length / neurons.length;
  const chosen = neurons.findIndex(({ status }, neuron) => status === 'solved' && spikes(neuron) >= typical);
  const neuron =
    chosen < 0
      ? Math.max(
          0,
          neurons.findIndex(({ status }) => status === 'solved'),
        )
      : chosen;
  const [first, last] = [network.starts[neuron], network.starts[neuron + 1]];
  const inputs = { sources: network.sources.subarray(first, last), delays: network.delays.subarray(first, last) };
  const { weights, cuts } = neurons[neuron];
  return drawPotential({ score, inputs, weights, neuron, template, cuts, tau0 });
}

/** Replay from memory without noise, then recall after a prompt under every noise. */
async function testRecall(
  screen: Screen,
  map: ReturnType<typeof createPool>['map'],
  { network }: Memory,
  { problem: { score }, prompt, promptTime }: Plan,
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

function totalWork({ neurons }: Memory) {
  const work = { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 };
  for (const { counters } of neurons) {
    for (const name of Object.keys(work) as (keyof typeof work)[]) work[name] += counters[name];
  }
  return work;
}

function worstOfSolved({ neurons }: Memory) {
  const solved = neurons.filter(({ status }) => status === 'solved');
  return {
    worst_violation: worst(solved.map(({ violation }) => violation)),
    kkt_residual: worst(solved.map(({ kkt }) => kkt)),
  };
}

const worst = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);
