/**
 * Methods that can be stopped between rounds. A method is a generator: every `yield` names the multiplications of the coming
 * round and learns whether it may go on; if not, it ends with the last point that it has.
 */

export type Rounds<T> = Generator<number, T, boolean>;

/** Goes to the end, or until `limit` multiplications are used up; throws the reason of a signal that is aborted. */
export function toEnd<T>(rounds: Rounds<T>, limit = Number.POSITIVE_INFINITY, signal?: AbortSignal): T {
  let used = 0;
  signal?.throwIfAborted();
  for (let next = rounds.next(true); ; next = rounds.next(used <= limit)) {
    if (next.done) return next.value;
    used += next.value;
    signal?.throwIfAborted();
  }
}

/** Multiplications between two breaths: some hundredths of a second. */
const BREATH = 2e7;
const breath = () => new Promise<void>((resolve) => setTimeout(resolve));

/** The same beside other work of the thread: now and then it lets that go first, and then looks at the signal. */
export async function toEndLater<T>(
  rounds: Rounds<T>,
  limit = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): Promise<T> {
  let used = 0;
  let last = 0;
  signal?.throwIfAborted();
  for (let next = rounds.next(true); ; next = rounds.next(used <= limit)) {
    if (next.done) return next.value;
    used += next.value;
    if (used - last < BREATH) continue;
    last = used;
    await breath();
    signal?.throwIfAborted();
  }
}
