/**
 * Worker threads of Node. A thread is told what to run by name and module, so that the pool knows no job: whatever
 * exports one can run here.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { demandInteger, EngramError, type Job, type ParallelMap } from '../core/index.js';
import type { Batch, Outcome } from './worker.js';

/** Does the tasks of these indices and hands every result to `each` as it comes, in any order. */
export type Spread = <Shared, Result>(
  job: Job<Shared, Result>,
  shared: Shared,
  indices: readonly number[],
  each: (result: Result, index: number) => void,
) => Promise<void>;

/** Threads that run jobs. */
export interface Pool {
  /** The parallel map: results arrive in the order of their index. */
  map: ParallelMap;
  /** The same for what writes results down: nothing that is finished waits for what comes before it. */
  spread: Spread;
  /** Runs the items of one batch on one thread, in order; fewer results than items if it was told to stop. */
  run(batch: Batch): Promise<unknown[]>;
  /** Ends the workers, whatever they are doing. */
  close(): Promise<void>;
}

/** Milliseconds that a batch is to take: what it has done is lost when the process is killed, and messages do not count beside it. */
const BATCH_TIME = 200;
/** And its tasks at most. */
const MOST_TASKS = 32;

/**
 * Up to so many worker threads (one per processor), as there is work for them; `close` ends them. A job runs there by its name in its module: what it needs besides its
 * shared data must come with that module. Throws `usage` unless `workers` is a whole number from 1 to 1024.
 */
export function createPool(workers = availableParallelism()): Pool {
  demandInteger('the number of workers', workers, 1, 1024);
  const piscina = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href,
    // A thread starts when there is work for it, and stays.
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
  });
  const run = async (batch: Batch): Promise<unknown[]> => {
    const outcome: Outcome = await piscina.run(batch).catch(died);
    if ('code' in outcome) throw new EngramError(outcome.code, outcome.message);
    return outcome.results;
  };
  let calls = 0;
  const spread: Spread = async ({ name, module }, shared, indices, each) => {
    const memory = inSharedMemory(shared);
    const call = calls++;
    let [from, size] = [0, 1];
    // Batch after batch for one thread: what waits within the pool of threads may be overtaken by all that comes after it.
    const feed = async () => {
      while (from < indices.length) {
        const items = indices.slice(from, from + Math.min(size, Math.ceil((indices.length - from) / (2 * workers))));
        from += items.length;
        const start = performance.now();
        const results = (await run({ name, module, call, shared: memory, items })) as Parameters<typeof each>[0][];
        const ideal = Math.round((items.length * BATCH_TIME) / (performance.now() - start));
        size = Math.max(1, Math.min(MOST_TASKS, 2 * items.length, ideal));
        results.forEach((result, i) => each(result, items[i]));
      }
    };
    const stop = (error: unknown) => {
      from = indices.length;
      throw error;
    };
    await Promise.all(Array.from({ length: workers }, () => feed().catch(stop)));
  };
  return {
    run,
    spread,
    map: async (job, shared, count, each, first = 0) => {
      const waiting = new Map<number, Parameters<typeof each>[0]>();
      let next = first;
      await spread(job, shared, indicesFrom(first, count), (result, index) => {
        waiting.set(index, result);
        for (; waiting.has(next); next++) {
          const ready = waiting.get(next) as typeof result;
          waiting.delete(next);
          each(ready, next);
        }
      });
    },
    close: () => piscina.destroy(),
  };
}

/** first, ..., count - 1. */
export const indicesFrom = (first: number, count: number): number[] =>
  Array.from({ length: Math.max(0, count - first) }, (_, i) => first + i);

/** A thread that ended by itself has most likely run out of memory. */
function died(error: NodeJS.ErrnoException): never {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    throw new EngramError('usage', 'a thread ran out of memory; take fewer --workers or a smaller problem');
  }
  throw error;
}

/**
 * The same data with every typed array in shared memory, so that threads read one copy. Arrays that lie there
 * already are not copied again.
 */
export function inSharedMemory<Data>(value: Data): Data {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    if (value.buffer instanceof SharedArrayBuffer) return value;
    const source = value as unknown as Float64Array;
    const copy = new (source.constructor as Float64ArrayConstructor)(
      new SharedArrayBuffer(source.byteLength) as unknown as ArrayBuffer,
    );
    copy.set(source);
    return copy as Data;
  }
  if (Array.isArray(value)) return value.map(inSharedMemory) as Data;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inSharedMemory(entry)])) as Data;
  }
  return value;
}
