/** What the person sees: lines on stdout, progress on stderr. */
import { SingleBar } from 'cli-progress';

export interface Screen {
  /** A line of the report, with its label. */
  line(label: string, text: string): void;
  /** A line without a label. */
  plain(text: string): void;
  /**
   * Progress of `total` tasks, of which some may be `done`: call the result after each, with a word on how it goes if there
   * is one; the last call ends it.
   */
  progress(label: string, total: number, done?: number): (note?: string) => void;
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
          format: `${label.padEnd(LABEL)}{bar} {value}/{total}  about {eta_formatted} left{note}`,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          barsize: 20,
          hideCursor: true,
          clearOnComplete: true,
        });
        bar.start(total, done, { note: '' });
        return (note) => {
          bar?.update(++done, { note: note ? ` · ${note}` : '' });
          if (done === total) bar?.stop();
        };
      }
      return (note) => {
        const quarter = Math.floor((4 * done) / total);
        done++;
        if (Math.floor((4 * done) / total) > quarter && done < total)
          process.stderr.write(`${label} ${done}/${total}${note ? ` · ${note}` : ''}\n`);
      };
    },
  };
}

/** 5794 as "5 794". */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
