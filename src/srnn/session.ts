/**
 * Trials of a trained network as analyses take them: by rule, right ones only, equally many where they are compared, drawn without replacement. The
 * window is the delay, in which nothing but the network holds the rule.
 */
import { demandInteger, demandList, demandObject, refuse, streamKey, uniformStream } from '../core/index.js';
import { type RuleCondition, rule2afc } from '../tasks/index.js';
import { type Asking, type BatchAsk, type Outcome, runTrials, type Trains } from './batch.js';
import { readersOf } from './cell.js';
import type { Weights } from './network.js';
import { prepared, type SrnnSettings } from './settings.js';
import { cyclePlan } from './train.js';

/** Trials of a network, with all their spikes. */
export interface Session {
  /** Of the network and its task. */
  readonly settings: SrnnSettings;
  /** What the trials came to. */
  readonly outcome: Outcome;
  /** By trial. */
  readonly shown: readonly RuleCondition[];
  /** Steps of a trial. */
  readonly steps: number;
  /** The first step of the delay. */
  readonly from: number;
  /** The step behind its last. */
  readonly until: number;
  /** The first so many neurons are excitatory; without Dale's law all are taken for it, since none is inhibitory. */
  readonly excitatory: number;
}

/** Throws `usage` on what is no session. */
export function demandSession(session: Session): void {
  demandObject('the session', session);
  demandObject('the settings of a session', session.settings);
  demandObject('the outcome of a session', session.outcome);
  demandList('the trials of a session', session.shown);
}

/** Trials of a rule at most. */
export const MOST_TRIALS = 50;

/** Runs so many trials and keeps all spikes. */
export function* playSession(
  settings: SrnnSettings,
  weights: Weights,
  count: number,
  ask: BatchAsk = {},
): Asking<Session> {
  demandObject('the settings', settings);
  const task = prepared({ ...settings, draw: 'uniform' });
  demandInteger('the number of trials', count, 1);
  const plan = cyclePlan(task, 'srnn session', 0, count);
  const outcome = yield* runTrials(settings, weights, plan, { ...ask, spikes: true });
  const [from, until] = delayOf(settings);
  return {
    settings,
    outcome,
    shown: plan.conditions.map((condition) => task.conditions[condition]),
    steps: task.steps,
    from,
    until,
    excitatory: readersOf(settings),
  };
}

/** The steps of the delay. */
export function delayOf(settings: SrnnSettings): [from: number, until: number] {
  demandObject('the settings', settings);
  const { task } = settings;
  demandObject('the task', task);
  const { steps } = rule2afc(task);
  const [fixation, cue, delay] = [task.fixation, task.cue, task.delay].map((seconds) => Math.round(seconds / task.dt));
  return [fixation + cue, Math.min(fixation + cue + delay, steps)];
}

/** Up to `most` right trials of which something holds, by number, in order. */
export function chosenTrials(
  session: Session,
  purpose: string,
  holds: (shown: RuleCondition) => boolean,
  most = MOST_TRIALS,
): number[] {
  const { shown, outcome, settings } = session;
  const trials = shown.flatMap((condition, k) => (outcome.right[k] === 1 && holds(condition) ? [k] : []));
  const uniform = uniformStream(streamKey(settings.seed, `srnn choice ${purpose}`));
  const count = Math.min(most, trials.length);
  for (let i = 0; i < count; i++) {
    const at = i + Math.floor(uniform() * (trials.length - i));
    [trials[i], trials[at]] = [trials[at], trials[i]];
  }
  return trials.slice(0, count).sort((a, b) => a - b);
}

/** Trials of both rules, right ones. */
export function trialsByRule(session: Session, most = MOST_TRIALS): number[][] {
  demandSession(session);
  demandInteger('the number of trials', most, 1);
  return [0, 1].map((rule) => chosenTrials(session, `rule ${rule}`, ({ context }) => context === rule, most));
}

/** Spikes of all neurons by step, mean over trials: neuron after neuron, steps each. */
export function meanActivity({ settings, outcome, steps }: Session, trials: readonly number[]): Float64Array {
  const mean = new Float64Array(settings.neurons * steps);
  for (const trial of trials) {
    const { neurons, steps: times } = trainsOf(outcome, trial);
    for (let k = 0; k < neurons.length; k++) mean[neurons[k] * steps + times[k]] += 1 / trials.length;
  }
  return mean;
}

/** Spikes of one trial. */
export function trainsOf({ trains }: Outcome, trial: number): Trains {
  const found = trains[trial];
  if (!found) refuse(`there is no spike train of trial ${trial}; ask for spikes when trials are run`);
  return found;
}

/** Mean rate of each neuron in the delay, in Hz, over trials. */
export function delayRates(session: Session, trials: readonly number[]): Float64Array {
  demandSession(session);
  demandList('the trials', trials);
  const { settings, outcome, from, until } = session;
  const rates = new Float64Array(settings.neurons);
  const seconds = (until - from) * settings.task.dt * trials.length;
  for (const trial of trials) {
    const { neurons, steps } = trainsOf(outcome, trial);
    neurons.forEach((neuron, k) => {
      if (steps[k] >= from && steps[k] < until) rates[neuron] += 1 / seconds;
    });
  }
  return rates;
}

/** Below this a neuron counts as silent in the delay, in Hz. */
const SILENT = 0.5;

/** Mean and deviation of the rates of excitatory and inhibitory neurons that are not silent. */
export function populationRates(session: Session): Record<
  'excitatory' | 'inhibitory',
  {
    /** Hz, over the neurons that are not silent. */
    mean: number;
    /** Of the same. */
    deviation: number;
    /** How many they are. */
    neurons: number;
    /** How many there are in all. */
    of: number;
  }
> {
  const rates = delayRates(session, trialsByRule(session).flat());
  const of = (values: Float64Array) => {
    const active = values.filter((rate) => rate > SILENT);
    const mean = active.reduce((sum, rate) => sum + rate, 0) / active.length;
    const square = active.reduce((sum, rate) => sum + (rate - mean) * (rate - mean), 0) / active.length;
    return { mean, deviation: Math.sqrt(square), neurons: active.length, of: values.length };
  };
  return { excitatory: of(rates.subarray(0, session.excitatory)), inhibitory: of(rates.subarray(session.excitatory)) };
}
