/** `memorize explain`: why a neuron could not be stored, what it would take, and the best it can do, drawn. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { createScreen, grouped, type Invocation, type Screen, subcommand } from '../../app/index.js';
import { EngramError, formatMoment } from '../../core/index.js';
import { writeWhole } from '../../files/node.js';
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
import { spikesOf } from '../../memory/score/index.js';
import {
  arrivalsOf,
  type Cut,
  demandsOf,
  flattestSlope,
  freeShare,
  highestPotential,
  inputsOf,
  potentialFrom,
  shortfalls,
  silentLevel,
  type Template,
  valueAt,
  zonesOfNeuron,
} from '../../memory/template/index.js';
import { quote } from './next.js';
import { integer, path as parsePath } from './options.js';
import { moved, PAID } from './tally.js';

interface ExplainOptions {
  neuron?: number;
  out?: string;
  force?: boolean;
}

/** How many unsolved neurons, and how many moments of a proof, are listed. */
const LISTED = 20;
const MOMENTS = 8;

export const explainCommand = (invocation: Invocation): Command =>
  subcommand('explain', 'why a neuron could not be stored, what it would take, and the best it can do')
    .argument('<network>', 'directory of results, network.npz, or JSON of a network')
    .option('--neuron <n>', 'which (default: the first that is not stored)', integer('--neuron', 0))
    .option('--out <file>', 'figure (default: explain-<n>.svg beside the network)', parsePath('--out'))
    .option('--force', 'replace a file of that name')
    .action((network: string, options: ExplainOptions) => invocation.finish(runExplain(network, options, invocation)));

async function runExplain(path: string, options: ExplainOptions, { version }: Invocation): Promise<number> {
  const stored = loadNetworkFile(path);
  const { network, statuses, tau0 } = stored;
  const neurons = neuronCount(network);
  const unsolved = statuses ? [...statuses.keys()].filter((l) => statuses[l] !== 'solved') : [];
  const neuron = options.neuron ?? unsolved[0] ?? 0;
  if (neuron >= neurons) {
    throw new EngramError('usage', `--neuron must be from 0 to ${neurons - 1}; got ${neuron}`);
  }
  if (options.out !== undefined && existsSync(options.out) && !options.force) {
    throw new EngramError(
      'usage',
      `${options.out} exists already; choose another file with --out, or --force to replace it`,
    );
  }
  const screen = createScreen({ lines: true, progress: true });
  screen.plain(`engram ${version} · ${path}: ${grouped(neurons)} neurons`);
  if (statuses) {
    const list = unsolved.slice(0, LISTED).join(' ') + (unsolved.length > LISTED ? ' ...' : '');
    screen.line('unsolved', unsolved.length > 0 ? `${unsolved.length}: ${list}` : 'none: every neuron is stored');
  }
  const explanation = explainNeuron(screen, stored, neuron);
  await describeLevels(screen, stored, neuron);
  const beside = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path);
  const figure = options.out ?? join(beside, `explain-${neuron}.svg`);
  const { drawPotential } = await import('../../plot/index.js');
  const inputs = inputsOf(network, stored.model, neuron);
  const { score } = stored;
  const template = keptTemplate(stored, neuron);
  writeWhole(figure, await drawPotential({ score, inputs, neuron, template, tau0, ...explanation }));
  screen.line('figure', figure);
  const next = unsolved.find((l) => l > neuron);
  if (next !== undefined) screen.line('next', `another one: npx memorize explain ${quote(path)} --neuron ${next}`);
  return 0;
}

/** How far weights on levels are from the optimum without levels, and, of few inputs, from the best on these levels. */
async function describeLevels(
  screen: Screen,
  { score, network, template, memory, model }: StoredNetwork,
  neuron: number,
) {
  const { header, others, bounds, share } = memory ?? {};
  if (header?.levels === undefined || !share || model) return;
  const { objective, levels } = header;
  const percent = (value: number) => `${Number((100 * value).toPrecision(3))} %`;
  const found = Number.isFinite(share[neuron]) ? percent(share[neuron]) : 'none';
  const inputs = network.starts[neuron + 1] - network.starts[neuron];
  if (model || !fewEnough(inputs, levels)) {
    const why = model ? 'the exact optimum is known of default neurons only' : 'too many inputs for the exact optimum';
    screen.line('levels', `demands lowered by ${found}; 0 % without levels · ${why}`);
    return;
  }
  const { loadHighs } = await import('../../../solvers/index.js');
  const problem: Problem = { score, others, wiring: network, template, objective, bounds };
  const best = exactLevels(await loadHighs(), problem, neuron, levels);
  const exact = best
    ? `${percent(best.share)} is the exact optimum (integer program, HiGHS)`
    : 'HiGHS found no optimum';
  screen.line('levels', `demands lowered by ${found}; ${exact}`);
}

