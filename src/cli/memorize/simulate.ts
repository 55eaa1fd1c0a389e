/** `memorize simulate`: runs a stored network and records its spikes and potentials. */
import { defineCommand, grouped, number, option, type Parser, refuse, time } from '../../app/index.js';
import { EngramError, formatTime, streamKey } from '../../core/index.js';
import { npzBytes } from '../../files/index.js';
import { guard } from '../../files/node.js';
import {
  imposePrompt,
  lagTrack,
  measurePeriod,
  type PeriodRecall,
  type Start,
  trend,
} from '../../memory/measure/index.js';
import { type Id, idOf, type Score } from '../../memory/score/index.js';
import {
  type Checkpoint,
  concatenate,
  createSimulator,
  type Session,
  type Spikes,
  splitTrains,
  type Trace,
} from '../../memory/simulate/index.js';
import { millisecondsPerSecond } from '../../memory/summary/index.js';
import type { RasterInput } from '../../plot/index.js';
import { neuronCalled } from './neuron-called.js';
import {
  describeNoise,
  type NoiseOptions,
  noiseOptions,
  noiseSummary,
  simulatedNoise,
  startOption,
} from './noise-options.js';
import {
  type AskedPrompt,
  describeChannels,
  describeFlaws,
  type PromptOptions,
  promptOf,
  promptOptions,
  promptSummary,
  shownChannels,
} from './prompt.js';
import {
  NETWORK,
  NETWORK_EXIT_CODES,
  type NetworkCommand,
  type NetworkFindings,
  type NetworkOptions,
  type NetworkRun,
  networkOptions,
  runOnNetwork,
} from './run-on-network.js';
import { suggestExplain, suggestStability } from './suggest.js';

const NAMES = ['spikes.npz', 'potentials.npz', 'raster.svg', 'potentials.svg'] as const;

interface Recording {
  spikes: boolean;
  /** Ids of the neurons. */
  potentials: Id[];
}

interface SimulateOptions extends NetworkOptions, NoiseOptions, PromptOptions {
  until?: number;
  record: Recording;
  noise: number;
  start: Start;
}

/** Refractory periods simulated between two reports of progress; the spikes of one step wait in memory. */
const STEP = 200;
/** Of a long run so many checkpoints are kept. */
const CHECKPOINTS = 50;
/** Spikes, and pieces of potentials, that a run keeps at most: 0.6 and 1.2 GB. */
const MOST_SPIKES = 50_000_000;
const MOST_PIECES = 50_000_000;
/** Of a long run the lag is followed over so many of the last periods. */
const FOLLOWED = 100;
/** What is drawn: so many periods, and so much of each potential. */
const DRAWN_PERIODS = 4;
const DRAWN_TIME = 60;

/** `spikes,potential:3,7`. */
const recording: Parser<Recording> = (text, flag) => {
  const wrong = (): never => refuse(flag, 'a list such as spikes or spikes,potential:3,7', text);
  const found: Recording = { spikes: false, potentials: [] };
  let neurons = false;
  for (const part of text.split(',')) {
    const neuron = part.replace(/^potential:/, '');
    neurons ||= part !== neuron;
    if (part === 'spikes') [found.spikes, neurons] = [true, false];
    else if (neurons && neuron !== '')
      found.potentials.push(/^(0|[1-9]\d{0,14})$/.test(neuron) ? Number(neuron) : neuron);
    else wrong();
  }
  return new Set(found.potentials).size < found.potentials.length ? wrong() : found;
};

const COMMAND: NetworkCommand<(typeof NAMES)[number]> = {
  name: 'simulate',
  kind: 'simulation',
  names: NAMES,
  options: [
    option('--until <time>', 'for how long (default: 10 periods)', time),
    option(
      '--record <list>',
      'what is kept: spikes, and the potential of some neurons',
      recording,
      { spikes: true, potentials: [] },
      'spikes',
    ),
    option('--noise <x>', 'noise of the thresholds', number('not negative'), 0),
    startOption('memory'),
    ...promptOptions(),
    ...noiseOptions,
    ...networkOptions('simulation'),
  ],
};

