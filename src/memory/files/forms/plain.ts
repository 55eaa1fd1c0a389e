/** Forms that need no library: arrays, tables, JSON. */
import { EngramError } from '../../../core/index.js';
import { writeNpz } from '../../../files/index.js';
import { defaultTemplate } from '../../template/index.js';
import { networkArrays, synapseTable, writeNetworkJson } from '../export.js';
import { writeScoreCsv } from '../score-csv.js';
import { type Form, readAgain } from './form.js';

export const npz: Form = {
  name: 'npz',
  files: ['arrays.npz'],
  holds: ['score', 'synapses', 'delays', 'memories', 'ids', 'bounds', 'costs'],
  write: ({ score, network, tau0, others, bounds, costs }) => [
    (sink) =>
      writeNpz({ ...networkArrays(score, network, tau0, others), ...bounds, ...(costs ? { costs } : {}) }, sink),
  ],
  next: ([file], network) =>
    `npx memorize --score ${file} --wiring ${file}${readAgain(network, defaultTemplate.bound)}`,
};

export const csv: Form = {
  name: 'csv',
  files: ['synapses.csv', 'score.csv'],
  holds: ['score', 'synapses', 'delays', 'ids', 'bounds', 'costs'],
  write: ({ score, network, tau0, bounds, costs }) => [
    (sink) => {
      const encoder = new TextEncoder();
      for (const lines of synapseTable(network, tau0, { ...bounds, ...(costs ? { cost: costs } : {}) }, score.ids))
        sink(encoder.encode(lines));
    },
    writeScoreCsv(score, tau0),
  ],
  next: ([synapses, score], network) =>
    `npx memorize --score ${score} --wiring ${synapses}${readAgain(network, defaultTemplate.bound)}`,
};

export const json: Form = {
  name: 'json',
  files: ['network.json'],
  holds: ['score', 'synapses', 'delays'],
  write: ({ score, network, model, tau0 }) => {
    if (model.model !== 'continuation' || model.beta !== undefined) {
      throw new EngramError(
        'usage',
        '--to json is for neurons with the kernel t exp(1 - t) that no spike resets: the form knows no others; use npz, csv or brian2',
      );
    }
    return [writeNetworkJson(score, network, tau0)];
  },
  next: ([file]) => `npx memorize explain ${file}`,
};
