/**
 * A directory of results that appears whole or not at all. Files are written, each flushed to the disk, into a
 * hidden directory beside the final one; `commit` renames. Node only.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EngramError } from '../core/index.js';

export interface Results<Name extends string> {
  write(name: Name, data: Uint8Array | string): void;
  /** Makes what has been written appear under the final name. */
  commit(): void;
  /** Removes what has been written; does nothing after `commit`. */
  discard(): void;
}

/**
 * Prepares results in `directory`. Throws `usage` if it exists, unless `force`: then the results in it are
 * replaced and other files left alone. Throws `output` if it cannot be written.
 * @param names all files that may be written
 */
export function openResults<Name extends string>(
  directory: string,
  names: readonly Name[],
  force: boolean,
): Results<Name> {
  const target = resolve(directory);
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new EngramError('usage', `${directory} is a file; choose a directory with --out`);
  }
  if (existsSync(target) && !force) {
    throw new EngramError(
      'usage',
      `${directory} exists already; choose another with --out, or --force to replace its files`,
    );
  }
  const staging = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(4).toString('hex')}.tmp`);
  // One by one: the recursive form never returns where a parent cannot be made.
  const made: string[] = [];
  const missing: string[] = [];
  for (let parent = dirname(target); !existsSync(parent); parent = dirname(parent)) missing.unshift(parent);
  let open = true;
  const discard = () => {
    if (!open) return;
    open = false;
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
  };
  try {
    for (const path of [...missing, staging]) {
      guard(directory, () => mkdirSync(path));
      made.push(path);
    }
  } catch (error) {
    discard();
    throw error;
  }
  return {
    write(name, data) {
      guard(join(directory, name), () => {
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        const file = openSync(join(staging, name), 'wx');
        try {
          for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
      });
    },
    commit() {
      guard(directory, () => {
        flush(staging);
        if (existsSync(target) && force) {
          // The old results go first, so that the directory never mixes two memories.
          for (const name of names) rmSync(join(target, name), { force: true });
          for (const name of readdirSync(staging)) renameSync(join(staging, name), join(target, name));
          rmSync(staging, { recursive: true });
          flush(target);
        } else {
          renameSync(staging, target);
        }
        flush(dirname(target));
        open = false;
      });
    },
    discard,
  };
}

/** Makes the names in a directory durable. Some systems cannot open a directory: theirs is as durable as it gets. */
function flush(directory: string): void {
  let handle: number;
  try {
    handle = openSync(directory, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: 'no space left on the device',
  EACCES: 'permission denied',
  ENOENT: 'no directory can be made there',
  EISDIR: 'a directory of that name is in the way',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  ENOTEMPTY: 'a directory of that name has appeared meanwhile',
  EEXIST: 'a file of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
};

function guard<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngramError('output', `cannot write ${where}: ${(code && REASONS[code]) ?? message}`);
  }
}
