/**
 * Worker threads of Node. A thread is told what to run by name and module, so that the pool knows no job: whatever
 * exports one can run here.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { demandInteger, EngramError, type ParallelMap } from '../core/index.js';
import type { Batch, Outcome } from './worker.js';

/** Threads that run jobs. */
export interface Pool {
  /** The parallel map: results arrive in the order of their index. */
  map: ParallelMap;
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
  return {
    run,
    map: async ({ name, module }, shared, count, each, first = 0) => {
      const memory = inSharedMemory(shared);
      const call = calls++;
      const waiting = new Map<number, unknown[]>();
      let [next, from, size] = [first, first, 1];
      const deliver = () => {
        for (let ready = waiting.get(next); ready; ready = waiting.get(next)) {
          waiting.delete(next);
          for (const result of ready) each(result as Parameters<typeof each>[0], next++);
        }
      };
      // Batch after batch for one thread: what waits within the pool of threads may be overtaken by all that comes after it.
      const feed = async () => {
        while (from < count) {
          const begin = from;
          const items = Array.from(
            { length: Math.min(size, Math.ceil((count - from) / (2 * workers))) },
            (_, i) => begin + i,
          );
          from += items.length;
          const start = performance.now();
          waiting.set(begin, await run({ name, module, call, shared: memory, items }));
          const ideal = Math.round((items.length * BATCH_TIME) / (performance.now() - start));
          size = Math.max(1, Math.min(MOST_TASKS, 2 * items.length, ideal));
          deliver();
        }
      };
      const stop = (error: unknown) => {
        from = count;
        throw error;
      };
      await Promise.all(Array.from({ length: workers }, () => feed().catch(stop)));
    },
    close: () => piscina.destroy(),
  };
}

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
