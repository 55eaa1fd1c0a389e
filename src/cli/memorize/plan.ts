/** From options to a problem: the score, the wiring and the template; everything in refractory periods from here on. */
import { totalmem } from 'node:os';
import { grouped, workersOf } from '../../app/index.js';
import { EngramError, formatTime } from '../../core/index.js';
import { importScore, importWiring } from '../../memory/files/node.js';
import { checkModel, OVERDRIVE_AFTER, type Problem } from '../../memory/memorize/index.js';
import { checkNeurons, daleBounds, delayRange, twinCount, wireFixedIn } from '../../memory/network/index.js';
import {
  activityOfRate,
  channelCount,
  type Id,
  joinScores,
  type Score,
  sampleScore,
  withIds,
} from '../../memory/score/index.js';
import {
  BYTES_PER_SYNAPSE,
  defaultInputs,
  MOST_POINTS,
  MOST_SIMULATED,
  memoryNeed,
  type Size,
} from '../../memory/summary/index.js';
import { checkTemplate, type Template } from '../../memory/template/index.js';
import { refuseContradictions } from './contradictions.js';
import { refuseDelays } from './delays.js';
import type { MemorizeOptions } from './memorize-options.js';
import { modelOf } from './neuron-options.js';
import { type AskedPrompt, promptOf } from './prompt.js';

/** Expected spikes per channel and refractory period. */
const DEFAULT_ACTIVITY = 0.2;
/** In refractory periods. */
const DEFAULT_DELAYS = [0.1, 10] as const;
const DEFAULT_ZONE = 0.2;
/** With fewer channels a prompt says little. */
const FEW_CHANNELS = 20;

interface Note {
  label: string;
  text: string;
}

export interface MemorizePlan {
  problem: Problem;
  /** How the recall test prompts. */
  prompt: AskedPrompt;
  workers: number;
  /** How many of the channels, the last ones, are hidden. */
  hidden: number;
  /** Of the whole memory, whatever part of it is made here. */
  size: Size;
  /** What the user should know before the work begins. */
  notes: Note[];
}

/** Some of the neurons: a sampled wiring is made for them alone. */
export interface Portion {
  has(neuron: number): boolean;
  /** How many of so many neurons. */
  count(neurons: number): number;
}

/**
 * Checks that the options go together and makes the problem. Throws `usage` or `input`.
 * @param portion the neurons that are stored here, without a recall test (default: all)
 */
export async function makePlan(options: MemorizeOptions, seed: number, portion?: Portion): Promise<MemorizePlan> {
  const { refractory: tau0, hidden, objective, robust, levels, soft } = options;
  refuseContradictions(options);
  const template = templateOf(options);
  checkTemplate(template);
  const workers = workersOf(options);
  const notes: Note[] = [];
  const given = await readScore(options, notes);
  const channels = (given ? channelCount(given.score) : (options.channels as number)) + hidden;
  // Asked for only where there are so many that they fit in memory.
  const ids = () => idsOf(given?.ids, channels, hidden);
  const model = modelOf(options, channels, tau0, seed);
  if (model) checkNeurons(model, channels);
  checkModel({ model, template, objective, robust, levels });
  const period = given ? given.score.period : (options.duration as number) / tau0;
  const also = (options.also ?? []).map((duration) => duration / tau0);
  refuseShort('--duration', [period], tau0);
  refuseShort('--also', also, tau0);
  const loaded = await readWiring(options, ids, notes);
  const spikes = given?.score.times.length;
  const recorded = spikes === undefined ? undefined : { spikes, channels: channels - hidden };
  const inputs = typeof options.inputs === 'number' ? options.inputs : defaultInputs(period, also, recorded);
  const prompt = promptOf(options, channels, tau0);
  const free = options.periods * Math.max(period, ...also) * (1 + also.length);
  const total = also.reduce((sum, other) => sum + other, period);
  const size: Size = {
    channels,
    synapses: loaded ? loaded.wiring.sources.length : channels * inputs,
    period: total,
    simulated: options.recall ? (prompt.time ?? period) + free : 0,
    workers,
    spikes,
  };
  const absent = loaded || !portion ? 0 : (channels - portion.count(channels)) * inputs;
  refuseTooLarge(portion ? { ...size, simulated: 0 } : size, absent);
  refuseFineGrid(template, total, tau0);
  const scores = scoresOf(options, given?.score, period, also, channels, seed);
  const [score, others] = [withIds(scores.score, ids()), scores.others];
  const { wiring, bounds } = wiringOf(options, loaded, channels, inputs, seed, portion?.has);
  if (channels < FEW_CHANNELS) {
    const text = `with ${channels} channels a prompt says little: recall is unlikely; 50 or more do better`;
    notes.push({ label: 'warning', text });
  }
  const twins = objective.startsWith('recall') ? twinCount(wiring, bounds) : 0;
  if (twins > 0) {
    const are = twins === 1 ? '1 synapse has' : `${grouped(twins)} synapses have`;
    notes.push({
      label: 'merged',
      text: `${are} source and delay of another of the neuron: such get the same weight, as if they were one`,
    });
  }
  const costs = loaded?.costs;
  return {
    problem: { score, others, wiring, model, template, objective, bounds, costs, robust, soft, levels },
    prompt,
    workers,
    hidden,
    size,
    notes,
  };
}

function templateOf({
  refractory,
  margin,
  slope,
  bound,
  firingZone,
  grid,
  shape,
  overdrive,
}: MemorizeOptions): Template {
  return {
    margin,
    slope,
    zone: firingZone === undefined ? DEFAULT_ZONE : firingZone / refractory,
    bound,
    ...(grid === undefined ? {} : { grid: grid / refractory }),
    ...(shape === undefined ? {} : { shape }),
    ...(overdrive === undefined
      ? {}
      : {
          overdrive: { level: overdrive.level, after: (overdrive.after ?? OVERDRIVE_AFTER * refractory) / refractory },
        }),
  };
}

