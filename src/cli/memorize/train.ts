/** `memorize train`: learns a score by gradients on the same network, for comparison, and says how that went. */
import { join } from 'node:path';
import {
  defineCommand,
  type Invocation,
  keptMap,
  openWork,
  optionsOf,
  quote,
  type Request,
  type Resumable,
  type Run,
  requestOf,
  seedOf,
  withRun,
} from '../../app/index.js';
import { inSharedMemory } from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import { guard, type Journal, openJournal } from '../../files/node.js';
import { writeMemory, writeScoreCsv } from '../../memory/files/index.js';
import type {
  Descent,
  NetworkSettings,
  NeuronSettings,
  TrainedReport,
  TrainingTask,
} from '../../memory/gradient/index.js';
import type { Problem } from '../../memory/memorize/index.js';
import { channelCount } from '../../memory/score/index.js';
import { createTrainingSummary, type TrainingSummary } from '../../memory/summary/index.js';
import { describeProblem } from './describe.js';
import { describeTraining, drawLosses, drawTrained } from './describe-training.js';
import type { MemorizeOptions } from './memorize-options.js';
import { type MemorizePlan, makePlan } from './plan.js';
import { type RecallOutcome, testRecall } from './recall-test.js';
import {
  beginning,
  isOfSeeds,
  METHOD_FLAGS,
  settingsOf,
  TEST_FLAGS,
  type TrainOptions,
  trainOptions,
} from './train-options.js';
import { latest, learnNetwork, learnNeurons, ofNetwork } from './training-run.js';

const NAMES = ['network.npz', 'score.csv', 'loss.svg', 'potential.svg', 'recall.svg'] as const;

const RESUMABLE: Resumable = { program: 'memorize', name: 'train', options: trainOptions, result: 'network.npz' };

export const trainCommand = defineCommand<TrainOptions>({
  name: 'train',
  about: 'learn a score by gradients, on the same network, for comparison',
  options: trainOptions,
  after: 'Exit codes: 0 all learned, 2 bad use, 3 bad input file, 4 some not learned, 5 cannot write, 130 interrupted',
  work: async (given, called) => {
    if (!isOfSeeds(given)) return runTrain(given, called);
    const { runSeeds } = await import('./train-seeds.js');
    return runSeeds(given, called, async (request) => (await settingOf(request)).task);
  },
});

type TrainRun = Run<(typeof NAMES)[number]>;

/** What a run works on. */
interface Setting {
  request: Request<TrainOptions>;
  /** The options, with what the network to begin with says. */
  options: MemorizeOptions;
  seed: number;
  directory: string;
  plan: MemorizePlan;
  problem: Problem;
  task: TrainingTask<NeuronSettings | NetworkSettings>;
  hidden: number;
}

/** Runs the command and returns its exit code. Throws EngramError; leaves nothing half-written. */
async function runTrain(given: TrainOptions, called: Invocation): Promise<number> {
  const request = requestOf(given, called, RESUMABLE);
  const setting = await settingOf(request);
  const { options, seed, directory, plan, problem, task } = setting;
  const { invocation, continued } = request;
  const channels = channelCount(problem.score);
  let journal: Journal<unknown> | undefined;
  let stored = false;
  const salvage = () => {
    const goOn = `go on with: npx memorize train --resume ${quote(directory)}`;
    if (stored) {
      return {
        kept: `the trained network is in ${join(`${directory}.partial`, 'network.npz')}, ${goOn}`,
        published: `the trained network is in ${join(directory, 'network.npz')}`,
      };
    }
    if (!journal?.count) return undefined;
    const what = ofNetwork(task)
      ? `${latest(journal as Journal<Descent>)?.epoch} epochs`
      : `${journal.count} of ${channels} neurons`;
    return { kept: `${what} are kept, ${goOn}` };
  };
  const { workers } = plan;
  return withRun({ options, directory, names: NAMES, workers, invocation, continued, salvage }, async (run) => {
    journal = openWork<unknown, TrainOptions>(directory, run, request, seed, trainOptions);
    const { screen, results } = run;
    const tau0 = options.refractory;
    describeProblem(screen, problem, seed, tau0, invocation.version, setting.hidden);
    const { method } = task.settings;
    screen.line(
      'method',
      `${method} · ${told(task)
        .map(([name, value]) => `${name} ${value}`)
        .join(' · ')}`,
    );
    for (const note of plan.notes) screen.line(note.label, note.text);
    const summary = createTrainingSummary(task.target);
    const reports = await run.timed('train', learn(run, setting, journal, summary));
    describeTraining(screen, summary, channels, run.secondsOf('train'));
    const recalling = options.recall && problem.score.times.length > 0 ? recall(run, setting, reports) : undefined;
    recalling?.catch(() => {});
    const training = { settings: { method, ...Object.fromEntries(told(task)) }, ...summary.columns() };
    const stamp = { program: `engram ${invocation.version}`, seed, tau0, hidden: setting.hidden, training };
    const trained = reports.map((report) => report.report);
    results.write('network.npz', (sink) => writeMemory(problem, trained, stamp, sink));
    results.write('score.csv', writeScoreCsv(problem.score, tau0));
    run.note(summaryOf(setting, summary, undefined));
    stored = true;
    results.write('loss.svg', await drawLosses(summary, reports, method));
    results.write('potential.svg', await drawTrained(summary, task.target, method, tau0));
    const recalled = await recalling;
    if (recalled) results.write('recall.svg', recalled.raster);
    journal.close();
    return report(run, setting, summary, recalled);
  });
}

