/**
 * Recall by design: which part of the design (aim, overdrive, silence) makes how small a prompt suffice, at each load T / K, beside
 * least norm and beside neurons with a deep reset, at noise in thresholds, in units of the swing, and of the norm of the weights.
 *
 * - `ablation`  every design on the same networks and prompts, at each load
 * - `frontier`  the design under bounds on the weights: the first of its steps that all neurons keep
 * - `stress`    the networks of the ablation at one load while transmissions fail, neurons are silent, weights are rounded, or for long
 *
 * A trial prompts a share of the channels, the first of them, for one period. It succeeds if precision and recall are both at least
 * 0.9 in the last free period. Neurons that are impossible get their best weights (soft).
 */
import type { Row } from '../../../src/campaign/index.js';
import { discriminability, expectedShare, recallJob, type Swing, swingOf } from '../../../src/memory/measure/index.js';
import { type Aim, aimOf, designSteps, memorizeJob, type Problem } from '../../../src/memory/memorize/index.js';
import { type Network, type NeuronModel, wireFixedIn } from '../../../src/memory/network/index.js';
import { type Score, sampleScore } from '../../../src/memory/score/index.js';
import { inputsOf, type Template } from '../../../src/memory/template/index.js';
import type { Experiment } from '../../common/experiment.js';
import { mean } from '../../common/rows.js';
import { seedFor } from '../common/store.js';
import { units } from '../common/units.js';
import { type Config, schema, type Task } from './config.js';
import { conclude } from './report.js';
import { stressed } from './stress.js';

/** When an overdrive is asked for, as in the design. */
const AFTER = 0.5;
/** P where the design is asked for under a bound: its ridge. */
const FRONTIER: Aim = { kind: 'soft', of: { kind: 'recall', ridge: 0.1 } };

interface Made {
  score: Score;
  network: Network;
  model: NeuronModel | undefined;
  /** Neurons that keep the template. */
  stored: number;
  /** Mean norm of the weights of a neuron, and the largest weight. */
  norm: number;
  largest: number;
  swings: Swing[];
  /** Of the frontier: the step, 0 the most demanding one. */
  step: number;
}

function problemOf(config: Config, { part, design, inputs, bound, network }: Task): Problem {
  const { channels, period, activity, delays, slope, zone } = config;
  const seed = seedFor(config.seed, `network ${network} ${inputs}`);
  const { objective, margin, overdrive, reset } = config.designs[design];
  const plain: Template = { margin: part === 'frontier' ? 1 : margin, slope, zone, bound };
  return {
    score: sampleScore(channels, period, activity, seed),
    wiring: wireFixedIn({ neurons: channels, inputs, delays, seed }),
    template:
      part === 'ablation' && overdrive !== null ? { ...plain, overdrive: { level: overdrive, after: AFTER } } : plain,
    ...(part === 'ablation' && reset !== null ? { model: { model: 'reset', reset } as const } : {}),
    aim: part === 'frontier' ? FRONTIER : { kind: 'soft', of: aimOf({ objective }) },
  };
}

/** Stores neuron after neuron; `demanding` gives up at the first that is impossible. */
function store(problem: Problem, demanding: boolean, step: number): Made | undefined {
  const { score, wiring, template, model } = problem;
  const task = memorizeJob.prepare(problem);
  const weights = new Float64Array(wiring.sources.length);
  const channels = wiring.starts.length - 1;
  const norms: number[] = [];
  const swings: Swing[] = [];
  let [stored, largest] = [0, 0];
  for (let l = 0; l < channels; l++) {
    const { status, weights: own } = task(l);
    if (demanding && status !== 'solved') return undefined;
    if (status === 'solved') stored++;
    weights.set(own, wiring.starts[l]);
    norms.push(Math.sqrt(own.reduce((sum, w) => sum + w * w, 0)));
    largest = own.reduce((most, w) => Math.max(most, Math.abs(w)), largest);
    const swing = swingOf([score], l, inputsOf(wiring, model, l), template, own);
    if (swing) swings.push(swing);
  }
  return { score, network: { ...wiring, weights }, model, stored, norm: mean(norms), largest, swings, step };
}

function make(config: Config, task: Task): Made {
  const problem = problemOf(config, task);
  if (task.part === 'ablation') return store(problem, false, 0) as Made;
  // Of the steps those without a reset.
  const steps = designSteps(problem.template, { model: 'continuation' }).map(({ template }) => template);
  for (let step = 0; step < steps.length; step++) {
    const made = store({ ...problem, template: steps[step] }, step + 1 < steps.length, step);
    if (made) return made;
  }
  throw new Error('the last step is taken whatever it stores');
}

/** What all rows of a network say of it. */
function describe({ channels, designs }: Config, { part, design, inputs, bound, network }: Task, made: Made): Row {
  const { stored, norm, largest, swings, step } = made;
  const known = swings.length > 0;
  return {
    part,
    design: part === 'frontier' ? 'first step kept' : designs[design].name,
    inputs,
    bound,
    network,
    step,
    stored,
    neurons: channels,
    norm,
    largest,
    peak: known ? mean(swings.map((swing) => swing.peak)) : null,
    silence: known ? mean(swings.map((swing) => swing.silence)) : null,
    d_even: known ? discriminability(swings, 0.5) : null,
    expected: expectedShare(swings) ?? null,
    stress: 'none',
    amount: 0,
  };
}

