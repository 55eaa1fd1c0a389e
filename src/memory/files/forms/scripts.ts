/** Scripts for other simulators, with their data beside them. */
import { writeNpz } from '../../../files/index.js';
import { simulatorScript } from '../simulator-script.js';
import type { Form } from './form.js';

const script = (name: 'brian2' | 'nest'): Form => {
  const files = [`network-${name}.py`, `network-${name}.npz`];
  return {
    name,
    files,
    holds: ['score', 'synapses', 'delays', 'model'],
    write: (network) => {
      const written = simulatorScript(name, { ...network, dataFile: files[1] });
      return [written.script, (sink) => writeNpz(written.data, sink)];
    },
    next: ([file]) => `python3 ${file}`,
  };
};

export const brian2 = script('brian2');
export const nest = script('nest');
