// node bench/robust.mjs: what robust weights cost beside the plain template. Processor time per neuron, interleaved in
// one process, the median of the ratios neuron by neuron beside the ratio of the sums.
import { sampleScore, wireFixedIn } from '../dist/src/index.js';
import { memorizeJob } from '../dist/src/memory/memorize/index.js';
import { defaultTemplate } from '../dist/src/memory/template/index.js';

const spent = (work) => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
};
const kinds = ['margin', 'slope', 'both', 'noise'];

for (const [channels, period, inputs, neurons] of [
  [60, 50, 500, 60],
  [100, 100, 1000, 20],
]) {
  const score = sampleScore(channels, period, 0.2, 1);
  const wiring = wireFixedIn({ neurons: channels, inputs, delays: [0.1, 10], seed: 1 });
  const problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
  const solvers = [undefined, ...kinds.map((what) => ({ what, share: 0.5 }))].map((robust) =>
    memorizeJob.prepare({ ...problem, robust }),
  );
  for (let l = 0; l < 5; l++) for (const solve of solvers) solve(l);
  const times = solvers.map(() => []);
  for (let l = 0; l < neurons; l++) solvers.forEach((solve, i) => times[i].push(spent(() => solve(l))));
  const sums = times.map((values) => values.reduce((sum, value) => sum + value, 0));
  console.log(
    `${inputs} inputs, ${period} refractory periods, ${neurons} neurons: plain ${(sums[0] / neurons).toFixed(1)} ms`,
  );
  kinds.forEach((kind, i) => {
    const ratios = times[i + 1].map((time, l) => time / times[0][l]).sort((a, b) => a - b);
    const ms = (sums[i + 1] / neurons).toFixed(1);
    console.log(
      `  ${kind.padEnd(6)} ${ms.padStart(6)} ms, ${(sums[i + 1] / sums[0]).toFixed(1)} times plain (median ${ratios[ratios.length >> 1].toFixed(1)})`,
    );
  });
}
