/** What to try next: a sentence and the command to paste, which repeats everything else that was asked for. */
import { optionsOf, quote } from '../../app/index.js';
import { type Counts, MOST_SIMULATED, type RecallStatistics, type RecallSummary } from '../../memory/summary/index.js';

export interface Storage {
  counts: Counts;
  /** Undefined where recall was not tried. */
  recall: readonly Pick<RecallSummary, 'noise' | 'success' | 'trials'>[] | undefined;
  /** Whether there is something to recall. */
  recallable: boolean;
  seed: number;
  channels: number;
  /** Synapses per neuron, on average. */
  inputs: number;
  directory: string;
}

/** `command` with the options of `args`, but for those of `without`, which are dropped, and of `change`, which are replaced. */
function again(
  command: string,
  args: readonly string[],
  change: readonly (readonly [flag: string, value: string | number])[],
  without: readonly string[] = [],
): string {
  const dropped = new Set(['--force', '--resume', ...change.map(([flag]) => flag), ...without]);
  const kept = optionsOf(args).filter(([flag]) => !dropped.has(flag));
  return `${command} ${[...kept, ...change].flat().map(String).map(quote).join(' ')}`;
}

/** What a run of `memorize` suggests. */
export function suggestAfterStoring(
  args: readonly string[],
  { counts, recall, recallable, seed, channels, inputs, directory }: Storage,
): string {
  const store = (change: readonly (readonly [string, string | number])[], without: readonly string[] = []) =>
    again('npx memorize', args, [...change, ['--seed', seed], ['--out', `${directory}-next`]], without);
  const explain = `npx memorize explain ${quote(directory)}`;
  // A wiring of a file has the synapses that it has, and none is doubled beyond what is simulated.
  const wired = optionsOf(args).some(([flag]) => flag === '--wiring');
  const more = !wired && inputs > 0 && 2 * inputs * channels <= MOST_SIMULATED;
  if (counts.infeasible + counts.undecided > 0)
    return more ? `why? ${explain}; would more inputs do? ${store([['--inputs', 2 * inputs]])}` : `why? ${explain}`;
  if (!recallable) return suggestExplain({ path: directory });
  if (!recall) return `does the network recall it? ${store([], ['--no-recall'])}`;
  if (recall.some(({ success, trials }) => success < trials)) {
    return more
      ? `stored is not recallable; would more inputs help? ${store([['--inputs', 2 * inputs]])}`
      : `stored is not recallable; does a larger prompt help? npx memorize recall ${quote(directory)} --prompt 80% --seed ${seed}`;
  }
  const noise = Number((2 * (recall[recall.length - 1].noise || 0.05)).toPrecision(2));
  return noise < 1
    ? `how much noise does it stand? ${store([['--noise', noise]])}`
    : `is that luck? ${store([['--trials', 20]])}`;
}

/** What a command on a stored network has worked on. */
export interface OnNetwork {
  args: readonly string[];
  path: string;
  seed: number;
  directory: string;
}

/** What `memorize recall` suggests; `duration` is what a doubled prompt takes, as it is typed. */
export function suggestAfterRecall(on: OnNetwork, rows: readonly RecallStatistics[], duration: string): string {
  const { args, path, seed, directory } = on;
  if (rows.every(({ success, trials }) => success === trials)) return suggestStability(on);
  // The network is named once, wherever it was typed.
  const named = args.filter((arg) => arg !== path);
  const change = [
    ['--prompt-time', duration],
    ['--seed', seed],
    ['--out', `${directory}-next`],
  ] as const;
  return `does a longer prompt help? ${again(`npx memorize recall ${quote(path)}`, named, change)}`;
}

export const suggestStability = ({ args, path, seed }: OnNetwork): string =>
  `how large a disturbance does it stand? npx memorize stability ${quote(path)}${memoryIn(args)} --seed ${seed}`;

export const suggestExplain = ({ path }: Pick<OnNetwork, 'path'>): string =>
  `what was stored? npx memorize explain ${quote(path)}`;

export const suggestRecall = ({ args, path, seed }: OnNetwork, noises: readonly number[]): string =>
  `does a prompt bring the memory back? npx memorize recall ${quote(path)}${memoryIn(args)} --noise ${noises.join(',')} --seed ${seed}`;

/** Of several memories the same one. */
function memoryIn(args: readonly string[]): string {
  const chosen = optionsOf(args).find(([flag]) => flag === '--memory');
  return chosen ? ` ${chosen.map(quote).join(' ')}` : '';
}
