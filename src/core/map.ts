import { demandFunction, demandInteger } from './demand.js';

/**
 * Work that falls apart into independent tasks. Science rooms describe it as a job and take the map that
 * runs it: `serialMap` anywhere, a pool of worker threads in Node (src/campaign).
 */
export interface Job<Shared, Result> {
  /** Name under which the module exports the job. */
  readonly name: string;
  /** `import.meta.url` of the module that exports the job: there a worker finds it, by its name. */
  readonly module: string;
  /** Prepares what all tasks share, once per thread, and returns the function that does task `index`. */
  prepare(shared: Shared): (index: number) => Result;
}

/** Does tasks `first` (0 if not given) to count - 1 and hands every result to `each`, in the order of the index. */
export type ParallelMap = <Shared, Result>(
  job: Job<Shared, Result>,
  shared: Shared,
  count: number,
  each: (result: Result, index: number) => void,
  first?: number,
) => Promise<void>;

/** All tasks one after the other, on this thread. */
export const serialMap: ParallelMap = async (job, shared, count, each, first = 0) => {
  demandFunction('the `prepare` of a job', job?.prepare);
  demandInteger('the number of tasks', count);
  demandFunction('what takes the results', each);
  const task = job.prepare(shared);
  for (let index = first; index < count; index++) each(task(index), index);
};
