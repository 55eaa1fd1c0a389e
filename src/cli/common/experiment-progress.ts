/** How far a campaign is, and how long it will take: by the estimated cost of the tasks, over all of it. */
import { showProgress } from '../../app/index.js';
import type { Progress } from '../../campaign/index.js';

/** A time in seconds as one says it: `45 s`, `3 min`, `2.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Shows progress on stderr: a bar on a terminal, a line per tenth elsewhere. */
export function showEstimate(
  before: Progress,
  workers: number,
  quiet: boolean,
): { add(cost: number, tasks: number): void; stop(): void } {
  if (quiet) return { add: () => {}, stop: () => {} };
  let [cost, tasks] = [before.finishedCost, before.finishedTasks];
  const began = performance.now();
  const left = () => {
    const done = cost - before.finishedCost;
    const spent = (performance.now() - began) / 1e3;
    // Until something is known of this machine, the estimates of the tasks.
    const rate = done > 0 ? done / spent : workers;
    return `about ${duration(Math.max(1, (before.cost - cost) / rate))} left`;
  };
  const view = showProgress({
    format: '{bar} {tasks}/{all} tasks  {left}',
    total: before.cost,
    done: cost,
    words: () => ({ tasks, all: before.tasks, left: left() }),
    parts: 10,
    line: () => (tasks < before.tasks ? `${tasks}/${before.tasks} tasks, ${left()}` : undefined),
  });
  return {
    add(more, count) {
      cost += more;
      tasks += count;
      view.add(more);
    },
    stop: view.stop,
  };
}
