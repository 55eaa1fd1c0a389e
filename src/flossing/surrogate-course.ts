/** The course of a network of any units. */
import type { Arena } from '../core/index.js';
import type { Activation } from './activation.js';
import { rateCourse, type SurrogateCourse } from './course.js';
import { lifCourse } from './lif.js';
import type { Parameters } from './network.js';

/** From column 0 of the start state, under bits (steps x S), with k tangent vectors. */
export const courseOf = (
  arena: Arena,
  parameters: Parameters,
  activation: Activation,
  shown: Float64Array,
  k: number,
): SurrogateCourse => (activation.leak ? lifCourse : rateCourse)(arena, parameters, activation, shown, k);
