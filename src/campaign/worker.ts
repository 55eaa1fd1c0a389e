/** What runs in a worker thread: a few items of a named thing to run, which a module holds. */
import { EngramError, type ErrorCode } from '../core/index.js';

/** A thing to run: a job of the parallel map, or the work of a campaign. */
export interface Runnable {
  /** Tells it from what else the module exports: the `name` that the exported object bears. */
  readonly name: string;
  /** URL of the module that exports it. */
  readonly module: string;
}

/** Some items of a thing to run, as they go to a worker thread. */
export interface Batch extends Runnable {
  /** Tells one call from the next: what is prepared is kept for the batches of one call. */
  call: number | string;
  /** What all items of the call share. */
  shared: unknown;
  /** Each is handed to what `prepare` has returned. */
  items: readonly unknown[];
  /** Not 0 when the worker is to stop after the item in hand. */
  stop?: Int32Array | undefined;
}

/** Results of the items that were done, or what the user has to know: an error loses its class between threads. */
export type Outcome = { results: unknown[] } | { code: ErrorCode; message: string };

interface Loaded {
  name: string;
  prepare(shared: unknown): (item: unknown) => unknown;
}

let prepared: { call: number | string; run: (item: unknown) => unknown } | undefined;

export default async function runBatch(batch: Batch): Promise<Outcome> {
  const { call, shared, items, stop } = batch;
  try {
    if (prepared?.call !== call) prepared = { call, run: (await load(batch)).prepare(shared) };
    const results: unknown[] = [];
    for (const item of items) {
      if (stop && Atomics.load(stop, 0) !== 0) break;
      results.push(await prepared.run(item));
    }
    return { results };
  } catch (error) {
    if (error instanceof EngramError) return { code: error.code, message: error.message };
    throw error;
  }
}

async function load({ module, name }: Runnable): Promise<Loaded> {
  const exported: unknown[] = Object.values((await import(module)) as object);
  const found = exported.find((one) => (one as Partial<Loaded> | undefined)?.name === name && hasPrepare(one));
  if (!found) throw new Error(`${module} exports nothing to run by the name of ${name}`);
  return found as Loaded;
}

const hasPrepare = (one: unknown): boolean => typeof (one as Partial<Loaded>).prepare === 'function';
