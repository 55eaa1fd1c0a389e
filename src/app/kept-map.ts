/** A parallel map whose results are written down as they come, so that an interrupted run need not do them again. */
import type { ParallelMap } from '../core/index.js';
import { guard, type Journal } from '../files/node.js';

/** A result of a call of the map, by the number of the call; those of a call stand in order. */
export interface KeptResult {
  call: number;
  result: unknown;
}

/**
 * The map, with what the journal holds already handed out first. Calls are known by their number: a run that goes on has to
 * make the same ones in the same order.
 */
export function keptMap(map: ParallelMap, journal: Journal<unknown>, directory: string): ParallelMap {
  const kept = new Map<number, unknown[]>();
  for (const { call, result } of journal as Iterable<KeptResult>) kept.set(call, [...(kept.get(call) ?? []), result]);
  let calls = 0;
  return async (job, shared, count, each, first = 0) => {
    const call = calls++;
    let next = first;
    for (const result of kept.get(call) ?? []) each(result as Parameters<typeof each>[0], next++);
    kept.delete(call);
    const note: typeof each = (result, index) => {
      guard(directory, () => journal.append({ call, result } satisfies KeptResult));
      each(result, index);
    };
    if (next < count) await map(job, shared, count, note, next);
  };
}
