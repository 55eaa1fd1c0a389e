/** A parallel map whose results are written down as they come, so that an interrupted run need not do them again. */
import { indicesFrom, type Spread } from '../campaign/index.js';
import type { ParallelMap } from '../core/index.js';
import { guard, type Journal } from '../files/node.js';

/** A result, by the number of the call of the map and the index of its task: the journal has them in any order. */
interface KeptResult {
  call: number;
  index: number;
  result: unknown;
}

export interface KeptMap {
  readonly map: ParallelMap;
  /** What a call of the map has found, in the order of the index, once it is over. */
  results<Result>(call: number): Iterable<Result>;
}

/**
 * The map, with what the journal holds not done again. Calls are known by their number: a run that goes on has to make the same
 * ones in the same order. What is finished is written down although something before it is not; it is handed out in order
 * all the same, from the journal, so that nothing waits in memory.
 */
export function keptMap(spread: Spread, journal: Journal<unknown>, directory: string): KeptMap {
  /** Where in the journal the results stand, by call and index. */
  const calls: Map<number, number>[] = [];
  const placesOf = (call: number) => {
    calls[call] ??= new Map();
    return calls[call];
  };
  const resultAt = (place: number) => (journal.at(place) as KeptResult).result;
  let read = 0;
  for (const { call, index } of journal as Iterable<KeptResult>) placesOf(call).set(index, read++);
  let made = 0;
  return {
    async map(job, shared, count, each, first = 0) {
      type Result = Parameters<typeof each>[0];
      const call = made++;
      const places = placesOf(call);
      let next = first;
      const deliver = () => {
        for (let place = places.get(next); place !== undefined; place = places.get(next)) {
          each(resultAt(place) as Result, next++);
        }
      };
      const missing = indicesFrom(first, count).filter((index) => !places.has(index));
      deliver();
      if (missing.length === 0) return;
      await spread(job, shared, missing, (result, index) => {
        places.set(index, journal.count);
        guard(directory, () => journal.append({ call, index, result } satisfies KeptResult));
        if (index === next) each(result, next++);
        deliver();
      });
    },
    results: <Result>(call: number): Iterable<Result> => ({
      *[Symbol.iterator]() {
        const places = placesOf(call);
        for (let index = 0; index < places.size; index++) yield resultAt(places.get(index) as number) as Result;
      },
    }),
  };
}
