/** What the person sees: lines on stdout, progress on stderr. */
import { type Progress, showProgress } from './progress.js';

export interface Screen {
  /** A line of the report, with its label. */
  line(label: string, text: string): void;
  /** A line without a label. */
  plain(text: string): void;
  /** Cells in columns, each row a line; the first row is the head. */
  table(rows: readonly (readonly string[])[]): void;
  /**
   * Progress of `total` tasks, of which some may be `done`: call the result after each, with a word on how it goes if there
   * is one; the last call ends it.
   */
  progress(label: string, total: number, done?: number): (note?: string) => void;
  /** Takes a bar that is under way off the terminal. */
  stop(): void;
}

const LABEL = 9;
/** In front of the text; a long label is told from it, too. */
const labelled = (label: string) => label.padEnd(LABEL - 1).concat(' ');

/** `lines`: whether the report is shown; `progress`: whether progress is. */
export function createScreen(shown: { lines: boolean; progress: boolean }): Screen {
  let current: Progress | undefined;
  const write = (text: string) => {
    if (shown.lines) process.stdout.write(`${text}\n`);
  };
  const width = () => (process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY);
  return {
    // A command is to be pasted: the terminal may fold it, we must not.
    line: (label, text) =>
      write(label === 'next' ? labelled(label) + text : folded(labelled(label) + text, width(), LABEL)),
    plain: (text) => write(folded(text, width(), 0)),
    table: (rows) => columnsOf(rows).forEach(write),
    stop: () => current?.stop(),
    progress(label, total, done = 0) {
      if (!shown.progress) return () => {};
      let said = '';
      const [first, began] = [done, performance.now()];
      const left = () => leftOf(done - first, total - done, (performance.now() - began) / 1e3);
      const view = showProgress({
        format: `${labelled(label)}{bar} {value}/{total}{left}{note}`,
        total,
        done,
        words: () => ({ left: left(), note: said }),
        parts: 4,
        line: () => `${label} ${done}/${total}${said}`,
      });
      current = view;
      return (note) => {
        said = note ? ` · ${note}` : '';
        done++;
        view.add(1);
      };
    },
  };
}

/** How long the rest takes, at the pace so far; nothing before there is one. */
export function leftOf(done: number, rest: number, seconds: number): string {
  if (done === 0 || rest === 0) return '';
  const left = Math.max(1, Math.ceil((seconds / done) * rest));
  return `  about ${left < 100 ? `${left} s` : `${Math.round(left / 60)} min`} left`;
}

/** Text in lines of at most so many characters, broken between words alone; further lines are indented. */
export function folded(text: string, width: number, indent: number): string {
  if (text.length <= width) return text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** Cells in columns of equal width, a line per row. */
export function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column])).join('  ')}`.trimEnd());
}

/** 5794 as "5 794". */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
