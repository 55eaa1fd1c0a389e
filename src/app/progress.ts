/** Progress on stderr: a bar on a terminal, now and then a line elsewhere. */
import { SingleBar } from 'cli-progress';

export interface ProgressView {
  /** The bar, in the words of cli-progress. */
  format: string;
  /** How much there is to do, and how much of it is done. */
  total: number;
  done: number;
  /** What stands in the bar beside its value. */
  words(): Record<string, string | number>;
  /** Off a terminal: a line for every so many parts of the total. */
  parts: number;
  line(): string | undefined;
}

export interface Progress {
  add(amount: number): void;
  /** Takes a bar that is under way off the terminal. */
  stop(): void;
}

/** Begins to show progress; it ends by itself when all is done. */
export function showProgress({ format, total, done, words, parts, line }: ProgressView): Progress {
  if (!process.stderr.isTTY) {
    const partOf = (value: number) => Math.floor((parts * value) / total);
    return {
      add(amount) {
        const before = partOf(done);
        done += amount;
        const text = partOf(done) > before && done < total ? line() : undefined;
        if (text !== undefined) process.stderr.write(`${text}\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar({
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, done, words());
  let shown = true;
  const stop = () => {
    if (shown) bar.stop();
    shown = false;
  };
  return {
    add(amount) {
      done += amount;
      bar.update(done, words());
      if (done >= total) stop();
    },
    stop,
  };
}
