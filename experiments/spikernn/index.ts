/** The experiments on spikeRNN, in the order in which they are listed. */
import type { AnyExperiment } from '../common/experiment.js';
import { spikernnPaper } from './spikernn-paper/run.js';

export const spikernn: readonly AnyExperiment[] = [spikernnPaper];
