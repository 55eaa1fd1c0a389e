/** One neuron, in a worker: its potential inside the template, the rounds of its refinement, and what makes a spike. */
import { createArena } from '../core/index.js';
import { boundsOf, type NeuronReport, solveNeuron } from '../memory/memorize/index.js';
import { delayRange } from '../memory/network/index.js';
import { spikesOf } from '../memory/score/index.js';
import {
  arrivalsOf,
  type CutKind,
  combineCuts,
  inputsOf,
  loadScore,
  type Program,
  potentialFrom,
  silentLevel,
  valueAt,
  type Zone,
  zonesOfNeuron,
} from '../memory/template/index.js';
import { current } from './solver.js';

/** Samples of a potential: so many in a refractory period, and at most. */
const SAMPLES = 24;
const MOST_SAMPLES = 6000;

/** A moment at which something is asked. */
export interface Asked {
  time: number;
  value: number;
  kind: CutKind;
}

export interface NeuronView {
  neuron: number;
  spikes: Float64Array;
  times: Float64Array;
  zones: Zone[];
  /** The silent level. */
  level: number;
  potential: Float64Array;
  /** The active moments. */
  active: Asked[];
  /** The heaviest synapses. */
  heaviest: { source: number; weight: number }[];
  /** Of one that is not stored: spikes that its inputs cannot make. */
  unreached: number[];
}

/** What a round of the refinement has come to, and what its potential violates. */
export interface Round {
  potential: Float64Array;
  violated: Asked[];
}

/** A synapse, and what it adds to a potential at a moment. */
export interface Contribution {
  source: number;
  delay: number;
  weight: number;
  part: number;
}

const HEAVIEST = 48;
const MOST_ROUNDS = 300;

/** What belongs to one neuron of the current problem. */
function partOf(neuron: number) {
  const { problem } = current();
  const { score, wiring, model } = problem;
  const inputs = inputsOf(wiring, model, neuron);
  const arrivals = arrivalsOf(score, inputs);
  const spikes = spikesOf(score, neuron);
  const count = Math.min(MOST_SAMPLES, Math.ceil(score.period * SAMPLES));
  // The spikes are among the samples: there a potential that resets jumps.
  const times = Float64Array.from([...Array(count + 1).keys()], (i) => (score.period * i) / count);
  const all = Float64Array.from([...times, ...spikes]).sort();
  return { problem, score, inputs, arrivals, spikes, times: all };
}

export const oneNeuron = {
  /** A neuron with its weights. */
  view(neuron: number, report: NeuronReport): NeuronView {
    const { problem, score, inputs, arrivals, spikes, times } = partOf(neuron);
    const { template } = problem;
    const course = potentialFrom(arrivals, report.weights);
    const order = Array.from(report.weights.keys()).sort(
      (i, j) => Math.abs(report.weights[j]) - Math.abs(report.weights[i]),
    );
    return {
      neuron,
      spikes,
      times,
      zones: zonesOfNeuron(spikes, score.period, template, inputs.own?.dynamics),
      level: silentLevel(template, inputs.own?.dynamics),
      potential: times.map((time) => valueAt(course, time)),
      active: report.cuts.map(({ time, kind }) => ({ time, kind, value: valueAt(course, time) })),
      heaviest: order
        .slice(0, HEAVIEST)
        .map((k) => ({ source: inputs.sources[k], weight: report.weights[k] }))
        .filter(({ weight }) => weight !== 0),
      unreached: report.unreached.map(({ time }) => time),
    };
  },
  /** The rounds in which the weights of least norm are found. */
  rounds(neuron: number): Round[] {
    const { problem, score, inputs, arrivals, spikes, times } = partOf(neuron);
    const arena = createArena();
    const load = loadScore(arena, score, delayRange(problem.wiring)[1]);
    const program = load(spikes, inputs.sources, inputs.delays, problem.template, inputs.own?.dynamics);
    const rounds: Round[] = [];
    const watched: Program = {
      ...program,
      scan(at, tolerance, ease) {
        const found = program.scan(at, tolerance, ease);
        if (rounds.length < MOST_ROUNDS) {
          const sorted = arena.f64(at, program.order.length);
          const weights = new Float64Array(sorted.length);
          program.order.forEach((synapse, i) => {
            weights[synapse] = sorted[i];
          });
          const course = potentialFrom(arrivals, weights);
          rounds.push({
            potential: times.map((time) => valueAt(course, time)),
            violated: found.map(({ time, kind }) => ({ time, kind, value: valueAt(course, time) })),
          });
        }
        return found;
      },
    };
    solveNeuron(arena, watched, boundsOf(problem, neuron), 'l2');
    return rounds;
  },
  /** What each synapse adds to the potential at a moment, the most first. */
  contributions(neuron: number, weights: Float64Array, time: number): Contribution[] {
    const { inputs, arrivals } = partOf(neuron);
    const row = combineCuts(arrivals, weights.length, [{ time, kind: 'spike' }], Float64Array.of(1));
    return Array.from(weights, (weight, k) => ({
      source: inputs.sources[k],
      delay: inputs.delays[k],
      weight,
      part: row[k] * weight,
    }))
      .filter(({ part }) => Math.abs(part) > 1e-9)
      .sort((p, q) => Math.abs(q.part) - Math.abs(p.part));
  },
};
