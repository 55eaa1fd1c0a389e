/**
 * The plan of a campaign: what is asked, once and for all. It is written when a campaign begins and never changed; its
 * checksum stands in every file of results, so that results of different plans cannot mix.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EngramError } from '../core/index.js';
import { guard, refuseDangling } from '../files/node.js';
import type { Tasks } from './experiment.js';

const schema = z.object({
  schema: z.literal(1),
  program: z.string(),
  experiment: z.string(),
  seed: z.number(),
  config: z.record(z.string(), z.unknown()),
  tasks: z.number(),
  /** Checksum of the list of tasks. */
  tasksSha256: z.string(),
  /** Shard i holds tasks shards[i] to shards[i + 1] - 1. */
  shards: z.array(z.number()),
});

export type Plan = z.infer<typeof schema>;

export interface Campaign {
  readonly directory: string;
  readonly plan: Plan;
  readonly work: Tasks<unknown, unknown>;
  /** Checksum of the plan. */
  readonly id: string;
  readonly tasks: readonly unknown[];
  /** Estimated seconds of each task. */
  readonly costs: Float64Array;
}

const FILE = 'plan.json';
/** Folders of a campaign: finished shards, begun ones, and who is at which. */
export const FOLDERS = ['shards', 'partial', 'claims'] as const;

/** A shard takes about so many seconds, unless there would be too few of them to share, or too many. */
const SHARD_SECONDS = 2;
const FEWEST_SHARDS = 8;
const MOST_SHARDS = 2000;

export const shardCount = ({ shards }: Plan): number => shards.length - 1;
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What is to be done, before anything is written. */
export function planOf<Config extends { seed: number }, Task>(
  work: Tasks<Config, Task>,
  config: Config,
  program: string,
): Plan {
  const tasks = work.tasks(config);
  if (tasks.length === 0) throw new EngramError('usage', 'the configuration asks for nothing: it makes no tasks');
  const costs = tasks.map((task) => work.cost(task, config));
  const total = costs.reduce((a, b) => a + b, 0);
  const target = Math.max(Math.min(SHARD_SECONDS, total / FEWEST_SHARDS), total / MOST_SHARDS);
  const shards = [0];
  let filled = 0;
  costs.forEach((cost, task) => {
    if (filled > 0 && filled + cost > target) {
      shards.push(task);
      filled = 0;
    }
    filled += cost;
  });
  shards.push(tasks.length);
  return {
    schema: 1,
    program,
    experiment: work.name,
    seed: config.seed,
    config,
    tasks: tasks.length,
    tasksSha256: sha256(JSON.stringify(tasks)),
    shards,
  };
}

/**
 * Begins the campaign of a plan in a directory, or joins it where the very same plan is at work there. Throws `usage`
 * if the directory holds anything else, `output` if nothing can be written.
 * @param again the command that goes on with the campaign of the directory
 */
export function beginCampaign(
  directory: string,
  plan: Plan,
  work: Tasks<unknown, unknown>,
  again = `npx memorize experiment resume ${directory}`,
): Campaign {
  return guard(directory, () => begin(directory, plan, work, again));
}

function begin(directory: string, plan: Plan, work: Tasks<unknown, unknown>, again: string): Campaign {
  const text = textOf(plan);
  const file = join(directory, FILE);
  refuseDangling(directory);
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new EngramError('usage', `${directory} is a file; choose a directory with --out`);
  }
  if (!existsSync(file)) {
    const left = existsSync(directory) ? readdirSync(directory).filter((name) => !name.startsWith('.')) : [];
    if (left.length > 0) {
      throw new EngramError('usage', `${directory} holds something that is no campaign; choose another with --out`);
    }
    mkdirSync(directory, { recursive: true });
    // A link fails where the plan exists: whoever comes second joins the first.
    const fresh = join(directory, `.${FILE}.${randomBytes(4).toString('hex')}`);
    try {
      writeFileSync(fresh, text, { flush: true });
      linkSync(fresh, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
  }
  if (readFileSync(file, 'utf8') !== text) {
    throw new EngramError(
      'usage',
      `${directory} holds another campaign (another experiment, configuration or version); choose another with --out, or go on with that one by: ${again}`,
    );
  }
  return open(directory, plan, work);
}

/** Reads the plan of a directory. Throws `usage` if there is none, `input` if it is broken. */
export function readPlan(directory: string): Plan {
  const file = join(directory, FILE);
  if (!existsSync(file)) throw new EngramError('usage', `there is no campaign in ${directory}: ${file} does not exist`);
  let text: string;
  let plan: Plan;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new EngramError('input', `cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    plan = schema.parse(JSON.parse(text));
  } catch {
    throw new EngramError('input', `${file} is broken; the plan of a campaign must not be changed`);
  }
  if (textOf(plan) !== text) {
    throw new EngramError('input', `${file} has been changed; the plan of a campaign must stay as it was written`);
  }
  return plan;
}

/** Opens the campaign of a directory. Throws `usage` if another version began it, `input` if its tasks are not the plan's. */
export function openCampaign(directory: string, plan: Plan, work: Tasks<unknown, unknown>, program: string): Campaign {
  if (plan.program !== program) {
    throw new EngramError(
      'usage',
      `${directory} was begun by ${plan.program}, this is ${program}: another version may give other bytes`,
    );
  }
  return open(directory, plan, work);
}

function open(directory: string, plan: Plan, work: Tasks<unknown, unknown>): Campaign {
  const tasks = work.tasks(plan.config);
  if (tasks.length !== plan.tasks || sha256(JSON.stringify(tasks)) !== plan.tasksSha256) {
    throw new EngramError('input', `${directory}: the plan holds other tasks than its configuration gives`);
  }
  guard(directory, () => {
    for (const folder of FOLDERS) mkdirSync(join(directory, folder), { recursive: true });
  });
  const costs = Float64Array.from(tasks, (task) => work.cost(task, plan.config));
  return { directory, plan, work, id: sha256(textOf(plan)), tasks, costs };
}

const textOf = (plan: Plan): string => `${JSON.stringify(plan, null, 2)}\n`;
