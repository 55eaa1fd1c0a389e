/** Arguments as they are typed: taken apart, and written so that they can be pasted. */
import { EngramError } from '../core/index.js';
import { flagOf, type OptionSpec } from './define-command.js';

/** Options with their values, `--flag value` and `--flag=value` alike. */
export function optionsOf(args: readonly string[]): string[][] {
  const options: string[][] = [];
  for (const arg of args) {
    const equals = arg.indexOf('=');
    if (arg.startsWith('--') && equals > 0) options.push([arg.slice(0, equals), arg.slice(equals + 1)]);
    else if (arg.startsWith('--')) options.push([arg]);
    else options.at(-1)?.push(arg);
  }
  return options;
}

/** As a shell reads it. */
export const quote = (text: string) => (/^[\w./%,:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Options that concern one run and its results, not what was asked for. */
const OF_A_RUN = ['--out', '--force', '--resume', '--json', '--quiet', '--png', '--workers', '--seed'];

/**
 * A command of engram that goes on with what was asked for, to be pasted.
 * @param command with its arguments, as a shell reads them
 * @param args what was typed
 * @param options of these that the command has as well; they are typed again
 * @param change what stands in their place: a value, true for an option without one, null for nothing
 */
export function goOn(
  command: string,
  args: readonly string[],
  options: readonly OptionSpec[],
  change: Readonly<Record<string, string | number | true | null>> = {},
): string {
  const kept = optionsOf(args).flatMap(([flag, ...values]) => {
    const spec = OF_A_RUN.includes(flag) || flag in change ? undefined : options.find((one) => flagOf(one) === flag);
    if (!spec) return [];
    // Behind the values of an option there may be an argument.
    const most = /\.\.\./.test(spec.flags) ? values.length : Number(/[<[]/.test(spec.flags));
    return [flag, ...values.slice(0, most)];
  });
  const changed = Object.entries(change).flatMap(([flag, value]) =>
    value === null ? [] : value === true ? [flag] : [flag, String(value)],
  );
  return ['npx engram', command, ...[...kept, ...changed].map(quote)].join(' ');
}

/** Throws `usage` if an option stands twice in the arguments. */
export function refuseRepeats(args: readonly string[]): void {
  const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]);
  const repeated = flags.find((flag, i) => flags.indexOf(flag) !== i);
  if (repeated) throw new EngramError('usage', `${repeated} is given twice; give it once`);
}
