/**
 * Work that falls apart into independent tasks. Science rooms describe it as a job and take the map that
 * runs it: `serialMap` anywhere, a pool of worker threads in Node (src/campaign).
 */
export interface Job<Shared, Result> {
  /** The name by which a worker finds the job. */
  readonly name: string;
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
  const task = job.prepare(shared);
  for (let index = first; index < count; index++) each(task(index), index);
};
