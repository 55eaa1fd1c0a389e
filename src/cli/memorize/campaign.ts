/** `memorize experiment`: begins, joins, continues and reports campaigns of experiments. */

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { experimentNamed, experiments } from '../../../experiments/index.js';
import { createScreen, type Invocation, subcommand } from '../../app/index.js';
import {
  beginCampaign,
  type Campaign,
  createRunner,
  openCampaign,
  type Plan,
  planOf,
  progressOf,
  readPlan,
  runCampaign,
} from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import { configOf, configsOf } from './campaign-config.js';
import { createEstimate, duration } from './campaign-progress.js';
import { writeReport } from './campaign-report.js';
import { quote } from './next.js';
import * as parse from './options.js';

interface RunOptions {
  workers?: number;
  shard?: { k: number; of: number };
  quiet?: boolean;
}

interface BeginOptions extends RunOptions {
  config?: string;
  set?: string[];
  out?: string;
}

const addRunOptions = (command: Command): Command =>
  command
    .option(
      '--workers <n>',
      'threads (default: one per processor); the results do not depend on it',
      parse.integer('--workers', 1, 1024),
    )
    .option('--shard <k/K>', 'only the k-th of K parts of the work, for job arrays of any scheduler', shardOf)
    .option('--quiet', 'print nothing but errors');

function shardOf(text: string): { k: number; of: number } {
  const [, k, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!(Number(k) >= 1 && Number(k) <= Number(of))) {
    throw new EngramError('usage', `--shard must be a part such as 3/8, the first being 1/8; got "${text}"`);
  }
  return { k: Number(k), of: Number(of) };
}

export function experimentCommand(invocation: Invocation): Command {
  const command = addRunOptions(
    subcommand('experiment', 'answers a question about memories with figures; can be stopped, resumed and shared')
      .argument('[name]', 'an experiment (see: memorize experiment list)')
      .enablePositionalOptions()
      .option('--config <name|file>', 'a configuration of the experiment, or a file (default: quick)')
      .option('--set <key=value...>', 'changes of the configuration, such as trials=50 or base.bound=0.4')
      .option('--out <dir>', 'directory of the campaign (default: <name>-<config>)'),
  ).action((name: string | undefined, options: BeginOptions) =>
    invocation.finish(name === undefined ? list() : begin(name, options, invocation)),
  );
  command.addCommand(subcommand('list', 'what there is').action(() => invocation.finish(list())));
  command.addCommand(
    subcommand('status', 'how far a campaign is')
      .argument('<dir>')
      .action((directory: string) => invocation.finish(status(directory, invocation))),
  );
  command.addCommand(
    addRunOptions(subcommand('resume', 'goes on with a campaign').argument('<dir>')).action(
      (directory: string, options: RunOptions) => {
        const { plan, campaign } = opened(directory, invocation);
        return invocation.finish(work(plan, campaign, options, invocation));
      },
    ),
  );
  command.addCommand(
    subcommand('report', 'writes results and report of a finished campaign again')
      .argument('<dir>')
      .option('--png', 'also every figure as PNG')
      .action(async (directory: string, { png }: { png?: boolean }) => {
        const { campaign } = opened(directory, invocation);
        return invocation.finish(report(campaign, { png: png === true, quiet: false }));
      }),
  );
  return command;
}

const programOf = ({ version }: Invocation) => `engram ${version}`;

async function list(): Promise<number> {
  for (const { name, title, question } of experiments) {
    process.stdout.write(
      `${name.padEnd(20)} ${title}. ${question}\n${' '.repeat(21)}--config ${configsOf(name).join('|')}\n`,
    );
  }
  return 0;
}

async function begin(name: string, options: BeginOptions, invocation: Invocation): Promise<number> {
  const experiment = experimentNamed(name);
  const chosen = options.config ?? 'quick';
  const config = configOf(experiment, chosen, options.set ?? []);
  const label = existsSync(chosen) ? 'own' : chosen;
  const directory = options.out ?? `${name}-${label}`;
  const plan = planOf(experiment, config, programOf(invocation));
  const campaign = beginCampaign(directory, plan, experiment);
  return work(plan, campaign, options, invocation);
}

