/** How a file is read: what words mean, with the refusals of the command. */
import { EngramError, parseTime, parseTimeStep } from '../core/index.js';
import { parseSelection } from '../files/index.js';
import type { ScoreAsk } from '../memory/files/index.js';
import type { Reading } from './words.js';

/** Beyond any clock: times since 1970 are below 2e9 s. */
const MOST_MOMENT = 1e10;

const refuse = (flag: string, allowed: string, got: string): never => {
  throw new EngramError('usage', `${flag} must be ${allowed}; got "${got}"`);
};

/** `2s..4s` in seconds, which may begin before 0, or an interval that the file names. */
function windowOf(text: string): [number, number] | string {
  if (/^[a-z_]\w*(:.+)?$/i.test(text)) return text;
  const flag = '--window';
  const parts = text.split('..');
  if (parts.length !== 2) {
    return refuse(flag, 'a stretch such as 2s..4s, or an interval of the file such as trials:3', text);
  }
  const [from, to] = parts.map((part) => {
    const size = part.replace(/^-/, '');
    const seconds = /^0+(\.0+)?(s|ms|us|µs|μs)$/.test(size) ? 0 : parseTime(size, flag, MOST_MOMENT);
    return size === part ? seconds : -seconds;
  });
  return from < to ? [from, to] : refuse(flag, 'a stretch whose end is later than its begin', text);
}

function columnsOf(text: string): string[] {
  const names = text.split(',').map((part) => part.trim().toLowerCase());
  const good = names.includes('channel') && names.includes('time') && names.every((part) => part !== '');
  return good
    ? names
    : refuse('--columns', 'the columns in order, with channel and time among them, such as time,channel', text);
}

/** What is asked of a file. Throws `usage` with what the command says. @param tau0 seconds of a refractory period */
export function askOf(reading: Reading, tau0: number): ScoreAsk {
  const { window, select, columns, 'time-unit': said } = reading;
  if (select) parseSelection(select, '--select');
  const unit = said ? parseTimeStep(said, '--time-unit') : undefined;
  return {
    stretch: { tau0, window: window ? windowOf(window) : undefined },
    hints: { columns: columns ? columnsOf(columns) : undefined, unit },
    select: select || undefined,
  };
}