/** From what is asked to a training task. Throws `usage` or `input`. */
async function settingOf(request: Request<TrainOptions>): Promise<Setting> {
  const settings = settingsOf(request.options);
  const { options, initial, hidden } = beginning(request.options, request.invocation.args);
  const seed = seedOf(options, 'trained');
  const plan = await makePlan({ ...options, objective: 'none' }, seed);
  if (plan.problem.costs && options.from === undefined) {
    throw new EngramError('usage', `${options.wiring}: training knows no costs of synapses; leave out the column cost`);
  }
  const problem = { ...plan.problem, costs: undefined };
  const { score, wiring, template, bounds } = problem;
  const target = { score, wiring, template, bounds };
  return {
    request,
    options,
    seed,
    directory: options.out ?? `trained-${seed}`,
    plan,
    problem,
    task: inSharedMemory({ target, settings, seed, initial }),
    hidden: plan.hidden + hidden,
  };
}

/** The settings of the method, but for its name. */
function told({ settings: { method: _, ...rest } }: Setting['task']): [string, string | number | boolean][] {
  return Object.entries(rest as Record<string, string | number | boolean | undefined>).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
}

/** Learns neuron by neuron, or the network as one; what is done is written into the journal, which may hold some already. */
function learn(
  { screen, map, spread }: TrainRun,
  { task, directory }: Setting,
  journal: Journal<unknown>,
  summary: TrainingSummary,
): Promise<TrainedReport[]> {
  if (!ofNetwork(task)) {
    const kept = keptMap(spread, journal, directory);
    return learnNeurons(task as TrainingTask<NeuronSettings>, journal.count, summary, { map: kept.map, screen });
  }
  const write = (value: Descent) => guard(directory, () => journal.append(value));
  return learnNetwork(task, journal as Journal<Descent>, summary, { map, screen, write });
}

/** The recall test of the weights that were learned; trials that an interrupted run has done are not done again. */
function recall(
  { screen, spread, results }: TrainRun,
  { problem: { score, wiring }, plan, options, seed, directory }: Setting,
  reports: readonly TrainedReport[],
): Promise<RecallOutcome> {
  const weights = inSharedMemory(new Float64Array(wiring.sources.length));
  reports.forEach(({ report }, neuron) => {
    weights.set(report.weights, wiring.starts[neuron]);
  });
  const { map } = keptMap(spread, openJournal(results.scratch('trials')), directory);
  return testRecall(screen, map, score, { ...wiring, weights }, plan, options, seed);
}

/** summary.json; what is not recalled yet is left out. */
function summaryOf(
  { request, options, seed, problem: { score, wiring, template }, task, hidden }: Setting,
  summary: TrainingSummary,
  recalled: RecallOutcome | undefined,
): object {
  return {
    program: `engram ${request.invocation.version}`,
    seed,
    channels: channelCount(score),
    ...(hidden > 0 ? { hidden } : {}),
    spikes: score.times.length,
    synapses: wiring.sources.length,
    duration_s: score.period * options.refractory,
    refractory_s: options.refractory,
    template,
    training: { method: task.settings.method, ...Object.fromEntries(told(task)) },
    ...summary.json(),
    ...(recalled?.summary ?? {}),
  };
}

/** summary.json, the record of the run, and the last lines; returns the exit code. */
function report(
  run: TrainRun,
  setting: Setting,
  summary: TrainingSummary,
  recalled: RecallOutcome | undefined,
): number {
  const { directory, problem } = setting;
  const { learned } = summary.standing();
  const channels = channelCount(problem.score);
  run.finish(summaryOf(setting, summary, recalled), {
    figures: ['loss.svg', 'potential.svg', ...(recalled ? ['recall.svg'] : [])],
    results: `${join(directory, 'network.npz')}  (summary.json, score.csv beside it)`,
    next: suggestAfterTraining(setting, learned < channels),
  });
  return learned === channels ? 0 : 4;
}

/** Longer, or compared with what the solver makes of the same task. */
function suggestAfterTraining(
  { directory, problem, request, options, task: { settings }, seed }: Setting,
  missed: boolean,
): string {
  const network = quote(join(directory, 'network.npz'));
  const words = (asked: readonly (readonly string[])[]) =>
    asked
      .flat()
      .map((word) => ` ${quote(word)}`)
      .join('');
  const typed = optionsOf(request.invocation.args);
  const test = words(typed.filter(([flag]) => TEST_FLAGS.includes(flag)));
  if (missed) {
    const kept = words(typed.filter(([flag]) => METHOD_FLAGS.includes(flag)));
    return `longer, from these weights: npx memorize train --from ${network} --method ${settings.method}${kept}${test} --epochs ${2 * settings.epochs} --seed ${seed} --out ${quote(`${directory}-next`)}`;
  }
  const ms = (time: number) => `${Number((1e3 * time).toPrecision(12))}ms`;
  const { margin, slope, zone, bound } = problem.template;
  const tau0 = options.refractory;
  const asked = {
    '--margin': margin,
    '--slope': slope,
    '--firing-zone': ms(zone * tau0),
    '--refractory': ms(tau0),
    '--bound': bound,
  };
  const same = words(Object.entries(asked).map(([flag, value]) => [flag, String(value)]));
  return `what does the solver make of the same task? npx memorize --score ${network} --wiring ${network}${same}${test} --seed ${seed} --out ${quote(`${directory}-solved`)}`;
}
