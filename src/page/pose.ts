/** From settings to a problem, as `memorize` poses it: the same draws, so that the same weights come out. */
import { EngramError, formatTime } from '../core/index.js';
import { checkProblem, DESIGN_BOUND, designSteps, type Problem } from '../memory/memorize/index.js';
import { daleBounds, NEST, type NeuronModel, wireFixedIn } from '../memory/network/index.js';
import { activityOfRate, channelCount, checkScore, type Score, sampleScore } from '../memory/score/index.js';
import { defaultInputs, memoryNeed } from '../memory/summary/index.js';
import { defaultTemplate } from '../memory/template/index.js';
import type { Settings } from './settings.js';

const ACTIVITY = 0.2;
/** In refractory periods. */
const DELAYS = [0.1, 10] as const;
/** Bytes that a page takes: each worker has its own copy of the wiring. */
const MOST_MEMORY = 2 ** 31;
/** Channels that a page can show. */
const MOST_CHANNELS = 10000;

/** What is posed, and where it comes from. */
export interface Posed {
  problem: Problem;
  seed: number;
  /** Seconds per refractory period. */
  tau0: number;
}

/**
 * The problem that settings describe. Throws `usage` where they contradict each other.
 * @param given a score that is not sampled
 * @param step of a design, the step that is taken
 */
export function pose(settings: Settings, given?: Score, step = 0): Posed {
  const { refractory: tau0, seed, excitatory, margin, slope, design } = settings;
  const bound = settings.bound ?? (design ? DESIGN_BOUND : defaultTemplate.bound);
  const channels = given ? channelCount(given) : settings.channels;
  const period = given ? given.period : settings.duration / tau0;
  if (given) checkScore(given, (time) => formatTime(time * tau0));
  refuseShort(period, tau0);
  const inputs =
    settings.inputs === 'auto'
      ? defaultInputs(period, [], given && { spikes: given.times.length, channels })
      : settings.inputs;
  refuseLarge(channels, inputs, period);
  const { rate } = settings;
  const activity = rate === undefined ? ACTIVITY : activityOfRate(period, rate * tau0);
  const score = given ?? sampleScore(channels, period, activity, seed);
  const delays = settings.delays ? ([settings.delays[0] / tau0, settings.delays[1] / tau0] as const) : DELAYS;
  const wiring = wireFixedIn({ neurons: channels, inputs, delays, seed });
  const bounds = excitatory === undefined ? undefined : daleBounds(wiring, excitatory, bound, seed);
  const template = { ...defaultTemplate, margin, slope, bound };
  const model = modelOf(settings);
  const setting = { score, others: [], wiring, model, template, bounds };
  const problem: Problem = design
    ? { ...setting, ...designSteps(template, model)[step], soft: true }
    : { ...setting, objective: settings.objective };
  checkProblem(problem);
  return { problem, seed, tau0 };
}

function modelOf({ neuron: { kind, reset }, refractory: tau0 }: Settings): NeuronModel | undefined {
  if (kind === 'continuation') return undefined;
  if (kind === 'reset') return { model: 'reset', reset };
  const [membrane, synapse, refractory] = [NEST.membrane, NEST.synapse, NEST.refractory].map(
    (ms) => (ms * 1e-3) / tau0,
  );
  return { model: 'lif', current: kind === 'lif-exp' ? 'exp' : 'alpha', membrane, synapse, reset, refractory };
}

function refuseShort(period: number, tau0: number): void {
  if (period > 1) return;
  throw new EngramError(
    'usage',
    `--duration must be longer than the refractory period of ${formatTime(tau0)}; got ${formatTime(period * tau0)}`,
  );
}

function refuseLarge(channels: number, inputs: number, period: number): void {
  if (channels > MOST_CHANNELS) {
    throw new EngramError(
      'usage',
      `${channels} channels are more than a page shows (${MOST_CHANNELS}); choose fewer, or use the command`,
    );
  }
  const need = memoryNeed({ channels, synapses: channels * inputs, period, simulated: 4 * period, workers: 4 });
  if (need <= MOST_MEMORY) return;
  const gigabytes = Number((need / 2 ** 30).toPrecision(3));
  throw new EngramError(
    'usage',
    `${channels} channels with ${inputs} inputs each need about ${gigabytes} GB, more than a page takes; choose fewer, or use the command`,
  );
}
