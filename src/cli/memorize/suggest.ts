/** What to try next: a sentence and the command to paste, which repeats everything else that was asked for. */
import { optionsOf, quote } from '../../app/index.js';
import type { Counts, RecallSummary } from '../../memory/summary/index.js';

export interface Storage {
  counts: Counts;
  recall: readonly Pick<RecallSummary, 'noise' | 'success' | 'trials'>[] | undefined;
  seed: number;
  /** Synapses per neuron, on average. */
  inputs: number;
  directory: string;
}

/** What a run of `memorize` suggests. */
export function suggestAfterStoring(
  args: readonly string[],
  { counts, recall, seed, inputs, directory }: Storage,
): string {
  const again = (change: readonly string[], without: readonly string[] = []) => {
    const dropped = new Set(['--seed', '--out', '--force', change[0], ...without]);
    const kept = optionsOf(args).filter(([flag]) => !dropped.has(flag));
    const options = [...kept.flat(), ...change, '--seed', String(seed), '--out', `memory-${seed}-next`];
    return `npx memorize ${options.map(quote).join(' ')}`;
  };
  // The inputs of a wiring that is left out say nothing of how many a drawn one needs.
  const drawn = optionsOf(args).some(([flag]) => flag === '--wiring') ? 'auto' : String(2 * inputs);
  const more = again(['--inputs', drawn], ['--wiring']);
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
