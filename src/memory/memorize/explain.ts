/** In words: why a neuron's program has no solution. */
import { demandFunction, demandInteger, demandObject } from '../../core/index.js';
import { channelCount, spikesOf } from '../score/index.js';
import { isOverdrive } from '../template/index.js';
import type { NeuronReport } from './aims/index.js';
import { PROMISE } from './judge.js';
import type { Setting } from './setting.js';

/** How many of the conflicting moments, and of the unreachable spikes, are named. */
const NAMED = 4;

/** A share of the threshold that is as good as nothing. */
const NOTHING = 0.005;

/** Bounds so many times as wide are of no use: what they would take is found by rounding. */
const USELESS = 1e6;

/** What an explanation needs to know of a report. */
export type Explained = Pick<
  NeuronReport,
  'status' | 'violation' | 'kkt' | 'optimum' | 'boundNeeded' | 'cuts' | 'multipliers' | 'unreached' | 'share' | 'signed'
>;

/** In as few digits as tell it from `other`, at least four. */
function apart(value: number, other: number): number {
  for (let digits = 4; digits < 15; digits++) {
    const short = Number(value.toPrecision(digits));
    if (short !== other) return short;
  }
  return value;
}

/** One sentence about an infeasible or undecided neuron. `label` writes a time for people. One function, longer than most: a case after the other. */
export function explain(
  report: Explained,
  setting: Pick<Setting, 'score' | 'others' | 'template' | 'bounds'>,
  neuron: number,
  label: (time: number) => string,
): string {
  demandObject('the report', report);
  demandObject('what was to be stored', setting);
  demandFunction('what writes a time', label);
  const { score, others = [], template, bounds } = setting;
  demandInteger('the neuron', neuron, 0, channelCount(score) - 1);
  if (report.status !== 'infeasible' && report.share !== undefined) {
    return Number.isFinite(report.share)
      ? `undecided: the best weights found on these levels keep the template if all its demands are lowered by ${Number((100 * report.share).toPrecision(2))} %; more levels or more inputs help`
      : 'undecided: there were no weights to round';
  }
  if (report.status !== 'infeasible') {
    const { value = 0, gap = 0 } = report.optimum ?? {};
    const wide =
      gap > PROMISE * (1 + value)
        ? `; its duality gap, ${gap.toExponential(0)}, grows with the bound: one below ${template.bound} helps`
        : '';
    return report.status === 'roundLimit'
      ? 'undecided: the limit on rounds came before an answer'
      : `undecided: rounding stopped progress (violation ${report.violation.toExponential(0)}, KKT residual ${report.kkt.toExponential(0)})${wide}`;
  }
  const { unreached, cuts, multipliers, boundNeeded, signed } = report;
  // The proof needs the signs: without them it says nothing.
  const signs = signed ? 'synapses of either sign, ' : '';
  const remedy = !(boundNeeded < USELESS * template.bound)
    ? `${bounds ? 'no multiple of these bounds' : 'no weight bound of any use'} would do: ${signs}more inputs or longer delays are needed`
    : bounds
      ? `${signs}bounds at least ${apart(boundNeeded / template.bound, 1)} times as wide${signs ? ', or more inputs would be needed' : ' would be needed, or more inputs'}`
      : `a weight bound of at least ${apart(boundNeeded, template.bound)} instead of ${template.bound} would be needed, or more inputs`;
  const scores = [score, ...others];
  const where = ({ time, memory = 0 }: { time: number; memory?: number }) =>
    `${label(time)}${others.length > 0 ? ` of memory ${memory + 1}` : ''}`;
  if (unreached.length > 0) {
    const moments = (spikes: typeof unreached) => {
      const named = spikes.slice(0, NAMED).sort((p, q) => p.time - q.time);
      const more = spikes.length > NAMED ? ` and ${spikes.length - NAMED} more` : '';
      return `${spikes.length > 1 ? 'the spikes' : 'the spike'} at ${named.map(where).join(', ')}${more}`;
    };
    const undriven = unreached.filter(({ reach }) => reach < NOTHING);
    const weak = unreached.filter(({ reach }) => reach >= NOTHING);
    const parts = [
      undriven.length > 0 ? `nothing drives ${moments(undriven)}` : [],
      weak.length > 0
        ? `at most ${weak[weak.length - 1].reach.toFixed(2)} of the threshold can arrive in time for ${moments(weak)}`
        : [],
    ].flat();
    return `${parts.join('; ')} (of ${scores.reduce((sum, one) => sum + spikesOf(one, neuron).length, 0)}); ${remedy}`;
  }
  // The moments that carry most of the proof.
  const order = cuts.map((_, i) => i).sort((i, j) => Math.abs(multipliers[j]) - Math.abs(multipliers[i]));
  const demands = {
    spike: 'the spike',
    above: 'the spike',
    level: 'silence',
    'slope+': 'the slope',
    'slope-': 'the slope',
  };
  const moments = order
    .slice(0, NAMED)
    .sort((i, j) => cuts[i].time - cuts[j].time)
    .map((i) => {
      const { kind, memory = 0 } = cuts[i];
      const driven = isOverdrive(cuts[i], template, spikesOf(scores[memory], neuron));
      return `${driven ? 'the overdrive' : demands[kind]} at ${where(cuts[i])}`;
    });
  const rest = order.length > NAMED ? ` (and ${order.length - NAMED} more moments)` : '';
  return `${moments.join(', ')}${rest} contradict each other; ${remedy}`;
}
