/** Arguments as they are typed: taken apart, and written so that they can be pasted. */
import { EngramError } from '../core/index.js';

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

/** Throws `usage` if an option stands twice in the arguments. */
export function refuseRepeats(args: readonly string[]): void {
  const flags = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.split('=')[0]);
  const repeated = flags.find((flag, i) => flags.indexOf(flag) !== i);
  if (repeated) throw new EngramError('usage', `${repeated} is given twice; give it once`);
}
