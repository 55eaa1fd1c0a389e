/** The system `sparseprop`: its program and commands. */
import type { ProgramSpec } from '../../app/index.js';
import { lyapunovCommand } from './lyapunov.js';
import { ptcCommand } from './ptc.js';
import { runCommand } from './run.js';
import { trackCommand } from './track.js';
import { trainCommand } from './train.js';

const commands = [runCommand, lyapunovCommand, ptcCommand, trainCommand, trackCommand];

export const sparseprop: ProgramSpec = {
  name: 'sparseprop',
  about: 'Large sparse spiking networks, event by event and exact: simulation, Lyapunov exponents, training.',
  commands,
  async work() {
    const lines = commands.map(({ name, about }) => `  ${name.padEnd(10)}${about}`);
    process.stdout.write(`engram sparseprop\n\n${lines.join('\n')}\n\nAll options: engram sparseprop run --help\n`);
    return 0;
  },
  unknown: (word, names) => `there is no command "${word}"; commands are ${names.join(', ')}`,
};
