/** Work whose tasks are only numbered and take about the same time each. */
import type { Tasks } from './experiment.js';

export interface Counted {
  readonly seed: number;
  readonly count: number;
  /** Estimated seconds of a task. */
  readonly seconds: number;
}

export const countedTasks = (name: string): Tasks<Counted, number> => ({
  name,
  tasks: ({ count }) => Array.from({ length: count }, (_, task) => task),
  cost: (_, { seconds }) => seconds,
});
