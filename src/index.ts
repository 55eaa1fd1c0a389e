/**
 * Stores prescribed spike trains in a recurrent spiking network by convex optimization, proves it, and recalls them.
 *
 * Everything here runs in a browser as well as in Node, and asks nothing of either. Unless a name says otherwise, times
 * are in refractory periods and potentials and weights in thresholds. Misuse and broken files throw `EngramError`;
 * mathematical outcomes (solved, infeasible) are statuses. `docs/library.md` is the guide.
 * @module
 */

// Errors, time, and work that can be spread.
export {
  EngramError,
  type ErrorCode,
  formatMoment,
  formatTime,
  type Job,
  type Key,
  type ParallelMap,
  parseTime,
  serialMap,
  streamKey,
  type TimeUnit,
} from './core/index.js';
// Files.
export { type NpyArray, type NpyStream, readNpz, writeNpz } from './files/index.js';
// Figures, as SVG.
export {
  drawPotential,
  drawPotentials,
  type PotentialInput,
  type PotentialsInput,
} from './memory/figures/index.js';
export {
  type Imported,
  type MemoryFile,
  type MemoryHeader,
  type Playable,
  type PublishedNetwork,
  type Recording,
  readMemory,
  readNetworkJson,
  readScoreCsv,
  readSpikeArrays,
  readSpikeText,
  readWiringTable,
  type SimulatorScript,
  type SpikeHints,
  type Stamp,
  type Stretch,
  scoreOfRecording,
  simulatorScript,
  synapseTable,
  type WiredTable,
  type WiringOptions,
  writeMemory,
  writeNetworkJson,
  writeScoreCsv,
} from './memory/files/index.js';
// What a simulation says about the score.
export {
  type Agreement,
  type Chance,
  type ChannelAgreement,
  type Convention,
  type CoursePeriod,
  chanceLevel,
  channelSimilarity,
  type Eigenvalue,
  type Jitter,
  type JitterMap,
  jitterMap,
  jitterStatistics,
  lagTrack,
  measurePeriod,
  type NoiseOptions,
  type NoisePrediction,
  type PeriodRecall,
  periodWindow,
  predictNoise,
  type RecallTest,
  recallJob,
  repeatTrain,
  type Similarity,
  type Spectrum,
  type Stability,
  type Start,
  similarity,
  similarityAt,
  similarityBounds,
  stabilityOf,
  type Trend,
  type Trial,
  type TrialPlan,
  timingErrors,
  trend,
  vanRossum,
  victorPurpura,
} from './memory/measure/index.js';
// Memorizing.
export {
  type Aim,
  aimOf,
  type Explained,
  explain,
  type Memory,
  memorize,
  memorizeEach,
  type NeuronReport,
  type NoiseGain,
  type Objective,
  type Problem,
  parseObjective,
  type Shortfall,
  type Spelling,
} from './memory/memorize/index.js';
// Networks.
export {
  type Bounds,
  type ContinuationModel,
  checkWiring,
  daleBounds,
  type LifModel,
  type Network,
  type NeuronModel,
  type PerNeuron,
  type ResetModel,
  type WireOptions,
  type Wiring,
  wireFixedIn,
  wireFixedInOut,
  wireFixedOut,
  wireFull,
  wireUniform,
} from './memory/network/index.js';
// Scores.
export {
  activityOfRate,
  channelCount,
  checkScore,
  expectedSpikes,
  type Score,
  sampleScore,
  scoreOf,
  spikesOf,
} from './memory/score/index.js';
// Simulation.
export {
  type Background,
  type Checkpoint,
  type Clamps,
  createSimulator,
  type KernelModel,
  type Model,
  mergeTrains,
  type Noise,
  type Run,
  type Session,
  type SimulationCounters,
  type Simulator,
  type SimulatorOptions,
  type Spikes,
  simulateByQueue,
  splitTrains,
  type Trace,
} from './memory/simulate/index.js';
// Templates.
export {
  type Box,
  type Cut,
  type CutKind,
  defaultTemplate,
  type Inputs,
  inputsOf,
  type Template,
} from './memory/template/index.js';
export {
  drawNoise,
  drawRaster,
  drawSpectrum,
  type NoiseRow,
  type RasterInput,
} from './plot/index.js';
