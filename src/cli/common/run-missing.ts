/** Runs what is missing of a campaign, with progress, until it is done or somebody asks to stop. */
import { onSignal } from '../../app/index.js';
import { type Campaign, type Progress, progressOf, runCampaign, type TaskRunner } from '../../campaign/index.js';
import { EngramError } from '../../core/index.js';
import { showEstimate } from './experiment-progress.js';

export interface MissingOptions {
  readonly workers: number;
  readonly part?: { k: number; of: number } | undefined;
  readonly quiet?: boolean | undefined;
  /** The command that goes on. */
  readonly goOn: string;
  /** Makes what runs tasks; it stops after the one in hand when `stop` is 1. */
  runner(stop: Int32Array): { run: TaskRunner; close(): Promise<void> };
}

/** Runs the missing shards; the first signal asks to stop after the running tasks, which are kept. Throws `interrupted` then. */
export async function runMissing(campaign: Campaign, options: MissingOptions): Promise<Progress> {
  const { workers, part, quiet, goOn } = options;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  let received: string | undefined;
  onSignal((signal) => {
    received = signal;
    Atomics.store(stop, 0, 1);
    const again = signal === 'SIGTERM' ? '' : '; once more to leave at once';
    process.stderr.write(`memorize: finishing the running tasks${again}\n`);
  });
  const runner = options.runner(stop);
  const estimate = showEstimate(progressOf(campaign), workers, quiet === true);
  try {
    await runCampaign(campaign, { workers, run: runner.run, stop, part, each: estimate.add });
  } finally {
    estimate.stop();
  }
  const after = progressOf(campaign);
  if (received) {
    throw new EngramError(
      'interrupted',
      `interrupted by ${received}; ${after.finishedTasks} of ${after.tasks} tasks are kept, go on with: ${goOn}`,
    );
  }
  await runner.close();
  return after;
}
