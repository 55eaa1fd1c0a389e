/** The experiments E1 to E15 of Kim, Li and Sejnowski (2019): networks are trained, mapped, and tried as spiking ones. */
import type { Row } from '../../../src/campaign/index.js';
import { streamKey } from '../../../src/core/index.js';
import {
  type ActivationName,
  advanceRate,
  aliveShare,
  bestOf,
  correlationWithRate,
  evaluateRate,
  lesioned,
  lifModel,
  mapNetwork,
  polished,
  predictScale,
  principalComponents,
  qifModel,
  type RateNetwork,
  type RateTask,
  rateActivity,
  rateTask,
  type ScalePlan,
  type SpikingModel,
  type SpikingScore,
  scaleJob,
  separationOf,
  speaks,
  spikernnDefaults,
  spikingActivity,
  startRate,
  type TrainingSettings,
  targetedAxes,
  tauSummary,
} from '../../../src/spikernn/index.js';
import type { Experiment } from '../../common/experiment.js';
import { LESIONS, type PaperConfig, paperSchema, type Study, variesTraining } from './config.js';
import { conclude } from './report.js';

interface PaperTask {
  study: number;
  /** Index of the value, where the training depends on it. */
  value: number;
  network: number;
}

const columns = [
  'study',
  'value',
  'network',
  'learned',
  'trials',
  'performance',
  'tau',
  'alive',
  'best_scale',
  'foretold',
  'right',
  'tried',
  'rate',
  'right_foretold',
  'right_per_unit',
  'right_offset',
  'correlation',
  'top3_rate',
  'top3_spiking',
  'choice_apart',
  'attended_apart',
  'unattended_apart',
];

/** Learning rate of a polish. */
const POLISH_RATE = 0.003;

const tasksOf = ({ studies }: PaperConfig): PaperTask[] =>
  studies.flatMap((study, s) =>
    Array.from({ length: study.networks }, (_, network) =>
      (variesTraining(study) ? study.values : [0]).map((_, value): PaperTask => ({ study: s, value, network })),
    ).flat(),
  );

/** Multiply-adds of trainings and of spiking trials, as seconds. */
function cost({ study, value }: PaperTask, { studies }: PaperConfig): number {
  const { task, trials, units, vary, values, scales, spikingTrials } = studies[study];
  const n = vary === 'units' ? Number(values[value]) : units;
  const steps = { 'go-nogo': 200, xor: 300, mante: 500, sine: 200 }[task];
  const mapped = variesTraining(studies[study]) ? 1 : values.length;
  return (
    trials * 0.4 * steps * (3e-7 * n + 6e-10 * n * n) +
    mapped * (scales.length + 3) * spikingTrials * steps * 1.2e-6 * n
  );
}

function settingsOf(study: Study, value: number | string, seed: number): TrainingSettings {
  const { task, units, taus, gain, activation, trials, least, vary } = study;
  const from = taus[0];
  return {
    ...spikernnDefaults,
    task,
    least: vary === 'least' ? Number(value) : least,
    trials,
    seed,
    units: vary === 'units' ? Number(value) : units,
    taus:
      vary === 'tauMax'
        ? [from, Number(value) / 5]
        : vary === 'fixedTau' && value !== 'trained'
          ? [Number(value) / 5]
          : taus,
    gain: vary === 'gain' ? Number(value) : (gain ?? spikernnDefaults.gain),
    activation: vary === 'activation' ? (value as ActivationName) : (activation ?? 'sigmoid'),
    dale: !(vary === 'dale' && value === 'no'),
    som: vary === 'som' ? Number(value) : 0,
  };
}

function modelOf({ vary }: Study, value: number | string): SpikingModel {
  if (vary === 'refractory') return { ...lifModel, refractory: Number(value) };
  if (vary === 'filter') return { ...lifModel, filter: value as 'single' };
  return vary === 'neuron' && value === 'qif' ? qifModel : lifModel;
}

/** A seed that draws what is needed: small networks may lack a kind of unit. */
function started(settings: TrainingSettings): { settings: TrainingSettings; trained: ReturnType<typeof startRate> } {
  for (let seed = settings.seed; ; seed++) {
    try {
      const own = { ...settings, seed };
      return { settings: own, trained: startRate(own) };
    } catch (error) {
      if (seed >= settings.seed + 50) throw error;
    }
  }
}

