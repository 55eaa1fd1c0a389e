/** Noise as people type it, and as the simulator takes it. */
import type { Command } from 'commander';
import { EngramError } from '../../core/index.js';
import type { Start } from '../../memory/measure/index.js';
import type { Noise } from '../../memory/simulate/index.js';
import * as parse from './options.js';

export interface NoiseOptions {
  walk?: boolean;
  failure: number;
  delayJitter: number;
  background: { hertz: number; weight: number }[];
}

/** A share such as `10%` or `0.1`, from 0 to 1. */
export const share =
  (name: string) =>
  (text: string): number => {
    const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
    const value = percent ? Number(percent[1]) / 100 : parse.number(name, 'not negative')(text);
    if (value <= 1) return value;
    throw new EngramError('usage', `${name} must be a share from 0% to 100%; got "${text}"`);
  };

/** `20:0.05,100:-0.01`: rate in Hz and weight of each process. */
const background = (text: string): NoiseOptions['background'] =>
  text.split(',').map((part) => {
    const pair = /^(\d+(?:\.\d+)?):(-?\d+(?:\.\d+)?)$/.exec(part.trim());
    if (pair && Number(pair[1]) > 0) return { hertz: Number(pair[1]), weight: Number(pair[2]) };
    throw new EngramError(
      'usage',
      `--background must be a list of rate:weight such as 20:0.05,20:-0.05; got "${text}"`,
    );
  });

/** A time of at least 0. */
export const timeOrZero = (name: string) => (text: string) => (text === '0' ? 0 : parse.time(name)(text));

export const addNoiseOptions = (command: Command): Command =>
  command
    .option('--walk', 'thresholds walk from spike to spike (Wiener) instead of being drawn anew')
    .option('--failure <share>', 'probability that a synapse fails to transmit a spike', share('--failure'), 0)
    .option('--delay-jitter <time>', 'deviation of each delay of each spike', timeOrZero('--delay-jitter'), 0)
    .option(
      '--background <hz:w,...>',
      'Poisson input of every neuron: rate in Hz and weight in thresholds',
      background,
      [],
    );

export const startOption = parse.choice('--start', ['memory', 'silent', 'random'] as const satisfies readonly Start[]);

export const simulatedNoise = (options: NoiseOptions, tau0: number): Noise => ({
  walk: options.walk ?? false,
  failure: options.failure,
  jitter: options.delayJitter / tau0,
  background: options.background.map(({ hertz, weight }) => ({ rate: hertz * tau0, weight })),
});

/** What of it is on, in words. */
export function describeNoise(options: NoiseOptions): string[] {
  const { walk, failure, delayJitter, background: processes } = options;
  return [
    ...(walk ? ['thresholds walk'] : []),
    ...(failure > 0 ? [`${Number((100 * failure).toPrecision(3))} % of transmissions fail`] : []),
    ...(delayJitter > 0 ? [`delays jitter by ${Number((delayJitter * 1e3).toPrecision(3))} ms`] : []),
    ...processes.map(({ hertz, weight }) => `background ${hertz} Hz of ${weight}`),
  ];
}
