/**
 * The network as NIR. With v_leak = 0, r = 1 and w_in = 1 a CubaLIF has
 *
 *   tau_syn I' = -I + W S,   tau_mem v' = -v + I,
 *
 * so that one spike makes a potential of height W tau0 height / (tau_syn tau_mem), height being that of the response to a current
 * of peak 1 in refractory periods (`responsePeak`): W = w tau_syn tau_mem / (tau0 height) is a weight of w thresholds.
 */
import { EngramError } from '../../../core/index.js';
import { nirBytes } from '../../../files/index.js';
import { neuronCount, ofNeuron, responsePeak } from '../../network/index.js';
import { defaultTemplate } from '../../template/index.js';
import { type Form, ownersOf, readAgain } from './form.js';

/** More numbers in its matrices are no file that is read: 256 MB. */
const MOST_ENTRIES = 2 ** 24;

export const nir: Form = {
  name: 'nir',
  files: ['network.nir'],
  holds: ['score', 'synapses', 'delays', 'model', 'ids', 'bounds', 'costs'],
  write: async ({ score, network, model, tau0, bounds, costs }) => {
    if (model.model !== 'lif' || model.current !== 'exp') {
      throw new EngramError(
        'usage',
        `--to nir: NIR has leaky integrate-and-fire neurons with exponential currents only, these are ${model.model === 'lif' ? 'lif-alpha' : model.model}; store with --neuron lif-exp`,
      );
    }
    const neurons = neuronCount(network);
    const entries = neurons * network.sources.length;
    if (entries > MOST_ENTRIES) {
      throw new EngramError(
        'usage',
        `--to nir: NIR has a delay per line and dense matrices only; ${network.sources.length} synapses of ${neurons} neurons would be 2 x ${entries} numbers (at most ${MOST_ENTRIES}): use sonata`,
      );
    }
    const seconds = (value: typeof model.membrane) =>
      Float64Array.from({ length: neurons }, (_, l) => ofNeuron(value, l) * tau0);
    const [membrane, synapse] = [seconds(model.membrane), seconds(model.synapse)];
    const targets = ownersOf(network.starts);
    const heights = Array.from(
      { length: neurons },
      (_, l) => responsePeak('exp', ofNeuron(model.membrane, l), ofNeuron(model.synapse, l)).height,
    );
    const weights = network.weights.map(
      (w, k) => (w * synapse[targets[k]] * membrane[targets[k]]) / (tau0 * heights[targets[k]]),
    );
    const delays = network.delays.map((delay) => delay * tau0);
    const own = {
      ids: score.ids,
      period: score.period * tau0,
      dead: model.refractory * tau0,
      spikes: { starts: score.starts, times: score.times.map((time) => time * tau0) },
      ...bounds,
      cost: costs,
    };
    const { sources } = network;
    return [await nirBytes({ membrane, synapse, reset: model.reset, sources, targets, delays, weights, own })];
  },
  next: ([file], network) => {
    const { model, tau0 } = network;
    if (model.model !== 'lif' || typeof model.membrane !== 'number' || typeof model.synapse !== 'number')
      return `python3 -c "import nir; print(nir.read('${file}'))"`;
    const ms = (time: number) => `${Number((time * tau0 * 1e3).toPrecision(12))}ms`;
    const neuron = `lif-exp${model.reset === 0 ? '' : `:${model.reset}`}`;
    const constants = `--membrane-tau ${ms(model.membrane)} --synapse-tau ${ms(model.synapse)} --dead-time ${ms(model.refractory)}`;
    return `npx memorize --score ${file} --wiring ${file} --neuron ${neuron} ${constants}${readAgain(network, defaultTemplate.bound)}`;
  },
};
