/** Commands and their options as data, and what commander makes of them. */
import { Command, Option } from 'commander';
import type { Parser } from './parsers.js';

/** What every command is given beside its options. */
export interface Invocation {
  /** The arguments as typed, from the first behind the program's name on. */
  readonly args: readonly string[];
  readonly version: string;
  /** When the program began, by `performance.now()`. */
  readonly started: number;
}

export interface OptionSpec {
  /** As the help shows it: `--seed <n>`. */
  readonly flags: string;
  readonly about: string;
  readonly parse?: Parser<unknown> | undefined;
  readonly default?: unknown;
  /** How the help shows the default. */
  readonly shown?: string | undefined;
  readonly required?: boolean;
  /** The only values that there are. */
  readonly choices?: readonly string[];
  /** Names a file or folder that the command reads; where it may be something else, a file looks like this. */
  readonly reads?: boolean | RegExp;
}

/** An option of a command. */
export const option = (
  flags: string,
  about: string,
  parse?: Parser<unknown>,
  byDefault?: unknown,
  shown?: string,
): OptionSpec => ({ flags, about, parse, default: byDefault, shown });

/** `--seed` of `--seed <n>`. */
export const flagOf = ({ flags }: OptionSpec): string => flags.split(' ')[0];

export interface CommandSpec<Options extends object = object> {
  readonly name: string;
  readonly about: string;
  /** The argument that it takes, `<dir>` or `[name]`, and what that is. */
  readonly argument?: readonly [name: string, about?: string];
  readonly options?: readonly OptionSpec[];
  readonly commands?: readonly CommandSpec[];
  /** What the help ends with. */
  readonly after?: string;
  /** Does the work and returns the exit code. */
  work(options: Options, invocation: Invocation, argument: string): Promise<number>;
}

/** A command; its options come parsed, under their names in camel case. */
export const defineCommand = <Options extends object>(spec: CommandSpec<Options>): CommandSpec => spec;

export function addOptions(command: Command, options: readonly OptionSpec[]): Command {
  for (const spec of options) {
    const { flags, about, parse, default: byDefault, shown, required, choices } = spec;
    const made = new Option(flags, about);
    if (parse) made.argParser((text: string) => parse(text, flagOf(spec)));
    if (choices) made.choices(choices);
    if (byDefault !== undefined) made.default(byDefault, shown);
    if (required) made.makeOptionMandatory();
    command.addOption(made);
  }
  return command;
}

/**
 * A parser with the manners of all: errors are thrown, never printed, and nothing extra is accepted.
 * @param finish takes the work when it has begun
 * @param version of a program, which tells it
 */
export function commandOf(
  spec: CommandSpec,
  invocation: Invocation,
  finish: (work: Promise<number>) => Promise<void>,
  version?: string,
): Command {
  const { name, about, argument, options = [], commands = [], after } = spec;
  const command = new Command(name)
    .description(about)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  if (version) command.version(version);
  if (argument) command.argument(...(argument as [string, string]));
  if (commands.length > 0) command.enablePositionalOptions();
  if (after) command.addHelpText('after', `\n${after}`);
  addOptions(command, options);
  for (const inner of commands) command.addCommand(commandOf(inner, invocation, finish));
  return command.action((...given: unknown[]) => {
    const [first, second] = given;
    return argument
      ? finish(spec.work(second as object, invocation, first as string))
      : finish(spec.work(first as object, invocation, ''));
  });
}
