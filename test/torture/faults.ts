/** A file system that fails: the k-th operation on files in a directory throws. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const NAMES = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'closeSync',
  'renameSync',
  'linkSync',
  'mkdirSync',
  'rmSync',
  'readFileSync',
  'writeFileSync',
  'readdirSync',
  'statSync',
] as const;

export interface Faults {
  /** Operations seen so far. */
  readonly count: number;
  restore(): void;
}

/** From here on operation `k` (counted from 1) in `directory` fails with `code`; a failing close still closes. */
export function failAt(directory: string, k: number, code = 'EIO'): Faults {
  let count = 0;
  const handles = new Set<unknown>();
  const table = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = NAMES.map((name) => [name, table[name]] as const);
  for (const [name, original] of originals) {
    table[name] = (...args) => {
      const [target] = args;
      const ours = typeof target === 'string' ? target.startsWith(directory) : handles.has(target);
      if (ours && ++count === k) {
        if (name === 'closeSync') original(...args);
        throw Object.assign(new Error(`${code}: made up`), { code });
      }
      const result = original(...args);
      if (ours && name === 'openSync') handles.add(result);
      if (name === 'closeSync') handles.delete(target);
      return result;
    };
  }
  syncBuiltinESMExports();
  return {
    get count() {
      return count;
    },
    restore() {
      for (const [name, original] of originals) table[name] = original;
      syncBuiltinESMExports();
    },
  };
}
