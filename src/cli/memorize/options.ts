/** What people type, turned into numbers, or refused with a reason. */
import { EngramError, parseTime } from '../../core/index.js';
import { OBJECTIVES, type Objective, parseObjective } from '../../memory/memorize/index.js';

const refuse = (name: string, allowed: string, got: string): never => {
  throw new EngramError('usage', `${name} must be ${allowed}; got "${got}"`);
};

const DECIMAL = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** An integer within [least, most], in plain digits. */
export const integer =
  (name: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
    return /^\d+$/.test(text) && value >= least && value <= most ? value : refuse(name, `an integer ${range}`, text);
  };

export const oddInteger =
  (name: string, least: number, most: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most && value % 2 === 1
      ? value
      : refuse(name, `an odd number from ${least} to ${most}`, text);
  };

/** A number of at least 0, or above 0. */
export const number =
  (name: string, kind: 'positive' | 'not negative') =>
  (text: string): number => {
    const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
    const good = Number.isFinite(value) && (kind === 'positive' ? value > 0 : value >= 0);
    return good ? value : refuse(name, kind === 'positive' ? 'a positive number' : 'a number of at least 0', text);
  };

export const time = (name: string) => (text: string) => parseTime(text, name);

/** `0.5ms..50ms`, in seconds. */
export const timeRange =
  (name: string) =>
  (text: string): [number, number] => {
    const parts = text.split('..');
    if (parts.length !== 2) return refuse(name, 'a range of times such as 0.5ms..50ms', text);
    const [from, to] = parts.map((part) => parseTime(part, name));
    return from < to ? [from, to] : refuse(name, 'a range whose end is later than its begin', text);
  };

/** One time, or a range such as `8ms..12ms` of which each neuron draws its own; both ends in seconds. */
export const timeOrRange =
  (name: string) =>
  (text: string): [number, number] => {
    if (text.includes('..')) return timeRange(name)(text);
    const time = parseTime(text, name);
    return [time, time];
  };

/** What `--neuron` names: a model, and the potential after a spike where there is one. */
export interface NeuronChoice {
  kind: 'continuation' | 'reset' | 'lif-exp' | 'lif-alpha';
  reset: number;
}

/** `continuation`, `reset:-1`, `lif-exp`. */
export const neuron = (text: string): NeuronChoice => {
  const parts = /^(continuation|reset|lif-exp|lif-alpha)(?::(-?\d+(?:\.\d+)?))?$/.exec(text);
  if (!parts || (parts[1] === 'continuation' && parts[2] !== undefined)) {
    return refuse(
      '--neuron',
      'continuation, reset, lif-exp or lif-alpha, the last three with or without the potential after a spike, such as reset:-1',
      text,
    );
  }
  return { kind: parts[1] as NeuronChoice['kind'], reset: Number(parts[2] ?? 0) };
};

/** A stretch of a recording such as `0s..2s`, in seconds. */
export const stretch =
  (name: string) =>
  (text: string): [number, number] => {
    const parts = text.split('..');
    if (parts.length !== 2) return refuse(name, 'a stretch of time such as 2s..4s', text);
    const [from, to] = parts.map((part) => (/^0+(\.0+)?(s|ms|us)$/.test(part) ? 0 : parseTime(part, name)));
    return from < to ? [from, to] : refuse(name, 'a stretch whose end is later than its begin', text);
  };

/** `1s,800ms`, in seconds. */
export const timeList =
  (name: string) =>
  (text: string): number[] =>
    text.split(',').map((part) => parseTime(part.trim(), name));

/** Column names in order, separated by commas. */
export const columns =
  (name: string) =>
  (text: string): string[] => {
    const names = text.split(',').map((part) => part.trim().toLowerCase());
    const good = names.includes('channel') && names.includes('time') && names.every((part) => part !== '');
    return good
      ? names
      : refuse(name, 'the columns in order, with channel and time among them, such as time,channel', text);
  };

/** `0,0.05,0.1`. */
export const numberList =
  (name: string) =>
  (text: string): number[] => {
    const values = text.split(',').map((part) => number(`each value of ${name}`, 'not negative')(part.trim()));
    if (values.some((value) => value >= 1)) return refuse(name, 'a list of numbers below 1, in thresholds', text);
    return values;
  };

/** A number of inputs, or `auto`. */
export const inputs = (text: string): number | 'auto' => (text === 'auto' ? 'auto' : integer('--inputs', 1)(text));

/** A number of channels, or a share such as `50%`. */
export const prompt = (text: string): { count: number } | { share: number } => {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (!share) return { count: integer('--prompt', 1)(text) };
  const percent = Number(share[1]);
  return percent > 0 && percent <= 100
    ? { share: percent / 100 }
    : refuse('--prompt', 'a share above 0% and at most 100%', text);
};

/** A share such as `80%`, as a number from 0 to 1. */
export const share =
  (name: string) =>
  (text: string): number => {
    const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1] ?? Number.NaN);
    return percent >= 0 && percent <= 100 ? percent / 100 : refuse(name, 'a share from 0% to 100%', text);
  };

/** A path; the empty one names nothing. */
export const path =
  (name: string) =>
  (text: string): string =>
    text === '' ? refuse(name, 'a path', text) : text;

/** `l1`, `elastic:0.3`, ... */
export const objective = (text: string): Objective => parseObjective(text) ?? refuse('--objective', OBJECTIVES, text);

/** `both`, or `both:75%`: what is made robust, and the share of the way to the most. */
export const robust = (text: string): { what: 'margin' | 'slope' | 'both' | 'noise'; share: number } => {
  const parts = /^(margin|slope|both|noise)(?::(\d+(?:\.\d+)?)%)?$/.exec(text);
  const share = Number(parts?.[2] ?? 50) / 100;
  return parts && share > 0 && share < 1
    ? { what: parts[1] as 'margin' | 'slope' | 'both' | 'noise', share }
    : refuse(
        '--robust',
        'margin, slope, both or noise, with or without a share above 0% and below 100% such as both:75%',
        text,
      );
};

export const choice =
  <Choice extends string>(name: string, choices: readonly Choice[]) =>
  (text: string): Choice =>
    choices.find((candidate) => candidate === text) ?? refuse(name, choices.join(' or '), text);
