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

/** Batches per worker: small enough to balance, large enough that messages do not count. */
const BATCHES = 16;
/** And tasks per batch: what a batch has done is lost when the process is killed. */
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
      const size = Math.max(1, Math.min(MOST_TASKS, Math.floor(count / (workers * BATCHES))));
      const waiting = new Map<number, unknown[]>();
      let next = first;
      const batches: Promise<void>[] = [];
      for (let from = first; from < count; from += size) {
        const items = Array.from({ length: Math.min(size, count - from) }, (_, i) => from + i);
        batches.push(
          run({ name, module, call, shared: memory, items }).then((results) => {
            waiting.set(from, results);
            for (let ready = waiting.get(next); ready; ready = waiting.get(next)) {
              waiting.delete(next);
              for (const result of ready) each(result as Parameters<typeof each>[0], next++);
            }
          }),
        );
      }
      await Promise.all(batches);
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
