/** run.json: what depends on the clock and the machine, and on nothing that results say. */
import { cpus } from 'node:os';

/** @param seconds by stage; the total is added, counted from `started` (`performance.now()`) */
export function runRecord(
  args: readonly string[],
  workers: number,
  started: number,
  seconds: Readonly<Record<string, number>> = {},
): string {
  const record = {
    finished: new Date().toISOString(),
    arguments: args,
    node: process.version,
    platform: process.platform,
    cpu: cpus()[0]?.model,
    workers,
    seconds: { ...seconds, total: (performance.now() - started) / 1e3 },
    peak_memory_mb: process.resourceUsage().maxRSS / 1024,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
