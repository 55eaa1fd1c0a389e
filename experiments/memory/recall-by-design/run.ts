/**
 * Recall by design: which part of the design (aim, overdrive, silence) makes how small a prompt suffice, at each load T / K, beside
 * least norm and beside neurons with a deep reset, at noise in thresholds, in units of the swing, and of the norm of the weights.
 *
 * - `ablation`  every design on the same networks and prompts, at each load
 * - `frontier`  the design under bounds on the weights: the first of its steps that all neurons keep
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
  cost({ inputs }, { channels, period, prompts, noises, trials, free }) {
    const events = channels * 0.145 * period * inputs;
    return channels * inputs * 1e-4 + prompts.length * noises.length * trials * (free + 1) * events * 4e-8;
  },
  prepare(config) {
    const { channels, period, free, trials, prompts, noises, designs } = config;
    return (task) => {
      const { part, inputs, bound, network } = task;
      const made = make(config, task);
      const { score, model, stored, norm, largest, swings, step } = made;
      const peak = swings.length > 0 ? mean(swings.map((swing) => swing.peak)) : null;
      const silence = swings.length > 0 ? mean(swings.map((swing) => swing.silence)) : null;
      const unitOf = { threshold: 1, swing: peak === null ? 1 : peak - (silence as number), norm };
      const levels = noises.map(({ level, unit }) => ({ unit, level, noise: Math.min(0.99, level * unitOf[unit]) }));
      // The same prompts and the same noise, up to its size, for every design.
      const seed = seedFor(config.seed, `recall ${part} ${inputs} ${network}`);
      const settings = levels.flatMap((noise) => prompts.map((prompt) => ({ ...noise, prompt })));
      const plans = settings.flatMap(({ noise, prompt }) =>
        Array.from({ length: trials }, () => ({ prompt: Math.max(1, Math.round(prompt * channels)), noise })),
      );
      const test = recallJob.prepare({
        score,
        network: made.network,
        model,
        seed,
        promptTime: period,
        periods: free,
        trials: plans,
      });
      return settings.map(({ unit, level, prompt }, setting): Row => {
        const found = Array.from({ length: trials }, (_, i) => test(setting * trials + i));
        const lasts = found.map(({ periods }) => periods[periods.length - 1]);
        return {
          part,
          design: part === 'frontier' ? 'first step kept' : designs[task.design].name,
          inputs,
          bound,
          network,
          step,
          stored,
          neurons: channels,
          norm,
          largest,
          peak,
          silence,
          d_even: swings.length > 0 ? discriminability(swings, 0.5) : null,
          expected: expectedShare(swings) ?? null,
          unit,
          noise: level,
          prompt,
          trials,
          success: found.filter(({ success }) => success).length,
          precision: mean(lasts.map(({ precision }) => precision)),
          recall: mean(lasts.map(({ recall }) => recall)),
        };
      });
    };
  },
  conclude,
};
