/** What runs in a worker thread: a few tasks of one job. */
import { EngramError, type ErrorCode } from '../core/index.js';
import { jobNamed } from './jobs.js';

export interface Batch {
  /** Tells one call of the map from the next: what a job prepares is kept for the batches of one call. */
  call: number;
  job: string;
  shared: unknown;
  from: number;
  to: number;
}

let current = -1;
let task: (index: number) => unknown;

/** Results, or what the user has to know: an error loses its class on its way between threads. */
export type Outcome = { results: unknown[] } | { code: ErrorCode; message: string };

export default function runBatch(batch: Batch): Outcome {
  try {
    return { results: run(batch) };
  } catch (error) {
    if (error instanceof EngramError) return { code: error.code, message: error.message };
    throw error;
  }
}

function run({ call, job, shared, from, to }: Batch): unknown[] {
  if (call !== current) {
    task = jobNamed(job).prepare(shared);
    current = call;
  }
  return Array.from({ length: to - from }, (_, i) => task(from + i));
}
