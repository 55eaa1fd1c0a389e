/** `memorize stability`: the spectrum of the jitter map, what noise will do and does, and how large a disturbance returns. */
import { Option } from 'commander';
import { type Invocation, subcommand } from '../../app/index.js';
import { formatTime } from '../../core/index.js';
import {
  type NoisePrediction,
  type RecallTest,
  recallJob,
  type Stability,
  type StabilityPart,
  stabilityJob,
  type Trial,
  type TrialPlan,
  trend,
  wilson,
  wrapped,
} from '../../memory/measure/index.js';
import { quote } from './next.js';
import { addCommonOptions, type CommonOptions, type Tools as NetworkTools, onNetwork } from './on-network.js';
import * as parse from './options.js';
import { tableOf } from './summary.js';

const NAMES = ['spectrum.svg', 'noise.svg'] as const;

interface StabilityOptions extends CommonOptions {
  noise: number[];
  periods: number;
  vectors: number;
  basinTrials: number;
  basin: boolean;
}

/** Disturbances of the past that are tried: jitter in refractory periods, and shares of spikes left out. */
const JITTERS = [0.1, 0.2, 0.3, 0.4, 0.6];
const MISSING = [0.05, 0.1, 0.2, 0.3, 0.5];
/** A replay below this precision is lost: noise alone leaves more, unrelated activity much less. */
const LOST = 0.5;
/** Periods after which a disturbed network must play the score. */
const RETURN_PERIODS = 3;

export const stabilityCommand = (invocation: Invocation) => {
  const command = subcommand('stability', 'how a stored network answers to jitter, noise and disturbances')
    .argument('<network>', 'directory of results, network.npz, or a published network')
    .addOption(
      new Option('--noise <list>', 'noise levels of the thresholds')
        .argParser(parse.numberList('--noise'))
        .default([0.05, 0.1], '0.05,0.1'),
    )
    .option('--periods <n>', 'periods over which noise is followed', parse.integer('--periods', 2, 100000), 20)
    .option('--vectors <n>', 'Arnoldi vectors of the spectrum', parse.integer('--vectors', 1, 1000), 40)
    .option('--basin-trials <n>', 'trials per disturbance', parse.integer('--basin-trials', 1, 100000), 4)
    .option('--no-basin', 'leave out how large a disturbance returns');
  addCommonOptions(command, 'stability');
  return command.action((network: string, options: StabilityOptions) =>
    invocation.finish(runStability(network, options, invocation)),
  );
};

const runStability = (path: string, options: StabilityOptions, invocation: Invocation) =>
  onNetwork('stability', path, options, NAMES, invocation, async (tools) => {
    const { stored, seed, screen, write } = tools;
    const { score, tau0 } = stored;
    const noises = [...new Set(options.noise)].sort((a, b) => a - b);
    const { stability, predictions } = await analyse(tools, noises, options);
    reportSpectrum(tools, stability);
    // The last without noise: what the network does by itself.
    const plans: TrialPlan[] = [...noises, 0].map((noise) => ({ prompt: 0, noise, jitter: 0 }));
    const simulated = await simulate(tools, 'simulate', options.periods, plans);
    const { periods } = simulated[noises.length];
    const quiet = { precision: periods[periods.length - 1].precision, drift: driftOf(periods, score.period) };
    const drift = describeDrift(quiet.drift, score.period);
    screen.line('replay', `without noise: precision ${quiet.precision.toFixed(3)} · ${drift}`);
    const rows = predictions.map((prediction, i) => compare(prediction, simulated[i], quiet.drift, score.period, tau0));
    screen.plain(`replay under noise, ${options.periods} periods: predicted / simulated (linear theory in brackets)`);
    for (const line of noiseTable(rows)) screen.plain(line);

    const { drawNoise, drawSpectrum } = await import('../../plot/index.js');
    write('spectrum.svg', await drawSpectrum(stability, [describeSpectrum(stability, score.period * tau0)]));
    const drawn = rows.map(({ noise, linear, curved, simulated: measured }) => ({
      noise,
      linear: { precision: linear.precision, drift: linear.drift_ms_per_s },
      curved: { precision: curved.precision, drift: curved.drift_ms_per_s },
      simulated: { precisions: measured.precisions.slice(0, measured.held), drift: measured.drift_ms_per_s },
    }));
    write(
      'noise.svg',
      await drawNoise(drawn, 'ms/s', ['each black point on the left is one simulated period, on the right one run']),
    );
    const basin = options.basin ? await disturb(tools, options) : undefined;
    const { spectrum, exponent, ...rest } = stability;
    const summary = {
      stability: {
        ...rest,
        exponent_per_s: exponent / (score.period * tau0),
        least_slope: rest.leastSlope,
        spectrum: spectrum.map(({ re, im, modulus, residual }) => ({ re, im, modulus, residual })),
      },
      quiet: { precision: quiet.precision, drift_ms_per_s: (1e3 * quiet.drift) / score.period },
      noise: rows,
      ...(basin ? { basin } : {}),
    };
    return {
      summary,
      figures: ['spectrum.svg', 'noise.svg'],
      next: `does a prompt bring the memory back? npx memorize recall ${quote(path)}${options.memory > 1 ? ` --memory ${options.memory}` : ''} --noise ${noises.join(',')} --seed ${seed}`,
    };
  });

