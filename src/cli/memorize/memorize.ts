/** `memorize`: samples or reads a score, stores it, verifies, recalls, draws, and says how it went. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { createScreen, grouped, type Invocation, onInterruption, runRecord, type Screen } from '../../app/index.js';
import { createPool, inSharedMemory } from '../../campaign/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { guard, openJournal, openResults } from '../../files/node.js';
import { writeMemory, writeScoreCsv } from '../../memory/files/index.js';
import { memorizeEach, type NeuronReport, type Problem, scoresOf, spellingOf } from '../../memory/memorize/index.js';
import { delayRange } from '../../memory/network/index.js';
import { channelCount } from '../../memory/score/index.js';
import { addMemorizeOptions } from './memorize-options.js';
import { describeModel, modelSummary } from './neuron-options.js';
import { nextStep, quote } from './next.js';
import { type MemorizeOptions, makePlan } from './plan.js';
import { testRecall, testSwitching } from './recall-test.js';
import { continuationOf, writePlan } from './resume.js';
import { createTally, type Tally } from './tally.js';

/** All files that a run may write. */
const NAMES = ['network.npz', 'score.csv', 'potential.svg', 'recall.svg', 'summary.json', 'run.json'] as const;

/** How many neurons that could not be stored are explained on the screen. */
const EXPLAINED = 5;

