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
  scoresOf,
  withEitherSign,
} from '../../memory/memorize/index.js';
import { idOf, spikesOf } from '../../memory/score/index.js';
import { fitOf, wholeLimit } from '../../memory/summary/index.js';
import { type Cut, isOverdrive, type Template } from '../../memory/template/index.js';
import { DEMANDS, describeShift, ofMemory } from './describe.js';
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
  const conflict = listProof(screen, problem, neuron, report, tau0);
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
    conflict: conflict.map(({ time, memory, ...moment }) => ({
      time_s: time * tau0,
      ...placed(memory),
      ...moment,
    })),
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
      ...placed(demand.memory),
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
      `${`${label(time)}${ofMemory(demand.memory)}`.padEnd(9)}  ${DEMANDS[demand.ramp ? 'ramp' : demand.kind]} is lowered by ${by}${fate}`,
    );
  });
  if (pays.length > MOMENTS) screen.line('', `and ${pays.length - MOMENTS} more`);
}

/** In JSON memories count from 1, as `--memory` does; of one memory nothing is said. */
const placed = (memory: number | undefined) => (memory === undefined ? {} : { memory: memory + 1 });

/** A moment of a proof of impossibility: what it demands, and its share of all multipliers. */
interface Conflict {
  time: number;
  memory?: number | undefined;
  kind: Cut['kind'];
  limit: number;
  share: number;
}

/** Lists the moments that carry the proof; returns all of them, heaviest first. */
function listProof(
  screen: Screen,
  problem: Problem,
  neuron: number,
  { cuts, multipliers }: NeuronReport,
  tau0: number,
): Conflict[] {
  const { score, others, wiring, model, template } = problem;
  const limitOf = wholeLimit({ score, others, network: wiring, model }, neuron);
  const tidy = (limit: number) => Number(limit.toPrecision(6));
  const demands = {
    spike: () => 'spike: the potential is 1',
    above: (limit: number) => `spike: the potential is at least ${tidy(limit)}`,
    level: (limit: number) => `silence: the potential is at most ${tidy(-limit) || 0}`,
    'slope+': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
    'slope-': (limit: number) => `firing: the slope is at least ${tidy(limit)}`,
  };
  const say = ({ time, memory, kind, limit }: Conflict) => {
    const spikes = spikesOf(scoresOf(problem)[memory ?? 0], neuron);
    const text = demands[kind](limit);
    return isOverdrive({ time, kind, limit }, template, spikes) ? text.replace('spike', 'overdrive') : text;
  };
  const total = multipliers.reduce((sum, y) => sum + Math.abs(y), 0);
  const moments = cuts
    .map((cut, i) => ({
      time: cut.time,
      memory: cut.memory,
      kind: cut.kind,
      limit: limitOf(cut),
      share: Math.abs(multipliers[i]) / total,
    }))
    .sort((a, b) => b.share - a.share);
  for (const [rank, moment] of moments.slice(0, MOMENTS).entries()) {
    const percentage = `${(100 * moment.share).toFixed(1)} %`.padStart(7);
    const when = `${formatMoment(moment.time * tau0)}${ofMemory(moment.memory)}`.padEnd(others?.length ? 21 : 9);
    screen.line(rank === 0 ? 'conflict' : '', `${percentage}  ${when}  ${say(moment)}`);
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
  const { score, tau0, memory: file } = stored;
  const others = file?.others ?? [];
  const scores = [score, ...others];
  const { spike, silence, ramp, slope, overdrive } = fitOf({ ...stored, others }, neuron, weights, template);
  const within = ({ time, memory = 0 }: { time: number; memory?: number }) => time % scores[memory].period;
  const at = (moment: { time: number; memory?: number }) =>
    `${formatMoment(within(moment) * tau0)}${ofMemory(moment.memory)}`;
  const tidy = (value: number) => (Math.abs(value) < 1e-9 ? 0 : Number(value.toPrecision(4)));
  const parts = [
    spike ? `potential at a spike ${tidy(spike.value)} (asked 1, ${at(spike)})` : [],
    silence ? `highest in silence ${tidy(silence.value)} (allowed ${tidy(silence.asked)}, ${at(silence)})` : [],
    ramp ? `above the ramp by at most ${tidy(ramp.amount)} (${at(ramp)})` : [],
    slope ? `flattest while firing ${tidy(slope.value)} (asked ${tidy(slope.asked)}, ${at(slope)})` : [],
    overdrive ? `lowest overdrive ${tidy(overdrive.value)} (asked ${tidy(overdrive.asked)}, ${at(overdrive)})` : [],
  ].flat();
  parts.forEach((text, i) => screen.line(i === 0 ? 'fit' : '', text));
  const told = ({ time, memory, ...extreme }: { time: number; memory?: number }) => ({
    time_s: within({ time, ...(memory === undefined ? {} : { memory }) }) * tau0,
    ...placed(memory),
    ...extreme,
  });
  const extremes = Object.entries({ spike, silence, ramp, slope, overdrive }).flatMap(([name, at]) =>
    at ? [[name, told(at)]] : [],
  );
  return Object.fromEntries(extremes);
}