function opened(directory: string, invocation: Invocation): { plan: Plan; campaign: Campaign } {
  const plan = readPlan(directory);
  return { plan, campaign: openCampaign(directory, plan, experimentNamed(plan.experiment), programOf(invocation)) };
}

async function status(directory: string, invocation: Invocation): Promise<number> {
  const { plan, campaign } = opened(directory, invocation);
  const { shards, finished, tasks, finishedTasks, cost, finishedCost, claimed } = progressOf(campaign);
  const screen = createScreen({ lines: true, progress: false });
  screen.line('campaign', `${plan.experiment} · seed ${plan.seed} · ${plan.program}`);
  screen.line('done', `${finishedTasks} of ${tasks} tasks · ${finished} of ${shards} shards`);
  if (claimed > 0) screen.line('at work', `${claimed} shards`);
  if (finished < shards) {
    screen.line('left', `about ${duration(cost - finishedCost)} of work for one processor`);
    screen.line('next', `npx memorize experiment resume ${quote(directory)}`);
  } else {
    screen.line('next', `npx memorize experiment report ${quote(directory)}`);
  }
  return 0;
}

/** Runs what is missing, and reports when nothing is. */
async function work(plan: Plan, campaign: Campaign, options: RunOptions, invocation: Invocation): Promise<number> {
  const { directory } = campaign;
  const quiet = options.quiet === true;
  const workers = options.workers ?? Math.min(availableParallelism(), 64);
  const screen = createScreen({ lines: !quiet, progress: false });
  const before = progressOf(campaign);
  screen.plain(`${programOf(invocation)} · ${plan.experiment} · seed ${plan.seed}`);
  screen.line('question', experimentNamed(plan.experiment).question);
  screen.line(
    'tasks',
    `${plan.tasks} in ${before.shards} shards · about ${duration(before.cost)} of work for one processor`,
  );
  if (before.finishedTasks > 0) screen.line('resumed', `${before.finishedTasks} tasks were done`);
  const started = performance.now();
  if (before.finished < before.shards) {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const signal = onSignals(stop);
    const runner = createRunner(campaign, workers, stop);
    const estimate = createEstimate(before, workers, quiet);
    try {
      await runCampaign(campaign, { workers, run: runner.run, stop, part: options.shard, each: estimate.add });
    } finally {
      estimate.stop();
    }
    const after = progressOf(campaign);
    if (signal.name) {
      throw new EngramError(
        'interrupted',
        `interrupted by ${signal.name}; ${after.finishedTasks} of ${after.tasks} tasks are kept, go on with: npx memorize experiment resume ${quote(directory)}`,
      );
    }
    await runner.close();
    screen.line(
      'done',
      `${after.finishedTasks - before.finishedTasks} tasks in ${duration((performance.now() - started) / 1e3)} with ${workers} workers`,
    );
    if (after.finished < after.shards) {
      screen.line(
        'left',
        `${after.tasks - after.finishedTasks} tasks, which other processes do or may do: npx memorize experiment status ${quote(directory)}`,
      );
      return 0;
    }
  }
  return report(campaign, { png: false, quiet });
}

async function report(campaign: Campaign, { png, quiet }: { png: boolean; quiet: boolean }): Promise<number> {
  const screen = createScreen({ lines: !quiet, progress: false });
  const { answer } = await writeReport(campaign, png);
  screen.line('answer', answer);
  screen.line('report', `${join(campaign.directory, 'report.html')}  (figures, results.csv and results.npz beside it)`);
  return 0;
}

/** The first signal asks to stop after the running tasks, a second one ends the process on the spot. */
function onSignals(stop: Int32Array): { name?: string } {
  const received: { name?: string } = {};
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (received.name) process.exit(130);
      received.name = signal;
      Atomics.store(stop, 0, 1);
      process.stderr.write('memorize: finishing the running tasks; once more to leave at once\n');
    });
  }
  return received;
}