/** Runs the command and returns its exit code. Throws EngramError; leaves nothing half-written. */
export async function runMemorize(given: MemorizeOptions, invocation: Invocation): Promise<number> {
  const started = performance.now();
  const { version } = invocation;
  const continued = given.resume === undefined ? undefined : continuationOf(given, invocation, '', addMemorizeOptions);
  const options = continued ? continued.options : given;
  const args = continued ? continued.args : invocation.args;
  const screen = createScreen({ lines: !options.quiet && !options.json, progress: !options.quiet });
  const seed = options.seed ?? randomInt(10000);
  const tau0 = options.refractory;
  const directory = options.out ?? `memory-${seed}`;
  const plan = makePlan(options, seed);
  // The workers read it where it lies; nothing else holds it.
  const problem = inSharedMemory(plan.problem);
  plan.problem = problem;
  const results = openResults(directory, NAMES, { force: options.force, resume: continued !== undefined });
  process.once('exit', () => results.discard());
  const interrupted = onInterruption();
  const journal = guard(directory, () => {
    if (!continued) writePlan(results.scratch('plan.json'), { version, args, seed, options });
    results.scratch('plan.json');
    return openJournal<NeuronReport>(results.scratch('neurons'));
  });
  const pool = createPool(plan.workers);
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const begin = performance.now();
    const result = await work;
    seconds[name] = (performance.now() - begin) / 1e3;
    return result;
  };
  const channels = channelCount(problem.score);
  let stored = false;

  const work = async (): Promise<number> => {
    describeProblem(screen, problem, seed, tau0, version, plan.hidden);
    for (const note of plan.notes) screen.line(note.label, note.text);
    const tally = createTally(problem, tau0);
    // Of a network that is going to be simulated the weights are kept at hand.
    const weights = options.recall ? inSharedMemory(new Float64Array(problem.wiring.sources.length)) : undefined;
    const add = (report: NeuronReport, neuron: number) => {
      tally.add(report, neuron);
      weights?.set(report.weights, problem.wiring.starts[neuron]);
    };
    const done = journal.count;
    let neuron = 0;
    for (const report of journal) add(report, neuron++);
    if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(channels)} neurons were done`);
    const advance = screen.progress('solve', channels, done);
    const solve = memorizeEach(
      problem,
      pool.map,
      (report, l) => {
        guard(directory, () => journal.append(report));
        add(report, l);
        advance();
      },
      done,
    );
    await timed('solve', solve);
    reportStorage(screen, tally, channels, seconds.solve);
    const { counts } = tally;
    const network = weights && counts.solved > 0 ? { ...problem.wiring, weights } : undefined;
    // The workers are at it while this thread writes and draws.
    const recalling = network
      ? timed(
          'recall',
          plan.problem.others?.length
            ? testSwitching(screen, pool.map, scoresOf(problem), network, plan, options, seed)
            : testRecall(screen, pool.map, problem.score, network, plan, options, seed),
        )
      : undefined;
    recalling?.catch(() => {});
    const stamp = { program: `engram ${version}`, seed, tau0, hidden: plan.hidden };
    results.write('network.npz', (sink) => writeMemory(problem, journal, stamp, sink));
    results.write('score.csv', writeScoreCsv(problem.score, tau0));
    stored = true;
    const drawing = timed('draw', tally.draw());
    const recalled = await recalling;
    results.write('potential.svg', await drawing);
    if (recalled) results.write('recall.svg', recalled.raster);

    const summary = {
      program: `engram ${version}`,
      seed,
      channels,
      ...(plan.hidden > 0 ? { hidden: plan.hidden } : {}),
      spikes: problem.score.times.length,
      synapses: problem.wiring.sources.length,
      duration_s: problem.score.period * tau0,
      ...(problem.others?.length ? { further_durations_s: problem.others.map(({ period }) => period * tau0) } : {}),
      refractory_s: tau0,
      ...(problem.model ? { neuron: modelSummary(problem.model) } : {}),
      template: problem.template,
      objective: spellingOf(problem).objective,
      ...tally.summary(),
      ...(recalled?.summary ?? {}),
    };
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    results.write('summary.json', text);
    results.write('run.json', runRecord(args, plan.workers, started, seconds));
    journal.close();
    results.commit();
    if (options.json) process.stdout.write(text);
    const figures = recalled ? ['recall.svg', 'potential.svg'] : ['potential.svg'];
    screen.line('figures', figures.map((name) => join(directory, name)).join('  '));
    screen.line('results', `${join(directory, 'network.npz')}  (summary.json, score.csv beside it)`);
    const inputs = Math.round(problem.wiring.sources.length / channels);
    screen.line('next', nextStep(args, { counts, recall: recalled?.success, seed, inputs, directory }));
    return counts.solved === channels ? 0 : 4;
  };

  try {
    const code = await Promise.race([work(), interrupted()]);
    await pool.close();
    return code;
  } catch (error) {
    screen.stop();
    if (!(error instanceof EngramError)) throw error;
    if (stored) {
      results.commit();
      throw new EngramError(error.code, `${error.message}; the stored network is in ${join(directory, 'network.npz')}`);
    }
    const done = journal.count;
    if (!['interrupted', 'output'].includes(error.code) || done === 0) throw error;
    results.keep();
    throw new EngramError(
      error.code,
      `${error.message}; ${done} of ${channels} neurons are kept, go on with: npx memorize --resume ${quote(directory)}`,
    );
  } finally {
    results.discard();
  }
}

export function describeProblem(
  screen: Screen,
  { score, others = [], wiring, model }: Problem,
  seed: number,
  tau0: number,
  version: string,
  hidden: number,
): void {
  const channels = channelCount(score);
  const duration = score.period * tau0;
  const [shortest, longest] = delayRange(wiring);
  const rate = score.times.length / channels / duration;
  screen.plain(`engram ${version} · seed ${seed} (reuse: --seed ${seed})`);
  screen.line(
    'score',
    `${grouped(channels)} channels${hidden > 0 ? ` (${grouped(hidden)} of them hidden)` : ''} · ${formatTime(duration)} · ${grouped(score.times.length)} spikes · ${Number(rate.toPrecision(2))} Hz`,
  );
  if (others.length > 0) {
    const each = others.map(({ period, times }) => `${formatTime(period * tau0)}, ${grouped(times.length)} spikes`);
    screen.line('', `and in the same weights ${each.join(' · ')}`);
  }
  const delays = [shortest, longest].map((delay) => Number((delay * tau0 * 1e3).toPrecision(2))).join('-');
  const synapses = wiring.sources.length;
  screen.line(
    'network',
    `${grouped(synapses)} synapses · ${grouped(Math.round(synapses / channels))} per neuron${synapses > 0 ? ` · delays ${delays} ms` : ''}`,
  );
  if (model) screen.line('neurons', describeModel(model, tau0));
}

function reportStorage(screen: Screen, tally: Tally, channels: number, duration: number): void {
  const { counts, worst, unsolved } = tally;
  screen.line('solve', `${'█'.repeat(20)} ${channels}/${channels}  ${duration.toFixed(1)} s`);
  screen.line(
    'stored',
    `${counts.solved} of ${channels} · ${counts.infeasible} impossible · ${counts.undecided} undecided`,
  );
  if (counts.solved > 0) {
    const where = worst.betweenPoints === undefined ? 'in continuous time' : 'on the grid';
    screen.line(
      'checked',
      `worst violation ${worst.violation.toExponential(0)} ${where} · KKT residual ${worst.kkt.toExponential(0)}`,
    );
    if (worst.betweenPoints !== undefined) {
      screen.line('', `between the points of the grid the template is left by up to ${worst.betweenPoints.toFixed(2)}`);
    }
  }
  for (const { label, text } of tally.lines()) screen.line(label, text);
  for (const { channel, reason } of unsolved.slice(0, EXPLAINED)) screen.line('', `channel ${channel}: ${reason}`);
  if (unsolved.length > EXPLAINED) {
    screen.line('', `and ${unsolved.length - EXPLAINED} more, each with its reason in summary.json`);
  }
}
