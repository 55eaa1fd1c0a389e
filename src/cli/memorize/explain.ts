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
import { formatMoment } from '../../core/index.js';
import { checkTarget, writeWhole } from '../../files/node.js';
import { loadNetworkFile, type StoredNetwork } from '../../memory/files/node.js';
import {
  exactLevels,
  explain,
  fewEnough,
  findInputs,
  findLeastRelaxation,
  memorizeJob,
  type NeuronReport,
  type Problem,
  robustTemplate,
  type Shortfall,
} from '../../memory/memorize/index.js';
import { neuronCount } from '../../memory/network/index.js';
import { idOf, spikesOf } from '../../memory/score/index.js';
import { fitOf, wholeLimit } from '../../memory/summary/index.js';
import { type Cut, inputsOf, type Template } from '../../memory/template/index.js';
import { warnOfChanges } from './changed.js';
import { DEMANDS, describeShift } from './describe.js';
import { neuronCalled } from './neuron-called.js';
import { problemOf } from './stored-problem.js';

interface ExplainOptions {
  neuron?: string;
  out?: string;
  force?: boolean;
}

/** How many unsolved neurons, and how many moments of a proof, are listed. */
const LISTED = 20;
const MOMENTS = 8;

export const explainCommand = defineCommand<ExplainOptions>({
  name: 'explain',
  about: 'why a neuron could not be stored, what it would take, and the best it can do',
  argument: ['<network>', 'directory of results, network.npz, or JSON of a network'],
  options: [
    option('--neuron <id>', 'which (default: the first that is not stored)'),
    option('--out <file>', 'figure (default: explain-<n>.svg beside the network)', parsePath),
    option('--force', 'replace a file of that name'),
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
  const screen = createScreen({ lines: true, progress: true });
  screen.plain(`engram ${version} · ${path}: ${grouped(neurons)} neurons`);
  if (statuses) {
    const list = unsolved.slice(0, LISTED).map(called).join(' ') + (unsolved.length > LISTED ? ' ...' : '');
    screen.line('unsolved', unsolved.length > 0 ? `${unsolved.length}: ${list}` : 'none: every neuron is stored');
  }
  warnOfChanges(screen, stored);
  const explanation = explainNeuron(screen, stored, neuron);
  await describeLevels(screen, stored, neuron);
  const { drawPotential } = await import('../../memory/figures/index.js');
  const inputs = inputsOf(network, stored.model, neuron);
  const { score } = stored;
  const template = keptTemplate(stored, neuron);
  writeWhole(figure, await drawPotential({ score, inputs, neuron, template, tau0, ...explanation }));
  screen.line('figure', figure);
  const next = unsolved.find((l) => l > neuron);
  if (next !== undefined)
    screen.line('next', `another one: npx memorize explain ${quote(path)} --neuron ${quote(String(called(next)))}`);
  return 0;
}

/**
 * How far weights on levels, of default neurons, are from the optimum without levels, and, where a neuron has few inputs,
 * from the best on these levels.
 */
async function describeLevels(screen: Screen, stored: StoredNetwork, neuron: number): Promise<void> {
  const { network, memory, model } = stored;
  const levels = memory?.header.levels;
  if (levels === undefined || !memory?.share || model) return;
  const share = memory.share[neuron];
  const found = Number.isFinite(share) ? percent(share) : 'none';
  if (!fewEnough(network.starts[neuron + 1] - network.starts[neuron], levels)) {
    const why = 'too many inputs for the exact optimum';
    screen.line('levels', `demands lowered by ${found}; 0 % without levels · ${why}`);
    return;
  }
  const { loadHighs } = await import('../../../solvers/index.js');
  const problem = problemOf(stored);
  const best = exactLevels(await loadHighs(), problem, neuron, levels);
  const exact = best
    ? `${percent(best.share)} is the exact optimum (integer program, HiGHS)`
    : 'HiGHS found no optimum';
  screen.line('levels', `demands lowered by ${found}; ${exact}`);
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;

/** The template that a neuron was asked to keep: that of the network, or its own multiple of it. */
function keptTemplate({ template, memory }: StoredNetwork, neuron: number): Template {
  const { header, robust } = memory ?? {};
  return header?.robust && robust ? robustTemplate(template, header.robust, robust.factor[neuron]) : template;
}

/** What a figure shows of the neuron; `focus` is the time that it is about. */
interface Explanation {
  weights: Float64Array;
  cuts: readonly Cut[];
  subtitle: string[];
  focus?: number;
}

/** Says how the weights of a neuron keep the template, or why there are none. */
function explainNeuron(screen: Screen, stored: StoredNetwork, neuron: number): Explanation {
  const { network, memory } = stored;
  const own = network.weights.subarray(network.starts[neuron], network.starts[neuron + 1]);
  const spikes = spikesOf(stored.score, neuron).length;
  const status = stored.statuses?.[neuron];
  const called = idOf(stored.score, neuron);
  if (status === undefined || status === 'solved') {
    const text = status
      ? `${called} is stored · ${spikes} spikes`
      : `${called}: ${spikes} spikes · how its weights keep the template`;
    screen.line('neuron', text);
    describeFit(screen, stored, neuron, own, keptTemplate(stored, neuron));
    const cuts = memory?.certificate(neuron).cuts ?? [];
    const subtitle = [`${spikes} spikes a period, ${own.length} synapses, ${cuts.length} active moments`];
    return { weights: own, cuts, subtitle };
  }
  const problem = problemOf(stored);
  const report = memorizeJob.prepare(problem)(neuron);
  const training = memory?.header.training;
  if (training) {
    const epochs = grouped(memory?.trained?.epochs[neuron] ?? 0);
    const loss = memory?.trained?.loss[neuron].toPrecision(2);
    screen.line(
      'neuron',
      `${called} was trained by ${training.method}: ${spikes} spikes · ${epochs} epochs · loss ${loss}`,
    );
    describeFit(screen, stored, neuron, own, stored.template);
    if (report.status !== 'infeasible') {
      const finds = report.status === 'solved' ? 'finds weights that obey the template' : 'does not decide it';
      screen.line('solver', `on the same inputs and bounds the convex solver ${finds}`);
      const subtitle = [`trained by ${training.method}, ${spikes} spikes a period, ${own.length} synapses`];
      return { weights: own, cuts: [], subtitle };
    }
  }
  const label = (time: number) => formatMoment(time * stored.tau0);
  const verdict = report.status === 'infeasible' ? 'impossible' : report.status;
  screen.line(training ? 'solver' : 'neuron', `${called} is ${verdict}: ${explain(report, problem, neuron, label)}`);
  return report.status === 'infeasible'
    ? explainImpossible(screen, stored, problem, report, neuron)
    : { weights: report.weights, cuts: report.cuts, subtitle: [`${spikes} spikes a period · undecided`] };
}

/** The moments that contradict each other, how many inputs would be enough, and the best that these can do. */
function explainImpossible(
  screen: Screen,
  stored: StoredNetwork,
  problem: Problem,
  report: NeuronReport,
  neuron: number,
): Explanation {
  const { tau0, template, network } = stored;
  const label = (time: number) => formatMoment(time * tau0);
  const focus = listProof(screen, report, label, wholeLimit(stored, neuron));
  const { enough, tooFew } = findInputs(problem, neuron, stored.seed ?? 0);
  screen.line(
    'inputs',
    enough === undefined
      ? `even ${grouped(tooFew)} inputs of the same kind are too few: other delays, or hidden neurons, are needed`
      : `${grouped(tooFew)} are too few, ${grouped(enough)} of the same kind are enough`,
  );
  const { cuts, shortfalls: pays } = report;
  const marked = `marked: the ${cuts.length} moments whose demands contradict each other`;
  if (pays) {
    listPayments(screen, pays, tau0, label);
    describeFit(screen, stored, neuron, report.weights, template);
    const best = `impossible: the potential of the best weights, which lower ${pays.length} demands`;
    return { weights: report.weights, cuts, subtitle: [best, marked], focus };
  }
  const { reached, proved, report: eased } = findLeastRelaxation(problem, neuron);
  screen.line(
    'best',
    `these inputs keep the template if all its demands are lowered by ${percent(reached)}; up to ${percent(proved)} is proved impossible`,
  );
  describeFit(screen, stored, neuron, eased.weights, template);
  const inputs = network.starts[neuron + 1] - network.starts[neuron];
  const best = `impossible: the best potential of its ${inputs} inputs, with all demands lowered by ${percent(reached)}`;
  return { weights: eased.weights, cuts, subtitle: [best, marked], focus };
}

/** What the best weights do not meet, dearest first. */
function listPayments(screen: Screen, pays: readonly Shortfall[], tau0: number, label: (time: number) => string): void {
  pays.slice(0, MOMENTS).forEach(({ demand, amount, time, shift }, i) => {
    const by = Number(amount.toPrecision(3));
    const fate = shift === undefined ? '' : `: ${describeShift(shift === null ? null : shift * tau0)}`;
    screen.line(
      i === 0 ? 'pays' : '',
      `${label(time).padEnd(9)}  ${DEMANDS[demand.ramp ? 'ramp' : demand.kind]} is lowered by ${by}${fate}`,
    );
  });
  if (pays.length > MOMENTS) screen.line('', `and ${pays.length - MOMENTS} more`);
}

/** The moments that carry the proof; returns the heaviest. */
function listProof(
  screen: Screen,
  { cuts, multipliers }: NeuronReport,
  label: (time: number) => string,
  limitOf: (cut: Cut) => number,
): number {
  const tidy = (limit: number) => Number(limit.toPrecision(6));
  const demands = {
    spike: () => 'spike: the potential is 1',
    above: (limit: number) => `spike: the potential is at least ${tidy(limit)}`,
    level: (limit: number) => `silence: the potential is at most ${tidy(-limit) || 0}`,
    'slope+': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
    'slope-': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
  };
  const total = multipliers.reduce((sum, y) => sum + Math.abs(y), 0);
  const order = cuts.map((_, i) => i).sort((i, j) => Math.abs(multipliers[j]) - Math.abs(multipliers[i]));
  for (const [rank, i] of order.slice(0, MOMENTS).entries()) {
    const share = `${((100 * Math.abs(multipliers[i])) / total).toFixed(1)} %`.padStart(7);
    screen.line(
      rank === 0 ? 'conflict' : '',
      `${share}  ${label(cuts[i].time).padEnd(9)}  ${demands[cuts[i].kind](limitOf(cuts[i]))}`,
    );
  }
  if (order.length > MOMENTS) screen.line('', `and ${order.length - MOMENTS} more moments`);
  return cuts[order[0]].time;
}

/** Where, and by how much, the potential of some weights leaves the template most, in continuous time. */
function describeFit(
  screen: Screen,
  stored: StoredNetwork,
  neuron: number,
  weights: Float64Array,
  template: Template,
): void {
  const { score, tau0 } = stored;
  const { spike, silence, ramp, slope } = fitOf(stored, neuron, weights, template);
  const label = (time: number) => formatMoment((time % score.period) * tau0);
  const tidy = (value: number) => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(4)));
  const parts = [
    spike ? `potential at a spike ${tidy(spike.value)} (asked 1, ${label(spike.time)})` : [],
    silence ? `highest in silence ${tidy(silence.value)} (allowed ${tidy(silence.asked)}, ${label(silence.time)})` : [],
    ramp ? `above the ramp by at most ${tidy(ramp.amount)} (${label(ramp.time)})` : [],
    slope ? `flattest while firing ${tidy(slope.value)} (asked ${tidy(slope.asked)}, ${label(slope.time)})` : [],
  ].flat();
  parts.forEach((text, i) => screen.line(i === 0 ? 'fit' : '', text));
}
