/** What runs in a worker thread of a campaign: the tasks of one shard, until done or told to stop. */
import { EngramError, type ErrorCode } from '../core/index.js';
import type { Row, WorkModule } from './experiment.js';

export interface Assignment {
  /** URL of the module that holds the experiment, and its name there. */
  module: string;
  experiment: string;
  /** Tells one campaign from the next: what an experiment prepares is kept for the tasks of one. */
  campaign: string;
  config: unknown;
  tasks: readonly unknown[];
  /** Not 0 when the worker is to stop after the task in hand. */
  stop: Int32Array;
}

/** Rows of the tasks that were done, or what the user has to know: an error loses its class between threads. */
export type Done = { results: Row[][] } | { code: ErrorCode; message: string };

let prepared: { campaign: string; task: (task: unknown) => Row[] } | undefined;

export default async function runAssignment(assignment: Assignment): Promise<Done> {
  const { module, experiment, campaign, config, tasks, stop } = assignment;
  try {
    if (prepared?.campaign !== campaign) {
      const { workNamed } = (await import(module)) as WorkModule;
      prepared = { campaign, task: workNamed(experiment).prepare(config) };
    }
    const results: Row[][] = [];
    for (const task of tasks) {
      if (Atomics.load(stop, 0) !== 0) break;
      results.push(prepared.task(task));
    }
    return { results };
  } catch (error) {
    if (error instanceof EngramError) return { code: error.code, message: error.message };
    throw error;
  }
}