export const simulateCommand = defineCommand<SimulateOptions>({
  name: COMMAND.name,
  about: 'runs a stored network and records its spikes and potentials',
  argument: NETWORK,
  options: COMMAND.options,
  after: NETWORK_EXIT_CODES,
  work: (given, invocation, path) => runOnNetwork(COMMAND, path, given, invocation, simulate),
});

type SimulateRun = NetworkRun<(typeof NAMES)[number]>;

async function simulate(run: SimulateRun, options: SimulateOptions): Promise<NetworkFindings> {
  const { stored, channels, seed, screen } = run;
  const { score, tau0 } = stored;
  const { record, start, noise } = options;
  const until = options.until === undefined ? 10 * score.period : options.until / tau0;
  const recorded = recordedNeurons(record, score);
  const { prompt, promptTime, start: startSession } = begin(run, options, until, recorded);
  const noises = [...(noise > 0 ? [`thresholds ${noise}`] : []), ...describeNoise(options)].join(' · ') || 'no noise';
  const prompted = prompt.size > 0 ? ` · ${describePrompt(prompt, channels, promptTime, tau0)}` : '';
  screen.line('run', `${formatTime(until * tau0)} from ${start}${prompted} · ${noises}`);
  const { spikes, traces } = await play(run, startSession, until, recorded.length);
  const trains = splitTrains(spikes, channels);
  const { periods, last, drift } = replayOf(run, trains, until);
  const hertz = spikes.times.length / channels / (until * tau0);
  screen.line('spikes', `${grouped(spikes.times.length)} · ${hertz.toPrecision(3)} Hz`);
  if (last) {
    const agreement = `precision ${last.precision.toFixed(3)} · recall ${last.recall.toFixed(3)} in the last period`;
    const lagging = drift === null ? [] : [Math.abs(drift) < 1e-5 ? 'no drift' : `drift ${drift.toFixed(2)} ms/s`];
    screen.line('replay', [agreement, ...lagging].join(' · '));
  }
  if (record.spikes) run.write('spikes.npz', npzBytes(inSeconds(spikes, score, tau0)));
  const shown = {
    prompt: prompt.size,
    prompted: shownChannels(prompt.plan, channels, seed),
    promptTime: prompt.size > 0 ? promptTime : 0,
  };
  const drawnPeriods = Math.max(1, Math.min(DRAWN_PERIODS, periods));
  const figures = [await drawSpikes(run, trains, { ...shown, periods: drawnPeriods }, `from ${start} · ${noises}`)];
  if (recorded.length > 0) {
    const own = recorded.map((neuron) => trains[neuron]);
    figures.push(await writePotentials(run, traces, own, Math.min(until, DRAWN_TIME)));
  }
  const summary = {
    until_s: until * tau0,
    start,
    prompt: { channels: prompt.size, duration_s: shown.promptTime * tau0, ...flawsSummary(options, prompt) },
    noise: { threshold: noise, ...noiseSummary(options) },
    recorded: record,
    simulated_spikes: spikes.times.length,
    rate_hz: hertz,
    last_period: last
      ? {
          precision: last.precision,
          recall: last.recall,
          timing_error_ms: last.timingError === null ? null : last.timingError * tau0 * 1e3,
        }
      : null,
    drift_ms_per_s: drift,
  };
  const next = score.times.length > 0 ? suggestStability(run) : suggestExplain(run);
  return { summary, figures, next };
}

/** The neurons whose potential is asked for by their ids. */
const recordedNeurons = ({ potentials }: Recording, score: Score): number[] =>
  potentials.map((id) => neuronCalled('--record potential', score, id));

const describePrompt = (prompt: AskedPrompt, channels: number, promptTime: number, tau0: number): string =>
  [
    `${describeChannels(prompt, channels)} prompted for ${formatTime(promptTime * tau0)}`,
    ...describeFlaws(prompt, tau0),
  ].join(' · ');

const flawsSummary = ({ jitter, missing, extra }: SimulateOptions, prompt: AskedPrompt): object => ({
  ...(jitter === undefined ? {} : { jitter_s: jitter }),
  ...(missing ? { missing } : {}),
  ...(extra ? { extra } : {}),
  ...promptSummary(prompt),
});

