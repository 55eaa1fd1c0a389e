/** What every command is given: the arguments as typed, the program's version, and where its exit code goes. */
import { Command } from 'commander';
import { EngramError } from '../core/index.js';

export interface Invocation {
  readonly args: readonly string[];
  readonly version: string;
  /** Takes the exit code of a command when its work is done. */
  finish(work: Promise<number>): Promise<void>;
}

/** A subcommand with the manners of them all: errors are thrown, never printed, and nothing extra is accepted. */
export const subcommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });

/** Throws if an option stands twice in the arguments. */
export function refuseRepeats(args: readonly string[]): void {
  const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]);
  const repeated = flags.find((flag, i) => flags.indexOf(flag) !== i);
  if (repeated) throw new EngramError('usage', `${repeated} is given twice; give it once`);
}

/** The first signal rejects what the returned function gives; a second one ends the process on the spot. */
export function onInterruption(): () => Promise<never> {
  let signals = 0;
  const requested = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(130);
        reject(new EngramError('interrupted', `interrupted by ${signal}`));
      });
    }
  });
  requested.catch(() => {});
  return () => requested;
}
