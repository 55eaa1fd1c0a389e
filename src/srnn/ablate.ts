/**
 * Neurons silenced: all that they send, to other neurons and to the readout, becomes 0. Of a trained network those that are tuned to a rule, each rule's
 * and all of them, beside as many excitatory neurons that are not tuned and fire most in the delay: what the choice loses with the first and not
 * with the second belongs to the tuning and not to the number of spikes.
 */
import { demandInteger, demandList } from '../core/index.js';
import { demandWeights, type Weights } from './network.js';
import { delayRates, demandSession, type Session, trialsByRule } from './session.js';
import { demandCell, type SrnnSettings } from './settings.js';
import { tuningOf } from './tuning.js';

/** Neurons that are silenced together. */
export interface Ablation {
  /** What they have in common; `untuned` those that fire most without being tuned. */
  readonly name: 'audition' | 'vision' | 'tuned' | 'untuned';
  /** By number, in order. */
  readonly neurons: readonly number[];
  /** Their mean rate in the delay, in Hz. */
  readonly rate: number;
}

/** The weights without what some neurons send. */
export function silenced(settings: SrnnSettings, weights: Weights, neurons: readonly number[]): Weights {
  demandCell(settings);
  const { neurons: n, dale } = settings;
  demandWeights(weights, n);
  demandList('the neurons to be silenced', neurons);
  const recurrent = weights.recurrent.slice();
  const readout = weights.readout.slice();
  for (const pre of neurons) {
    demandInteger('a neuron', pre, 0, n - 1);
    for (let post = 0; post < n; post++) recurrent[dale ? post * n + pre : pre * n + post] = 0;
    for (const side of [0, 1]) readout[side * n + pre] = 0;
  }
  return { ...weights, recurrent, readout };
}

/** Whom to silence in a network, by what it did in a session; without those that nobody belongs to. */
export function ablations(session: Session): Ablation[] {
  demandSession(session);
  const { rule } = tuningOf(session);
  const rates = delayRates(session, trialsByRule(session).flat());
  const where = (holds: (rule: number) => boolean) => [...rule.keys()].filter((n) => holds(rule[n]));
  const tuned = where((own) => own >= 0);
  const others = where((own) => own < 0).sort((a, b) => rates[b] - rates[a] || a - b);
  const groups: [Ablation['name'], number[]][] = [
    ['audition', where((own) => own === 0)],
    ['vision', where((own) => own === 1)],
    ['tuned', tuned],
    ['untuned', others.slice(0, tuned.length).sort((a, b) => a - b)],
  ];
  return groups
    .filter(([, neurons]) => neurons.length > 0)
    .map(([name, neurons]) => ({
      name,
      neurons,
      rate: neurons.reduce((sum, n) => sum + rates[n], 0) / neurons.length,
    }));
}
