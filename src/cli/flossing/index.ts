/** The system `flossing`: its program and commands. */
import type { ProgramSpec } from '../../app/index.js';
import { exampleCommand } from './example.js';
import { spectrumCommand } from './spectrum.js';
import { trainCommand } from './train.js';

const commands = [trainCommand, spectrumCommand, exampleCommand];

export const flossing: ProgramSpec = {
  name: 'flossing',
  about: 'Surrogate gradient flossing: networks whose Lyapunov exponents are pushed to zero, so that gradients last.',
  commands,
  async work(_, { version }) {
    const lines = commands.map(({ name, about }) => `  engram flossing ${name.padEnd(10)}${about}`);
    process.stdout.write(`${[`engram ${version} flossing`, '', ...lines, ''].join('\n')}\n`);
    return 0;
  },
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}`,
};
