/** From options to the model of the neurons. */
import { EngramError, streamKey, uniformStream } from '../../core/index.js';
import { NEST, type NeuronModel, type PerNeuron } from '../../memory/network/index.js';
import type { NeuronChoice } from './parsers.js';

/** What the simulator needs, in refractory periods of the score. */
const SHORTEST_DEAD = 1e-3;

/** The options about neurons; times in seconds. */
export interface NeuronOptions {
  /** The default model if not given. */
  neuron?: NeuronChoice;
  kernelTau?: [number, number];
  membraneTau?: [number, number];
  synapseTau?: [number, number];
  deadTime?: number;
}

/** The model that the options ask for; undefined for the default. Throws `usage` where they contradict each other. */
export function modelOf(options: NeuronOptions, neurons: number, tau0: number, seed: number): NeuronModel | undefined {
  const { kind, reset } = options.neuron ?? { kind: 'continuation', reset: 0 };
  const lif = kind === 'lif-exp' || kind === 'lif-alpha';
  const wrong = lif
    ? (['kernelTau'] as const).filter((name) => options[name] !== undefined)
    : (['membraneTau', 'synapseTau', 'deadTime'] as const).filter((name) => options[name] !== undefined);
  if (wrong.length > 0) {
    const names = {
      kernelTau: '--kernel-tau',
      membraneTau: '--membrane-tau',
      synapseTau: '--synapse-tau',
      deadTime: '--dead-time',
    };
    throw new EngramError(
      'usage',
      `${names[wrong[0]]} is for ${lif ? 'continuation and reset' : 'lif-exp and lif-alpha'} neurons; these are ${kind}`,
    );
  }
  const drawn = (range: [number, number], purpose: string): PerNeuron => {
    const [from, to] = range.map((time) => time / tau0);
    if (from === to) return from;
    const uniform = uniformStream(streamKey(seed, purpose));
    return Float64Array.from({ length: neurons }, () => from + uniform() * (to - from));
  };
  if (lif) {
    const usual = (ms: number): [number, number] => [ms * 1e-3, ms * 1e-3];
    const dead = (options.deadTime ?? NEST.refractory * 1e-3) / tau0;
    if (dead > 1 || dead < SHORTEST_DEAD) {
      throw new EngramError(
        'usage',
        `--dead-time must be from ${SHORTEST_DEAD} to 1 refractory periods of the score, which is ${tau0 * 1e3} ms; got ${Number((dead * tau0 * 1e3).toPrecision(4))} ms`,
      );
    }
    return {
      model: 'lif',
      current: kind === 'lif-exp' ? 'exp' : 'alpha',
      membrane: drawn(options.membraneTau ?? usual(NEST.membrane), 'membrane time constants'),
      synapse: drawn(options.synapseTau ?? usual(NEST.synapse), 'synaptic time constants'),
      reset,
      refractory: dead,
    };
  }
  const beta = options.kernelTau && drawn(options.kernelTau, 'kernel time constants');
  if (kind === 'reset') return { model: 'reset', reset, ...(beta === undefined ? {} : { beta }) };
  return beta === undefined ? undefined : { model: 'continuation', beta };
}

/** The least and the most of what neurons have. */
const rangeOf = (value: PerNeuron): [number, number] =>
  typeof value === 'number'
    ? [value, value]
    : [value.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY), value.reduce((a, b) => Math.max(a, b), 0)];

/** The model in words, for the screen. */
export function describeModel(model: NeuronModel, tau0: number): string {
  const ms = (value: PerNeuron) =>
    [...new Set(rangeOf(value).map((time) => Number((time * tau0 * 1e3).toPrecision(3))))].join('-');
  if (model.model === 'lif') {
    return (
      `leaky integrate-and-fire, ${model.current === 'exp' ? 'exponential' : 'alpha'} currents · ` +
      `tau_m ${ms(model.membrane)} ms, tau_syn ${ms(model.synapse)} ms, ${ms(model.refractory)} ms at ${model.reset} after a spike`
    );
  }
  const beta = `kernel time constant ${ms(model.beta ?? 1)} ms`;
  return model.model === 'reset' ? `reset to ${model.reset} at a spike · ${beta}` : `kernel continuation · ${beta}`;
}

/** The model for summary.json: of constants per neuron their range, in refractory periods. */
export const modelSummary = (model: NeuronModel): object =>
  Object.fromEntries(
    Object.entries(model).map(([name, value]) => [name, value instanceof Float64Array ? rangeOf(value) : value]),
  );
