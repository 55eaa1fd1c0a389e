/** `memorize`: samples or reads a score, stores it, verifies, recalls, draws, and says how it went. */
import { join } from 'node:path';
import {
  defineCommand,
  grouped,
  type Invocation,
  keptMap,
  openWork,
  quote,
  type Request,
  type Resumable,
  type Run,
  refuseWithoutLauncher,
  requestOf,
  type Screen,
  seedOf,
  withRun,
} from '../../app/index.js';
import { inSharedMemory } from '../../campaign/index.js';
import type { ParallelMap } from '../../core/index.js';
import { openJournal } from '../../files/node.js';
import { writeMemory, writeScoreCsv } from '../../memory/files/index.js';
import {
  fittingStep,
  memorizeEach,
  type NeuronReport,
  type Problem,
  scoresOf,
  spellingOf,
} from '../../memory/memorize/index.js';
import { channelCount } from '../../memory/score/index.js';
import { createStorageSummary, type StorageSummary, shareExpected } from '../../memory/summary/index.js';
import { describeProblem, describeStorage, drawTypical, warnOfSilent } from './describe.js';
import { describeDesign, withDesign } from './design.js';
import type { MemorizeOptions } from './memorize-options.js';
import { memorizeOptions } from './memorize-options.js';
import { isSharded, openMemory, optionsOfMemory, type Reports, reportsOf } from './memory-campaign.js';
import { modelSummary } from './neuron-options.js';
import { type MemorizePlan, makePlan } from './plan.js';
import { type RecallOutcome, testRecall, testSwitching } from './recall-test.js';
import { suggestAfterStoring } from './suggest.js';

/** All files that a run may write beside its records. */
const NAMES = ['network.npz', 'score.csv', 'potential.svg', 'recall.svg'] as const;

const RESUMABLE: Resumable = { program: 'memorize', name: '', options: memorizeOptions, result: 'network.npz' };

export const memorizeCommand = defineCommand<MemorizeOptions>({
  name: 'memorize',
  about: 'Stores spike trains in a recurrent spiking network, proves it, and recalls them.',
  options: memorizeOptions,
  after:
    'Exit codes: 0 all stored, 2 bad use, 3 bad input file, 4 some impossible or undecided, 5 cannot write, 130 interrupted',
  work: async (given, called) => {
    if (given.shard || given.launcher) return (await import('./memory-shards.js')).runSharded(given, called);
    refuseWithoutLauncher(given);
    return given.resume !== undefined && isSharded(given.resume)
      ? mergeMemory(given, called)
      : runMemorize(requestOf(given, called, RESUMABLE));
  },
});

type MemorizeRun = Run<(typeof NAMES)[number]>;

/** The neurons of a run, some of which may be stored already. */
interface Neurons extends Pick<Reports, 'count' | 'close'> {
  /** Makes those that are missing, and hands all of them out. */
  readonly map: ParallelMap;
  /** Of all neurons in their order, once all are there. */
  readonly reports: Iterable<NeuronReport>;
}

/** What a run works on. */
interface Setting {
  request: Request<MemorizeOptions>;
  seed: number;
  directory: string;
  plan: MemorizePlan;
  /** That of the plan, where the workers read it; of a design with the step that is taken. */
  problem: Problem;
  /** Of a design: the share of the channels from which recall is expected, if it is. */
  expected?: number | undefined;
}

