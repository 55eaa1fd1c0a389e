/** `memorize` by parts: `--shard k/K` stores one, `--launcher slurm` hands all of them in, `--resume` of all of them merges. */
import { resolve } from 'node:path';
import {
  createScreen,
  type Invocation,
  launchWork,
  type Part,
  quote,
  refuseWithoutLauncher,
  seedOf,
  workersOf,
} from '../../app/index.js';
import {
  type Campaign,
  cellOf,
  createPool,
  inSharedMemory,
  isLeft,
  progressOf,
  readShard,
  shardCount,
  type TaskRunner,
} from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import { fittingStep, memorizeJob, type NeuronReport, PROBES, type Problem } from '../../memory/memorize/index.js';
import { channelCount } from '../../memory/score/index.js';
import { BYTES_PER_SYNAPSE, memoryNeed } from '../../memory/summary/index.js';
import { runMissing } from '../common/run-missing.js';
import { withDesign } from './design.js';
import type { MemorizeOptions } from './memorize-options.js';
import { beginMemory, openMemory, optionsOfMemory } from './memory-campaign.js';
import { makePlan } from './plan.js';

/** What the program takes before it has done anything, in MB. */
const OWN_MEMORY = 300;

/** None of the neurons: what is asked is checked and measured, and no wiring is made. */
const NONE = { has: () => false, count: () => 0 };

/** Begins, joins or goes on with a memory, and does one part of it or hands all of it in. */
export async function runSharded(options: MemorizeOptions, invocation: Invocation): Promise<number> {
  refuseWithoutLauncher(options);
  const { campaign, directory } = await opened(options, invocation);
  if (options.shard) return storePart(campaign, directory, options.shard, options, invocation);
  return handOver(campaign, directory, options, invocation);
}

async function opened(
  options: MemorizeOptions,
  invocation: Invocation,
): Promise<{ campaign: Campaign; directory: string }> {
  if (options.resume !== undefined) {
    const directory = resolve(options.resume.replace(/\.shards\/*$/, ''));
    return { campaign: openMemory(directory, invocation).campaign, directory };
  }
  if (options.shard && (options.seed === undefined || options.out === undefined)) {
    throw new EngramError('usage', '--shard needs --seed and --out: all parts have to store the same memory');
  }
  const seed = seedOf(options, 'memory');
  const directory = resolve(options.out ?? `memory-${seed}`);
  const { problem, size } = await makePlan(withDesign(options, invocation.args), seed, NONE);
  const channels = channelCount(problem.score);
  const [inputs, spikes] = [size.synapses / channels, problem.score.times.length / channels];
  return {
    campaign: beginMemory(directory, invocation, seed, { channels, inputs, spikes }),
    directory,
  };
}

/** Stores the neurons of one part that are missing. */
async function storePart(
  campaign: Campaign,
  directory: string,
  part: Part,
  given: MemorizeOptions,
  invocation: Invocation,
): Promise<number> {
  const { asked } = openMemory(directory, invocation);
  const options = withDesign(optionsOfMemory(asked, directory), asked.arguments);
  const { plan } = campaign;
  const wanted = new Uint8Array(plan.tasks);
  for (let shard = part.k - 1; shard < shardCount(plan); shard += part.of) {
    if (!readShard(campaign, shard)) wanted.fill(1, plan.shards[shard], plan.shards[shard + 1]);
  }
  const count = wanted.reduce((sum, one) => sum + one, 0);
  const portion = { has: (neuron: number) => wanted[neuron] === 1, count: () => count };
  const workers = workersOf(given);
  const pool = createPool(workers);
  const { problem } = await makePlan({ ...options, workers }, asked.seed, portion);
  const shared = inSharedMemory(options.design ? await designed(problem, options, asked.seed, pool.map) : problem);
  const runner = (stop: Int32Array) => {
    const run: TaskRunner = async (items) => {
      const { name, module } = memorizeJob;
      const reports = await pool.run({ name, module, call: campaign.id, shared, items, stop });
      return (reports as NeuronReport[]).map((report) => [{ report: cellOf(report) }]);
    };
    return { run, close: pool.close };
  };
  const goOn = `npx memorize --resume ${quote(directory)} --shard ${part.k}/${part.of}`;
  const { finished, shards } = await runMissing(campaign, { workers, part, quiet: given.quiet, goOn, runner });
  const screen = createScreen({ lines: !given.quiet && !given.json, progress: false });
  screen.line('done', `${count} neurons · ${finished} of ${shards} shards of the memory are there`);
  if (finished === shards) screen.line('next', `npx memorize --resume ${quote(directory)}`);
  return 0;
}

/** The problem with the step of the design that the whole takes: it is decided by the first neurons, which every part tries. */
async function designed(
  problem: Problem,
  options: MemorizeOptions,
  seed: number,
  map: Parameters<typeof fittingStep>[1],
): Promise<Problem> {
  const first = await makePlan(options, seed, { has: (neuron) => neuron < PROBES, count: () => PROBES });
  const { problem: fitting } = await fittingStep(inSharedMemory(first.problem), map);
  return { ...fitting, wiring: problem.wiring, bounds: problem.bounds, costs: problem.costs };
}

/** Has a launcher store what is missing, and merge. */
async function handOver(
  campaign: Campaign,
  directory: string,
  given: MemorizeOptions,
  invocation: Invocation,
): Promise<number> {
  const screen = createScreen({ lines: !given.quiet && !given.json, progress: false });
  const { shards, finished, cost, finishedCost } = progressOf(campaign);
  const words = ['--resume', directory];
  const { asked } = openMemory(directory, invocation);
  const options = withDesign(optionsOfMemory(asked, directory), asked.arguments);
  const { size } = await makePlan({ ...options, workers: given.workers ?? 1 }, asked.seed, NONE);
  const megabytes = (bytes: number) => OWN_MEMORY + bytes / 2 ** 20;
  const alone = memoryNeed({ ...size, simulated: 0 });
  const work = {
    name: 'memory',
    directory: campaign.directory,
    work: words,
    merge: [...words, '--quiet'],
    seconds: cost - finishedCost,
    longest: campaign.costs[0],
    shards: shards - finished,
    isLeft: (k: number, of: number) => isLeft(campaign, { k, of }),
    memory: {
      part: (of: number) => megabytes(alone - size.synapses * (1 - 1 / of) * BYTES_PER_SYNAPSE),
      merge: megabytes(memoryNeed(size)),
    },
  };
  return launchWork(work, given, invocation, screen);
}