/** The limit of a cut on the whole potential; the file has that on what the weights make of it. */
function wholeLimit({ score, network, model }: StoredNetwork, neuron: number): (cut: Cut) => number {
  const { own } = inputsOf(network, model, neuron);
  return (cut) => (own ? cut.limit + freeShare(own.dynamics, spikesOf(score, neuron), score.period, cut) : cut.limit);
}

/** The template that a neuron was asked to keep: that of the network, or its own multiple of it. */
function keptTemplate({ template, memory }: StoredNetwork, neuron: number): Template {
  const { header, robust } = memory ?? {};
  return header?.robust && robust ? robustTemplate(template, header.robust, robust.factor[neuron]) : template;
}

interface Explanation {
  weights: Float64Array;
  cuts: readonly Cut[];
  subtitle: string[];
  focus?: number;
}

function explainNeuron(screen: Screen, stored: StoredNetwork, neuron: number): Explanation {
  const { score, network, template, tau0, memory } = stored;
  const own = network.weights.subarray(network.starts[neuron], network.starts[neuron + 1]);
  const label = (time: number) => formatMoment(time * tau0);
  const status = stored.statuses?.[neuron];
  const spikes = spikesOf(score, neuron).length;
  if (status === undefined || status === 'solved') {
    screen.line(
      'neuron',
      status
        ? `${neuron} is stored · ${spikes} spikes`
        : `${neuron}: ${spikes} spikes · how its weights keep the template`,
    );
    describeFit(screen, stored, neuron, own, keptTemplate(stored, neuron));
    const cuts = memory?.certificate(neuron).cuts ?? [];
    return {
      weights: own,
      cuts,
      subtitle: [`${spikes} spikes a period, ${own.length} synapses, ${cuts.length} active moments`],
    };
  }
  const objective = memory?.header.objective ?? 'l2';
  const { others, bounds, costs, header } = memory ?? {};
  const { robust, soft, levels } = header ?? {};
  const { model } = stored;
  const problem: Problem = {
    score,
    others,
    wiring: network,
    model,
    template,
    objective,
    bounds,
    costs,
    robust,
    soft,
    levels,
  };
  const report = memorizeJob.prepare(problem)(neuron);
  const { training } = header ?? {};
  if (training) {
    const epochs = grouped(memory?.trained?.epochs[neuron] ?? 0);
    const loss = memory?.trained?.loss[neuron].toPrecision(2);
    screen.line(
      'neuron',
      `${neuron} was trained by ${training.method}: ${spikes} spikes · ${epochs} epochs · loss ${loss}`,
    );
    describeFit(screen, stored, neuron, own, template);
    if (report.status !== 'infeasible') {
      const finds = report.status === 'solved' ? 'finds weights that obey the template' : 'does not decide it';
      screen.line('solver', `on the same inputs and bounds the convex solver ${finds}`);
      const subtitle = [`trained by ${training.method}, ${spikes} spikes a period, ${own.length} synapses`];
      return { weights: own, cuts: [], subtitle };
    }
  }
  screen.line(
    training ? 'solver' : 'neuron',
    `${neuron} is ${report.status === 'infeasible' ? 'impossible' : report.status}: ${explain(report, problem, neuron, label)}`,
  );
  if (report.status !== 'infeasible') {
    return { weights: report.weights, cuts: report.cuts, subtitle: [`${spikes} spikes a period · undecided`] };
  }
  const heaviest = listProof(screen, report, label, wholeLimit(stored, neuron));
  const needed = findInputs(problem, neuron, stored.seed ?? 0);
  screen.line(
    'inputs',
    needed.enough === undefined
      ? `even ${grouped(needed.tooFew)} inputs of the same kind are too few: other delays, or hidden neurons, are needed`
      : `${grouped(needed.tooFew)} are too few, ${grouped(needed.enough)} of the same kind are enough`,
  );
  if (report.shortfalls) {
    listPayments(screen, report.shortfalls, tau0, label);
    describeFit(screen, stored, neuron, report.weights, template);
    return {
      weights: report.weights,
      cuts: report.cuts,
      subtitle: [
        `impossible: the potential of the best weights, which lower ${report.shortfalls.length} demands`,
        `marked: the ${report.cuts.length} moments whose demands contradict each other`,
      ],
      focus: heaviest,
    };
  }
  const shortfall = findLeastRelaxation(problem, neuron);
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  screen.line(
    'best',
    `these inputs keep the template if all its demands are lowered by ${percent(shortfall.reached)}; up to ${percent(shortfall.proved)} is proved impossible`,
  );
  describeFit(screen, stored, neuron, shortfall.report.weights, template);
  return {
    weights: shortfall.report.weights,
    cuts: report.cuts,
    subtitle: [
      `impossible: the best potential of its ${own.length} inputs, with all demands lowered by ${percent(shortfall.reached)}`,
      `marked: the ${report.cuts.length} moments whose demands contradict each other`,
    ],
    focus: heaviest,
  };
}

