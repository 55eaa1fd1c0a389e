/** From options to a problem: the score, the wiring and the template; everything in refractory periods from here on. */
import { availableParallelism, totalmem } from 'node:os';
import { EngramError, formatTime } from '../../core/index.js';
import type { TimeUnit } from '../../memory/files/index.js';
import { loadScoreFile, loadWiringFile } from '../../memory/files/node.js';
import { checkModel, type Objective, type Problem, type Spelling } from '../../memory/memorize/index.js';
import { checkNeurons, daleBounds, delayRange, wireFixedIn } from '../../memory/network/index.js';
import { activityOfRate, channelCount, joinScores, type Score, sampleScore } from '../../memory/score/index.js';
import { LONGEST_DELAY, SHORTEST_DELAY } from '../../memory/simulate/index.js';
import { checkTemplate, type Template } from '../../memory/template/index.js';
import { modelOf, type NeuronOptions } from './neuron-options.js';

/** The options of `memorize`, parsed; times in seconds. */
export interface MemorizeOptions extends NeuronOptions {
  channels?: number;
  duration?: number;
  rate?: number;
  activity?: number;
  inputs?: number | 'auto';
  delays?: [number, number];
  refractory: number;
  bound: number;
  excitatory?: number;
  margin: number;
  slope: number;
  firingZone?: number;
  objective: Objective;
  robust?: Spelling['robust'];
  shape?: 'window' | 'ramp';
  soft?: boolean;
  levels?: number;
  score?: string;
  columns?: string[];
  timeUnit?: TimeUnit;
  window?: [number, number];
  hidden: number;
  also?: number[];
  wiring?: string;
  grid?: number;
  resume?: string;
  seed?: number;
  workers?: number | undefined;
  noise: number[];
  prompt: { count: number } | { share: number };
  promptTime?: number;
  periods: number;
  trials: number;
  recall: boolean;
  out?: string | undefined;
  force?: boolean;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

/** The refractory period that defaults in milliseconds refer to. */
const DEFAULT_ACTIVITY = 0.2;
const DEFAULT_DELAYS = [0.1, 10] as const;
const DEFAULT_ZONE = 0.2;
const LEAST_INPUTS = 500;
const INPUTS_PER_PERIOD = 10;
const INPUTS_PER_SPIKE = 70;
/** Spikes per channel and refractory period that the memory estimate reckons with. */
const SPIKES_PER_TIME = 0.2;
/** 20 bytes each, in 4 GB less what else is needed. */
const MOST_POINTS = 100_000;
const MOST_SIMULATED = 150_000_000;

export interface Plan {
  problem: Problem;
  /** The channels that play the score in the recall test: the first so many. */
  prompt: number;
  promptTime: number;
  workers: number;
  /** How many of the channels, the last ones, are hidden. */
  hidden: number;
  /** What the user should know before the work begins. */
  notes: { label: string; text: string }[];
}

/** Checks that the options go together and makes the problem. Throws `usage` or `input`. */
export function makePlan(options: MemorizeOptions, seed: number): Plan {
  const tau0 = options.refractory;
  contradictions(options);
  const template: Template = {
    margin: options.margin,
    slope: options.slope,
    zone: options.firingZone === undefined ? DEFAULT_ZONE : options.firingZone / tau0,
    bound: options.bound,
    ...(options.grid === undefined ? {} : { grid: options.grid / tau0 }),
    ...(options.shape === undefined ? {} : { shape: options.shape }),
  };
  checkTemplate(template);
  const workers = options.workers ?? Math.min(availableParallelism(), 64);

  const { hidden } = options;
  const notes: Plan['notes'] = [];
  const given = options.score === undefined ? undefined : readScore(options.score);
  const recorded = given ? channelCount(given.score) : (options.channels as number);
  const channels = recorded + hidden;
  const model = modelOf(options, channels, tau0, seed);
  if (model) checkNeurons(model, channels);
  checkModel({ model, template, objective: options.objective, robust: options.robust, levels: options.levels });
  const period = given ? given.score.period : (options.duration as number) / tau0;
  if (period <= 1) {
    throw new EngramError(
      'usage',
      `--duration must be longer than the refractory period of ${formatTime(tau0)}; got ${formatTime(period * tau0)}`,
    );
  }
  const also = (options.also ?? []).map((duration) => duration / tau0);
  const tooShort = also.find((other) => other <= 1);
  if (tooShort !== undefined) {
    throw new EngramError(
      'usage',
      `--also must be longer than the refractory period of ${formatTime(tau0)}; got ${formatTime(tooShort * tau0)}`,
    );
  }
  const inputs = options.inputs === undefined || options.inputs === 'auto' ? automaticInputs() : options.inputs;
  const loaded = options.wiring === undefined ? undefined : readWiring(options.wiring);
  const synapses = loaded ? loaded.wiring.sources.length : channels * inputs;
  const promptTime = options.promptTime === undefined ? period : options.promptTime / tau0;
  const longest = Math.max(period, ...also);
  const simulated = options.recall ? promptTime + options.periods * longest * (1 + also.length) : 0;
  const total = also.reduce((sum, other) => sum + other, period);
  refuseTooLarge({ channels, synapses, period: total, simulated, workers, given: given?.score.times.length });

  if (template.grid !== undefined && total / template.grid > MOST_POINTS) {
    throw new EngramError(
      'usage',
      `--grid of ${formatTime(template.grid * tau0)} makes ${Math.ceil(total / template.grid)} points per neuron; at most ${MOST_POINTS} are taken`,
    );
  }
  const activity =
    options.rate === undefined ? (options.activity ?? DEFAULT_ACTIVITY) : activityOfRate(period, options.rate * tau0);
  const sampled = given ? hidden : channels;
  const own = sampled > 0 ? sampleScore(sampled, period, activity, seed) : undefined;
  const score = given && own ? joinScores(given.score, own) : ((given?.score ?? own) as Score);
  const others = also.map((other, i) =>
    sampleScore(
      channels,
      other,
      options.rate === undefined ? activity : activityOfRate(other, options.rate * tau0),
      seed,
      i + 1,
    ),
  );
  const delays = options.delays ? ([options.delays[0] / tau0, options.delays[1] / tau0] as const) : DEFAULT_DELAYS;
  const wiring = loaded?.wiring ?? wireFixedIn({ neurons: channels, inputs, delays, seed });
  const { excitatory } = options;
  if (excitatory !== undefined && loaded?.bounds) {
    throw new EngramError(
      'usage',
      `--excitatory and the signs or bounds of ${options.wiring} contradict each other; leave one out`,
    );
  }
  const bounds = excitatory === undefined ? loaded?.bounds : daleBounds(wiring, excitatory, template.bound, seed);
  // Of a sampled wiring the range that was asked for counts, not what a seed has drawn from it.
  if (options.recall) refuseDelays(loaded ? delayRange(loaded.wiring) : delays, options.wiring, tau0);

  const prompt =
    'count' in options.prompt ? options.prompt.count : Math.max(1, Math.round(options.prompt.share * channels));
  if (prompt > channels) {
    throw new EngramError('usage', `--prompt must be at most the number of channels, ${channels}; got ${prompt}`);
  }
  if (channels < 20) {
    const text = `with ${channels} channels a prompt says little: recall is unlikely; 50 or more do better`;
    notes.push({ label: 'warning', text });
  }
  return {
    problem: {
      score,
      others,
      wiring,
      model,
      template,
      objective: options.objective,
      bounds,
      costs: loaded?.costs,
      robust: options.robust,
      soft: options.soft,
      levels: options.levels,
    },
    prompt,
    promptTime,
    workers,
    hidden,
    notes,
  };

  /** Sampled scores have about 70 inputs per spike by this rule; sparser recordings need no more than that. */
  function automaticInputs(): number {
    const byDuration = INPUTS_PER_PERIOD * period;
    const bySpikes = given ? (INPUTS_PER_SPIKE * given.score.times.length) / recorded : byDuration;
    const further = also.reduce((sum, other) => sum + INPUTS_PER_PERIOD * other, 0);
    return Math.max(LEAST_INPUTS, Math.ceil(Math.min(byDuration, bySpikes) + further));
  }

  function readScore(file: string) {
    const { columns, timeUnit: unit, duration, window } = options;
    const imported = loadScoreFile(file, { tau0, duration, window }, { columns, unit });
    imported.notes.forEach((text, i) => {
      notes.push({ label: i === 0 ? 'read' : '', text: i === 0 ? `${file}: ${text}` : text });
    });
    return imported;
  }

  function readWiring(file: string) {
    // Hidden neurons are called by the numbers that follow those of the recording.
    const known = given?.ids ?? Float64Array.from({ length: recorded }, (_, channel) => channel);
    const next = (known[recorded - 1] ?? -1) + 1;
    const ids = [...known, ...Array.from({ length: hidden }, (_, i) => next + i)];
    const loaded = loadWiringFile(file, { tau0, ids, bound: template.bound, unit: options.timeUnit });
    for (const text of loaded.notes) notes.push({ label: 'wiring', text: `${file}: ${text}` });
    return loaded;
  }
}

function contradictions(options: MemorizeOptions): void {
  const refuse = (a: string, b: string, why: string) => {
    throw new EngramError('usage', `${a} and ${b} contradict each other: ${why}; leave one of them out`);
  };
  if (options.rate !== undefined && options.activity !== undefined)
    refuse('--rate', '--activity', 'both say how often a channel fires');
  if (options.score !== undefined) {
    for (const name of ['channels', 'rate', 'activity'] as const) {
      if (options[name] !== undefined) refuse('--score', `--${name}`, 'the score file says it already');
    }
    if (options.duration !== undefined && options.window !== undefined)
      refuse('--duration', '--window', 'both say what the period is');
  } else if (options.channels === undefined || options.duration === undefined) {
    const missing = options.channels === undefined ? '--channels' : '--duration';
    throw new EngramError('usage', `${missing} is missing; for example: memorize --channels 200 --duration 1s`);
  }
  if (options.score === undefined) {
    for (const name of ['columns', 'window'] as const) {
      if (options[name] !== undefined)
        throw new EngramError('usage', `--${name} says how to read --score, which is missing`);
    }
  }
  if (options.timeUnit !== undefined && options.score === undefined && options.wiring === undefined) {
    throw new EngramError('usage', '--time-unit says how to read --score or --wiring, and both are missing');
  }
  if (options.also !== undefined && options.promptTime !== undefined)
    refuse('--also', '--prompt-time', 'each of several memories is prompted for one of its periods');
  if (options.grid !== undefined && options.objective === 'none')
    refuse('--grid', '--objective none', 'the sampled template is solved for the least norm');
  if (options.grid !== undefined) {
    for (const name of ['robust', 'soft', 'levels'] as const) {
      if (options[name]) refuse('--grid', `--${name}`, 'the sampled template has no such form');
    }
  }
  if (options.robust?.what === 'noise') {
    if (options.levels !== undefined) refuse('--robust noise', '--levels', 'its weights are not on levels');
    if (options.objective !== 'l2')
      refuse('--robust noise', `--objective ${options.objective}`, 'it says itself what is minimized');
  }
  if (options.levels !== undefined && options.soft) refuse('--levels', '--soft', 'soft weights are not on levels');
  if (options.objective !== 'l2' && options.objective !== 'none') {
    for (const name of ['soft', 'levels'] as const) {
      if (options[name]) refuse('--objective', `--${name}`, 'such weights are found by least norm');
    }
  }
  if (options.wiring !== undefined) {
    for (const name of ['inputs', 'delays'] as const) {
      if (options[name] !== undefined) refuse('--wiring', `--${name}`, 'the wiring file says it already');
    }
  }
  if (options.json && options.quiet) refuse('--json', '--quiet', 'one prints the summary, the other nothing');
}

/** The recall test needs delays that the simulator can take; better to know before anything is solved. */
function refuseDelays([shortest, longest]: readonly [number, number], file: string | undefined, tau0: number): void {
  if (shortest > longest) throw new EngramError('input', `${file}: there are no synapses; use --no-recall`);
  if (shortest >= SHORTEST_DELAY && longest <= LONGEST_DELAY) return;
  const times = [shortest, longest, SHORTEST_DELAY, LONGEST_DELAY].map((delay) => formatTime(delay * tau0));
  throw new EngramError(
    file === undefined ? 'usage' : 'input',
    `${file ?? '--delays'}: the recall test takes delays of ${times[2]} to ${times[3]}; these are ${times[0]} to ${times[1]}; ` +
      'choose others or --no-recall',
  );
}

interface Size {
  channels: number;
  synapses: number;
  /** In refractory periods, as the time that a trial simulates. */
  period: number;
  simulated: number;
  workers: number;
  /** Spikes of the score, if there is one already. */
  given: number | undefined;
}

/** Computes the memory that the work will take and refuses what cannot fit before any of it is spent. */
function refuseTooLarge({ channels, synapses, period, simulated, workers, given }: Size): void {
  const spikes = given ?? channels * period * SPIKES_PER_TIME;
  const solving = synapses * 32 + spikes * 100;
  const inputs = synapses / channels;
  // The active rows, about five per spike of a neuron, and their Gram matrix.
  const rows = 128 + (5 * spikes) / channels;
  const perWorker = 8 * rows * (rows + inputs) + channels * period * 20 + inputs * period * SPIKES_PER_TIME * 40;
  const recalling =
    simulated > 0 ? synapses * (20 + 36 * workers) + channels * simulated * SPIKES_PER_TIME * 100 * (workers + 1) : 0;
  const need = solving + recalling + workers * perWorker;
  const gigabytes = (bytes: number) => `${Number((bytes / 2 ** 30).toPrecision(3))} GB`;
  if (need > 0.9 * totalmem()) {
    throw new EngramError(
      'usage',
      `${channels} channels with ${Math.round(inputs)} inputs each need about ${gigabytes(need)} of memory, ` +
        `this machine has ${gigabytes(totalmem())}; choose fewer channels, fewer --inputs, shorter times, or --no-recall`,
    );
  }
  if (simulated > 0 && synapses > MOST_SIMULATED) {
    throw new EngramError(
      'usage',
      `the recall test simulates at most ${MOST_SIMULATED} synapses, these are ${synapses}; use --no-recall or fewer --inputs`,
    );
  }
}
