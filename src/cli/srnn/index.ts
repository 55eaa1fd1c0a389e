/** The system `srnn`: its program and commands. */
import type { ProgramSpec } from '../../app/index.js';
import { analyseCommand } from './analyse.js';
import { spelled } from './flags.js';
import { testCommand } from './test.js';
import { trainCommand } from './train.js';

const commands = [trainCommand, testCommand, analyseCommand];

export const srnn: ProgramSpec = {
  name: 'srnn',
  about: 'A spiking network that learns to choose by a rule which it must remember over a delay.',
  commands,
  spelled,
  async work(_, { version }) {
    const lines = commands.map(({ name, about }) => `  engram srnn ${name.padEnd(10)}${about}`);
    process.stdout.write(`${[`engram ${version} srnn`, '', ...lines, ''].join('\n')}\n`);
    return 0;
  },
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}`,
};
