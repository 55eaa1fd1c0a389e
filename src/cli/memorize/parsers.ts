/** What only the memory takes: models of neurons, noise levels, columns of recordings. */
import { integer, number, type Parser, refuse, stretch, time } from '../../app/index.js';
import { parseSelection } from '../../files/index.js';

/** What `--neuron` names: a model, and the potential after a spike where there is one. */
export interface NeuronChoice {
  kind: 'continuation' | 'reset' | 'lif-exp' | 'lif-alpha';
  reset: number;
}

/** `continuation`, `reset:-1`, `lif-exp`. */
export const neuron: Parser<NeuronChoice> = (text, flag) => {
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

/** Column names in order, separated by commas. */
export const columns: Parser<string[]> = (text, flag) => {
  const names = text.split(',').map((part) => part.trim().toLowerCase());
  const good = names.includes('channel') && names.includes('time') && names.every((part) => part !== '');
  return good
    ? names
    : refuse(flag, 'the columns in order, with channel and time among them, such as time,channel', text);
};

/** `0,0.05,0.1`: deviations of the threshold, in thresholds. */
export const noiseLevels: Parser<number[]> = (text, flag) => {
  const level = number('not negative');
  const values = text.split(',').map((part) => level(part.trim(), `each value of ${flag}`));
  return values.some((value) => value >= 1) ? refuse(flag, 'a list of numbers below 1, in thresholds', text) : values;
};

/** `2s..4s` in seconds, or an interval that the file names, such as `trials:3`. */
export const window: Parser<[number, number] | string> = (text, flag) => {
  if (/^[a-z_]\w*(:.+)?$/i.test(text)) return text;
  return text.includes('..')
    ? stretch(text, flag)
    : refuse(flag, 'a stretch such as 2s..4s, or an interval of the file such as trials:3', text);
};

/** `quality=good and snr>3`, checked and kept as it is. */
export const selection: Parser<string> = (text, flag) => {
  parseSelection(text, flag);
  return text;
};

/** A number of inputs, or `auto`. */
export const inputs: Parser<number | 'auto'> = (text, flag) => (text === 'auto' ? 'auto' : integer(1)(text, flag));

/** A potential in thresholds, and how long after a spike it is asked for, in seconds. */
export interface OverdriveOption {
  level: number;
  after?: number;
}

/** `4`, `4@2.5ms`. */
export const overdrive: Parser<OverdriveOption> = (text, flag) => {
  const [level, after, ...rest] = text.split('@');
  const value = Number(level);
  if (rest.length > 0 || !/^\d+(\.\d+)?$/.test(level) || !(value > 1)) {
    return refuse(
      flag,
      'a number of thresholds above 1, with or without a time after the spike, such as 4 or 4@2.5ms',
      text,
    );
  }
  return { level: value, ...(after === undefined ? {} : { after: time(after, flag) }) };
};
