// How right spiking networks are by 1/lambda, what is foretold, and what a polish does, for networks of some seeds:
//
//   node bench/spikernn-factors.mjs mante 100 60 1,2,5,6        task, units, largest tau in steps, seeds
//   node bench/spikernn-factors.mjs go-nogo 50 10 1,2,3
import {
  advanceRate,
  lifModel,
  polished,
  predictScale,
  rateModelBytes,
  rateTask,
  readRateModel,
  scaleJob,
  spikernnDefaults,
  startRate,
} from '../dist/src/spikernn/index.js';

const [task = 'go-nogo', units = '50', tau = '10', seeds = '1,2,3'] = process.argv.slice(2);
const SCALES = [20, 25, 30, 35, 40, 45, 50];
const TRIALS = 40;
/** 1/lambda of the polish. */
const POLISHED = 30;

/** Right ones of so many trials. */
function rightOf(network, scale, trials, offset = false) {
  const run = scaleJob.prepare({ network, task, scales: [scale], trials, offset, seed: 7 });
  let right = 0;
  for (let block = 0; block < Math.ceil(trials / 10); block++) right += run(block).right;
  return right;
}

for (const seed of seeds.split(',').map(Number)) {
  const settings = {
    ...spikernnDefaults,
    task,
    units: Number(units),
    taus: [4, Number(tau)],
    trials: 4000,
    seed,
    least: 0,
  };
  const trained = startRate(settings);
  advanceRate(trained, settings);
  console.log(`${task}, seed ${seed}: ${trained.ended} after ${trained.trial} trials`);
  if (trained.ended !== 'learned') continue;
  // As a file holds it, in float32.
  const { network } = readRateModel(rateModelBytes(trained, settings), 'model');
  const { scale, matched, each } = predictScale(network, rateTask(task), { seed: 1 });
  const grid = SCALES.map((s) => rightOf(network, s, TRIALS));
  const best = SCALES[grid.indexOf(Math.max(...grid))];
  console.log(`  right of ${TRIALS}: ${SCALES.map((s, k) => `${s}: ${grid[k]}`).join(', ')}`);
  console.log(
    `  foretold ${scale.toFixed(1)}: ${rightOf(network, scale, TRIALS)}, units matched ${matched.toFixed(1)}: ${rightOf(network, matched, TRIALS)}, ` +
      `factor per unit: ${rightOf(network, each, TRIALS)}, b_out at ${best}: ${rightOf(network, best, TRIALS, true)}`,
  );
  if (task !== 'go-nogo') continue;
  const how = { trials: 300, rate: 0.003, seed: 3 };
  const better = polished(network, { scale: POLISHED }, lifModel, rateTask(task), how);
  console.log(
    `  polished at ${POLISHED}, of 60: ${rightOf(network, POLISHED, 60)} before, ${rightOf(better, POLISHED, 60)} after`,
  );
}
