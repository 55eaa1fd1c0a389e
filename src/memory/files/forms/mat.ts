/** The score as a cell array of spike times, the synapses as vectors, in a MAT file of level 5. */
import { type MatValue, matBytes } from '../../../files/index.js';
import { neuronCount } from '../../network/index.js';
import { idOf, spikesOf } from '../../score/index.js';
import { defaultTemplate } from '../../template/index.js';
import { type Form, ownersOf, readAgain } from './form.js';

const vector = (values: Float64Array): MatValue => ({ kind: 'numeric', dtype: 'f8', dims: [values.length, 1], values });

export const mat: Form = {
  name: 'mat',
  files: ['memory.mat'],
  holds: ['score', 'synapses', 'delays', 'ids'],
  write: ({ score, network, tau0 }) => {
    const seconds = (values: Float64Array) => values.map((value) => value * tau0);
    const neurons = Array.from({ length: neuronCount(network) }, (_, l) => l);
    const ids = neurons.map((l) => idOf(score, l));
    const named = ids.some((id) => typeof id === 'string');
    const text = (id: string): MatValue => ({ kind: 'char', dims: [1, id.length], text: id });
    // Neurons with names are numbered from 1 in their order, as MATLAB counts.
    const called = (list: Uint32Array) => Float64Array.from(list, (l) => (named ? l + 1 : (ids[l] as number)));
    const variables: [string, MatValue][] = [
      [
        'spike_times_s',
        { kind: 'cell', dims: [1, neurons.length], cells: neurons.map((l) => vector(seconds(spikesOf(score, l)))) },
      ],
      [
        'ids',
        named
          ? { kind: 'cell', dims: [1, ids.length], cells: ids.map((id) => text(String(id))) }
          : vector(Float64Array.from(ids as number[])),
      ],
      ['period_s', vector(Float64Array.of(score.period * tau0))],
      ['source', vector(called(network.sources))],
      ['target', vector(called(ownersOf(network.starts)))],
      ['delay_s', vector(seconds(network.delays))],
      ['weight', vector(network.weights)],
    ];
    return [matBytes(variables)];
  },
  next: ([file], network) =>
    `npx memorize --score ${file} --wiring ${file}${readAgain(network, defaultTemplate.bound)}`,
};
