/** The work of `memorize experiment`, which loads all experiments. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { experimentNamed, experiments } from '../../../experiments/index.js';
import {
  commandAsked,
  createScreen,
  type Invocation,
  type LauncherOptions,
  launchWork,
  openCommand,
  type Part,
  quote,
  type RunOptions,
  refuseWithoutLauncher,
  type Screen,
  workersOf,
} from '../../app/index.js';
import {
  beginCampaign,
  type Campaign,
  createRunner,
  isLeft,
  type LaunchStatus,
  launchStatus,
  openCampaign,
  type Plan,
  type Progress,
  planOf,
  progressOf,
  readPlan,
} from '../../campaign/index.js';
import { isSharded, shardsOf } from '../memorize/memory-campaign.js';
import { configOf, configsOf } from './experiment-config.js';
import { duration } from './experiment-progress.js';
import { writeReport } from './experiment-report.js';
import { runMissing } from './run-missing.js';

/** How a campaign is shared, and how loud it is. */
export interface ShareOptions extends Pick<RunOptions, 'workers' | 'quiet'>, LauncherOptions {
  shard?: Part;
  workers?: number | undefined;
}

/** What a campaign is begun with. */
export interface BeginOptions extends ShareOptions {
  config?: string;
  set?: string[];
  out?: string;
}

const programOf = ({ version }: Invocation) => `engram ${version}`;

/** What there is. */
export async function list(): Promise<number> {
  for (const { name, title, question } of experiments) {
    process.stdout.write(
      `${name.padEnd(20)} ${title}. ${question}\n${' '.repeat(21)}--config ${configsOf(name).join('|')}\n`,
    );
  }
  return 0;
}

