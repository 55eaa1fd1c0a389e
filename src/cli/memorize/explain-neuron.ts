/** What is known of one neuron: how its weights keep the template, or why there are none, said and as numbers. */
import { grouped, type Screen } from '../../app/index.js';
import { formatMoment } from '../../core/index.js';
import type { StoredNetwork } from '../../memory/files/node.js';
import {
  explain,
  findInputs,
  findLeastRelaxation,
  memorizeJob,
  type NeuronReport,
  type Problem,
  robustTemplate,
  type Shortfall,
  withEitherSign,
} from '../../memory/memorize/index.js';
import { idOf, spikesOf } from '../../memory/score/index.js';
import { fitOf, wholeLimit } from '../../memory/summary/index.js';
import type { Cut, Template } from '../../memory/template/index.js';
import { DEMANDS, describeShift } from './describe.js';
import { problemOf } from './stored-problem.js';

/** How many moments of a proof are listed. */
const MOMENTS = 8;

export const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;

/** The template that a neuron was asked to keep: that of the network, or its own multiple of it. */
export function keptTemplate({ template, memory }: StoredNetwork, neuron: number): Template {
  const { header, robust } = memory ?? {};
  return header?.robust && robust ? robustTemplate(template, header.robust, robust.factor[neuron]) : template;
}

/** What a figure shows of the neuron (`focus` is the time that it is about), and what is known of it, as numbers. */
interface Explanation {
  facts: object;
  weights: Float64Array;
  cuts: readonly Cut[];
  subtitle: string[];
  focus?: number;
}

/** Says how the weights of a neuron keep the template, or why there are none. */
export function explainNeuron(screen: Screen, stored: StoredNetwork, neuron: number): Explanation {
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
    const fit = describeFit(screen, stored, neuron, own, keptTemplate(stored, neuron));
    const cuts = memory?.certificate(neuron).cuts ?? [];
    const subtitle = [`${spikes} spikes a period, ${own.length} synapses, ${cuts.length} active moments`];
    const facts = { status: status ?? null, spikes, synapses: own.length, active_moments: cuts.length, fit };
    return { facts, weights: own, cuts, subtitle };
  }
  const problem = problemOf(stored);
  const report = memorizeJob.prepare(problem)(neuron);
  const training = memory?.header.training;
  // Weights that no solver of ours left here: a trained network's, or such as were changed since they were proved.
  if (training || report.status === 'solved') {
    const about = training ? describeTraining(stored, neuron) : 'is not stored: its weights leave the template';
    screen.line('neuron', `${called} ${about} · ${spikes} spikes`);
    const fit = describeFit(screen, stored, neuron, own, stored.template);
    if (report.status !== 'infeasible') {
      const finds = report.status === 'solved' ? 'finds weights that obey the template' : 'does not decide it';
      screen.line('solver', `on the same inputs and bounds the convex solver ${finds}`);
      const origin = training ? `trained by ${training.method}` : 'not stored';
      const subtitle = [`${origin}, ${spikes} spikes a period, ${own.length} synapses`];
      const facts = { status, spikes, synapses: own.length, training, solver: report.status, fit };
      return { facts, weights: own, cuts: [], subtitle };
    }
  }
  const label = (time: number) => formatMoment(time * stored.tau0);
  const verdict = report.status === 'infeasible' ? 'impossible' : report.status;
  const why = explain(report, problem, neuron, label);
  screen.line(training ? 'solver' : 'neuron', `${called} is ${verdict}: ${why}`);
  const head = { status: report.status, spikes, synapses: own.length, why, ...(training ? { training } : {}) };
  if (report.status !== 'infeasible') {
    return {
      facts: head,
      weights: report.weights,
      cuts: report.cuts,
      subtitle: [`${spikes} spikes a period · undecided`],
    };
  }
  const explanation = explainImpossible(screen, stored, problem, report, neuron);
  return { ...explanation, facts: { ...head, ...explanation.facts } };
}

/** How a neuron was trained, for how long, and how well. */
function describeTraining({ memory }: StoredNetwork, neuron: number): string {
  const epochs = grouped(memory?.trained?.epochs[neuron] ?? 0);
  const loss = memory?.trained?.loss[neuron].toPrecision(2);
  return `was trained by ${memory?.header.training?.method}: ${epochs} epochs · loss ${loss}`;
}

