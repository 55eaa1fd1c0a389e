/** The system `spikernn`: its program and commands. */
import type { ProgramSpec } from '../../app/index.js';
import { evalCommand } from './eval.js';
import { exportCommand } from './export.js';
import { mapCommand } from './map.js';
import { polishCommand } from './polish.js';
import { scaleCommand } from './scale.js';
import { trainCommand } from './train.js';

const commands = [trainCommand, evalCommand, scaleCommand, mapCommand, polishCommand, exportCommand];

export const spikernn: ProgramSpec = {
  name: 'spikernn',
  about: 'spikeRNN: rate networks trained on tasks, and mapped one to one to spiking networks.',
  commands,
  async work(_, { version }) {
    const lines = commands.map(({ name, about }) => `  engram spikernn ${name.padEnd(10)}${about}`);
    process.stdout.write(`${[`engram ${version} spikernn`, '', ...lines, ''].join('\n')}\n`);
    return 0;
  },
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}`,
};
