// Histograms of the weights of several networks, and their norms: node docs/examples/weights.mjs FIGURE.svg DIR...
// One panel and one line for each directory of results.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readMemory } from '../../dist/src/memory/files/index.js';
import { histogramOf, histogramsSpec, renderSvg } from '../../dist/src/plot/index.js';

const [figure, ...directories] = process.argv.slice(2);
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const panels = [];
console.log('network       l1      l2      linf    synapses in use (medians of the neurons)');
for (const directory of directories) {
  const file = join(directory, 'network.npz');
  const { network, header } = readMemory(readFileSync(file), file);
  const { starts, weights } = network;
  const neurons = Array.from({ length: starts.length - 1 }, (_, l) => weights.subarray(starts[l], starts[l + 1]));
  const of = (measure) => median(neurons.filter((own) => own.some((w) => w !== 0)).map(measure));
  const sum = (own, term) => own.reduce((total, w) => total + term(w), 0);
  const cells = [
    of((own) => sum(own, Math.abs)),
    of((own) => Math.sqrt(sum(own, (w) => w * w))),
    of((own) => Math.max(...own.map(Math.abs))),
  ];
  const used = of((own) => sum(own, (w) => (w === 0 ? 0 : 1)));
  console.log([basename(directory).padEnd(13), ...cells.map((value) => value.toFixed(3).padEnd(7)), used].join(' '));
  const { bound } = header.template;
  panels.push(histogramOf(`weights, ${header.objective}`, weights, -bound, bound));
}
if (figure) writeFileSync(figure, await renderSvg(histogramsSpec('Weights by objective', [], panels)));
