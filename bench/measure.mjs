// Taking times, and words for them.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const geometric = (values) => Math.exp(mean(values.map(Math.log)));

/** { seconds, result } of a piece of work: processor time, the least of at least three runs and a tenth of a second, or of one that takes more than a second. */
export function leastTime(work) {
  let [seconds, result, runs, spent] = [Infinity, undefined, 0, 0];
  while ((runs < 3 && spent < 1) || spent < 0.1) {
    const begin = process.cpuUsage();
    result = work();
    const { user, system } = process.cpuUsage(begin);
    const took = (user + system) / 1e6;
    [seconds, runs, spent] = [Math.min(seconds, took), runs + 1, spent + took];
  }
  return { seconds, result };
}

/** { milliseconds, result } of a piece of work. */
export function timed(work) {
  const begin = performance.now();
  const result = work();
  return { milliseconds: performance.now() - begin, result };
}

/** Runs a short piece of work three times, because one is short for a clock: its median time and last result. */
export function thrice(work) {
  const first = timed(work);
  if (first.milliseconds > 100) return first;
  const all = [first, timed(work), timed(work)];
  return { milliseconds: median(all.map(({ milliseconds }) => milliseconds)), result: all[2].result };
}
