/**
 * The task of MNESIS (Perrinet 2026, arXiv 2604.14096) in continuous time: random rasters of 1000 steps of 1 ms, all in the
 * same weights, delays of 1 to 41 ms; all neurons play the first 41 ms of one of them, whole or corrupted, then all are free.
 *
 * Parts, all of networks stored anew from their numbers:
 * - `task`      the published size
 * - `capacity`  more and more memories, until they are lost
 * - `designs`   what in the template makes the difference
 *
 * Every trial is measured in their way, F1 in bins of 1 ms from the end of the cue to the end of the pattern (bins.ts), and
 * in ours, precision and recall of the period from the end of the cue on, at the best lag (measure/precision.ts).
 */
import type { Row } from '../../../src/campaign/index.js';
import { streamKey } from '../../../src/core/index.js';
import { measurePeriod } from '../../../src/memory/measure/index.js';
import { wireFixedIn } from '../../../src/memory/network/index.js';
import { createSimulator, mergeTrains, splitTrains } from '../../../src/memory/simulate/index.js';
import type { Experiment } from '../../common/experiment.js';
import { seedFor, storeOnThreads } from '../common/store.js';
import { agreementInBins } from './bins.js';
import { type Config, schema, type Task } from './config.js';
import { type Corruption, corruptions, cueOf, isDrawn } from './cue.js';
import { momentOf, sampleRaster, scoreOfRaster } from './raster.js';
import { conclude } from './report.js';

/** When an overdrive is asked for, in refractory periods after a spike. */
const AFTER = 0.5;

/** The network of a task with its rasters and scores. */
async function stored(config: Config, { design: name, channels, inputs, rate, memories, network }: Task) {
  const { steps, delays } = config;
  const design = config.designs.find((one) => one.name === name) as Config['designs'][number];
  const { tau, margin, slope, zone, bound, objective, soft, overdrive: level } = design;
  const seed = seedFor(config.seed, `network ${network}`);
  // No two spikes of a neuron within a refractory period.
  const plan = { neurons: channels, steps, rate: rate / 1000, dead: Math.ceil(tau) + 1 };
  const rasters = Array.from({ length: memories }, (_, memory) => sampleRaster(plan, seed, memory));
  const scores = rasters.map((raster) => scoreOfRaster(raster, tau));
  const range = [delays[0] / tau, delays[1] / tau] as const;
  const made = await storeOnThreads({
    score: scores[0],
    others: scores.slice(1),
    wiring: wireFixedIn({ neurons: channels, inputs, delays: range, seed }),
    template: { margin, slope, zone, bound, ...(level === null ? {} : { overdrive: { level, after: AFTER } }) },
    objective,
    soft,
  });
  return { ...made, rasters, scores, tau };
}

export const mnesis: Experiment<Config, Task, Promise<Row[]>> = {
  name: 'mnesis',
  module: import.meta.url,
  title: "MNESIS's task",
  question:
    'The task of the nearest competitor in continuous time: which memories come back from a cue of 41 ms, and how many?',
  units:
    'Times are in milliseconds unless a refractory period is named; weights, noise and the margin are in thresholds.',
  schema,
  columns: [
    'part',
    'design',
    'channels',
    'inputs',
    'rate',
    'memories',
    'network',
    'stored',
    'neurons',
    'corruption',
    'noise',
    'memory',
    'trial',
    'bin_precision',
    'bin_recall',
    'f1',
    'precision',
    'recall',
    'lag',
  ],
  tasks: ({ parts }) =>
    parts.flatMap(({ part, designs, channels, inputs, rates, memories: counts, networks, noises, trials }) =>
      designs.flatMap((design) =>
        rates.flatMap((rate) =>
          counts.flatMap((memories) =>
            Array.from({ length: networks }, (_, network): Task => {
              return { part, design, channels, inputs, rate, memories, network, noises, trials };
            }),
          ),
        ),
      ),
    ),
  cost({ channels, inputs, rate, memories, noises: { length: levels }, trials }) {
    const arrivals = inputs * rate * memories;
    const runs = levels * trials * memories * corruptions.length;
    return 0.2 + channels * arrivals * 1.6e-6 + runs * channels * inputs * rate * 3e-8;
  },
  prepare(config) {
    const { steps, cue: whole } = config;
    return async (task) => {
      const { part, design, channels, inputs, rate, memories, network: number, noises, trials } = task;
      const { network, solved, rasters, scores, tau } = await stored(config, task);
      const simulator = createSimulator(network);
      const seed = seedFor(config.seed, `cue ${number}`);
      const trialOf = (corruption: Corruption, noise: number, memory: number, trial: number): Row => {
        const name = `${memory} ${trial}`;
        const cue = cueOf(rasters[memory], whole, corruption, { seed, name });
        const release = cue.length / tau;
        const spikes = simulator.run({
          from: 0,
          to: release + steps / tau,
          imposed: mergeTrains(cue.trains.map((fired) => Float64Array.from(fired, (step) => momentOf(step, tau)))),
          releases: new Float64Array(channels).fill(release),
          sigma: noise,
          key: streamKey(seed, `threshold ${name}`),
        });
        const trains = splitTrains(spikes, channels);
        const bins = agreementInBins(rasters[memory], trains, tau, cue.length);
        const { precision, recall, lag } = measurePeriod(scores[memory], trains, release);
        return {
          ...{ part, design, channels, inputs, rate, memories, network: number, stored: solved, neurons: channels },
          ...{ corruption, noise, memory, trial },
          ...{
            bin_precision: bins.precision,
            bin_recall: bins.recall,
            f1: bins.f1,
            precision,
            recall,
            lag: lag === null ? null : lag * tau,
          },
        };
      };
      return corruptions.flatMap((corruption) =>
        noises.flatMap((noise) =>
          rasters.flatMap((_, memory) =>
            Array.from({ length: isDrawn(corruption, noise) ? trials : 1 }, (__, trial) =>
              trialOf(corruption, noise, memory, trial),
            ),
          ),
        ),
      );
    };
  },
  conclude,
};
