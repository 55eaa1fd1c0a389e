// node bench/solvers/neurons.mjs [rounds] [kinds]: what it costs to store one neuron, by kind of neuron and objective, beside the default one of
// least norm: processor time, all kinds in turn in one process, the median of some rounds, and the work counters of the solver. 500
// inputs, a score of 30 periods. V8 would discard the compiled code of a kind while others have their turn, which nobody meets who
// memorizes one kind: it is told to keep it. Kinds are given by parts of their
// names, as reset,lif; all unless given.
import { setFlagsFromString } from 'node:v8';
import { defaultTemplate, memorize, sampleScore, serialMap, wireFixedIn } from '../../dist/src/index.js';

setFlagsFromString('--no-flush-bytecode');
const rounds = Number(process.argv[2] ?? 12);
const channels = 20;
const base = {
  score: sampleScore(channels, 30, 0.2, 1),
  wiring: wireFixedIn({ neurons: channels, inputs: 500, delays: [0.1, 10], seed: 1 }),
  template: defaultTemplate,
  objective: 'l2',
};
const lif = { model: 'lif', membrane: 2, synapse: 0.4, refractory: 0.4, reset: 0 };
const all = {
  'continuation, l2': base,
  'reset, l2': { ...base, model: { model: 'reset', reset: 0 } },
  'lif-exp, l2': { ...base, model: { ...lif, current: 'exp' } },
  'lif-alpha, l2': { ...base, model: { ...lif, current: 'alpha' } },
  'continuation, energy': { ...base, objective: 'energy:1' },
  'continuation, l1': { ...base, objective: 'l1' },
};
const asked = (process.argv[3] ?? '').split(',');
const isAsked = (name) => name === 'continuation, l2' || asked.some((part) => name.includes(part));
const kinds = Object.fromEntries(Object.entries(all).filter(([name]) => isAsked(name)));
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const times = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const stored = {};
const work = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, problem] of Object.entries(kinds)) {
    const begin = seconds();
    const { neurons } = await memorize(problem, serialMap);
    times[name].push(seconds() - begin);
    stored[name] = neurons.filter(({ status }) => status === 'solved').length;
    work[name] = ['rounds', 'rows', 'active'].map((counter) =>
      (neurons.reduce((sum, { counters }) => sum + counters[counter], 0) / channels).toFixed(1),
    );
  }
}
console.log(
  '| neuron, objective | ms a neuron | to the default | stored | rounds | rows | active |\n|---|---|---|---|---|---|---|',
);
for (const name of Object.keys(kinds)) {
  const ratio = median(times[name]) / median(times['continuation, l2']);
  console.log(
    `| ${name} | ${((1000 * median(times[name])) / channels).toPrecision(2)} | ${ratio.toPrecision(2)} x | ${stored[name]}/${channels} | ${work[name].join(' | ')} |`,
  );
}
