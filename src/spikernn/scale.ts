/**
 * Which scaling factor s = 1 / lambda makes a spiking network do what the rate network does: by trials on a grid, as the original does it,
 *
 *   s = 20, 25, ..., 75;   100 trials each;   the first with the largest share of right ones
 */
import {
  demandInteger,
  demandList,
  demandObject,
  demandPositive,
  type Job,
  type ParallelMap,
  streamKey,
} from '../core/index.js';
import { checkNetwork, type RateNetwork } from './network.js';
import { lifModel, mapNetwork, type SpikingModel, type SpikingNetwork } from './spiking.js';
import { rateTask, spikingRight, type TaskChoice, type TaskTimes } from './tasks.js';

/** The grid of the original. */
export const scaleGrid: readonly number[] = Array.from({ length: 12 }, (_, i) => 20 + 5 * i);
/** The one the paper took for relu and softplus. */
export const lowScaleGrid: readonly number[] = Array.from({ length: 12 }, (_, i) => 4 + 2 * i);

/** What is tried. */
export interface ScalePlan {
  /** The rate network. */
  readonly network: RateNetwork;
  /** What it does. */
  readonly task: TaskChoice;
  /** Times that differ from those of the task. */
  readonly times?: TaskTimes | undefined;
  /** Units of the spiking network. */
  readonly model?: SpikingModel | undefined;
  /** Numbers, or arrays of one per unit. */
  readonly scales: readonly (number | Float64Array)[];
  /** Trials of each factor. */
  readonly trials: number;
  /** Whether b_out is added. */
  readonly offset?: boolean | undefined;
  /** Seed of trials and noise. */
  readonly seed: number;
}

/** How spiking trials came out. */
export interface SpikingScore {
  /** Right ones. */
  readonly right: number;
  /** Of so many. */
  readonly trials: number;
  /** Mean rate of all units over all trials, Hz. */
  readonly rate: number;
}

/** Trials that are one task of the job. */
const BLOCK = 10;

const blocksOf = ({ trials }: ScalePlan) => Math.ceil(trials / BLOCK);

/** Block b of scale k is task k * blocks + b. */
export const scaleJob: Job<ScalePlan, SpikingScore> = {
  name: 'scaleJob',
  module: import.meta.url,
  prepare(plan) {
    checkPlan(plan);
    const { network, model = lifModel, scales, trials, offset, seed } = plan;
    const task = rateTask(plan.task, plan.times);
    const key = streamKey(seed, 'spikernn spiking');
    const blocks = blocksOf(plan);
    let mapped: { k: number; spiking: SpikingNetwork } | undefined;
    return (index) => {
      const [k, block] = [Math.floor(index / blocks), index % blocks];
      if (mapped?.k !== k) mapped = { k, spiking: mapNetwork(network, { scale: scales[k], offset }, model) };
      const end = Math.min(trials, (block + 1) * BLOCK);
      let [right, rate] = [0, 0];
      for (let trial = block * BLOCK; trial < end; trial++) {
        const { input, label } = task.longer.trial(seed, trial);
        const { outputs, rates } = mapped.spiking.run(input, key, trial);
        if (spikingRight(task, label, outputs, model.downsample)) right++;
        rate += rates.reduce((a, b) => a + b, 0) / rates.length;
      }
      return { right, trials: end - block * BLOCK, rate };
    };
  },
};

function checkPlan(plan: ScalePlan): void {
  demandObject('the plan of a search', plan);
  checkNetwork(plan.network);
  demandList('the scaling factors', plan.scales);
  for (const scale of plan.scales) if (typeof scale === 'number') demandPositive('a scaling factor', scale);
  demandInteger('the number of trials', plan.trials, 1, 1e6);
  demandInteger('a seed', plan.seed);
}

/** The scores of all scales, in their order. */
export async function searchScale(
  plan: ScalePlan,
  map: ParallelMap,
  each: (done: number, of: number) => void = () => {},
): Promise<SpikingScore[]> {
  checkPlan(plan);
  const blocks = blocksOf(plan);
  const count = plan.scales.length * blocks;
  const sums = plan.scales.map(() => ({ right: 0, trials: 0, rate: 0 }));
  let done = 0;
  await map(scaleJob, plan, count, ({ right, trials, rate }, index) => {
    const sum = sums[Math.floor(index / blocks)];
    sum.right += right;
    sum.trials += trials;
    sum.rate += rate;
    each(++done, count);
  });
  return sums.map(({ right, trials, rate }) => ({ right, trials, rate: rate / trials }));
}

/** The index of the first of the largest shares of right trials. */
export function bestOf(scores: readonly SpikingScore[]): number {
  demandList('the scores', scores);
  let best = 0;
  scores.forEach(({ right, trials }, k) => {
    if (right / trials > scores[best].right / scores[best].trials) best = k;
  });
  return best;
}