/** What says how to prompt needs somebody who plays, and the time for it. */
function refusePrompt(
  options: SimulateOptions,
  { size }: AskedPrompt,
  promptTime: number,
  until: number,
  tau0: number,
): void {
  const flags = {
    promptTime: '--prompt-time',
    jitter: '--jitter',
    missing: '--missing',
    extra: '--extra',
    wrong: '--wrong',
    warp: '--warp',
  };
  const needless = (Object.keys(flags) as (keyof typeof flags)[]).find((name) =>
    name === 'jitter' ? options.jitter !== undefined : options[name],
  );
  if (size === 0 && needless)
    throw new EngramError('usage', `${flags[needless]} needs --prompt: how many channels play`);
  if (size > 0 && promptTime > until)
    throw new EngramError(
      'usage',
      `the prompt lasts ${formatTime(promptTime * tau0)}, longer than the run of ${formatTime(until * tau0)}; choose a longer --until or a shorter --prompt-time`,
    );
}

/** The network at time 0, with what it is going to be prompted. */
function begin(
  { stored: { score, network, model, tau0 }, other, channels, seed }: SimulateRun,
  options: SimulateOptions,
  to: number,
  recorded: readonly number[],
): { prompt: AskedPrompt; promptTime: number; start(from?: Checkpoint): Session } {
  const { noise, start } = options;
  const prompt = promptOf(options, channels, tau0);
  const promptTime = prompt.time ?? score.period;
  refusePrompt(options, prompt, promptTime, to, tau0);
  const plan = { missing: 0, extra: 0, ...prompt.plan, jitter: prompt.plan.jitter ?? noise };
  const draws = { seed, index: 0 };
  const { from, imposed, releases } = imposePrompt(score, network, plan, promptTime, start, draws, { model, other });
  const asked = {
    from,
    to,
    imposed,
    releases,
    sigma: noise,
    noise: simulatedNoise(options, tau0),
    record: Uint32Array.from(recorded),
    key: streamKey(seed, 'threshold 0'),
  };
  const simulator = createSimulator(network, { model });
  const begun = (at?: Checkpoint) => (at ? simulator.resume(asked, at) : simulator.start(asked));
  return { prompt, promptTime, start: begun };
}

/** A step that was done; from one with a checkpoint the simulation can go on. */
interface Step {
  step: number;
  spikes: Spikes;
  traces: Trace[];
  checkpoint?: Checkpoint;
}

