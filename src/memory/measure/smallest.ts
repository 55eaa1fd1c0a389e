/**
 * The smallest prompt that recalls: by bisection of a size that is taken to help the more of it there is.
 *
 * A size is tried until the Wilson interval of its rate of success excludes the wanted rate, or its trials are spent; then the
 * share of successes decides. All sizes are tried with the same trials (seeds and indices), so that they differ by the
 * size alone.
 */
import { wilson } from '../../core/index.js';

/** Share of the trials that must succeed. */
export const WANTED = 0.9;
/** A size that stays undecided is tried so many times as often as is asked for. */
const ROUNDS = 5;

/** What trials of one size came to. */
export interface TriedSize {
  size: number;
  success: number;
  trials: number;
  /** Of the probability of success, at 95 %; null where all trials are the same. */
  interval: [number, number] | null;
}

/** What a search has found. */
export interface SmallestSize {
  /** The smallest size that recalls as often as is wanted; undefined where not even the largest does. */
  smallest: TriedSize | undefined;
  /** The largest size that does not. */
  failing: TriedSize | undefined;
  /** All that were tried, in order of size. */
  tried: TriedSize[];
}

/**
 * Finds the smallest size from 1 to `most`.
 * @param attempt does trials `from` to `to` - 1 of a size and returns how many succeeded
 * @param trials of a size at first; where `fixed`, all trials are the same and one is enough
 */
export async function findSmallest(
  most: number,
  attempt: (size: number, from: number, to: number) => Promise<number>,
  { trials, fixed = false }: { trials: number; fixed?: boolean },
): Promise<SmallestSize> {
  const tried: TriedSize[] = [];
  const recalls = async (size: number): Promise<TriedSize | undefined> => {
    const found = await trySize(size, attempt, trials, fixed);
    tried.push(found);
    return found.success / found.trials >= WANTED ? found : undefined;
  };
  let smallest = await recalls(most);
  let failing = smallest ? 0 : most;
  for (let high = most; smallest && high - failing > 1; ) {
    const middle = Math.floor((failing + high) / 2);
    const found = await recalls(middle);
    if (found) [smallest, high] = [found, middle];
    else failing = middle;
  }
  tried.sort((a, b) => a.size - b.size);
  return { smallest, failing: tried.find(({ size }) => size === failing), tried };
}

/** Tries a size until its interval excludes the wanted rate. */
async function trySize(
  size: number,
  attempt: (size: number, from: number, to: number) => Promise<number>,
  most: number,
  fixed: boolean,
): Promise<TriedSize> {
  const [trials, rounds] = fixed ? [1, 1] : [most, ROUNDS];
  let success = 0;
  let done = 0;
  let interval: [number, number] = [0, 1];
  for (let round = 0; round < rounds && interval[0] < WANTED && interval[1] > WANTED; round++) {
    success += await attempt(size, done, done + trials);
    done += trials;
    interval = wilson(success, done);
  }
  return { size, success, trials: done, interval: fixed ? null : interval };
}