type Tools = NetworkTools<(typeof NAMES)[number]>;
type Prediction = Extract<StabilityPart, { noise: number }>;

async function analyse({ stored, seed, screen, map }: Tools, noises: readonly number[], options: StabilityOptions) {
  const { score, network, model } = stored;
  const advance = screen.progress('spectrum', noises.length + 1);
  const parts: StabilityPart[] = [];
  const test = { score, network, model, seed, steps: options.vectors, noises, periods: options.periods };
  await map(stabilityJob, test, noises.length + 1, (part) => {
    parts.push(part);
    advance();
  });
  const [{ stability }] = parts.filter((part) => 'stability' in part);
  return { stability, predictions: parts.filter((part) => 'noise' in part) };
}

/** Trials without their spikes. */
async function simulate(
  { stored, seed, screen, map }: Tools,
  label: string,
  periods: number,
  trials: readonly TrialPlan[],
): Promise<Omit<Trial, 'spikes'>[]> {
  const { score, network, model } = stored;
  const test: RecallTest = { score, network, model, seed, promptTime: score.period, periods, trials };
  const advance = screen.progress(label, trials.length);
  const found: Omit<Trial, 'spikes'>[] = [];
  await map(recallJob, test, trials.length, ({ spikes: _, ...trial }) => {
    found.push(trial);
    advance();
  });
  return found;
}

function describeSpectrum({ radius, exponent, status }: Stability, period: number): string {
  const rate = (exponent / period).toFixed(1);
  const limit = status === 'converged' ? '' : ' · not converged: an estimate';
  return `radius ${radius.toExponential(3)} per period, exponent ${rate} per second${limit}`;
}

const describeDrift = (drift: number, period: number) =>
  Math.abs(drift) < 1e-8 * period ? 'no drift' : `drift ${((1e3 * drift) / period).toFixed(2)} ms/s`;

function reportSpectrum({ stored, screen }: Tools, stability: Stability): void {
  const { spectrum, radius, gain, leastSlope, spikes, beyond } = stability;
  screen.line('spectrum', describeSpectrum(stability, stored.score.period * stored.tau0));
  const [first] = spectrum;
  if (first) {
    const pair =
      first.im === 0
        ? `real, ${first.re.toExponential(3)}`
        : `pair ${first.re.toExponential(3)} ± ${Math.abs(first.im).toExponential(3)} i`;
    screen.line(
      '',
      `leading ${pair} · residual ${first.residual.toExponential(0)} · ${grouped(spectrum.length, spikes)}`,
    );
  }
  screen.line('', radius < 1 ? 'stable: small jitter dies away' : 'not stable: small jitter grows');
  screen.line('gain', `${gain.toFixed(2)} at most within a period · least slope at a spike ${leastSlope.toFixed(2)}`);
  if (beyond > 1e-6) {
    screen.line(
      'warning',
      `the period is short for delays and kernel: up to ${beyond.toExponential(0)} of a slope comes from an earlier turn`,
    );
  }
}

const grouped = (known: number, spikes: number) => `${known} of ${spikes} eigenvalues known`;

/**
 * One noise level: predictions and simulation, in seconds. The theory expands around the score; where the network
 * itself drifts without noise, as the published one does, that is added.
 */