/** Makes of a memory that was stored by parts what storing it here would have made, from its reports. */
function mergeMemory({ resume, workers, quiet, json, force }: MemorizeOptions, called: Invocation): Promise<number> {
  const directory = (resume as string).replace(/\.shards\/*$/, '');
  const { campaign, asked } = openMemory(directory, called);
  const options = { ...optionsOfMemory(asked, directory), workers, quiet, json, force };
  const invocation = { ...called, args: asked.arguments };
  return runMemorize({ options, invocation, continued: false, argument: '' }, reportsOf(campaign));
}

/**
 * Runs the command and returns its exit code. Throws EngramError; leaves nothing half-written.
 * @param reports of all neurons, if they have been stored elsewhere
 */
async function runMemorize(asked: Request<MemorizeOptions>, reports?: Reports): Promise<number> {
  const request = { ...asked, options: withDesign(asked.options, asked.invocation.args) };
  const { options, invocation, continued } = request;
  const seed = seedOf(options, 'memory');
  const directory = options.out ?? `memory-${seed}`;
  const plan = await makePlan(options, seed);
  const shared = inSharedMemory(plan.problem);
  // Nothing else holds the arrays that the workers do not read.
  plan.problem = shared;
  const setting: Setting = { request, seed, directory, plan, problem: shared };
  const channels = channelCount(shared.score);
  let journal: Pick<Neurons, 'count'> | undefined;
  let stored = false;
  const salvage = () => {
    const goOn = `go on with: npx memorize --resume ${quote(directory)}`;
    if (stored && reports) return { published: `the stored network is in ${join(directory, 'network.npz')}` };
    if (stored) {
      return {
        kept: `the stored network is in ${join(`${directory}.partial`, 'network.npz')}, ${goOn}`,
        published: `the stored network is in ${join(directory, 'network.npz')}`,
      };
    }
    if (reports) return undefined;
    return journal?.count ? { kept: `${journal.count} of ${channels} neurons are kept, ${goOn}` } : undefined;
  };
  const { workers } = plan;
  return withRun({ options, directory, names: NAMES, workers, invocation, continued, salvage }, async (run) => {
    const neurons = reports ? givenNeurons(reports) : journalNeurons(run, setting);
    journal = neurons;
    const { screen, results } = run;
    const tau0 = options.refractory;
    describeProblem(screen, shared, seed, tau0, invocation.version, plan.hidden);
    for (const note of plan.notes) screen.line(note.label, note.text);
    if (options.design) await design(run, setting);
    const { problem } = setting;
    if (!isRecallable(problem)) screen.line('recall', 'is not tried: a score without spikes leaves nothing to recall');
    const { storage, weights } = await store(run, setting, neurons);
    describeStorage(screen, storage, problem, run.secondsOf('solve'));
    if (options.recall) warnOfSilent(screen, storage, options.soft === true);
    // The workers are at it while this thread writes and draws.
    if (options.design && weights) expect(setting, screen, weights);
    const recalling =
      options.recall && weights && storage.counts.solved > 0 ? recall(run, setting, weights) : undefined;
    recalling?.catch(() => {});
    const stamp = { program: `engram ${invocation.version}`, seed, tau0, hidden: plan.hidden };
    results.write('network.npz', (sink) => writeMemory(problem, neurons.reports, stamp, sink));
    results.write('score.csv', writeScoreCsv(problem.score, tau0));
    run.note(summaryOf(setting, storage, undefined));
    stored = true;
    const drawing = run.timed('draw', drawTypical(storage, problem, tau0));
    const recalled = await recalling;
    results.write('potential.svg', await drawing);
    if (recalled) results.write('recall.svg', recalled.raster);
    neurons.close();
    report(run, setting, storage, recalled);
    return storage.counts.solved === channels ? 0 : 4;
  });
}

/** Each neuron is written into the journal as it is stored, which may hold some already. */
function journalNeurons(run: MemorizeRun, { request, seed, directory }: Setting): Neurons {
  const journal = openWork<unknown, MemorizeOptions>(directory, run, request, seed, memorizeOptions);
  const { map, results } = keptMap(run.spread, journal, directory);
  return {
    get count() {
      return journal.count;
    },
    map,
    reports: results<NeuronReport>(0),
    close: journal.close,
  };
}

/** All have been stored elsewhere. */
function givenNeurons(reports: Reports): Neurons {
  const map: ParallelMap = async (_, __, ___, each) => {
    let neuron = 0;
    for (const report of reports) each(report as Parameters<typeof each>[0], neuron++);
  };
  return { count: reports.count, map, reports, close: reports.close };
}

/** Takes the first step of the design that the neurons can keep. */
async function design({ screen, map, timed }: MemorizeRun, setting: Setting): Promise<void> {
  const { problem, given } = await timed('design', fittingStep(setting.problem, map));
  setting.problem = problem;
  setting.plan.problem = setting.problem;
  describeDesign(screen, setting.problem, given, setting.request.options.refractory);
}

/** Says which prompt is expected to suffice, before anything is simulated. */
function expect(setting: Setting, screen: Screen, weights: Float64Array): void {
  setting.expected = shareExpected(setting.problem, weights);
  if (setting.expected === undefined) return;
  const percent = Math.max(1, Math.round(100 * setting.expected));
  screen.line('', `recall expected from ${percent} % of the channels`);
}

/** Stores neuron by neuron those that are not stored yet. */
async function store(
  { screen, timed }: MemorizeRun,
  { problem, request: { options } }: Setting,
  { count: done, map }: Neurons,
): Promise<{ storage: StorageSummary; weights: Float64Array | undefined }> {
  const channels = channelCount(problem.score);
  const storage = createStorageSummary(problem, options.refractory);
  // Of a network that is going to be simulated the weights are kept at hand.
  const weights =
    (options.recall || options.design) && isRecallable(problem)
      ? inSharedMemory(new Float64Array(problem.wiring.sources.length))
      : undefined;
  if (done > 0) screen.line('resumed', `${grouped(done)} of ${grouped(channels)} neurons were done`);
  const advance = screen.progress('solve', channels, done);
  let seen = 0;
  const each = (report: NeuronReport, neuron: number) => {
    storage.add(report, neuron);
    weights?.set(report.weights, problem.wiring.starts[neuron]);
    if (++seen > done) advance();
  };
  await timed('solve', memorizeEach(problem, map, each));
  return { storage, weights };
}

/** Whether every score prescribes some spike. */
const isRecallable = (problem: Problem) => scoresOf(problem).every(({ times }) => times.length > 0);

/** The recall test: of one score, or of several in turn; trials that an interrupted run has done are not done again. */
function recall(
  { screen, spread, timed, results }: MemorizeRun,
  { problem, plan, request: { options }, seed, directory }: Setting,
  weights: Float64Array,
): Promise<RecallOutcome> {
  const network = { ...problem.wiring, weights };
  const { map } = keptMap(spread, openJournal(results.scratch('trials')), directory);
  return timed(
    'recall',
    problem.others?.length
      ? testSwitching(screen, map, scoresOf(problem), network, plan, options, seed)
      : testRecall(screen, map, problem.score, network, plan, options, seed),
  );
}

/** summary.json; what is not recalled yet is left out. */
function summaryOf(
  { problem, plan, request: { options, invocation }, seed, expected }: Setting,
  storage: StorageSummary,
  recalled: RecallOutcome | undefined,
): object {
  const { score, others, wiring, model, template } = problem;
  const { objective } = spellingOf(problem);
  const tau0 = options.refractory;
  const channels = channelCount(score);
  return {
    program: `engram ${invocation.version}`,
    seed,
    channels,
    ...(score.ids ? { ids: score.ids } : {}),
    ...(plan.hidden > 0 ? { hidden: plan.hidden } : {}),
    spikes: score.times.length,
    synapses: wiring.sources.length,
    duration_s: score.period * tau0,
    ...(others?.length ? { further_durations_s: others.map(({ period }) => period * tau0) } : {}),
    refractory_s: tau0,
    ...(model ? { neuron: modelSummary(model) } : {}),
    template,
    objective,
    ...(options.design ? { design: { name: options.design, recall_expected_from: expected ?? null } } : {}),
    ...storage.json(),
    ...(recalled?.summary ?? {}),
  };
}

/** summary.json, the record of the run, and the last lines. */
function report(
  run: MemorizeRun,
  setting: Setting,
  storage: StorageSummary,
  recalled: RecallOutcome | undefined,
): void {
  const { problem, request, seed, directory } = setting;
  const channels = channelCount(problem.score);
  const inputs = Math.round(problem.wiring.sources.length / channels);
  const { counts } = storage;
  run.finish(summaryOf(setting, storage, recalled), {
    figures: recalled ? ['recall.svg', 'potential.svg'] : ['potential.svg'],
    results: `${join(directory, 'network.npz')}  (summary.json, score.csv beside it)`,
    next: suggestAfterStoring(request.invocation.args, {
      counts,
      recall: recalled?.success,
      recallable: isRecallable(problem),
      seed,
      channels,
      inputs,
      directory,
    }),
  });
}
