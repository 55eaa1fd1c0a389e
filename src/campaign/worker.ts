/** What runs in a worker thread: a few tasks of one job. */
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

export default function runBatch({ call, job, shared, from, to }: Batch): unknown[] {
  if (call !== current) {
    task = jobNamed(job).prepare(shared);
    current = call;
  }
  return Array.from({ length: to - from }, (_, i) => task(from + i));
}
