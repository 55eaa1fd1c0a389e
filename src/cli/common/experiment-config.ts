/** Configurations of experiments: those that come with them, files, and changes typed beside. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { location } from '../../../experiments/index.js';
import { EngramError } from '../../core/index.js';

interface Configurable<Config> {
  name: string;
  schema: z.ZodType<Config>;
}

const folderOf = (name: string) => new URL(`./${name}/`, location);

/** Names of the configurations that come with an experiment. */
export const configsOf = (name: string): string[] =>
  readdirSync(folderOf(name))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -5))
    .sort((a, b) => rank(a) - rank(b));

const rank = (name: string) => ['quick', 'full'].indexOf(name) >>> 0;

/** The configuration of a name or a file, with changes `key=value` made to it. Throws `usage` or `input`. */
export function configOf<Config>({ name, schema }: Configurable<Config>, chosen: string, changes: string[]): Config {
  const own = configsOf(name).includes(chosen);
  if (!own && !(existsSync(chosen) && statSync(chosen).isFile())) {
    throw new EngramError(
      'usage',
      `--config must be ${configsOf(name).join(', ')} or a file that exists; got "${chosen}"`,
    );
  }
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(own ? new URL(`${chosen}.json`, folderOf(name)) : chosen, 'utf8'));
  } catch (error) {
    throw new EngramError('input', `${chosen}: not JSON: ${(error as Error).message}`);
  }
  for (const change of changes) apply(config, change);
  const checked = schema.safeParse(config);
  if (checked.success) return checked.data;
  const [{ path, message }] = checked.error.issues;
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  throw new EngramError(
    changes.length > 0 ? 'usage' : 'input',
    `configuration of ${name}, ${where}${message}; see ${configsOf(name)[0]}.json of the experiment`,
  );
}

function apply(config: unknown, change: string): void {
  const at = change.indexOf('=');
  if (at < 1) throw new EngramError('usage', `--set takes key=value, such as trials=50; got "${change}"`);
  const path = change.slice(0, at).split('.');
  const text = change.slice(at + 1);
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // A plain word.
  }
  let target = config as Record<string, unknown>;
  path.forEach((key, i) => {
    if (typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) {
      const known = typeof target === 'object' && target !== null ? Object.keys(target).join(', ') : 'none';
      throw new EngramError('usage', `--set: there is no ${path.slice(0, i + 1).join('.')}; there are ${known}`);
    }
    if (i === path.length - 1) target[key] = value;
    else target = target[key] as Record<string, unknown>;
  });
}