type Trial = ReturnType<ReturnType<typeof recallJob.prepare>>;

/** How the trials of a setting went. */
const outcomeOf = (found: readonly Trial[]): Row => {
  const lasts = found.map(({ periods }) => periods[periods.length - 1]);
  return {
    trials: found.length,
    success: found.filter(({ success }) => success).length,
    precision: mean(lasts.map(({ precision }) => precision)),
    recall: mean(lasts.map(({ recall }) => recall)),
  };
};

const channelsIn = (share: number, channels: number) => Math.max(1, Math.round(share * channels));

/** Every prompt at every noise; the same prompts and the same noise, up to its size, for every design. */
function promptedRows(config: Config, task: Task, made: Made): Row[] {
  const { channels, period, free, trials, prompts, noises } = config;
  const { part, inputs, network } = task;
  const described = describe(config, task, made);
  const { peak, silence, norm } = described as { peak: number | null; silence: number; norm: number };
  const unitOf = { threshold: 1, swing: peak === null ? 1 : peak - silence, norm };
  const settings = noises.flatMap(({ level, unit }) =>
    prompts.map((prompt) => ({ unit, level, noise: Math.min(0.99, level * unitOf[unit]), prompt })),
  );
  const plans = settings.flatMap(({ noise, prompt }) =>
    Array.from({ length: trials }, () => ({ prompt: channelsIn(prompt, channels), noise })),
  );
  const test = recallJob.prepare({
    score: made.score,
    network: made.network,
    model: made.model,
    seed: seedFor(config.seed, `recall ${part} ${inputs} ${network}`),
    promptTime: period,
    periods: free,
    trials: plans,
  });
  return settings.map(({ unit, level, prompt }, setting): Row => {
    const found = Array.from({ length: trials }, (_, i) => test(setting * trials + i));
    return { ...described, unit, noise: level, prompt, ...outcomeOf(found) };
  });
}

/** One prompt at one noise under every stress. */
function stressRows(config: Config, task: Task, made: Made): Row[] {
  const { channels, period, free, trials } = config;
  const { inputs, prompt, noise, list } = config.stress;
  const described = { ...describe(config, task, made), part: 'stress' };
  const seed = seedFor(config.seed, `stress ${inputs} ${task.network}`);
  return list.map((stress): Row => {
    const { kind, amount } = stress;
    const test = recallJob.prepare({
      score: made.score,
      network: stressed(made.network, stress, seed),
      model: made.model,
      seed,
      promptTime: period,
      periods: kind === 'periods' ? amount : free,
      trials: Array.from({ length: trials }, () => ({ prompt: channelsIn(prompt, channels), noise })),
      ...(kind === 'failure' ? { simulation: { failure: amount } } : {}),
    });
    const found = Array.from({ length: trials }, (_, i) => test(i));
    return { ...described, stress: kind, amount, unit: 'threshold', noise, prompt, ...outcomeOf(found) };
  });
}

export const recallByDesign: Experiment<Config, Task> = {
  name: 'recall-by-design',
  module: import.meta.url,
  title: 'Recall by design',
  question:
    'How small a prompt recalls a score from weights that are made for recall, and which part of the design does it?',
  units,
  schema,
  columns: [
    'part',
    'design',
    'inputs',
    'bound',
    'network',
    'step',
    'stored',
    'neurons',
    'norm',
    'largest',
    'peak',
    'silence',
    'd_even',
    'expected',
    'stress',
    'amount',
    'unit',
    'noise',
    'prompt',
    'trials',
    'success',
    'precision',
    'recall',
  ],
  tasks({ designs, inputs, networks, bound, frontier }) {
    const tasks: Task[] = [];
    for (let network = 0; network < networks; network++) {
      for (const own of inputs) {
        designs.forEach((_, design) => {
          tasks.push({ part: 'ablation', design, inputs: own, bound, network });
        });
      }
      for (const own of frontier.bounds) {
        tasks.push({ part: 'frontier', design: 0, inputs: frontier.inputs, bound: own, network });
      }
    }
    return tasks;
  },
  cost({ part, inputs }, { channels, period, prompts, noises, trials, free, stress }) {
    const events = channels * 0.145 * period * inputs;
    const periods = (own: Config['stress']['list'][number]) => (own.kind === 'periods' ? own.amount : free) + 1;
    const stresses = part === 'ablation' && inputs === stress.inputs ? stress.list : [];
    const all = stresses.reduce((sum, own) => sum + periods(own), prompts.length * noises.length * (free + 1));
    return channels * inputs * 6e-5 + trials * all * events * 4e-8;
  },
  prepare(config) {
    return (task) => {
      const made = make(config, task);
      const stress = task.part === 'ablation' && task.inputs === config.stress.inputs;
      return [...promptedRows(config, task, made), ...(stress ? stressRows(config, task, made) : [])];
    };
  },
  conclude,
};
