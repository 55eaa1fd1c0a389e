/** The family of neurons whose potential is a membrane of its own: leaky integrate-and-fire, reset, other time constants. */
import type { Arena, Buffers } from '../../../core/index.js';
import type { Score } from '../../score/index.js';
import { arrivalsOf, type Inputs, weightsOf } from '../arrivals.js';
import type { Checked } from '../course.js';
import type { Dynamics } from '../dynamics.js';
import type { Template } from '../template.js';
import { combine, combineBounded, type MembraneArrivals } from './combine.js';
import { membraneOf } from './course.js';
import { dynamicsOf, type MembraneDynamics } from './dynamics.js';
import { membraneProgram } from './program.js';

export const membraneFamily = {
  dynamicsOf,
  constantsOf: (dynamics?: Dynamics) => dynamics as MembraneDynamics,
  load:
    (arena: Arena, score: Score) =>
    (spikes: Float64Array, sources: Uint32Array, delays: Float64Array, template: Template, dynamics?: Dynamics) =>
      // The family's name in the dynamics says that they are its own.
      membraneProgram(arena, score, spikes, sources, delays, template, dynamics as MembraneDynamics),
  course: ({ times, period, own }: MembraneArrivals, weights: Float64Array, buffers?: Buffers) =>
    membraneOf(own.dynamics, own.spikes, period, times, weights, buffers),
  check(score: Score, inputs: Inputs, weights: Float64Array, buffers?: Buffers): Checked {
    const arrivals = arrivalsOf(score, inputs, buffers) as MembraneArrivals;
    const { period, own } = arrivals;
    const perArrival = weightsOf(arrivals, weights, buffers);
    return {
      course: membraneOf(own.dynamics, own.spikes, period, arrivals.times, perArrival, buffers),
      combine: (cuts, multipliers) => combine(arrivals, weights.length, cuts, multipliers),
    };
  },
  combine,
  combineBounded,
};
