// Taking times, and words for them.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

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
