/**
 * A trained network as the original's `.mat`: names, classes and dimensions as its Python code writes them, float32 where that is.
 * What is computed here is float64; a network that was read back is the float32 one.
 */
import { demandList, demandObject, demandPositive, EngramError, refuse, streamKey } from '../core/index.js';
import { type MatValue, matBytes, matLines, numbersOf, readMat, withMat } from '../files/index.js';
import { type ActivationName, activations } from './activation.js';
import { evaluateRate } from './evaluate.js';
import { checkNetwork, type RateNetwork, tausOf } from './network.js';
import { createRatePass, drawTrial } from './pass.js';
import { preparedTask, type TrainingSettings } from './settings.js';
import { rateTask } from './tasks.js';
import type { TrainedRate } from './train.js';

/** A model as a file holds it. */
export interface RateModel {
  /** As trained. */
  readonly network: RateNetwork;
  /** Before training, where the file says it. */
  readonly initial?: RateNetwork | undefined;
  /** What a grid search has found. */
  readonly scale?: number | undefined;
}

/** What the spiking side cannot do without. */
const NEEDED = ['N', 'w', 'w_in', 'w_out', 'm', 'som_m', 'inh', 'taus', 'taus_gaus'] as const;

/** Reads a model of the original or of ours. Throws `input` for another file, naming what is missing. */
export function readRateModel(bytes: Uint8Array, file: string): RateModel {
  const variables = readMat(bytes, file);
  const fail = (problem: string): never => {
    throw new EngramError('input', `${file}: ${problem}`);
  };
  const missing = NEEDED.filter((name) => !variables.has(name));
  if (missing.length > 0) fail(`no model of spikeRNN: ${missing.join(', ')} missing`);
  const numbers = (name: string, dims?: readonly number[]): Float64Array => {
    const value = variables.get(name);
    if (value?.kind !== 'numeric' || value.imaginary) return fail(`${name} is no array of real numbers`);
    if (dims && dims.join() !== value.dims.join()) {
      fail(`${name} must be ${dims.join(' x ')}; got ${value.dims.join(' x ')}`);
    }
    const values = numbersOf(value, `${file}: ${name}`);
    if (!values.every(Number.isFinite)) fail(`${name} holds what is no finite number`);
    return values;
  };
  const n = numbers('N', [1, 1])[0];
  if (!(Number.isInteger(n) && n >= 1 && n <= 1 << 14)) fail(`N must be a number of units; got ${n}`);
  const wIn = variables.get('w_in');
  const inputs = wIn?.kind === 'numeric' && wIn.dims[0] === n ? wIn.dims[1] : fail(`w_in must have ${n} rows`);
  const taus = [...numbers('taus')];
  if (taus.length < 1 || taus.length > 2 || !taus.every((tau) => tau >= 1) || taus[0] > taus[taus.length - 1]) {
    fail(`taus must be one number of steps or two that do not fall, at least 1; got ${taus.slice(0, 4).join(', ')}`);
  }
  const text = variables.get('activation');
  if (text !== undefined && text.kind !== 'char') fail('activation is no text');
  const activation = text?.kind === 'char' ? (matLines(text)[0]?.trim() ?? '') : 'sigmoid';
  if (!activations.includes(activation as ActivationName)) {
    fail(`activation must be one of ${activations.join(', ')}; got "${activation.slice(0, 40)}"`);
  }
  const square = (name: string) => byRows(numbers(name, [n, n]), n, n);
  const inhibitory = Uint8Array.from(numbers('inh', [n, 1]), (one) => (one === 0 ? 0 : 1));
  const network: RateNetwork = {
    units: n,
    inputs,
    activation: activation as ActivationName,
    dale: inhibitory.some((one) => one === 1),
    taus,
    inhibitory,
    allowed: Uint8Array.from(square('som_m'), (one) => (one === 0 ? 0 : 1)),
    w: square('w'),
    wIn: byRows(numbers('w_in'), n, inputs),
    wOut: numbers('w_out', [1, n]).slice(),
    bOut: variables.has('b_out') ? numbers('b_out', [1, 1]).slice() : new Float64Array(1),
    gates: numbers('taus_gaus', [n, 1]).slice(),
  };
  const signs = square('m');
  for (let j = 0; j < n; j++) {
    if (signs[j * n + j] < 0 !== (inhibitory[j] === 1)) fail(`unit ${j} is inhibitory by one of m and inh only`);
  }
  checkNetwork(network);
  const before = variables.has('w0') && variables.has('taus_gaus0');
  const initial = before ? { ...network, w: square('w0'), gates: numbers('taus_gaus0', [n, 1]).slice() } : undefined;
  const found = variables.has('opt_scaling_factor') ? numberOr(variables.get('opt_scaling_factor')) : undefined;
  return { network, initial, scale: found };
}