function compare(
  { noise, linear, curved }: Prediction,
  trial: Omit<Trial, 'spikes'>,
  quietDrift: number,
  period: number,
  tau0: number,
) {
  const lost = trial.periods.findIndex(({ precision }) => precision < LOST);
  const held = lost < 0 ? trial.periods : trial.periods.slice(0, lost);
  const perSecond = (drift: number) => (1e3 * drift) / period;
  const predicted = ({ precision, jitter, drift, driftError }: NoisePrediction) => ({
    precision,
    timing_error_ms: jitter * tau0 * 1e3,
    drift_ms_per_s: perSecond(drift + quietDrift),
    drift_error_ms_per_s: perSecond(driftError),
  });
  const mean = (values: readonly number[]) =>
    values.length > 0 ? values.reduce((a, b) => a + b, 0) / values.length : null;
  return {
    noise,
    linear: predicted(linear),
    curved: predicted(curved),
    /** While the replay holds: up to the first period with a precision below `LOST`. */
    simulated: {
      periods: trial.periods.length,
      held: held.length,
      precision: mean(held.map(({ precision }) => precision)),
      precisions: trial.periods.map(({ precision }) => precision),
      timing_error_ms: mean(held.map(({ timingError }) => timingError * tau0 * 1e3)),
      drift_ms_per_s: held.length > 1 ? perSecond(driftOf(held, period)) : null,
    },
  };
}

/** Growth of the lag per period. */
function driftOf(periods: readonly { lag: number }[], period: number): number {
  const lags = [periods[0].lag];
  for (const { lag } of periods.slice(1)) {
    const last = lags[lags.length - 1];
    lags.push(last + wrapped(lag - last, period));
  }
  return trend(lags).slope;
}

function noiseTable(rows: readonly ReturnType<typeof compare>[]): string[] {
  const number = (value: number | null, digits: number) =>
    value === null || Number.isNaN(value) ? '-' : value.toFixed(digits).replace(/^-(0\.0+)$/, '$1');
  type Measure = 'precision' | 'timing_error_ms' | 'drift_ms_per_s';
  const cell = ({ curved, linear, simulated }: ReturnType<typeof compare>, of: Measure, digits: number) =>
    `${number(curved[of], digits)} / ${number(simulated[of], digits)} (${number(linear[of], digits)})`;
  return tableOf([
    ['noise', 'holds', 'precision', 'timing error (ms)', 'drift (ms/s)'],
    ...rows.map((row) => [
      String(row.noise),
      `${row.simulated.held}/${row.simulated.periods}`,
      cell(row, 'precision', 3),
      cell(row, 'timing_error_ms', 3),
      cell(row, 'drift_ms_per_s', 2),
    ]),
  ]);
}

/** From how large a disturbance of its past the network, without noise, comes back to the score. */
async function disturb(tools: Tools, { basinTrials }: StabilityOptions) {
  const { screen, stored } = tools;
  const plans: TrialPlan[] = [
    ...JITTERS.flatMap((jitter) => Array.from({ length: basinTrials }, () => ({ prompt: 0, noise: 0, jitter }))),
    ...MISSING.flatMap((missing) => Array.from({ length: basinTrials }, () => ({ prompt: 0, noise: 0, missing }))),
  ];
  const trials = await simulate(tools, 'basin', RETURN_PERIODS, plans);
  const row = (index: number) => {
    const own = trials.slice(index * basinTrials, (index + 1) * basinTrials);
    const returned = own.filter(({ success }) => success).length;
    return { returned, trials: basinTrials, interval: wilson(returned, basinTrials) };
  };
  const jitter = JITTERS.map((level, i) => ({ jitter_s: level * stored.tau0, ...row(i) }));
  const missing = MISSING.map((share, i) => ({ share, ...row(JITTERS.length + i) }));
  const share = ({ returned, trials: count }: ReturnType<typeof row>) => `${returned}/${count}`;
  screen.plain(
    `basin: of ${basinTrials} disturbed pasts so many return within ${RETURN_PERIODS} periods, without noise`,
  );
  const lines = tableOf([
    ['jitter', ...jitter.map(({ jitter_s: size }) => formatTime(size))],
    ['', ...jitter.map(share)],
    ['spikes missing', ...missing.map((entry) => `${Math.round(100 * entry.share)} %`)],
    ['', ...missing.map(share)],
  ]);
  for (const line of lines) screen.plain(line);
  return { jitter, missing };
}
