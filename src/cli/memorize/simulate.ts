/** `memorize simulate`: runs a stored network and records its spikes and potentials. */
import { Option } from 'commander';
import { grouped, type Invocation, subcommand } from '../../app/index.js';
import { EngramError, formatTime, streamKey } from '../../core/index.js';
import { npzBytes } from '../../files/index.js';
import { imposePrompt, lagTrack, measurePeriod, type Start, trend } from '../../memory/measure/index.js';
import { createSimulator, type Spikes, splitTrains, type Trace } from '../../memory/simulate/index.js';
import { quote } from './next.js';
import { addNoiseOptions, describeNoise, type NoiseOptions, simulatedNoise, startOption } from './noise-options.js';
import { addCommonOptions, type CommonOptions, onNetwork } from './on-network.js';
import * as parse from './options.js';

const NAMES = ['spikes.npz', 'potentials.npz', 'raster.svg', 'potentials.svg'] as const;

interface Recording {
  spikes: boolean;
  potentials: number[];
}

interface SimulateOptions extends CommonOptions, NoiseOptions {
  until?: number;
  record: Recording;
  noise: number;
  prompt?: { count: number } | { share: number };
  promptTime?: number;
  start: Start;
}

/** Refractory periods simulated between two reports of progress; the spikes of one step wait in memory. */
const STEP = 200;
/** Spikes, and pieces of potentials, that a run keeps at most: 0.6 and 1.2 GB. */
const MOST_SPIKES = 50_000_000;
const MOST_PIECES = 50_000_000;
/** What is drawn: so many periods, and so much of each potential. */
const DRAWN_PERIODS = 4;
const DRAWN_TIME = 60;

export const simulateCommand = (invocation: Invocation) => {
  const command = subcommand('simulate', 'runs a stored network and records its spikes and potentials')
    .argument('<network>', 'directory of results, network.npz, or a published network')
    .option('--until <time>', 'for how long (default: 10 periods)', parse.time('--until'))
    .addOption(
      new Option('--record <list>', 'what is kept: spikes, and the potential of some neurons')
        .argParser(recording)
        .default({ spikes: true, potentials: [] }, 'spikes'),
    )
    .option('--noise <x>', 'noise of the thresholds', parse.number('--noise', 'not negative'), 0)
    .option('--start <memory|silent|random>', 'what the network has done before', startOption, 'memory')
    .option('--prompt <n|share>', 'channels that play the score at first (default: none)', parse.prompt)
    .option('--prompt-time <time>', 'for how long (default: one period)', parse.time('--prompt-time'));
  addCommonOptions(addNoiseOptions(command), 'simulation');
  return command.action((network: string, options: SimulateOptions) =>
    invocation.finish(runSimulate(network, options, invocation)),
  );
};

/** `spikes,potential:3,7`. */
function recording(text: string): Recording {
  const refuse = (): never => {
    throw new EngramError('usage', `--record must be a list such as spikes or spikes,potential:3,7; got "${text}"`);
  };
  const found: Recording = { spikes: false, potentials: [] };
  let neurons = false;
  for (const part of text.split(',')) {
    const number = part.replace(/^potential:/, '');
    neurons ||= part !== number;
    if (part === 'spikes') [found.spikes, neurons] = [true, false];
    else if (neurons && /^\d+$/.test(number)) found.potentials.push(Number(number));
    else refuse();
  }
  if (new Set(found.potentials).size < found.potentials.length) refuse();
  return found;
}