/** NaN stands there while the original searches. */
function numberOr(value: MatValue | undefined): number | undefined {
  if (value?.kind !== 'numeric' || value.values.length !== 1) return undefined;
  const scale = Number(value.values[0]);
  return scale > 0 && Number.isFinite(scale) ? scale : undefined;
}

/** From column-major to rows, and the other way. */
function byRows(values: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(values.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[i * columns + j] = values[j * rows + i];
  return turned;
}
const byColumns = (values: Float64Array, rows: number, columns: number) => byRows(values, columns, rows);

const single = (dims: readonly number[], values: ArrayLike<number>): MatValue => ({
  kind: 'numeric',
  dtype: 'f4',
  dims,
  values: Float32Array.from(values),
});
const double = (dims: readonly number[], values: ArrayLike<number>): MatValue => ({
  kind: 'numeric',
  dtype: 'f8',
  dims,
  values: Float64Array.from(values),
});
const whole = (value: number): MatValue => ({
  kind: 'numeric',
  dtype: 'i8',
  dims: [1, 1],
  values: BigInt64Array.of(BigInt(value)),
});
const flags = (values: Uint8Array): MatValue => ({
  kind: 'numeric',
  dtype: 'b1',
  dims: [values.length, 1],
  values: values.slice(),
});

/** Throws `usage` for a network that no `.mat` holds: numbers in it are float32. */
function demandSingle(network: RateNetwork): void {
  checkNetwork(network);
  for (const name of ['w', 'wOut', 'bOut', 'gates'] as const) {
    const wrong = network[name].find((value) => !Number.isFinite(Math.fround(value)));
    if (wrong !== undefined) {
      refuse(
        `the network has diverged: ${name} has come to ${wrong}, which no .mat holds; take a smaller --lr or --gain`,
      );
    }
  }
}

/** The bytes of the `.mat` of a training. Throws `usage` where it has diverged beyond float32. */
export function rateModelBytes(trained: TrainedRate, settings: TrainingSettings): Uint8Array {
  preparedTask(settings);
  demandObject('the training', trained);
  demandSingle(trained.network);
  demandSingle(trained.initial);
  const { network, initial, trial } = trained;
  const { units: n, inputs, dale, inhibitory, allowed } = network;
  const seed = trained.seed;
  const { task } = rateTask(settings.task, settings.times);
  const T = task.steps;
  const key = streamKey(seed, 'spikernn rate noise');
  const last = Math.max(0, trial - 1);
  const shown = task.trial(seed, last * settings.batch);
  const trialOf = (of: RateNetwork, index: number) =>
    createRatePass(of).run(drawTrial(n, task.trial(seed, index).input, T, key, index));
  const before = trialOf(initial, 0);
  const after = trialOf(network, last * settings.batch);
  const checks = Math.floor((last - 1) / 100) + 1;
  const evaluation = evaluateRate(network, rateTask(settings.task, settings.times), {
    kind: settings.loss,
    count: 100,
    seed,
    round: checks % (1 << 10),
  });
  const rectified = (w: Float64Array) => byColumns(dale ? w.map((value) => Math.max(0, value)) : w, n, n);
  const signs = new Float64Array(n * n);
  for (let j = 0; j < n; j++) signs[j * n + j] = inhibitory[j] ? -1 : 1;
  const losses = new Float64Array(settings.trials);
  losses.set(trained.losses.slice(0, settings.trials));
  const overTime = (values: Float64Array) => single([T, n, 1], byColumns(values, T, n));
  const tau = settings.taus.length === 1 ? [1, 1] : [1, 2];
  const som = settings.som;
  return matBytes([
    ['x0', overTime(before.states)],
    ['r0', overTime(before.rates)],
    ['w0', single([n, n], rectified(initial.w))],
    ['taus_gaus0', single([n, 1], initial.gates)],
    ['w_in0', single([n, inputs], byColumns(initial.wIn, n, inputs))],
    ['u', double([inputs, T], shown.input)],
    ['o', single([T - 1, 1, 1], after.outputs)],
    ['w', single([n, n], rectified(network.w))],
    ['x', overTime(after.states)],
    ['target', double([1, T], shown.target)],
    ['w_out', single([1, n], network.wOut)],
    ['r', overTime(after.rates)],
    ['m', single([n, n], signs)],
    ['som_m', single([n, n], byColumns(Float64Array.from(allowed), n, n))],
    ['N', whole(n)],
    ['exc', flags(inhibitory.map((one) => 1 - one))],
    ['inh', flags(inhibitory)],
    ['w_in', single([n, inputs], byColumns(network.wIn, n, inputs))],
    ['b_out', single([1, 1], network.bOut)],
    ['som_N', whole(som)],
    ['losses', double([1, losses.length], losses)],
    ['taus', double(tau, settings.taus)],
    ['eval_perf_mean', double([1, 1], [evaluation.performance])],
    ['eval_loss_mean', double([1, 1], [evaluation.loss])],
    ['eval_os', double([100, T - 1], byColumns(joined(evaluation.outputs), 100, T - 1))],
    ['eval_labels', labelsOf(evaluation.labels)],
    ['taus_gaus', single([n, 1], network.gates)],
    ['tr', whole(last)],
    ['activation', { kind: 'char', dims: [1, network.activation.length], text: network.activation }],
  ]);
}

/** Rows one after the other. */
function joined(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0].length;
  const whole = new Float64Array(rows.length * width);
  rows.forEach((row, i) => whole.set(row, i * width));
  return whole;
}

