/** What people type, turned into values, or refused with a reason. Each takes the text and the option that it is given to. */
import { EngramError, parseTime } from '../core/index.js';

export type Parser<Value> = (text: string, flag: string) => Value;

/** Throws `usage`: what must stand there, and what does. */
export const refuse = (flag: string, allowed: string, got: string): never => {
  throw new EngramError('usage', `${flag} must be ${allowed}; got "${got}"`);
};

const DECIMAL = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;
const PERCENT = /^(\d+(?:\.\d+)?)%$/;

/** An integer within [least, most], in plain digits. */
export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER): Parser<number> =>
  (text, flag) => {
    const value = Number(text);
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
    return /^\d+$/.test(text) && value >= least && value <= most ? value : refuse(flag, `an integer ${range}`, text);
  };

/** A number of at least 0, or above 0. */
export const number =
  (kind: 'positive' | 'not negative'): Parser<number> =>
  (text, flag) => {
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    const good = Number.isFinite(value) && (kind === 'positive' ? value > 0 : value >= 0);
    return good ? value : refuse(flag, kind === 'positive' ? 'a positive number' : 'a number of at least 0', text);
  };

/** `80%` as 0.8, from 0 to 1; with `bare` also written `0.8`. */
export const share =
  (bare = false): Parser<number> =>
  (text, flag) => {
    const percent = PERCENT.exec(text);
    const value = percent ? Number(percent[1]) / 100 : bare ? number('not negative')(text, flag) : Number.NaN;
    return value <= 1 ? value : refuse(flag, 'a share from 0% to 100%', text);
  };

/** `12`, or a share such as `50%` that is above 0. */
export const countOrShare: Parser<{ count: number } | { share: number }> = (text, flag) => {
  const percent = PERCENT.exec(text);
  if (!percent) return { count: integer(1)(text, flag) };
  const share = Number(percent[1]) / 100;
  return share > 0 && share <= 1 ? { share } : refuse(flag, 'a share above 0% and at most 100%', text);
};

/** A time above 0, in seconds. */
export const time: Parser<number> = (text, flag) => parseTime(text, flag);

/** A time of at least 0, in seconds; 0 needs no unit. */
export const timeOrZero: Parser<number> = (text, flag) =>
  /^0+(\.0+)?(s|ms|[uµμ]s)?$/.test(text) ? 0 : time(text, flag);

/** `0.5ms..50ms`, in seconds. */
export const timeRange: Parser<[number, number]> = (text, flag) => {
  const parts = text.split('..');
  if (parts.length !== 2) return refuse(flag, 'a range of times such as 0.5ms..50ms', text);
  const [from, to] = parts.map((part) => time(part, flag));
  return from <= to ? [from, to] : refuse(flag, 'a range whose end is not earlier than its begin', text);
};

/** One time, or a range such as `8ms..12ms` to draw from; both ends in seconds. */
export const timeOrRange: Parser<[number, number]> = (text, flag) => {
  if (text.includes('..')) return timeRange(text, flag);
  const both = time(text, flag);
  return [both, both];
};

/** Beyond any clock: times since 1970 are below 2e9 s. */
const MOST_MOMENT = 1e12;

/** A stretch of a recording such as `0s..2s`, in seconds; recordings may begin before 0, or in 1970. */
export const stretch: Parser<[number, number]> = (text, flag) => {
  const parts = text.split('..');
  if (parts.length !== 2) return refuse(flag, 'a stretch of time such as 2s..4s', text);
  const [from, to] = parts.map((part) => {
    const size = part.replace(/^-/, '');
    const seconds = /^0+(\.0+)?(s|ms|us|µs|μs)$/.test(size) ? 0 : parseTime(size, flag, MOST_MOMENT);
    return size === part ? seconds : -seconds;
  });
  return from < to ? [from, to] : refuse(flag, 'a stretch whose end is later than its begin', text);
};

/** `1s,800ms`, in seconds. */
export const timeList: Parser<number[]> = (text, flag) => text.split(',').map((part) => time(part.trim(), flag));

export const choice =
  <Choice extends string>(...choices: readonly Choice[]): Parser<Choice> =>
  (text, flag) =>
    choices.find((candidate) => candidate === text) ?? refuse(flag, choices.join(' or '), text);

/** A path; the empty one names nothing. */
export const path: Parser<string> = (text, flag) => (text === '' ? refuse(flag, 'a path', text) : text);
