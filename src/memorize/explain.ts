/** In words: why a neuron's program has no solution. */
import type { Template } from '../template/index.js';
import type { NeuronReport } from './memorize.js';

/** How many of the conflicting moments are named. */
const NAMED = 4;

/**
 * One sentence about an infeasible or undecided neuron. `label` writes a time for people.
 */
export function explain(report: NeuronReport, template: Template, label: (time: number) => string): string {
  if (report.status !== 'infeasible') {
    return report.status === 'roundLimit'
      ? 'undecided: the limit on rounds came before an answer'
      : `undecided: rounding stopped progress (violation ${report.violation.toExponential(0)}, KKT residual ${report.kkt.toExponential(0)})`;
  }
  const { hardest, cuts, multipliers, boundNeeded } = report;
  const remedy = Number.isFinite(boundNeeded)
    ? `a weight bound of at least ${Number(boundNeeded.toPrecision(4))} instead of ${template.bound} would be needed, or more inputs`
    : 'no weight bound of any use would do: more inputs or longer delays are needed';
  if (hardest && hardest.reach < 1) {
    return `the spike at ${label(hardest.time)} cannot be reached: at most ${hardest.reach.toFixed(2)} of the threshold arrives from its inputs; ${remedy}`;
  }
  // The moments that carry most of the proof.
  const order = cuts.map((_, i) => i).sort((i, j) => Math.abs(multipliers[j]) - Math.abs(multipliers[i]));
  const demands = { spike: 'the spike', level: 'silence', 'slope+': 'the slope', 'slope-': 'the slope' };
  const named = order
    .slice(0, NAMED)
    .sort((i, j) => cuts[i].time - cuts[j].time)
    .map((i) => `${demands[cuts[i].kind]} at ${label(cuts[i].time)}`);
  const rest = order.length > NAMED ? ` (and ${order.length - NAMED} more moments)` : '';
  return `${named.join(', ')}${rest} contradict each other; ${remedy}`;
}
