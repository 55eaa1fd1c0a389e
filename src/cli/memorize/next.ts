/** What to try next: a sentence and the command to paste, which repeats everything else that was asked for. */
import type { RecallSummary } from './summary.js';
import type { Counts } from './tally.js';

export interface Outcome {
  counts: Counts;
  recall: readonly Pick<RecallSummary, 'noise' | 'success' | 'trials'>[] | undefined;
  seed: number;
  /** Synapses per neuron, on average. */
  inputs: number;
  directory: string;
}

export function nextStep(args: readonly string[], { counts, recall, seed, inputs, directory }: Outcome): string {
  const again = (change: readonly string[], without: readonly string[] = []) => {
    const dropped = new Set(['--seed', '--out', '--force', change[0], ...without]);
    const kept = optionsOf(args).filter(([flag]) => !dropped.has(flag));
    const options = [...kept.flat(), ...change, '--seed', String(seed), '--out', `memory-${seed}-next`];
    return `npx memorize ${options.map(quote).join(' ')}`;
  };
  const more = again(['--inputs', String(2 * inputs)], ['--wiring']);
  if (counts.infeasible + counts.undecided > 0)
    return `why? npx memorize explain ${quote(directory)}; more inputs make more possible: ${more}`;
  if (!recall) return `does the network recall it? ${again([], ['--no-recall'])}`;
  if (recall.some(({ success, trials }) => success < trials))
    return `stored is not recallable; more inputs help: ${more}`;
  const noise = Number((2 * (recall[recall.length - 1].noise || 0.05)).toPrecision(2));
  return noise < 1
    ? `how much noise does it stand? ${again(['--noise', String(noise)])}`
    : `is that luck? ${again(['--trials', '20'])}`;
}

/** Options with their values, `--flag value` and `--flag=value` alike. */
export function optionsOf(args: readonly string[]): string[][] {
  const options: string[][] = [];
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (arg.startsWith('--') && equals > 0) options.push([arg.slice(0, equals), arg.slice(equals + 1)]);
    else if (arg.startsWith('--')) options.push([arg]);
    else options.at(-1)?.push(arg);
  }
  return options;
}

/** As a shell reads it. */
export const quote = (text: string) => (/^[\w./%,:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
