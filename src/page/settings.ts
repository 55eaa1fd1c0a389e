/** What words mean: the settings of a memory, parsed with the refusals of the command. Only workers parse. */
import { EngramError, parseTime } from '../core/index.js';
import { aimOptions, type Objective, parseObjective } from '../memory/memorize/index.js';
import { type Name, type Words, wordOf } from './words.js';

type Parser<Value> = (text: string, flag: string) => Value;

const refuse = (flag: string, allowed: string, got: string): never => {
  throw new EngramError('usage', `${flag} must be ${allowed}; got "${got}"`);
};

const integer =
  (least: number): Parser<number> =>
  (text, flag) =>
    /^\d+$/.test(text) && Number(text) >= least && Number(text) <= Number.MAX_SAFE_INTEGER
      ? Number(text)
      : refuse(flag, `an integer of at least ${least}`, text);

const number =
  (kind: 'positive' | 'not negative'): Parser<number> =>
  (text, flag) => {
    const value = /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    const good = Number.isFinite(value) && (kind === 'positive' ? value > 0 : value >= 0);
    return good ? value : refuse(flag, kind === 'positive' ? 'a positive number' : 'a number of at least 0', text);
  };

const timeRange: Parser<[number, number]> = (text, flag) => {
  const parts = text.split('..');
  if (parts.length !== 2) return refuse(flag, 'a range of times such as 0.5ms..50ms', text);
  const [from, to] = parts.map((part) => parseTime(part, flag));
  return from <= to ? [from, to] : refuse(flag, 'a range whose end is not earlier than its begin', text);
};

const percentage: Parser<number> = (text, flag) => {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const value = percent ? Number(percent[1]) / 100 : Number.NaN;
  return value <= 1 ? value : refuse(flag, 'a share from 0% to 100%', text);
};

export interface NeuronChoice {
  kind: 'continuation' | 'reset' | 'lif-exp' | 'lif-alpha';
  reset: number;
}

const neuron: Parser<NeuronChoice> = (text, flag) => {
  const parts = /^(continuation|reset|lif-exp|lif-alpha)(?::(-?\d+(?:\.\d+)?))?$/.exec(text);
  if (!parts || (parts[1] === 'continuation' && parts[2] !== undefined)) {
    return refuse(
      flag,
      'continuation, reset, lif-exp or lif-alpha, the last three with or without the potential after a spike, such as reset:-1',
      text,
    );
  }
  return { kind: parts[1] as NeuronChoice['kind'], reset: Number(parts[2] ?? 0) };
};

const objective: Parser<Objective> = (text, flag) =>
  parseObjective(text) ?? refuse(flag, aimOptions[0].allowed ?? '', text);

/** An option that may be left out. */
const optional =
  <Value>(parse: Parser<Value>) =>
  (text: string, flag: string): Value | undefined =>
    text === '' ? undefined : parse(text, flag);

const PARSERS = {
  channels: integer(1),
  duration: parseTime as Parser<number>,
  rate: optional(number('positive')),
  seed: integer(0),
  inputs: (text: string, flag: string) => (text === 'auto' ? text : integer(1)(text, flag)),
  delays: optional(timeRange),
  excitatory: optional(percentage),
  neuron,
  objective,
  margin: number('positive'),
  slope: number('not negative'),
  bound: optional(number('positive')),
  refractory: parseTime as Parser<number>,
  design: optional((text, flag) => (text === 'recall' ? text : refuse(flag, 'recall', text))),
} satisfies Record<Name, Parser<unknown>>;

/** The parsed settings; times in seconds. */
export type Settings = { [N in Name]: ReturnType<(typeof PARSERS)[N]> };

/** The settings that words mean. Throws `usage` with what the command says. */
export const parseSettings = (words: Words): Settings =>
  Object.fromEntries(
    (Object.keys(PARSERS) as Name[]).map((name) => [name, PARSERS[name](wordOf(words, name), `--${name}`)]),
  ) as Settings;