/** Runs the session to its end, step by step, and keeps what it records. */
async function play(
  { stored: { tau0 }, screen, journal, directory }: SimulateRun,
  start: (from?: Checkpoint) => Session,
  until: number,
  recorded: number,
): Promise<{ spikes: Spikes; traces: Trace[] }> {
  const steps = Math.max(1, Math.ceil(until / STEP));
  const apart = Math.ceil(steps / CHECKPOINTS);
  const parts: Spikes[] = [];
  const traces: Trace[][] = Array.from({ length: recorded }, () => []);
  let [kept, pieces] = [0, 0];
  const add = ({ step, spikes, traces: latest }: Step) => {
    parts.push(spikes);
    kept += spikes.times.length;
    pieces += latest.reduce((sum, { times }) => sum + times.length, 0);
    latest.forEach((trace, i) => {
      if (trace.times.length > 0 || traces[i].length === 0) traces[i].push(trace);
    });
    refuseOverflow(kept, pieces, (step * until * tau0) / steps);
  };
  const { done, last } = lastCheckpoint(journal as Iterable<Step>);
  done.forEach(add);
  const session = start(last?.checkpoint);
  const advance = screen.progress('simulate', steps, last?.step);
  for (let step = done.length; step <= steps; step++) {
    const played = session.run((step * until) / steps);
    // What was played before time 0 is the past that the run was given.
    const part = { step, spikes: step > 0 ? played : concatenate([]), traces: session.traces() };
    add(part);
    if (step > 0) advance();
    const checkpoint = step > 0 && step % apart === 0 ? { checkpoint: session.checkpoint() } : {};
    guard(directory, () => journal.append({ ...part, ...checkpoint }));
    // Lets an interruption through.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { spikes: concatenate(parts), traces: traces.map(joinTraces) };
}

/** The last step of an interrupted run from which it can go on, and all up to there, in order. */
function lastCheckpoint(journal: Iterable<Step>): { done: Step[]; last: Step | undefined } {
  // What was done after the last checkpoint of an earlier attempt stands twice, and is the same.
  const byStep = new Map([...journal].map((part) => [part.step, part]));
  const found = [...byStep.values()].sort((a, b) => a.step - b.step);
  const last = found.findLast(({ checkpoint }) => checkpoint);
  return { done: last ? found.slice(0, last.step + 1) : [], last };
}

/** How the score was played: in the last whole period, and with which drift in milliseconds per second. */
function replayOf(
  { stored: { score } }: SimulateRun,
  trains: readonly Float64Array[],
  until: number,
): { periods: number; last: PeriodRecall | undefined; drift: number | null } {
  const { period } = score;
  const periods = Math.floor(until / period + 1e-9);
  const last = periods > 0 ? measurePeriod(score, trains, (periods - 1) * period) : undefined;
  const followed = Math.min(periods, FOLLOWED);
  const lags = lagTrack(score, trains, (periods - followed) * period, followed);
  // One period, or one of which nothing is played, has no drift.
  const drifts = periods > 1 && last?.lag !== null;
  return { periods, last, drift: drifts ? millisecondsPerSecond(trend(lags).slope, period) : null };
}

/** Draws the first periods and returns the name of the figure. */
async function drawSpikes(
  { stored: { score, tau0 }, write }: SimulateRun,
  trains: Float64Array[],
  shown: Pick<RasterInput, 'prompt' | 'prompted' | 'promptTime' | 'periods'>,
  subtitle: string,
): Promise<string> {
  const { drawRaster } = await import('../../plot/index.js');
  const raster = { score, trains, ...shown, tau0, title: 'Simulated spikes', subtitle: [subtitle] };
  write('raster.svg', await drawRaster(raster));
  return 'raster.svg';
}

/** Writes all potentials, draws them up to a time, and returns the name of the figure. */
async function writePotentials(
  { stored: { score, tau0 }, write }: SimulateRun,
  traces: readonly Trace[],
  spikes: Float64Array[],
  to: number,
): Promise<string> {
  write('potentials.npz', npzBytes(Object.assign({}, ...traces.map((trace) => pieceArrays(trace, score, tau0)))));
  const { drawPotentials } = await import('../../memory/figures/index.js');
  write('potentials.svg', await drawPotentials({ traces, spikes, ids: score.ids, from: 0, to, tau0 }));
  return 'potentials.svg';
}

function refuseOverflow(spikes: number, pieces: number, at: number): void {
  if (spikes <= MOST_SPIKES && pieces <= MOST_PIECES) return;
  const what = spikes > MOST_SPIKES ? `${grouped(MOST_SPIKES)} spikes` : `${grouped(MOST_PIECES)} pieces of potentials`;
  throw new EngramError('usage', `more than ${what} after ${formatTime(at)}; choose a shorter --until, or record less`);
}

/** Between times_s[i] and the next, z = (a[i] + b[i] y) e^{-y}, y = (t - times_s[i]) / beta_s. */
const pieceArrays = ({ neuron, times, a, b, beta }: Trace, score: Score, tau0: number) => ({
  [`times_s_${idOf(score, neuron)}`]: times.map((time) => time * tau0),
  [`a_${idOf(score, neuron)}`]: a,
  [`b_${idOf(score, neuron)}`]: b,
  [`beta_s_${idOf(score, neuron)}`]: Float64Array.of(beta * tau0),
});

/** Neurons are numbered from 0; what a recording calls them stands beside, as in network.npz. */
const inSeconds = ({ times, neurons }: Spikes, { ids }: Score, tau0: number) => ({
  times_s: times.map((time) => time * tau0),
  neurons,
  ...(ids ? { ids: JSON.stringify(ids) } : {}),
});

const joinTraces = (parts: readonly Trace[]): Trace => {
  const column = (name: 'times' | 'a' | 'b') => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part[name].length, 0));
    let n = 0;
    for (const part of parts) {
      whole.set(part[name], n);
      n += part[name].length;
    }
    return whole;
  };
  return { ...parts[0], times: column('times'), a: column('a'), b: column('b') };
};
