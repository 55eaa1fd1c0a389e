/** The experiments on the convex memory, in the order in which they are listed. */
import type { AnyExperiment } from '../common/experiment.js';
import { associativeRecall } from './associative-recall/run.js';
import { convexVersusGradient } from './convex-versus-gradient/run.js';
import { mnesis } from './mnesis/run.js';
import { noiseLimits } from './noise-limits/run.js';
import { realRecording } from './real-recording/run.js';
import { recallByDesign } from './recall-by-design/run.js';
import { recallCapacity } from './recall-capacity/run.js';
import { severalMemories } from './several-memories/run.js';
import { storageCapacity } from './storage-capacity/run.js';
import { temporalStability } from './temporal-stability/run.js';

export const memory: readonly AnyExperiment[] = [
  storageCapacity,
  recallCapacity,
  recallByDesign,
  temporalStability,
  associativeRecall,
  severalMemories,
  mnesis,
  noiseLimits,
  realRecording,
  convexVersusGradient,
];
