/** `memorize stability`: the spectrum of the jitter map, what noise will do and does, and how large a disturbance returns. */
import { defineCommand, integer, option } from '../../app/index.js';
import { formatTime } from '../../core/index.js';
import {
  outcomeJob,
  type RecallTest,
  type Stability,
  type StabilityPart,
  stabilityJob,
  type TrialPlan,
} from '../../memory/measure/index.js';
import {
  type Basin,
  basinTrials,
  compareNoise,
  driftOf,
  levelsOf,
  millisecondsPerSecond,
  type NoiseComparison,
  type Outcome,
  RETURN_PERIODS,
  type Returned,
  summarizeBasin,
} from '../../memory/summary/index.js';
import { noiseLevels } from './parsers.js';
import { mapRecall } from './recall-map.js';
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
import { suggestRecall } from './suggest.js';

const NAMES = ['spectrum.svg', 'noise.svg', 'recall-map.svg'] as const;

interface StabilityOptions extends NetworkOptions {
  noise: number[];
  periods: number;
  vectors: number;
  basinTrials: number;
  basin: boolean;
}

const COMMAND: NetworkCommand<(typeof NAMES)[number]> = {
  name: 'stability',
  kind: 'stability',
  names: NAMES,
  options: [
    option('--noise <list>', 'noise levels of the thresholds', noiseLevels, [0.05, 0.1], '0.05,0.1'),
    option('--periods <n>', 'periods over which noise is followed', integer(2, 100000), 20),
    option('--vectors <n>', 'Arnoldi vectors of the spectrum', integer(1, 1000), 40),
    option('--basin-trials <n>', 'trials per disturbance', integer(1, 100000), 4),
    option('--no-basin', 'leave out how large a disturbance returns'),
    ...networkOptions('stability'),
  ],
};

export const stabilityCommand = defineCommand<StabilityOptions>({
  name: COMMAND.name,
  about: 'how a stored network answers to jitter, noise and disturbances',
  argument: NETWORK,
  options: COMMAND.options,
  after: NETWORK_EXIT_CODES,
  work: (given, invocation, path) => runOnNetwork(COMMAND, path, given, invocation, study),
});

/** What residuals of a map whose eigenvalues are at most about 1 resolve. */
const ROUNDING = 1e-15;

type StabilityRun = NetworkRun<(typeof NAMES)[number]>;

async function study(run: StabilityRun, options: StabilityOptions): Promise<NetworkFindings> {
  const { stored, screen } = run;
  const { score, tau0 } = stored;
  const noises = levelsOf(options.noise);
  const { stability, predictions } = await analyse(run, noises, options);
  reportSpectrum(run, stability);
  // The last without noise: what the network does by itself.
  const plans: TrialPlan[] = [...noises, 0].map((noise) => ({ prompt: 0, noise, jitter: 0 }));
  const simulated = await simulate(run, 'simulate', options.periods, plans);
  const { periods } = simulated[noises.length];
  const drift = driftOf(
    periods.map(({ lag }) => lag),
    score.period,
  );
  const { precision } = periods[periods.length - 1];
  screen.line('replay', `without noise: precision ${precision.toFixed(3)} · ${describeDrift(drift, score.period)}`);
  const rows = predictions.map((prediction, i) =>
    compareNoise(prediction, simulated[i].periods, drift, score.period, tau0),
  );
  screen.plain(`replay under noise, ${options.periods} periods: predicted / simulated (linear theory in brackets)`);
  screen.table(noiseTable(rows));
  await draw(run, stability, rows);
  const basin = options.basin ? await disturb(run, options.basinTrials) : undefined;
  const recall = score.times.length > 0 ? await mapRecall(run) : undefined;
  const { spectrum, exponent, ...rest } = stability;
  const summary = {
    stability: {
      ...rest,
      exponent_per_s: exponent / (score.period * tau0),
      least_slope: rest.leastSlope,
      spectrum: spectrum.map(({ re, im, modulus, residual }) => ({ re, im, modulus, residual })),
    },
    quiet: { precision, drift_ms_per_s: drift === null ? null : millisecondsPerSecond(drift, score.period) },
    noise: rows,
    ...(basin ? { basin } : {}),
    ...(recall ? { recall_map: recall } : {}),
  };
  return {
    summary,
    figures: ['spectrum.svg', 'noise.svg', ...(recall ? ['recall-map.svg'] : [])],
    next: suggestRecall(run, noises),
  };
}

async function analyse(
  { stored, seed, screen, map }: StabilityRun,
  noises: readonly number[],
  { vectors, periods }: StabilityOptions,
) {
  const { score, network, model } = stored;
  const advance = screen.progress('spectrum', noises.length + 1);
  const parts: StabilityPart[] = [];
  const test = { score, network, model, seed, steps: vectors, noises, periods };
  await map(stabilityJob, test, noises.length + 1, (part) => {
    parts.push(part);
    advance();
  });
  const [{ stability }] = parts.filter((part) => 'stability' in part);
  return { stability, predictions: parts.filter((part) => 'noise' in part) };
}

