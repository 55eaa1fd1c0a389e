/** What the person sees: lines on stdout, progress on stderr. */
import { SingleBar } from 'cli-progress';

export interface Screen {
  /** A line of the report, with its label. */
  line(label: string, text: string): void;
  /** A line without a label. */
  plain(text: string): void;
  /** Progress of `total` tasks, of which some may be `done`: call the result after each; the last call ends it. */
  progress(label: string, total: number, done?: number): () => void;
  /** Takes a bar that is under way off the terminal. */
  stop(): void;
}

const LABEL = 9;

/** `lines`: whether the report is shown; `progress`: whether progress is. */
export function createScreen(shown: { lines: boolean; progress: boolean }): Screen {
  let bar: SingleBar | undefined;
  const write = (text: string) => {
    if (shown.lines) process.stdout.write(`${text}\n`);
  };
  return {
    line: (label, text) => write(label.padEnd(LABEL) + text),
    plain: write,
    stop: () => bar?.stop(),
    progress(label, total, done = 0) {
      if (!shown.progress) return () => {};
      if (process.stderr.isTTY) {
        bar = new SingleBar({
          format: `${label.padEnd(LABEL)}{bar} {value}/{total}  about {eta_formatted} left`,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          barsize: 20,
          hideCursor: true,
          clearOnComplete: true,
        });
        bar.start(total, done);
        return () => {
          bar?.update(++done);
          if (done === total) bar?.stop();
        };
      }
      return () => {
        const quarter = Math.floor((4 * done) / total);
        done++;
        if (Math.floor((4 * done) / total) > quarter && done < total)
          process.stderr.write(`${label} ${done}/${total}\n`);
      };
    },
  };
}

/** 5794 as "5 794". */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
