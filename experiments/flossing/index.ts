/** The experiments on surrogate gradient flossing, in the order in which they are listed. */
import type { AnyExperiment } from '../common/experiment.js';
import { flossingDelayedXor } from './flossing-delayed-xor/run.js';
import { flossingSchedules } from './flossing-schedules/run.js';
import { flossingSpectrum } from './flossing-spectrum/run.js';

export const flossing: readonly AnyExperiment[] = [flossingSpectrum, flossingDelayedXor, flossingSchedules];
