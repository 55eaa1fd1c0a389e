// node bench/solvers/verification.mjs: what verification costs beside the solve, in processor time, of the neurons of
// `memorize --channels 200 --duration 1s --seed 1`: medians of 30 neurons after 10 others.
import { defaultTemplate, sampleScore, wireFixedIn } from '../../dist/src/index.js';
import { claimNorm, solveNorm } from '../../dist/src/memory/memorize/aims/norm.js';
import { normOf } from '../../dist/src/memory/memorize/aims/norms.js';
import { judge } from '../../dist/src/memory/memorize/judge.js';
import { tasksOf } from '../../dist/src/memory/memorize/memorize.js';

const template = defaultTemplate;
const score = sampleScore(200, 200, 0.2, 1);
const wiring = wireFixedIn({ neurons: 200, inputs: 2000, delays: [0.1, 10], seed: 1 });
const taskOf = tasksOf({ score, wiring, template });
const [norm, aim] = [normOf('l2'), { kind: 'l2' }];
const milliseconds = (work) => {
  const begin = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(begin);
  return [result, (user + system) / 1000];
};
const [solves, verifications] = [[], []];
for (let n = 0; n < 40; n++) {
  const { task } = taskOf(n);
  const [solution, solve] = milliseconds(() => solveNorm(norm, aim, task, template));
  const [{ granted }, verification] = milliseconds(() => judge(claimNorm(norm, aim, task, template, solution)));
  if (!granted) throw new Error(`neuron ${n} is not stored`);
  solves.push(solve);
  verifications.push(verification);
}
const median = (values) => values.slice(10).sort((a, b) => a - b)[15];
const [solve, verification] = [median(solves), median(verifications)];
console.log(
  `solve ${solve.toFixed(1)} ms, verification ${verification.toFixed(1)} ms: ${(verification / solve).toFixed(2)}`,
);
