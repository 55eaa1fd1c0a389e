/** `memorize train`: learns a score by gradients on the same network, for comparison, and says how that went. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createScreen, type Invocation, onInterruption, runRecord, subcommand } from '../../app/index.js';
import { createPool, inSharedMemory } from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import { guard, type Journal, openJournal, openResults } from '../../files/node.js';
import { writeMemory, writeScoreCsv } from '../../memory/files/index.js';
import type { Descent, NeuronSettings, TrainedReport, TrainingTask } from '../../memory/gradient/index.js';
import { channelCount } from '../../memory/score/index.js';
import { latest, learnNetwork, learnNeurons, ofNetwork, type Tools } from './learn.js';
import { describeProblem } from './memorize.js';
import { optionsOf, quote } from './next.js';
import { makePlan } from './plan.js';
import { testRecall } from './recall-test.js';
import { continuationOf, writePlan } from './resume.js';
import { addTrainOptions, beginning, METHOD_FLAGS, settingsOf, type TrainOptions } from './train-options.js';
import { createTrainTally } from './train-tally.js';

const NAMES = [
  'network.npz',
  'score.csv',
  'loss.svg',
  'potential.svg',
  'recall.svg',
  'summary.json',
  'run.json',
] as const;

export const trainCommand = (invocation: Invocation): Command =>
  addTrainOptions(subcommand('train', 'learn a score by gradients, on the same network, for comparison'))
    .addHelpText(
      'after',
      '\nExit codes: 0 all learned, 2 bad use, 3 bad input file, 4 some not learned, 5 cannot write, 130 interrupted',
    )
    .action((options: TrainOptions) => invocation.finish(runTrain(options, invocation)));

/** Runs the command and returns its exit code. Throws EngramError; leaves nothing half-written. */
async function runTrain(given: TrainOptions, invocation: Invocation): Promise<number> {
  const started = performance.now();
  const { version } = invocation;
  const continued =
    given.resume === undefined ? undefined : continuationOf(given, invocation, 'train', addTrainOptions);
  const asked = continued ? continued.options : given;
  const args = continued ? continued.args : invocation.args;
  const screen = createScreen({ lines: !asked.quiet && !asked.json, progress: !asked.quiet });
  const settings = settingsOf(asked);
  const { options, initial, hidden: hiddenBefore } = beginning(asked, args);
  const seed = options.seed ?? randomInt(10000);
  const tau0 = options.refractory;
  const directory = options.out ?? `trained-${seed}`;
  const plan = makePlan({ ...options, objective: 'none' }, seed);
  const { workers } = plan;
  const hidden = plan.hidden + hiddenBefore;
  if (plan.problem.costs && options.from === undefined) {
    throw new EngramError('usage', `${options.wiring}: training knows no costs of synapses; leave out the column cost`);
  }
  const problem = { ...plan.problem, costs: undefined };
  const { score, wiring, template, bounds } = problem;
  const channels = channelCount(score);
  const target = { score, wiring, template, bounds };
  const task = inSharedMemory({ target, settings, seed, initial });
  const results = openResults(directory, NAMES, { force: options.force, resume: continued !== undefined });
  process.once('exit', () => results.discard());
  const interrupted = onInterruption();
  const journal = guard(directory, () => {
    if (!continued) writePlan(results.scratch('plan.json'), { version, args, seed, options: asked });
    results.scratch('plan.json');
    return openJournal<TrainedReport | Descent>(results.scratch('neurons'));
  });
  const pool = createPool(workers);
  let stored = false;

  const work = async (): Promise<number> => {
    describeProblem(screen, problem, seed, tau0, version, hidden);
    const { method, ...rest } = settings;
    const told = Object.entries(rest as Record<string, string | number | boolean | undefined>).flatMap(
      ([name, value]) => (value === undefined ? [] : [[name, value] as const]),
    );
    screen.line('method', `${method} · ${told.map(([name, value]) => `${name} ${value}`).join(' · ')}`);
    for (const note of plan.notes) screen.line(note.label, note.text);
    const tally = createTrainTally(task.target, method, tau0);
    const begin = performance.now();
    const tools: Tools = { map: pool.map, screen, write: (value) => guard(directory, () => journal.append(value)) };
    const reports = ofNetwork(task)
      ? await learnNetwork(task, journal as Journal<Descent>, tally, tools)
      : await learnNeurons(task as TrainingTask<NeuronSettings>, journal as Journal<TrainedReport>, tally, tools);
    const weights = inSharedMemory(new Float64Array(wiring.sources.length));
    reports.forEach(({ report }, neuron) => {
      weights.set(report.weights, wiring.starts[neuron]);
    });
    const seconds = { train: (performance.now() - begin) / 1e3 };
    screen.line('train', `${'█'.repeat(20)} ${channels}/${channels}  ${seconds.train.toFixed(1)} s`);
    for (const { label, text } of tally.lines()) screen.line(label, text);
    const network = { ...wiring, weights };
    const recalling = options.recall ? testRecall(screen, pool.map, score, network, plan, options, seed) : undefined;
    recalling?.catch(() => {});
    const training = { settings: { method, ...Object.fromEntries(told) }, ...tally.columns() };
    const stamp = { program: `engram ${version}`, seed, tau0, hidden, training };
    results.write('network.npz', (sink) =>
      writeMemory(
        problem,
        reports.map(({ report }) => report),
        stamp,
        sink,
      ),
    );
    results.write('score.csv', writeScoreCsv(score, tau0));
    stored = true;
    results.write('loss.svg', await tally.drawLoss(reports));
    results.write('potential.svg', await tally.drawPotential());
    const recalled = await recalling;
    if (recalled) results.write('recall.svg', recalled.raster);
    const summary = {
      program: `engram ${version}`,
      seed,
      channels,
      ...(hidden > 0 ? { hidden } : {}),
      spikes: score.times.length,
      synapses: wiring.sources.length,
      duration_s: score.period * tau0,
      refractory_s: tau0,
      template,
      training: training.settings,
      ...tally.summary(),
      ...(recalled?.summary ?? {}),
    };
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    results.write('summary.json', text);
    results.write('run.json', runRecord(args, workers, started, seconds));
    journal.close();
    results.commit();
    if (options.json) process.stdout.write(text);
    const figures = ['loss.svg', 'potential.svg', ...(recalled ? ['recall.svg'] : [])];
    screen.line('figures', figures.map((name) => join(directory, name)).join('  '));
    screen.line('results', `${join(directory, 'network.npz')}  (summary.json, score.csv beside it)`);
    screen.line('next', nextStep(tally.learned < channels, directory));
    return tally.learned === channels ? 0 : 4;
  };

  /** Longer, or compared with what the solver makes of the same task. */
  function nextStep(missed: boolean, place: string): string {
    const network = quote(join(place, 'network.npz'));
    const words = (options: readonly (readonly string[])[]) => options.flat().map(quote).join(' ');
    const ms = (time: number) => `${Number((1e3 * time).toPrecision(12))}ms`;
    const { margin, slope, zone, bound } = template;
    const asked = {
      '--margin': margin,
      '--slope': slope,
      '--firing-zone': ms(zone * tau0),
      '--refractory': ms(tau0),
      '--bound': bound,
    };
    const same = words(Object.entries(asked).map(([flag, value]) => [flag, String(value)]));
    const kept = words(optionsOf(args).filter(([flag]) => METHOD_FLAGS.includes(flag)));
    return missed
      ? `longer, from these weights: npx memorize train --from ${network} --method ${settings.method}${kept && ` ${kept}`} --epochs ${2 * settings.epochs} --seed ${seed} --out ${quote(`${place}-next`)}`
      : `what does the solver make of the same task? npx memorize --score ${network} --wiring ${network} ${same} --seed ${seed} --out ${quote(`${place}-solved`)}`;
  }

  try {
    const code = await Promise.race([work(), interrupted()]);
    await pool.close();
    return code;
  } catch (error) {
    screen.stop();
    if (!(error instanceof EngramError)) throw error;
    if (stored) {
      results.commit();
      throw new EngramError(
        error.code,
        `${error.message}; the trained network is in ${join(directory, 'network.npz')}`,
      );
    }
    const done = journal.count;
    if (!['interrupted', 'output'].includes(error.code) || done === 0) throw error;
    const kept = ofNetwork(task)
      ? `${latest(journal as Journal<Descent>)?.epoch} epochs`
      : `${done} of ${channels} neurons`;
    results.keep();
    throw new EngramError(
      error.code,
      `${error.message}; ${kept} are kept, go on with: npx memorize train --resume ${quote(directory)}`,
    );
  } finally {
    results.discard();
  }
}