function runTask(config: PaperConfig, { study: s, value: v, network }: PaperTask): Row[] {
  const study = config.studies[s];
  const training = variesTraining(study);
  const seed = 100000 * config.seed + 1000 * s + 60 * network;
  const { settings, trained } = started(settingsOf(study, study.values[v], seed));
  advanceRate(trained, settings);
  const learned = trained.ended === 'learned';
  const task = rateTask(study.task);
  const { performance } = evaluateRate(trained.network, task, {
    kind: 'l2',
    count: 100,
    seed: trained.seed,
    round: 1023,
  });
  const common = {
    study: study.name,
    network,
    learned: Number(learned),
    trials: trained.trial,
    performance,
    tau: tauSummary(trained.network).mean,
    alive: aliveShare(trained.network),
  };
  // The paper maps what has been trained.
  const values = training ? [study.values[v]] : study.values;
  return values.map(
    (value): Row => ({ ...common, value, ...(learned ? mapped(study, value, trained.network, trained.seed) : {}) }),
  );
}

/** The spiking network of a value of the study. */
function mapped(study: Study, value: number | string, trained: RateNetwork, seed: number): Row {
  const task = rateTask(study.task);
  const model = modelOf(study, value);
  let network = study.vary === 'lesion' ? lesioned(trained, LESIONS[value], seed) : trained;
  const { scale: foretold, each } = predictScale(trained, task, { seed, model });
  const scales = study.vary === 'scale' ? [Number(value)] : study.scales;
  const right = (scale: number | Float64Array, offset = false) =>
    scoreOf({ network, task: study.task, model, trials: study.spikingTrials, seed, scales: [scale], offset });
  const scores = scales.map((scale) => right(scale));
  const best = scales[bestOf(scores)];
  const polish = study.vary === 'polish' ? Number(value) : 0;
  if (polish > 0) {
    network = polished(network, { scale: best }, model, task, { trials: polish, rate: POLISH_RATE, seed });
  }
  const score = polish > 0 ? right(best) : scores[bestOf(scores)];
  return {
    best_scale: best,
    foretold,
    right: score.right,
    tried: score.trials,
    rate: score.rate,
    right_foretold: right(foretold).right,
    right_per_unit: right(each).right,
    right_offset: right(best, true).right,
    ...likeness(network, task, best, model, seed),
    ...(study.task === 'mante' ? apart(network, task, best, model, seed) : {}),
  };
}

/** All blocks of a search of one factor, on this thread. */
function scoreOf(plan: ScalePlan): SpikingScore {
  const run = scaleJob.prepare(plan);
  const parts = Array.from({ length: Math.ceil(plan.trials / 10) }, (_, b) => run(b));
  const sum = (name: keyof SpikingScore) => parts.reduce((total, part) => total + part[name], 0);
  return { right: sum('right'), trials: sum('trials'), rate: sum('rate') / sum('trials') };
}

/** How like the two networks are over a few trials, and how few dimensions their activity has. */
function likeness(network: RateNetwork, task: RateTask, scale: number, model: SpikingModel, seed: number): Row {
  const { units: n } = network;
  const spiking = mapNetwork(network, { scale }, model);
  const key = streamKey(seed, 'spikernn spiking');
  const trials = Array.from({ length: 40 }, (_, trial) => trial).filter((trial) =>
    speaks(task, task.task.trial(seed, trial).label),
  );
  const [first] = trials;
  const runs = trials.slice(0, 4).map((trial) => ({
    trial,
    outputs: spiking.run(task.longer.trial(seed, trial).input, key, trial).outputs,
  }));
  const shares = (rates: Float64Array) => principalComponents(rates, n).shares.reduce((a, b) => a + b, 0);
  return {
    correlation: correlationWithRate(network, task, seed, runs),
    top3_rate: first === undefined ? Number.NaN : shares(rateActivity(network, task, seed, first).rates),
    top3_spiking: first === undefined ? Number.NaN : shares(spikingActivity(spiking, task, seed, first).rates),
  };
}

/** E14: how far choice, attended and unattended evidence lie apart on the axes of regression, in the spiking network. */
function apart(network: RateNetwork, task: RateTask, scale: number, model: SpikingModel, seed: number): Row {
  const spiking = mapNetwork(network, { scale }, model);
  const runs = Array.from({ length: 64 }, (_, trial) => spikingActivity(spiking, task, seed, trial));
  const { choice, attended, unattended } = separationOf(targetedAxes(task, seed, network.units, runs));
  return { choice_apart: choice, attended_apart: attended, unattended_apart: unattended };
}

export const spikernnPaper: Experiment<PaperConfig, PaperTask> = {
  name: 'spikernn-paper',
  module: import.meta.url,
  title: 'Rate networks as spiking networks',
  question:
    'Do rate networks that have learned a task do it as spiking networks, one to one, and what does that depend on?',
  units: 'Time constants are in ms, rates in Hz, scaling factors are 1/lambda in Hz.',
  schema: paperSchema,
  columns,
  tasks: tasksOf,
  cost,
  prepare: (config) => (task) => runTask(config, task),
  conclude,
};
