/** The jobs that a worker can do, by name. */
import type { Job } from '../core/index.js';
import { networkJob, trainJob } from '../memory/gradient/index.js';
import { recallJob, stabilityJob, switchingJob } from '../memory/measure/index.js';
import { memorizeJob } from '../memory/memorize/index.js';

// biome-ignore lint/suspicious/noExplicitAny: each job has its own types; the name ties both ends together
const jobs: Job<any, any>[] = [memorizeJob, recallJob, stabilityJob, switchingJob, trainJob, networkJob];

export function jobNamed(name: string): Job<unknown, unknown> {
  const job = jobs.find((candidate) => candidate.name === name);
  if (!job) throw new Error(`no job is called ${name}`);
  return job;
}
