/** The experiments on SparseProp, in the order in which they are listed. */
import type { AnyExperiment } from '../common/experiment.js';
import { balancedTracking } from './balanced-tracking/run.js';
import { sparsepropScaling } from './sparseprop-scaling/run.js';
import { stableChaos } from './stable-chaos/run.js';

export const sparseprop: readonly AnyExperiment[] = [sparsepropScaling, balancedTracking, stableChaos];