type Imported = Awaited<ReturnType<typeof importScore>>;

async function readScore(options: MemorizeOptions, notes: Note[]): Promise<Imported | undefined> {
  const { score: file, columns, timeUnit: unit, duration, window, select, refractory: tau0 } = options;
  if (file === undefined) return undefined;
  const imported = await importScore(file, { stretch: { tau0, duration, window }, hints: { columns, unit }, select });
  if (unit !== undefined && options.wiring === undefined && imported.notes.length === 0)
    throw new EngramError('usage', `--time-unit: ${file} says itself what its times are; leave it out`);
  imported.notes.forEach((text, i) => {
    notes.push({ label: i === 0 ? 'read' : '', text: i === 0 ? `${file}: ${text}` : text });
  });
  return imported;
}

type Loaded = Awaited<ReturnType<typeof importWiring>>;

/** What all channels are called: as in the recording, where there is one; hidden ones by the numbers that follow. */
function idsOf(known: readonly Id[] | undefined, channels: number, hidden: number): readonly Id[] {
  const recorded = known ?? Array.from({ length: channels - hidden }, (_, channel) => channel);
  // A name may be a number, too, and no two neurons are called the same.
  const next = recorded.reduce<number>(
    (most, id) => (/^\d+$/.test(String(id)) ? Math.max(most, Number(id) + 1) : most),
    0,
  );
  return [...recorded, ...Array.from({ length: hidden }, (_, i) => next + i)];
}

async function readWiring(
  { wiring: file, refractory: tau0, bound, timeUnit: unit }: MemorizeOptions,
  ids: () => readonly Id[],
  notes: Note[],
): Promise<Loaded | undefined> {
  if (file === undefined) return undefined;
  const loaded = await importWiring(file, { tau0, ids: ids(), bound, unit });
  for (const text of loaded.notes) notes.push({ label: 'wiring', text: `${file}: ${text}` });
  return loaded;
}

/** The scores: given, or sampled for the channels that no file tells of. */
function scoresOf(
  { rate, activity, hidden, refractory: tau0 }: MemorizeOptions,
  given: Score | undefined,
  period: number,
  also: readonly number[],
  channels: number,
  seed: number,
): { score: Score; others: Score[] } {
  const activityOver = (length: number) =>
    rate === undefined ? (activity ?? DEFAULT_ACTIVITY) : activityOfRate(length, rate * tau0);
  const sampled = given ? hidden : channels;
  const own = sampled > 0 ? sampleScore(sampled, period, activityOver(period), seed) : undefined;
  return {
    score: given && own ? joinScores(given, own) : ((given ?? own) as Score),
    others: also.map((other, i) => sampleScore(channels, other, activityOver(other), seed, i + 1)),
  };
}

/** The wiring and its bounds: given, or sampled. */
function wiringOf(
  { delays: range, refractory: tau0, excitatory, wiring: file, bound, recall }: MemorizeOptions,
  loaded: Loaded | undefined,
  neurons: number,
  inputs: number,
  seed: number,
  only?: (neuron: number) => boolean,
) {
  const delays = range ? ([range[0] / tau0, range[1] / tau0] as const) : DEFAULT_DELAYS;
  const wiring = loaded?.wiring ?? wireFixedIn({ neurons, inputs, delays, seed, only, shared: true });
  if (excitatory !== undefined && loaded?.bounds) {
    throw new EngramError(
      'usage',
      `--excitatory and the signs or bounds of ${file} contradict each other; leave one out`,
    );
  }
  const bounds = excitatory === undefined ? loaded?.bounds : daleBounds(wiring, excitatory, bound, seed);
  if (recall) {
    // Of a sampled wiring the range that was asked for counts, not what a seed has drawn from it.
    const [shortest, longest] = loaded ? delayRange(loaded.wiring) : delays;
    if (shortest > longest) throw new EngramError('input', `${file}: there are no synapses; use --no-recall`);
    refuseDelays(
      [shortest, longest],
      tau0,
      file === undefined ? 'usage' : 'input',
      (allowed, got) =>
        `${file ?? '--delays'}: the recall test takes delays of ${allowed}; these are ${got}; choose others or --no-recall`,
    );
  }
  return { wiring, bounds };
}

function refuseShort(flag: string, periods: readonly number[], tau0: number): void {
  const short = periods.find((period) => period <= 1);
  if (short === undefined) return;
  throw new EngramError(
    'usage',
    `${flag} must be longer than the refractory period of ${formatTime(tau0)}; got ${formatTime(short * tau0)}`,
  );
}

function refuseFineGrid({ grid }: Template, total: number, tau0: number): void {
  if (grid === undefined || total / grid <= MOST_POINTS) return;
  throw new EngramError(
    'usage',
    `--grid of ${formatTime(grid * tau0)} makes ${Math.ceil(total / grid)} points per neuron; at most ${MOST_POINTS} are taken`,
  );
}

/** Refuses what cannot fit into this machine before any of it is spent; some of the synapses may be on others. */
function refuseTooLarge(size: Size, absent: number): void {
  const { channels, synapses, simulated } = size;
  const need = memoryNeed(size) - absent * BYTES_PER_SYNAPSE;
  const gigabytes = (bytes: number) => `${Number((bytes / 2 ** 30).toPrecision(3))} GB`;
  if (need > 0.9 * totalmem()) {
    throw new EngramError(
      'usage',
      `${channels} channels with ${Math.round(synapses / channels)} inputs each need about ${gigabytes(need)} of memory, ` +
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