/** Begins a campaign, or joins it. */
export async function begin(name: string, options: BeginOptions, invocation: Invocation): Promise<number> {
  refuseWithoutLauncher(options);
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

/** A campaign of an experiment, or of a command such as `memorize`; a memory may be named by its directory. */
function anyOpened(named: string, invocation: Invocation): { plan: Plan; campaign: Campaign; resume: string } {
  const directory = isSharded(named) ? shardsOf(named) : named;
  const plan = readPlan(directory);
  if (commandAsked(plan)) {
    const resume = `${plan.experiment} --resume ${quote(directory.replace(/\.shards\/*$/, ''))}`;
    return { plan, campaign: openCommand(directory, invocation).campaign, resume };
  }
  return { ...opened(directory, invocation), resume: `memorize experiment resume ${quote(directory)}` };
}

/** Goes on with a campaign. */
export async function resume(directory: string, options: ShareOptions, invocation: Invocation): Promise<number> {
  refuseWithoutLauncher(options);
  const { plan, campaign } = opened(directory, invocation);
  return work(plan, campaign, options, invocation);
}

/** Writes results and report of a finished campaign again. */
export async function report(directory: string, png: boolean, invocation: Invocation): Promise<number> {
  return reportOn(opened(directory, invocation).campaign, { png, quiet: false });
}

/** How far a campaign is. */
export async function status(named: string, invocation: Invocation): Promise<number> {
  const { plan, campaign, resume } = anyOpened(named, invocation);
  const { directory } = campaign;
  const { shards, finished, tasks, finishedTasks, cost, finishedCost, claimed } = progressOf(campaign);
  const screen = createScreen({ lines: true, progress: false });
  screen.line('campaign', `${plan.experiment} · seed ${plan.seed} · ${plan.program}`);
  screen.line('done', `${finishedTasks} of ${tasks} tasks · ${finished} of ${shards} shards`);
  if (claimed > 0) screen.line('at work', `${claimed} shards`);
  const launched = launchStatus(directory, (k, of) => isLeft(campaign, { k, of }));
  if (launched) describeLaunch(screen, launched);
  const left = cost - finishedCost;
  if (finished < shards) {
    const running = launched?.running ?? 0;
    const tasks = running > 1 ? `, ${duration(left / running)} with the ${running} tasks that run` : '';
    screen.line('left', `about ${duration(left)} of work for one processor${tasks}`);
  }
  if (launched?.alive) return 0;
  // What lies beside its shards is put together by a command of its own.
  const place = directory.replace(/\.shards\/*$/, '');
  const how = launched ? ' --launcher slurm' : place === directory ? '' : ' --shard 1/1';
  const results = ['report.html', 'summary.json'].map((name) => join(place, name)).find((file) => existsSync(file));
  if (finished < shards) screen.line('next', `npx ${resume}${how}`);
  else if (results) screen.line('results', results);
  else if (commandAsked(plan)) screen.line('next', `npx ${resume}`);
  else screen.line('next', `npx memorize experiment report ${quote(directory)}`);
  return 0;
}

/** What the queue and the logs tell; of failures that have the same reason the first is named. */
function describeLaunch(screen: Screen, { jobs, running, waiting, reasons, failed, merge }: LaunchStatus): void {
  const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
  screen.line('slurm', `array ${jobs.array}: ${running} running, ${waiting} waiting${why}, ${failed.length} failed`);
  screen.line('', `merge ${jobs.merge}: ${merge}`);
  const parts = new Map<string, number[]>();
  for (const { part, reason } of failed) parts.set(reason, [...(parts.get(reason) ?? []), part]);
  for (const [reason, [first, ...more]] of parts) {
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    screen.line('failed', `task ${first}${others}: ${reason}`);
  }
}

/** Runs what is missing, and reports when nothing is. */
async function work(plan: Plan, campaign: Campaign, options: ShareOptions, invocation: Invocation): Promise<number> {
  const quiet = options.quiet === true;
  const screen = createScreen({ lines: !quiet, progress: false });
  const before = progressOf(campaign);
  screen.plain(`${programOf(invocation)} · ${plan.experiment} · seed ${plan.seed}`);
  screen.line('question', experimentNamed(plan.experiment).question);
  screen.line(
    'tasks',
    `${plan.tasks} in ${before.shards} shards · about ${duration(before.cost)} of work for one processor`,
  );
  if (before.finishedTasks > 0) screen.line('resumed', `${before.finishedTasks} tasks were done`);
  if (options.launcher) return handOver(plan, campaign, before, options, invocation);
  if (before.finished < before.shards) {
    const workers = workersOf(options);
    const started = performance.now();
    const after = await runMissing(campaign, {
      ...{ workers, part: options.shard, quiet },
      goOn: `npx memorize experiment resume ${quote(campaign.directory)}`,
      runner: (stop) => createRunner(campaign, experimentNamed(plan.experiment), workers, stop),
    });
    const spent = duration((performance.now() - started) / 1e3);
    screen.line('done', `${after.finishedTasks - before.finishedTasks} tasks in ${spent} with ${workers} workers`);
    if (after.finished < after.shards) {
      screen.line(
        'left',
        `${after.tasks - after.finishedTasks} tasks, which other processes do or may do: npx memorize experiment status ${quote(campaign.directory)}`,
      );
      return 0;
    }
  }
  return reportOn(campaign, { png: false, quiet });
}

/** Has a launcher run what is missing. */
function handOver(
  { experiment }: Plan,
  campaign: Campaign,
  { cost, finishedCost, shards, finished }: Progress,
  options: ShareOptions,
  invocation: Invocation,
): number {
  const directory = resolve(campaign.directory);
  const screen = createScreen({ lines: options.quiet !== true, progress: false });
  const work = {
    name: experiment,
    directory,
    work: ['experiment', 'resume', directory],
    merge: ['experiment', 'report', directory],
    seconds: cost - finishedCost,
    longest: campaign.costs.reduce((a, b) => Math.max(a, b), 0),
    shards: shards - finished,
    isLeft: (k: number, of: number) => isLeft(campaign, { k, of }),
  };
  return launchWork(work, options, invocation, screen);
}

async function reportOn(campaign: Campaign, { png, quiet }: { png: boolean; quiet: boolean }): Promise<number> {
  const screen = createScreen({ lines: !quiet, progress: false });
  const { answer } = await writeReport(campaign, png);
  screen.line('answer', answer);
  screen.line('report', `${join(campaign.directory, 'report.html')}  (figures, results.csv and results.npz beside it)`);
  return 0;
}