/** What the best weights do not meet, dearest first. */
function listPayments(screen: Screen, pays: readonly Shortfall[], tau0: number, label: (time: number) => string): void {
  pays.slice(0, MOMENTS).forEach(({ demand, amount, time, shift }, i) => {
    const by = Number(amount.toPrecision(3));
    const fate = shift === undefined ? '' : `: ${moved(shift === null ? null : shift * tau0)}`;
    screen.line(
      i === 0 ? 'pays' : '',
      `${label(time).padEnd(9)}  ${PAID[demand.ramp ? 'ramp' : demand.kind]} is lowered by ${by}${fate}`,
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
  { score, network, model, tau0 }: StoredNetwork,
  neuron: number,
  weights: Float64Array,
  template: Template,
): void {
  const inputs = inputsOf(network, model, neuron);
  const dynamics = inputs.own?.dynamics;
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const spikes = spikesOf(score, neuron);
  const zones = zonesOfNeuron(spikes, score.period, template, dynamics);
  const label = (time: number) => formatMoment((time % score.period) * tau0);
  const most = <Item>(items: readonly Item[], value: (item: Item) => number) =>
    items.reduce<Item | undefined>(
      (best, item) => (best === undefined || value(item) > value(best) ? item : best),
      undefined,
    );
  const spike = most(Array.from(spikes), (time) => Math.abs(valueAt(potential, time) - 1));
  const silence = most(
    zones.filter(({ kind }) => kind === 'silent').map(({ begin, end }) => highestPotential(potential, begin, end)),
    ({ value }) => value,
  );
  const slope = most(
    zones.filter(({ kind }) => kind === 'firing').map(({ begin, end }) => flattestSlope(potential, begin, end)),
    ({ value }) => -value,
  );
  const { demands } = demandsOf(spikes, score.period, template, dynamics);
  const ramp = most(
    shortfalls(
      potential,
      demands.filter((demand) => demand.ramp),
      template,
    ),
    ({ amount }) => amount,
  );
  const tidy = (value: number) => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(4)));
  const parts = [
    spike === undefined ? [] : `potential at a spike ${tidy(valueAt(potential, spike))} (asked 1, ${label(spike)})`,
    silence
      ? `highest in silence ${tidy(silence.value)} (allowed ${tidy(silentLevel(template, dynamics))}, ${label(silence.time)})`
      : [],
    ramp ? `above the ramp by at most ${tidy(ramp.amount)} (${label(ramp.time)})` : [],
    slope ? `flattest while firing ${tidy(slope.value)} (asked ${tidy(template.slope)}, ${label(slope.time)})` : [],
  ].flat();
  parts.forEach((text, i) => screen.line(i === 0 ? 'fit' : '', text));
}
