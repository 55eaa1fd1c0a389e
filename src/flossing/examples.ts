/**
 * The two minimal examples of surrogate gradient flossing: 64 units, exponents along fresh courses of a few hundred steps, pushed to
 * zero by Adam. Their loss is the mean of the squared sums of ln R_ii, steps^2 times that of a training.
 */
import { createArena, streamKey, uniformStream } from '../core/index.js';
import { createOptimizer, takeStep } from '../learning/index.js';
import { startRows } from '../lyapunov/index.js';
import { activationOf } from './activation.js';
import { type Flossed, rateCourse } from './course.js';
import { flossingLoss } from './floss.js';
import { drawLif } from './lif.js';
import { flossLif, lifSpectrum, startLif } from './lif-floss.js';
import { drawParameters } from './network.js';
import { spectrumOf } from './spectrum.js';

/** A small network that is flossed by itself, without a task. */
export interface Example {
  /** N. */
  readonly units: number;
  /** What its units are, in words: tanh or LIF. */
  readonly cell: string;
  /** How many updates make the example, unless others are asked for. */
  readonly epochs: number;
  /** Draws the network of a seed; what is returned measures it and updates it in place. */
  start(seed: number): {
    /** Exponents now, per step. */
    spectrum(): Float64Array;
    /** One update on a fresh course. */
    update(epoch: number): {
      /** Mean over exponents of (sum of ln R_ii over the course)^2, before the update. */
      loss: number;
      /** lambda_1 per step, before the update. */
      lambda: number;
      /** Mean of |h| of tanh units, or spikes per LIF unit and step, over the course. */
      activity: number;
    };
  };
}

const UNITS = 64;
const RATE = 1e-3;

/** h_t = tanh(W h_{t-1} + W_in s_t): 16 exponents, 512 steps of random bits. W and W_in are trained. */
const tanhExample: Example = {
  units: UNITS,
  cell: 'tanh',
  epochs: 41,
  start(seed) {
    const [k, steps] = [16, 512];
    const activation = activationOf('tanh', 'atan', 1);
    const sizes = { units: UNITS, inputs: 1, outputs: 1, batch: 1 };
    const drawn = drawParameters(sizes, { gain: 1, mean: 0, shape: 'gauss' }, activation, seed);
    const parameters = { ...drawn, bias: new Float64Array(UNITS), start: new Float64Array(UNITS) };
    const groups = (['input', 'recurrent'] as const).map((name) => ({ name, values: parameters[name] }));
    const optimizer = createOptimizer(
      'adam',
      groups.reduce((sum, { values }) => sum + values.length, 0),
    );
    const start = startRows(UNITS, k, seed);
    const arena = createArena();
    return {
      spectrum: () => spectrumOf(parameters, activation, { exponents: UNITS, steps, skip: 0, seed }),
      update(epoch) {
        const mark = arena.mark();
        const uniform = uniformStream(streamKey(seed, 'flossing example'), epoch);
        const shown = Float64Array.from({ length: steps }, () => (uniform() < 0.5 ? 0 : 1));
        const course = rateCourse(arena, parameters, activation, shown, k);
        const { loss, exponents } = flossingLoss(arena, course, start, { exponents: k, wanted: 0, steps, skip: 0 });
        const gradients: Flossed = {
          input: new Float64Array(UNITS),
          recurrent: new Float64Array(UNITS * UNITS),
          bias: new Float64Array(UNITS),
        };
        course.gather(gradients);
        takeStep(optimizer, groups, [gradients.input, gradients.recurrent], RATE);
        const activity = course.states.reduce((sum, x) => sum + Math.abs(activation.send(x)), 0) / course.states.length;
        arena.release(mark);
        return { loss: steps * steps * loss, lambda: exponents[0], activity };
      },
    };
  },
};

/** Leaky integrate-and-fire units with 100 inputs at 100 Hz: 50 exponents, 500 steps of 1 ms, sharpness 5. */
const lifExample: Example = {
  units: UNITS,
  cell: 'LIF',
  epochs: 100,
  start(seed) {
    const plan = { sharpness: 5, exponents: 50, steps: 500, seed };
    let state = startLif(drawLif(UNITS, 100, seed));
    return {
      // A course of its own, which no update has seen.
      spectrum: () => lifSpectrum(state.weights, plan, 1e6).exponents,
      update() {
        state = flossLif(state, plan);
        const [loss, lambda, activity] = state.log.slice(-3);
        return { loss: plan.steps * plan.steps * loss, lambda, activity };
      },
    };
  },
};

/** The examples by name. */
export const examples = {
  /** 64 tanh units: 16 exponents along 512 steps of random bits. */
  tanh: tanhExample,
  /** 64 leaky integrate-and-fire units with 100 inputs at 100 Hz: 50 exponents along 500 steps of 1 ms. */
  lif: lifExample,
} as const;