/** Trials without their spikes. */
async function simulate(
  { stored, seed, screen, map }: StabilityRun,
  label: string,
  periods: number,
  trials: readonly TrialPlan[],
): Promise<Outcome[]> {
  const { score, network, model } = stored;
  const test: RecallTest = { score, network, model, seed, promptTime: score.period, periods, trials };
  const advance = screen.progress(label, trials.length);
  const found: Outcome[] = [];
  await map(outcomeJob, test, trials.length, ({ spikes: _, ...trial }) => {
    found.push(trial);
    advance();
  });
  return found;
}

function describeSpectrum({ radius, exponent, status }: Stability, period: number): string {
  const rate = (exponent / period).toFixed(1);
  if (status === 'rounding') {
    const most = radius > 0 ? ` (at most about ${radius.toExponential(0)} per period)` : '';
    return `radius below what rounding lets one resolve${most}: small jitter is gone within a period`;
  }
  const limit = status === 'converged' ? '' : ' · not converged: an estimate';
  return `radius ${radius.toExponential(3)} per period, exponent ${rate} per second${limit}`;
}

const describeDrift = (drift: number | null, period: number) =>
  drift === null
    ? 'nothing of the score is played'
    : Math.abs(drift) < 1e-8 * period
      ? 'no drift'
      : `drift ${millisecondsPerSecond(drift, period).toFixed(2)} ms/s`;

function reportSpectrum({ stored, screen }: StabilityRun, stability: Stability): void {
  const { spectrum, radius, gain, leastSlope, spikes, beyond } = stability;
  screen.line('spectrum', describeSpectrum(stability, stored.score.period * stored.tau0));
  const [first] = spectrum;
  if (first) {
    const pair =
      first.im === 0
        ? `real, ${first.re.toExponential(3)}`
        : `pair ${first.re.toExponential(3)} ± ${Math.abs(first.im).toExponential(3)} i`;
    const known = `${spectrum.length} of ${spikes} eigenvalues known`;
    screen.line(
      '',
      `leading ${pair} · residual ${first.residual < ROUNDING ? `below ${ROUNDING.toExponential(0)}, the rounding` : first.residual.toExponential(0)} · ${known}`,
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

function noiseTable(rows: readonly NoiseComparison[]): string[][] {
  const number = (value: number | null, digits: number) =>
    value === null || Number.isNaN(value) ? '-' : value.toFixed(digits).replace(/^-(0\.0+)$/, '$1');
  type Measure = 'precision' | 'timing_error_ms' | 'drift_ms_per_s';
  const cell = ({ curved, linear, simulated }: NoiseComparison, of: Measure, digits: number) =>
    `${number(curved[of], digits)} / ${number(simulated[of], digits)} (${number(linear[of], digits)})`;
  return [
    ['noise', 'holds', 'precision', 'timing error (ms)', 'drift (ms/s)'],
    ...rows.map((row) => [
      String(row.noise),
      `${row.simulated.held}/${row.simulated.periods}`,
      cell(row, 'precision', 3),
      cell(row, 'timing_error_ms', 3),
      cell(row, 'drift_ms_per_s', 2),
    ]),
  ];
}

async function draw(
  { stored: { score, tau0 }, write }: StabilityRun,
  stability: Stability,
  rows: readonly NoiseComparison[],
): Promise<void> {
  const { drawNoise, drawSpectrum } = await import('../../plot/index.js');
  write('spectrum.svg', await drawSpectrum(stability, [describeSpectrum(stability, score.period * tau0)]));
  const drawn = rows.map(({ noise, linear, curved, simulated }) => ({
    noise,
    linear: { precision: linear.precision, drift: linear.drift_ms_per_s },
    curved: { precision: curved.precision, drift: curved.drift_ms_per_s },
    simulated: { precisions: simulated.precisions.slice(0, simulated.held), drift: simulated.drift_ms_per_s },
  }));
  const said = 'each black point on the left is one simulated period, on the right one run';
  write('noise.svg', await drawNoise(drawn, 'ms/s', [said]));
}

/** From how large a disturbance of its past the network, without noise, comes back to the score. */
async function disturb(run: StabilityRun, each: number): Promise<Basin> {
  const { screen, stored } = run;
  const trials = await simulate(run, 'basin', RETURN_PERIODS, basinTrials(each));
  const basin = summarizeBasin(trials, each, stored.tau0);
  const { jitter, missing } = basin;
  const share = ({ returned, trials: count }: Returned) => `${returned}/${count}`;
  screen.plain(`basin: of ${each} disturbed pasts so many return within ${RETURN_PERIODS} periods, without noise`);
  screen.table([
    ['jitter', ...jitter.map(({ jitter_s: size }) => formatTime(size))],
    ['', ...jitter.map(share)],
    ['spikes missing', ...missing.map((entry) => `${Math.round(100 * entry.share)} %`)],
    ['', ...missing.map(share)],
  ]);
  return basin;
}
