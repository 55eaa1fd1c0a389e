/**
 * What exact spike-time gradients and SuperSpike through time make of one small task: 50 channels, 20 refractory periods,
 * 200 inputs, weights within 1, activity 0.2. `npm run build && node bench/spike-times.mjs [seeds]`.
 *
 * Fine-tuning: the solver's weights, each moved by a random number of standard deviation `moved` (and put back into its bounds),
 * then 50 steps. error = root of twice the loss per prescribed spike, in refractory periods, before and after.
 * From nothing: what the trained network plays in the first period after the exact history, without noise, and what recall says
 * of the fifth. Numbers are the same on every machine, except for the processor time.
 */
import {
  defaultTemplate,
  memorize,
  networkDefaults,
  outcomeOf,
  recallJob,
  sampleScore,
  serialMap,
  streamKey,
  trainNetwork,
  uniformStream,
  wireFixedIn,
} from '../dist/src/index.js';

const [channels, period, inputs, bound] = [50, 20, 200, 1];
const seeds = Number(process.argv[2] ?? 3);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const tasks = [];
for (let seed = 2; tasks.length < seeds; seed++) {
  const score = sampleScore(channels, period, 0.2, seed);
  const wiring = wireFixedIn({ neurons: channels, inputs, delays: [0.1, 10], seed });
  const template = { ...defaultTemplate, bound };
  const { network, neurons } = await memorize({ score, wiring, template, objective: 'l2' }, serialMap);
  if (neurons.every(({ status }) => status === 'solved'))
    tasks.push({ seed, target: { score, wiring, template }, network });
}
console.log(`seeds ${tasks.map(({ seed }) => seed).join(' ')}; medians over them\n`);

console.log('step    hears       moved   error before  after     times better  steps  multiply-adds  s');
for (const step of ['newton', 'adam']) {
  for (const forced of [true, false]) {
    for (const moved of [0.003, 0.01, 0.03]) {
      const rows = tasks.map(({ seed, target, network }) => {
        const uniform = uniformStream(streamKey(seed, 'moved'));
        const initial = network.weights.map((w) => {
          const next = w + moved * 2 * (uniform() + uniform() + uniform() - 1.5);
          return Math.max(-bound, Math.min(bound, next));
        });
        const begin = process.cpuUsage().user;
        const settings = { ...networkDefaults.eventprop, step, forced };
        const trained = outcomeOf(trainNetwork({ target, settings, seed, initial }));
        const error = (loss) => Math.sqrt((2 * loss) / target.score.times.length);
        return {
          before: error(trained.history[0]),
          after: error(trained.loss),
          epochs: trained.epochs,
          macs: trained.macs,
          seconds: (process.cpuUsage().user - begin) / 1e6,
        };
      });
      const of = (name) => median(rows.map((row) => row[name]));
      const better = median(rows.map(({ before, after }) => before / after));
      console.log(
        `${step.padEnd(7)} ${(forced ? 'the score' : 'each other').padEnd(11)} ${String(moved).padEnd(7)} ${of('before').toExponential(1).padEnd(13)} ${of('after').toExponential(1).padEnd(9)} ${better.toExponential(1).padEnd(13)} ${String(of('epochs')).padEnd(6)} ${of('macs').toExponential(1).padEnd(14)} ${of('seconds').toFixed(2)}`,
      );
    }
  }
}

console.log(
  '\nfrom nothing      loss at first, in the end   precision/recall of periods 1 and 5, no noise   noise 0.1   multiply-adds  s',
);
const report = async (name, { target, seed }, trained, seconds) => {
  const network = { ...target.wiring, weights: trained.weights };
  const shown = [];
  const trials = [0, 0.1].map((noise) => ({ prompt: 0, noise }));
  const test = { score: target.score, network, seed, promptTime: 0, periods: 5, trials };
  await serialMap(recallJob, test, 2, ({ periods }) => {
    for (const { precision, recall } of [periods[0], periods[4]])
      shown.push(`${precision.toFixed(2)}/${recall.toFixed(2)}`);
  });
  console.log(
    `${name.padEnd(17)} ${trained.history[0].toFixed(2)}, ${trained.loss.toExponential(1)}   ${shown.slice(0, 2).join(' ')}   ${shown.slice(2).join(' ')}   ${trained.macs.toExponential(1)}  ${seconds.toFixed(1)}`,
  );
};
for (const task of tasks) {
  for (const [name, settings] of [
    ['bptt', networkDefaults.bptt],
    ['bptt, gain 1', { ...networkDefaults.bptt, gain: 1 }],
    ['eventprop', networkDefaults.eventprop],
  ]) {
    const begin = process.cpuUsage().user;
    const trained = outcomeOf(trainNetwork({ target: task.target, settings, seed: task.seed }));
    await report(`${name} (${task.seed})`, task, trained, (process.cpuUsage().user - begin) / 1e6);
  }
  await report(`solver (${task.seed})`, task, { weights: task.network.weights, history: [0], loss: 0, macs: 0 }, 0);
}
