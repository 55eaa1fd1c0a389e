/** Noise as people type it, and as the simulator takes it. */
import { choice, type OptionSpec, option, type Parser, refuse, share, timeOrZero } from '../../app/index.js';
import type { Start } from '../../memory/measure/index.js';
import type { Noise } from '../../memory/simulate/index.js';

export interface NoiseOptions {
  walk?: boolean;
  failure: number;
  delayJitter: number;
  background: { hertz: number; weight: number }[];
}

/** `20:0.05,100:-0.01`: rate in Hz and weight of each process. */
const background: Parser<NoiseOptions['background']> = (text, flag) =>
  text.split(',').map((part) => {
    const pair = /^(\d+(?:\.\d+)?):(-?\d+(?:\.\d+)?)$/.exec(part.trim());
    return pair && Number(pair[1]) > 0
      ? { hertz: Number(pair[1]), weight: Number(pair[2]) }
      : refuse(flag, 'a list of rate:weight such as 20:0.05,20:-0.05', text);
  });

export const noiseOptions: readonly OptionSpec[] = [
  option('--walk', 'thresholds walk from spike to spike (Wiener) instead of being drawn anew'),
  option('--failure <share>', 'probability that a synapse fails to transmit a spike', share(true), 0),
  option('--delay-jitter <time>', 'deviation of each delay of each spike', timeOrZero, 0),
  option(
    '--background <hz:w,...>',
    'Poisson input of every neuron: rate in Hz and weight in thresholds',
    background,
    [],
  ),
];

/** What the network has done before. */
export const startOption = (byDefault: Start): OptionSpec =>
  option(
    '--start <memory|silent|random>',
    'what the network has done before',
    choice('memory', 'silent', 'random'),
    byDefault,
  );

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

/** What of it is on, for summary.json. */
export const noiseSummary = (options: NoiseOptions) => ({
  walk: options.walk ?? false,
  failure: options.failure,
  delay_jitter_s: options.delayJitter,
  background: options.background,
});
