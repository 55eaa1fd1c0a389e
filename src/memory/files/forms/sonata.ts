/** The score as SONATA spikes, the network as nodes and edges. */
import { sonataBytes } from '../../../files/index.js';
import { neuronCount } from '../../network/index.js';
import { defaultTemplate } from '../../template/index.js';
import { type Form, ownersOf, readAgain } from './form.js';

export const sonata: Form = {
  name: 'sonata',
  files: ['memory.h5'],
  holds: ['score', 'synapses', 'delays', 'ids', 'bounds', 'costs'],
  write: async ({ score, network, tau0, bounds, costs }) => {
    const milliseconds = (values: Float64Array) => values.map((value) => value * tau0 * 1e3);
    const { sources, starts, delays, weights } = network;
    const content = {
      nodes: neuronCount(network),
      spikes: { nodes: ownersOf(score.starts), times: milliseconds(score.times) },
      edges: { sources, targets: ownersOf(starts), delays: milliseconds(delays), weights },
      own: { ids: score.ids, period: score.period * tau0, ...bounds, cost: costs },
    };
    return [await sonataBytes(content)];
  },
  next: ([file], network) =>
    `npx memorize --score ${file} --wiring ${file}${readAgain(network, defaultTemplate.bound)}`,
};