const FREE: Record<string, string> = { solved: 'stored', infeasible: 'impossible too' };

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
  const conflict = listProof(screen, report, label, wholeLimit(stored, neuron));
  const focus = conflict[0].time;
  const free = withEitherSign(problem, neuron)?.status;
  if (free)
    screen.line('signs', `with either sign for every synapse, and the same bounds, it is ${FREE[free] ?? 'undecided'}`);
  const { enough, tooFew } = findInputs(problem, neuron, stored.seed ?? 0);
  screen.line(
    'inputs',
    enough === undefined
      ? `even ${grouped(tooFew)} inputs of the same kind are too few: other delays, or hidden neurons, are needed`
      : `${grouped(tooFew)} are too few, ${grouped(enough)} of the same kind are enough`,
  );
  const { cuts, shortfalls: pays } = report;
  const facts = {
    conflict: conflict.map(({ time, ...moment }) => ({ time_s: time * tau0, ...moment })),
    ...(free ? { either_sign: free } : {}),
    inputs: { too_few: tooFew, enough: enough ?? null },
  };
  const marked = `marked: the ${cuts.length} moments whose demands contradict each other`;
  if (pays) {
    listPayments(screen, pays, tau0, label);
    const fit = describeFit(screen, stored, neuron, report.weights, template);
    const best = `impossible: the potential of the best weights, which lower ${pays.length} demands`;
    const pay = pays.map(({ demand, amount, time, shift }) => ({
      time_s: time * tau0,
      kind: demand.ramp ? 'ramp' : demand.kind,
      lowered_by: amount,
      ...(shift === undefined ? {} : { shift_s: shift === null ? null : shift * tau0 }),
    }));
    return { facts: { ...facts, pays: pay, fit }, weights: report.weights, cuts, subtitle: [best, marked], focus };
  }
  const { reached, proved, report: eased } = findLeastRelaxation(problem, neuron);
  screen.line(
    'best',
    `these inputs keep the template if all its demands are lowered by ${percent(reached)}; up to ${percent(proved)} is proved impossible`,
  );
  const fit = describeFit(screen, stored, neuron, eased.weights, template);
  const inputs = network.starts[neuron + 1] - network.starts[neuron];
  const best = `impossible: the best potential of its ${inputs} inputs, with all demands lowered by ${percent(reached)}`;
  const eases = { best: { lowered_by: reached, proved_impossible_up_to: proved }, fit };
  return { facts: { ...facts, ...eases }, weights: eased.weights, cuts, subtitle: [best, marked], focus };
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

/** A moment of a proof of impossibility: what it demands, and its share of all multipliers. */
interface Conflict {
  time: number;
  kind: Cut['kind'];
  limit: number;
  share: number;
}

/** Lists the moments that carry the proof; returns all of them, heaviest first. */
function listProof(
  screen: Screen,
  { cuts, multipliers }: NeuronReport,
  label: (time: number) => string,
  limitOf: (cut: Cut) => number,
): Conflict[] {
  const tidy = (limit: number) => Number(limit.toPrecision(6));
  const demands = {
    spike: () => 'spike: the potential is 1',
    above: (limit: number) => `spike: the potential is at least ${tidy(limit)}`,
    level: (limit: number) => `silence: the potential is at most ${tidy(-limit) || 0}`,
    'slope+': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
    'slope-': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
  };
  const total = multipliers.reduce((sum, y) => sum + Math.abs(y), 0);
  const moments = cuts
    .map((cut, i) => ({
      time: cut.time,
      kind: cut.kind,
      limit: limitOf(cut),
      share: Math.abs(multipliers[i]) / total,
    }))
    .sort((a, b) => b.share - a.share);
  for (const [rank, { time, kind, limit, share }] of moments.slice(0, MOMENTS).entries()) {
    const percentage = `${(100 * share).toFixed(1)} %`.padStart(7);
    screen.line(rank === 0 ? 'conflict' : '', `${percentage}  ${label(time).padEnd(9)}  ${demands[kind](limit)}`);
  }
  if (moments.length > MOMENTS) screen.line('', `and ${moments.length - MOMENTS} more moments`);
  return moments;
}

/** Says, and returns, where and by how much the potential of some weights leaves the template most, in continuous time. */
function describeFit(
  screen: Screen,
  stored: StoredNetwork,
  neuron: number,
  weights: Float64Array,
  template: Template,
): object {
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
  const told = ({ time, ...extreme }: { time: number }) => ({ time_s: (time % score.period) * tau0, ...extreme });
  const extremes = Object.entries({ spike, silence, ramp, slope }).flatMap(([name, at]) =>
    at ? [[name, told(at)]] : [],
  );
  return Object.fromEntries(extremes);
}
