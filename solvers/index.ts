export { type ActiveSet, activeSet, type Counters } from './active-set/active-set.js';
export type { Status } from './status.js';
