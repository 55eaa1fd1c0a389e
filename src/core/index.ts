export { exponentOf, powerOfTwo } from './bits.js';
export { type Buffers, freshBuffers, reusedBuffers } from './buffers.js';
export {
  demandArray,
  demandFinite,
  demandFunction,
  demandInteger,
  demandList,
  demandNumber,
  demandObject,
  demandOneOf,
  demandPositive,
  demandText,
  demandTrain,
  demandTrains,
  refuse,
} from './demand.js';
export { EngramError, type ErrorCode } from './errors.js';
export { type Job, type ParallelMap, serialMap } from './map.js';
export { atan, cos, decay, exp, expm1, ln, log1p, phi, sigmoid, softplus, tan, tanh } from './math.js';
export { type Key, normal, streamKey, uniformStream } from './random.js';
export { sortSpread } from './sort.js';
export { countUntil } from './sorted.js';
export { mean, median, quantile, spread, variance, wilson } from './statistics.js';
export {
  formatMoment,
  formatTime,
  parseTime,
  parseTimeStep,
  SECONDS,
  secondsOf,
  stepName,
  type TimeStep,
  type TimeUnit,
  timeUnits,
  unitOf,
} from './time.js';
export { type Arena, createArena, type KernelModule, withArena } from './wasm.js';
