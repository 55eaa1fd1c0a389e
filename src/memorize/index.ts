export { explain } from './explain.js';
export { type Memory, memorize, memorizeJob, type NeuronReport, type Problem } from './memorize.js';
export type { Objective } from './neuron.js';
