#!/usr/bin/env node
/** The program `engram`: the box that holds all systems. `engram memorize ...` is `memorize ...`. */
import { launch, type ProgramSpec } from '../app/index.js';

interface System {
  readonly name: string;
  /** Its program, loaded where it is called: the others need not be. */
  load(): Promise<ProgramSpec>;
  /** What it does, in half a line. */
  readonly about: string;
  /** A command that shows it at work. */
  readonly example: string;
}

/** A system more is a line more. */
const SYSTEMS: readonly System[] = [
  {
    name: 'memorize',
    load: async () => (await import('./memorize/index.js')).memorize,
    about: 'stores spike trains in a recurrent spiking network by convex optimization, proves it, recalls them',
    example: 'engram memorize --channels 200 --duration 1s',
  },
  {
    name: 'sparseprop',
    load: async () => (await import('./sparseprop/index.js')).sparseprop,
    about: 'runs large sparse spiking networks event by event, exactly; their Lyapunov exponents; trains them',
    example: 'engram sparseprop run --n 10000',
  },
  {
    name: 'flossing',
    load: async () => (await import('./flossing/index.js')).flossing,
    about: 'trains networks whose surrogate Lyapunov exponents are kept near zero, so that gradients last',
    example: 'engram flossing train --task xor --delay 5 --steps 60 --epochs 500 --mode adaptive --exponents 16',
  },
  {
    name: 'spikernn',
    load: async () => (await import('./spikernn/index.js')).spikernn,
    about: 'trains rate networks on tasks and maps them one to one to spiking networks (spikeRNN)',
    example: 'engram spikernn train --task go-nogo --N 200 --n_trials 5000',
  },
  {
    name: 'srnn',
    load: async () => (await import('./srnn/index.js')).srnn,
    about:
      'trains networks with spike-frequency adaptation to choose by a rule that they must remember; takes them apart',
    example: 'engram srnn train --recipe balanced',
  },
];

const names = SYSTEMS.map(({ name }) => name);
const width = Math.max(...names.map((name) => name.length)) + 2;
const systems = SYSTEMS.flatMap(({ name, about, example }) => [
  `  ${name.padEnd(width)}${about}`,
  `  ${''.padEnd(width)}${example}   (all options: engram ${name} --help)`,
]);

/** The program without a system: what is there for all of them. */
async function box(): Promise<ProgramSpec> {
  const { commands } = await import('./common/index.js');
  return {
    name: 'engram',
    about: 'Spiking networks that hold spike trains: systems of the field in one box.',
    commands,
    after: ['Systems:', ...systems].join('\n'),
    async work(_, { version }) {
      const shared = commands.map(({ name, about }) => `  ${name.padEnd(12)}${about}`);
      const lines = [`engram ${version}`, '', 'Systems:', ...systems, '', 'For all of them:', ...shared, ''];
      process.stdout.write(lines.join('\n'));
      return 0;
    },
    unknown: (word, shared) =>
      `there is no system "${word}"; systems are ${names.join(', ')}, and for all of them there are ${shared.join(', ')}`,
  };
}

const [first, ...rest] = process.argv.slice(2);
const system = SYSTEMS.find(({ name }) => name === first);
await (system ? launch(await system.load(), rest) : launch(await box(), process.argv.slice(2)));
