/** The experiments on the rule network, in the order in which they are listed. */
import type { AnyExperiment } from '../common/experiment.js';
import { rule2afc } from './rule-2afc/run.js';
import { rule2afcManipulations } from './rule-2afc-manipulations/run.js';

export const srnn: readonly AnyExperiment[] = [rule2afc, rule2afcManipulations];