function labelsOf(labels: readonly (string | number)[]): MatValue {
  if (typeof labels[0] === 'number') return double([1, labels.length], labels as readonly number[]);
  const words = labels as readonly string[];
  const width = Math.max(...words.map(({ length }) => length));
  let text = '';
  for (let c = 0; c < width; c++) for (const word of words) text += word.padEnd(width)[c];
  return { kind: 'char', dims: [words.length, width], text };
}

/** What a grid search has found, put into the bytes of a model file; everything else stays as it is. */
export function withScale(
  bytes: Uint8Array,
  file: string,
  { scales, performances, best }: { scales: readonly number[]; performances: readonly number[]; best: number },
): Uint8Array {
  demandList('the scaling factors', scales);
  demandList('the performances', performances);
  demandPositive('the best scaling factor', best);
  return withMat(bytes, file, [
    ['opt_scaling_factor', double([1, 1], [best])],
    ['all_perfs', double([performances.length, 1], performances)],
    ['scaling_factors', double([1, scales.length], scales)],
  ]);
}

/** A polished network and its scaling factor in place of the variables of a model file; time constants too, which those of the network before its training are not. */
export function withWeights(bytes: Uint8Array, file: string, network: RateNetwork, scale: number): Uint8Array {
  demandSingle(network);
  demandPositive('the scaling factor', scale);
  const { units: n, w, wOut, bOut, dale, gates } = network;
  return withMat(bytes, file, [
    ['w', single([n, n], byColumns(dale ? w.map((value) => Math.max(0, value)) : w, n, n))],
    ['w_out', single([1, n], wOut)],
    ['b_out', single([1, 1], bOut)],
    ['taus_gaus', single([n, 1], gates)],
    ['opt_scaling_factor', double([1, 1], [scale])],
  ]);
}

/** Time constants over units, in ms. */
export interface TauSummary {
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly sd: number;
}

/** Mean and standard deviation of tau over units, in ms. */
export function tauSummary(network: RateNetwork): TauSummary {
  checkNetwork(network);
  const taus = [...tausOf(network)].map((tau) => 5 * tau);
  const mean = taus.reduce((a, b) => a + b, 0) / taus.length;
  return { mean, sd: Math.sqrt(taus.reduce((sum, tau) => sum + (tau - mean) * (tau - mean), 0) / taus.length) };
}

/** The share of all N x N connections that carry anything. */
export function aliveShare(network: RateNetwork): number {
  checkNetwork(network);
  const { w, allowed, dale } = network;
  return w.reduce((sum, value, e) => sum + (allowed[e] && (dale ? value > 0 : value !== 0) ? 1 : 0), 0) / w.length;
}
