// npm run bench -- models: what a neuron of each model costs to store, against the default one, whose program is a kernel.
// Ratios are taken in one process, neuron by neuron in turn, from processor time; counters stand beside the times.
import { memorizeJob } from '../dist/src/memory/memorize/index.js';
import { wireFixedIn } from '../dist/src/memory/network/index.js';
import { sampleScore } from '../dist/src/memory/score/index.js';
import { defaultTemplate } from '../dist/src/memory/template/index.js';

const lif = { model: 'lif', membrane: 2, synapse: 0.4, reset: 0, refractory: 0.4 };
const models = {
  default: undefined,
  'slower kernel': { model: 'continuation', beta: 1.1 },
  'reset:-1': { model: 'reset', reset: -1 },
  reset: { model: 'reset', reset: 0 },
  'lif-exp': { ...lif, current: 'exp' },
  'lif-alpha': { ...lif, current: 'alpha' },
};
/** The first neurons warm the code up. */
const WARM = 4;

export function benchModels(period, inputs, neurons) {
  const channels = 50;
  const score = sampleScore(channels, period, 0.2, 1);
  const wiring = wireFixedIn({ neurons: channels, inputs, delays: [0.1, 10], seed: 1 });
  const problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
  const runs = Object.entries(models).map(([name, model]) => {
    return { name, job: memorizeJob.prepare({ ...problem, model }), time: 0, rounds: 0, rows: 0, solved: 0 };
  });
  for (let l = 0; l < neurons + WARM; l++) {
    for (const run of runs) {
      const before = process.cpuUsage();
      const { status, counters } = run.job(l);
      const { user, system } = process.cpuUsage(before);
      if (l < WARM) continue;
      run.time += (user + system) / 1e3 / neurons;
      run.rounds += counters.rounds / neurons;
      run.rows += counters.rows / neurons;
      run.solved += status === 'solved' ? 1 : 0;
    }
  }
  console.log(`${period} refractory periods, ${inputs} inputs, means of ${neurons} neurons`);
  for (const { name, time, rounds, rows, solved } of runs) {
    const ratio = (time / runs[0].time).toFixed(1).padStart(5);
    console.log(
      `${name.padEnd(14)}${time.toFixed(1).padStart(7)} ms ${ratio} x default, ${rounds.toFixed(1)} rounds, ${rows.toFixed(0)} rows, ${solved} stored`,
    );
  }
}
