/** The score as SONATA spikes, the network as nodes and edges. */
import { sonataBytes } from '../../../files/index.js';
import { neuronCount } from '../../network/index.js';
import { defaultTemplate } from '../../template/index.js';
import { type Form, ownersOf, readAgain } from './form.js';

export const sonata: Form = {
  name: 'sonata',
  files: ['memory.h5'],
  holds: ['score', 'synapses', 'delays'],
  write: async ({ score, network, tau0 }) => {
    const milliseconds = (values: Float64Array) => values.map((value) => value * tau0 * 1e3);
    const { sources, starts, delays, weights } = network;
    const content = {
      nodes: neuronCount(network),
      spikes: { nodes: ownersOf(score.starts), times: milliseconds(score.times) },
      edges: { sources, targets: ownersOf(starts), delays: milliseconds(delays), weights },
    };
    return [await sonataBytes(content)];
  },
  next: ([file], network) =>
    `npx memorize --score ${file} --duration ${Number((network.score.period * network.tau0 * 1e3).toPrecision(15))}ms --wiring ${file}${readAgain(network, defaultTemplate.bound)}`,
};
