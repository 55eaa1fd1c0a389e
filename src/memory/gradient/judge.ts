/**
 * The verdict on a trained neuron, by the exact potential that no method trains on: whether its weights obey the
 * template, which alone is called solved, and whether it fires its prescribed spikes when it hears the prescribed trains.
 * A training that does not get there proves nothing: the neuron is undecided.
 */
import { type NeuronReport, PROMISE } from '../memorize/index.js';
import { arrivalsOf, boxViolation, potentialFrom, templateViolation } from '../template/index.js';
import { forcedSpikes, type Reproduction, reproductionOf } from './forced.js';
import { partOf, type Target, type Trained } from './task.js';

/** What is known of a trained neuron: how it was trained, and what that is worth. */
export interface TrainedReport extends Reproduction {
  trained: Omit<Trained, 'weights'>;
  /** As of a neuron that the solver has worked on, but without a certificate. */
  report: NeuronReport;
}

export function judgeTrained(target: Target, neuron: number, { weights, ...trained }: Trained): TrainedReport {
  const { inputs, spikes, box } = partOf({ target }, neuron);
  const { score, template } = target;
  const potential = potentialFrom(arrivalsOf(score, inputs), weights);
  const violation = Math.max(boxViolation(weights, box), templateViolation(potential, spikes, template));
  const report: NeuronReport = {
    status: violation <= PROMISE ? 'solved' : 'roundLimit',
    weights,
    cuts: [],
    multipliers: new Float64Array(),
    violation,
    kkt: 0,
    boundNeeded: 0,
    unreached: [],
    counters: { rounds: 0, rows: 0, additions: 0, removals: 0, active: 0 },
  };
  return { trained, report, ...reproductionOf(forcedSpikes(potential), spikes, score.period) };
}
