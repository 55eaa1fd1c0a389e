/** Options of `memorize` that do not go together, each pair with the reason. */
import { EngramError } from '../../core/index.js';
import type { MemorizeOptions } from './memorize-options.js';

/** Throws `usage` at the first that is found. */
export function refuseContradictions(options: MemorizeOptions): void {
  aboutScore(options);
  aboutAim(options);
  if (options.wiring !== undefined) {
    for (const name of ['inputs', 'delays'] as const) {
      if (options[name] !== undefined) refuse('--wiring', `--${name}`, 'the wiring file says it already');
    }
  }
  if (options.json && options.quiet) refuse('--json', '--quiet', 'one prints the summary, the other nothing');
}

function refuse(a: string, b: string, why: string): never {
  throw new EngramError('usage', `${a} and ${b} contradict each other: ${why}; leave one of them out`);
}

function aboutScore(options: MemorizeOptions): void {
  if (options.rate !== undefined && options.activity !== undefined)
    refuse('--rate', '--activity', 'both say how often a channel fires');
  if (options.score !== undefined) {
    for (const name of ['channels', 'rate', 'activity'] as const) {
      if (options[name] !== undefined) refuse('--score', `--${name}`, 'the score file says it already');
    }
    if (options.duration !== undefined && options.window !== undefined)
      refuse('--duration', '--window', 'both say what the period is');
  } else {
    if (options.channels === undefined || options.duration === undefined) {
      const missing = options.channels === undefined ? '--channels' : '--duration';
      throw new EngramError('usage', `${missing} is missing; for example: memorize --channels 200 --duration 1s`);
    }
    for (const name of ['columns', 'window', 'select'] as const) {
      if (options[name] !== undefined)
        throw new EngramError('usage', `--${name} says how to read --score, which is missing`);
    }
    if (options.timeUnit !== undefined && options.wiring === undefined)
      throw new EngramError('usage', '--time-unit says how to read --score or --wiring, and both are missing');
  }
}

function aboutAim(options: MemorizeOptions): void {
  // As it was typed.
  const flag = options.aim === undefined ? '--objective' : '--aim';
  if (options.grid !== undefined && options.objective === 'none')
    refuse('--grid', `${flag} none`, 'the sampled template is solved for the least norm');
  if (options.grid !== undefined) {
    for (const name of ['robust', 'soft', 'levels'] as const) {
      if (options[name]) refuse('--grid', `--${name}`, 'the sampled template has no such form');
    }
  }
  if (options.robust?.what === 'noise') {
    if (options.levels !== undefined) refuse('--robust noise', '--levels', 'its weights are not on levels');
    if (options.objective !== 'l2')
      refuse('--robust noise', `${flag} ${options.objective}`, 'it says itself what is minimized');
  }
  if (options.levels !== undefined && options.soft) refuse('--levels', '--soft', 'soft weights are not on levels');
  if (options.grid !== undefined && options.overdrive)
    refuse('--grid', '--overdrive', 'the sampled template has no such form');
  if (options.objective !== 'l2' && options.objective !== 'none') {
    const forRecall = options.objective.startsWith('recall');
    for (const name of ['soft', 'levels'] as const) {
      if (options[name] && !(forRecall && name === 'soft'))
        refuse(flag, `--${name}`, 'such weights are found by least norm');
    }
  }
}