const runSimulate = (path: string, options: SimulateOptions, invocation: Invocation) =>
  onNetwork('simulation', path, options, NAMES, invocation, async ({ stored, channels, seed, screen, write }) => {
    const { score, network, tau0 } = stored;
    const { record, start, noise } = options;
    const { period } = score;
    const until = options.until === undefined ? 10 * period : options.until / tau0;
    const wrong = record.potentials.find((neuron) => neuron >= channels);
    if (wrong !== undefined) {
      throw new EngramError(
        'usage',
        `--record: there is no neuron ${wrong}; they are numbered from 0 to ${channels - 1}`,
      );
    }
    const prompt = promptOf(options, channels);
    const promptTime = options.promptTime === undefined ? period : options.promptTime / tau0;
    const { from, imposed, releases } = imposePrompt(
      score,
      network,
      { prompt, jitter: noise, missing: 0, extra: 0 },
      promptTime,
      start,
      { seed, index: 0 },
      stored.model,
    );
    const session = createSimulator(network, { model: stored.model }).start({
      from,
      to: until,
      imposed,
      releases,
      sigma: noise,
      noise: simulatedNoise(options, tau0),
      record: Uint32Array.from(record.potentials),
      key: streamKey(seed, 'threshold 0'),
    });
    const noises = [...(noise > 0 ? [`thresholds ${noise}`] : []), ...describeNoise(options)];
    const prompted = prompt > 0 ? ` · ${prompt} channels prompted for ${formatTime(promptTime * tau0)}` : '';
    screen.line('run', `${formatTime(until * tau0)} from ${start}${prompted} · ${noises.join(' · ') || 'no noise'}`);
    const steps = Math.max(1, Math.ceil(until / STEP));
    const advance = screen.progress('simulate', steps);
    const parts: Spikes[] = [];
    const traces: Trace[][] = record.potentials.map(() => []);
    session.run(0);
    collect(traces, session.traces());
    let kept = 0;
    let pieces = 0;
    for (let step = 1; step <= steps; step++) {
      const spikes = session.run((step * until) / steps);
      parts.push(spikes);
      kept += spikes.times.length;
      const recorded = session.traces();
      pieces += recorded.reduce((sum, { times }) => sum + times.length, 0);
      collect(traces, recorded);
      refuseOverflow(kept, pieces, (step * until * tau0) / steps);
      advance();
      // Lets an interruption through.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const spikes = join(parts);
    const trains = splitTrains(spikes, channels);
    const periods = Math.floor(until / period + 1e-9);
    const last = periods > 0 ? measurePeriod(score, trains, (periods - 1) * period) : undefined;
    // Of a long run the lag is followed over the last periods only.
    const followed = Math.min(periods, 100);
    const lags = lagTrack(score, trains, (periods - followed) * period, followed);
    const drift = periods > 1 ? (1e3 * trend(lags).slope) / period : 0;
    const hertz = spikes.times.length / channels / (until * tau0);
    screen.line('spikes', `${grouped(spikes.times.length)} · ${hertz.toPrecision(3)} Hz`);
    if (last) {
      const lagging = Math.abs(drift) < 1e-5 ? 'no drift' : `drift ${drift.toFixed(2)} ms/s`;
      screen.line(
        'replay',
        `precision ${last.precision.toFixed(3)} · recall ${last.recall.toFixed(3)} in the last period · ${lagging}`,
      );
    }
    if (record.spikes) write('spikes.npz', npzBytes(inSeconds(spikes, tau0)));
    const figures = ['raster.svg'];
    const { drawRaster } = await import('../../plot/index.js');
    const drawn = Math.max(1, Math.min(DRAWN_PERIODS, periods));
    const shown = prompt > 0 ? promptTime : 0;
    write(
      'raster.svg',
      await drawRaster({
        score,
        trains,
        prompt,
        promptTime: shown,
        periods: drawn,
        tau0,
        title: 'Simulated spikes',
        subtitle: [`from ${start} · ${noises.join(' · ') || 'no noise'}`],
      }),
    );
    if (record.potentials.length > 0) {
      const whole = traces.map(merge);
      write('potentials.npz', npzBytes(Object.assign({}, ...whole.map((trace) => pieceArrays(trace, tau0)))));
      const own = record.potentials.map((neuron) => trains[neuron]);
      const { drawPotentials } = await import('../../memory/figures/index.js');
      write(
        'potentials.svg',
        await drawPotentials({ traces: whole, spikes: own, from: 0, to: Math.min(until, DRAWN_TIME), tau0 }),
      );
      figures.push('potentials.svg');
    }
    const summary = {
      until_s: until * tau0,
      start,
      prompt: { channels: prompt, duration_s: prompt > 0 ? promptTime * tau0 : 0 },
      noise: {
        threshold: noise,
        walk: options.walk ?? false,
        failure: options.failure,
        delay_jitter_s: options.delayJitter,
        background: options.background,
      },
      recorded: record,
      simulated_spikes: spikes.times.length,
      rate_hz: hertz,
      last_period: last
        ? { precision: last.precision, recall: last.recall, timing_error_ms: last.timingError * tau0 * 1e3 }
        : null,
      drift_ms_per_s: drift,
    };
    const next = `how much disturbance does it stand? npx memorize stability ${quote(path)} --seed ${seed}`;
    return { summary, figures, next };
  });

function promptOf({ prompt, promptTime }: SimulateOptions, channels: number): number {
  if (prompt === undefined) {
    if (promptTime !== undefined)
      throw new EngramError('usage', '--prompt-time needs --prompt: how many channels play');
    return 0;
  }
  const count = 'count' in prompt ? prompt.count : Math.max(1, Math.round(prompt.share * channels));
  if (count <= channels) return count;
  throw new EngramError('usage', `--prompt must be at most the number of channels, ${channels}; got ${count}`);
}

function refuseOverflow(spikes: number, pieces: number, at: number): void {
  if (spikes <= MOST_SPIKES && pieces <= MOST_PIECES) return;
  const what = spikes > MOST_SPIKES ? `${grouped(MOST_SPIKES)} spikes` : `${grouped(MOST_PIECES)} pieces of potentials`;
  throw new EngramError('usage', `more than ${what} after ${formatTime(at)}; choose a shorter --until, or record less`);
}

function collect(into: Trace[][], traces: readonly Trace[]): void {
  traces.forEach((trace, i) => {
    if (trace.times.length > 0 || into[i].length === 0) into[i].push(trace);
  });
}

function merge(parts: readonly Trace[]): Trace {
  const column = (name: 'times' | 'a' | 'b') => {
    const whole = new Float64Array(parts.reduce((sum, part) => sum + part.times.length, 0));
    let n = 0;
    for (const part of parts) {
      whole.set(part[name], n);
      n += part.times.length;
    }
    return whole;
  };
  return { ...parts[0], times: column('times'), a: column('a'), b: column('b') };
}

/** Between times_s[i] and the next, z = (a[i] + b[i] y) e^{-y}, y = (t - times_s[i]) / beta_s. */
const pieceArrays = ({ neuron, times, a, b, beta }: Trace, tau0: number) => ({
  [`times_s_${neuron}`]: times.map((time) => time * tau0),
  [`a_${neuron}`]: a,
  [`b_${neuron}`]: b,
  [`beta_s_${neuron}`]: Float64Array.of(beta * tau0),
});

const inSeconds = ({ times, neurons }: Spikes, tau0: number) => ({
  times_s: times.map((time) => time * tau0),
  neurons,
});

function join(parts: readonly Spikes[]): Spikes {
  const count = parts.reduce((sum, { times }) => sum + times.length, 0);
  const [times, neurons] = [new Float64Array(count), new Uint32Array(count)];
  let n = 0;
  for (const part of parts) {
    times.set(part.times, n);
    neurons.set(part.neurons, n);
    n += part.times.length;
  }
  return { times, neurons };
}
