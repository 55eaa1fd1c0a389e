#!/usr/bin/env node
/** The program `engram`: the box that holds all systems. `engram memorize ...` is `memorize ...`. */
import { launch, type ProgramSpec } from '../app/index.js';
import { experimentCommand } from './common/experiment.js';
import { pageCommand } from './common/page.js';
import { solveCommand } from './common/solve.js';
import { flossing } from './flossing/index.js';
import { memorize } from './memorize/index.js';
import { reportCommand } from './memorize/report.js';
import { sparseprop } from './sparseprop/index.js';
import { spikernn } from './spikernn/index.js';
import { srnn } from './srnn/index.js';

interface System {
  readonly program: ProgramSpec;
  /** What it does, in half a line. */
  readonly about: string;
  /** A command that shows it at work. */
  readonly example: string;
}

/** A system more is a line more. */
const SYSTEMS: readonly System[] = [
  {
    program: memorize,
    about: 'stores spike trains in a recurrent spiking network by convex optimization, proves it, recalls them',
    example: 'engram memorize --channels 200 --duration 1s',
  },
  {
    program: sparseprop,
    about: 'runs large sparse spiking networks event by event, exactly; their Lyapunov exponents; trains them',
    example: 'engram sparseprop run --n 10000',
  },
  {
    program: flossing,
    about: 'trains networks whose surrogate Lyapunov exponents are kept near zero, so that gradients last',
    example: 'engram flossing train --task xor --delay 5 --steps 60 --epochs 500 --mode adaptive --exponents 16',
  },
  {
    program: spikernn,
    about: 'trains rate networks on tasks and maps them one to one to spiking networks (spikeRNN)',
    example: 'engram spikernn train --task go-nogo --N 200 --n_trials 5000',
  },
  {
    program: srnn,
    about:
      'trains networks with spike-frequency adaptation to choose by a rule that they must remember; takes them apart',
    example: 'engram srnn train --recipe balanced',
  },
];

const names = SYSTEMS.map(({ program }) => program.name);
const width = Math.max(...names.map((name) => name.length)) + 2;
const systems = SYSTEMS.flatMap(({ program: { name }, about, example }) => [
  `  ${name.padEnd(width)}${about}`,
  `  ${''.padEnd(width)}${example}   (all options: engram ${name} --help)`,
]);

/** What is there for all systems. */
const SHARED = [experimentCommand, pageCommand, reportCommand, solveCommand];

const engram: ProgramSpec = {
  name: 'engram',
  about: 'Spiking networks that hold spike trains: systems of the field in one box.',
  commands: SHARED,
  after: ['Systems:', ...systems].join('\n'),
  async work(_, { version }) {
    const shared = SHARED.map(({ name, about }) => `  ${name.padEnd(12)}${about}`);
    const lines = [`engram ${version}`, '', 'Systems:', ...systems, '', 'For all of them:', ...shared, ''];
    process.stdout.write(lines.join('\n'));
    return 0;
  },
  unknown: (word, shared) =>
    `there is no system "${word}"; systems are ${names.join(', ')}, and for all of them there are ${shared.join(', ')}`,
};

const [first, ...rest] = process.argv.slice(2);
const system = SYSTEMS.find(({ program }) => program.name === first);
await (system ? launch(system.program, rest) : launch(engram, process.argv.slice(2)));
