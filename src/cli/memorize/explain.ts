/** `memorize explain`: why a neuron could not be stored, what it would take, and the best it can do, drawn. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  createScreen,
  defineCommand,
  grouped,
  type Invocation,
  option,
  path as parsePath,
  quote,
  type Screen,
} from '../../app/index.js';
import { checkTarget, writeWhole } from '../../files/node.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import { exactLevels, fewEnough } from '../../memory/memorize/index.js';
import { neuronCount } from '../../memory/network/index.js';
import { idOf } from '../../memory/score/index.js';
import { inputsOf } from '../../memory/template/index.js';
import { changedWarning, warnOfChanges } from './changed.js';
import { explainNeuron, keptTemplate, percent } from './explain-neuron.js';
import { neuronCalled } from './neuron-called.js';
import { problemOf } from './stored-problem.js';

interface ExplainOptions {
  neuron?: string;
  out?: string;
  force?: boolean;
  json?: boolean;
}

/** How many unsolved neurons are listed. */
const LISTED = 20;

export const explainCommand = defineCommand<ExplainOptions>({
  name: 'explain',
  about: 'why a neuron could not be stored, what it would take, and the best it can do',
  argument: ['<network>', 'directory of results, network.npz, or JSON of a network'],
  options: [
    option('--neuron <id>', 'which (default: the first that is not stored)'),
    option('--out <file>', 'figure (default: explain-<n>.svg beside the network)', parsePath),
    option('--force', 'replace a file of that name'),
    option('--json', 'print what is found as JSON (times in seconds) instead of as text'),
  ],
  work: runExplain,
});

async function runExplain(options: ExplainOptions, { version }: Invocation, path: string): Promise<number> {
  const stored = loadNetworkFile(path);
  const { network, statuses, tau0 } = stored;
  const neurons = neuronCount(network);
  const unsolved = statuses ? [...statuses.keys()].filter((l) => statuses[l] !== 'solved') : [];
  const neuron =
    options.neuron === undefined ? (unsolved[0] ?? 0) : neuronCalled('--neuron', stored.score, options.neuron);
  const called = (l: number) => idOf(stored.score, l);
  const beside = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
  const figure = options.out ?? join(beside, `explain-${String(called(neuron)).replace(/[^\w.-]/g, '_')}.svg`);
  // The figure beside a network is ours, and is drawn anew.
  checkTarget(figure, { force: options.out === undefined || options.force });
  const screen = createScreen({ lines: !options.json, progress: true });
  screen.plain(`engram ${version} · ${path}: ${grouped(neurons)} neurons`);
  if (statuses) {
    const list = unsolved.slice(0, LISTED).map(called).join(' ') + (unsolved.length > LISTED ? ' ...' : '');
    screen.line('unsolved', unsolved.length > 0 ? `${unsolved.length}: ${list}` : 'none: every neuron is stored');
  }
  warnOfChanges(screen, stored);
  const { facts, ...explanation } = explainNeuron(screen, stored, neuron);
  const levels = await describeLevels(screen, stored, neuron);
  const { drawPotential } = await import('../../memory/figures/index.js');
  const inputs = inputsOf(network, stored.model, neuron);
  const { score } = stored;
  const template = keptTemplate(stored, neuron);
  writeWhole(figure, await drawPotential({ score, inputs, neuron, template, tau0, ...explanation }));
  screen.line('figure', figure);
  const next = unsolved.find((l) => l > neuron);
  if (next !== undefined)
    screen.line('next', `another one: npx memorize explain ${quote(path)} --neuron ${quote(String(called(next)))}`);
  if (options.json) {
    const changed = changedWarning(stored);
    const all = {
      neuron: called(neuron),
      unsolved: unsolved.map(called),
      ...(changed ? { changed } : {}),
      ...facts,
      ...levels,
      figure,
    };
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
  }
  return 0;
}

/**
 * How far weights on levels, of default neurons, are from the optimum without levels, and, where a neuron has few inputs,
 * from the best on these levels.
 */
async function describeLevels(screen: Screen, stored: StoredNetwork, neuron: number): Promise<object> {
  const { network, memory, model } = stored;
  const levels = memory?.header.levels;
  if (levels === undefined || !memory?.share || model) return {};
  const share = memory.share[neuron];
  const found = Number.isFinite(share) ? percent(share) : 'none';
  if (!fewEnough(network.starts[neuron + 1] - network.starts[neuron], levels)) {
    const why = 'too many inputs for the exact optimum';
    screen.line('levels', `demands lowered by ${found}; 0 % without levels · ${why}`);
    return { levels: { lowered_by: share } };
  }
  const { loadHighs } = await import('../../../solvers/index.js');
  const problem = problemOf(stored);
  const best = exactLevels(await loadHighs(), problem, neuron, levels);
  const exact = best
    ? `${percent(best.share)} is the exact optimum (integer program, HiGHS)`
    : 'HiGHS found no optimum';
  screen.line('levels', `demands lowered by ${found}; ${exact}`);
  return { levels: { lowered_by: share, least: best?.share ?? null } };
}
