export { type Buffers, freshBuffers, reusedBuffers } from './buffers.js';
export { EngramError, type ErrorCode } from './errors.js';
export { type Job, type ParallelMap, serialMap } from './map.js';
export { atan, cos, decay, exp, expm1, ln, log1p, phi, sigmoid, softplus, tan, tanh } from './math.js';
export { type Key, normal, streamKey, uniformStream } from './random.js';
export { countUntil, sortSpread } from './sort.js';
export { formatMoment, formatTime, parseTime } from './time.js';
export { type Arena, createArena } from './wasm.js';
