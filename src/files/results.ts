/**
 * A directory of results that appears whole or not at all. Files are written, each flushed to the disk, into
 * `<directory>.partial`; `commit` renames it. Work that can be continued leaves it behind. Node only.
 */
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { EngramError } from '../core/index.js';

/** Takes the content of a file, piece by piece. */
export type Sink = (bytes: Uint8Array) => void;

export interface Results<Name extends string> {
  /** Writes a file, or lets it be written piece by piece. */
  write(name: Name, data: Uint8Array | string | ((sink: Sink) => void)): void;
  /** The path of a file that serves the work and is no part of the results. */
  scratch(name: string): string;
  /** Makes what has been written appear under the final name; scratch files go. */
  commit(): void;
  /** Removes everything, or leaves it for a run that continues. Both do nothing after `commit`. */
  discard(): void;
  keep(): void;
}

/** By this file a run that can be continued is known; it tells what was asked. */
export const PLAN = 'plan.json';
/** Names the process at work, so that no second one joins in. */
const OWNER = 'owner';

/** Where the unfinished results of a directory lie. */
export const partialOf = (directory: string): string => `${resolve(directory)}.partial`;

/**
 * Prepares results in `directory`. Throws `usage` if it exists, unless `force`: then the results in it are
 * replaced and other files left alone. Throws `usage` if another run is at it, or has left work that could be
 * continued (unless `resume` continues it, or `force` drops it), and `output` if nothing can be written there.
 * One function, longer than most, because what it returns undoes what it has made.
 * @param names all files that may be written
 */
export function openResults<Name extends string>(
  directory: string,
  names: readonly Name[],
  { force = false, resume = false }: { force?: boolean | undefined; resume?: boolean | undefined } = {},
): Results<Name> {
  const target = resolve(directory);
  const staging = partialOf(directory);
  const usage = (text: string) => new EngramError('usage', text);
  refuseDangling(directory);
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw usage(`${directory} is a file; choose a directory with --out`);
  }
  if (existsSync(target) && !force && !resume) {
    throw usage(`${directory} exists already; choose another with --out, or --force to replace its files`);
  }
  // One by one: the recursive form never returns where a parent cannot be made.
  const made: string[] = [];
  const missing: string[] = [];
  for (let parent = dirname(target); !existsSync(parent); parent = dirname(parent)) missing.unshift(parent);
  let open = true;
  const discard = () => {
    if (!open) return;
    open = false;
    for (const path of made.reverse()) {
      if (path === staging) rmSync(path, { recursive: true, force: true });
      else removeEmpty(path);
    }
  };
  try {
    for (const path of missing) {
      // Another run may make the same parent at the same moment; then it is that run's.
      if (guard(directory, () => makeDirectory(path))) made.push(path);
    }
    if (existsSync(staging)) {
      refuseOthers(directory, staging);
      const resumable = existsSync(join(staging, PLAN));
      if (resumable && !resume && !force) {
        throw usage(
          `${directory}.partial holds an interrupted run; continue it with --resume ${directory} (of the command that began it), or drop it with --force`,
        );
      }
      if (resume) guard(directory, () => writeFileSync(join(staging, OWNER), owner()));
      else guard(directory, () => rmSync(staging, { recursive: true, force: true }));
    }
    if (!resume) guard(directory, () => claim(staging, directory));
    made.push(staging);
    if (existsSync(target) && !force && !resume) throw usage(`${directory} has just been written by another run`);
  } catch (error) {
    discard();
    throw error;
  }
  const scratch = new Set<string>([OWNER]);
  return {
    write(name, data) {
      guard(join(directory, name), () => writeThrough(join(staging, name), data));
    },
    scratch(name) {
      scratch.add(name);
      return join(staging, name);
    },
    commit() {
      guard(directory, () => {
        for (const name of scratch) rmSync(join(staging, name), { force: true });
        flush(staging);
        if (existsSync(target) && force) {
          // The old results go first, so that the directory never mixes two runs.
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
    keep() {
      if (!open) return;
      open = false;
      rmSync(join(staging, OWNER), { force: true });
    },
  };
}

/** Throws `usage` where a link leads nowhere: what is written there would be lost, or take the link's place. */
export function refuseDangling(path: string): void {
  if (existsSync(path)) return;
  const entry = guard(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (!entry?.isSymbolicLink()) return;
  throw new EngramError(
    'usage',
    `${path} is a link to ${readlinkSync(path)}, which does not exist; remove the link or choose another place`,
  );
}

/**
 * Says before any work whether `writeWhole` will find room for a file. Throws `usage` if a file of that name exists, unless
 * `force`, or the link of that name leads nowhere; `output` if nothing can be written there.
 */
export function checkTarget(path: string, { force = false }: { force?: boolean | undefined } = {}): void {
  refuseDangling(path);
  if (existsSync(path)) {
    if (!statSync(path).isFile())
      throw new EngramError('output', `cannot write ${path}: something that is not a file is in the way`);
    if (!force)
      throw new EngramError(
        'usage',
        `${path} exists already; choose another file with --out, or --force to replace it`,
      );
  }
  guard(path, () => {
    const parent = dirname(resolve(path));
    if (!existsSync(parent)) throw new EngramError('output', `cannot write ${path}: ${parent} does not exist`);
    accessSync(parent, constants.W_OK);
    if (!statSync(parent).isDirectory()) throw new EngramError('output', `cannot write ${path}: ${REASONS.ENOTDIR}`);
  });
}

/** Writes one file: it appears whole or not at all. Throws `output`. */
export function writeWhole(path: string, data: Uint8Array | string | ((sink: Sink) => void)): void {
  const fresh = join(dirname(resolve(path)), `.${basename(path).slice(0, 100)}.${randomBytes(4).toString('hex')}`);
  guard(path, () => {
    checkTarget(path, { force: true });
    try {
      writeThrough(fresh, data);
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
    flush(dirname(resolve(path)));
  });
}

/** Writes a file and waits until it is on the disk. */
export function writeThrough(path: string, data: Uint8Array | string | ((sink: Sink) => void)): void {
  const file = openSync(path, 'w');
  const sink: Sink = (bytes) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  };
  try {
    if (typeof data === 'function') data(sink);
    else sink(typeof data === 'string' ? Buffer.from(data) : data);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const owner = () => JSON.stringify({ pid: process.pid, host: hostname(), born: birthOf(process.pid) });

/**
 * When a process was started, where the system tells (Linux), so that a number that has been given to another
 * process since is not mistaken for it; `gone` for a dead one that nobody has taken notice of.
 */
export function birthOf(pid: number): string | undefined {
  try {
    // Behind the name, which may hold anything, stand the state and, twenty fields on, the time.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'gone' : fields[19];
  } catch {
    return undefined;
  }
}

/** Removes a directory, unless others have put something into it. */
function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Theirs now.
  }
}

/** Makes a directory, whose parent stands; false if another has made it. */
function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(path).isDirectory()) return false;
    throw error;
  }
}

/** Makes the staging directory together with its owner: a second run finds either nothing or both, and is refused. */
function claim(staging: string, directory: string): void {
  const fresh = join(dirname(staging), `.${basename(staging).slice(0, 100)}.${randomBytes(4).toString('hex')}`);
  mkdirSync(fresh);
  try {
    writeFileSync(join(fresh, OWNER), owner());
    renameSync(fresh, staging);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another run has made it since we looked: say who, as if we had seen it at once.
    if (existsSync(staging)) refuseOthers(directory, staging);
    throw error;
  }
}

/** Throws `usage` if the owner of unfinished results is alive, or may be. */
function refuseOthers(directory: string, staging: string): void {
  let other: { pid?: unknown; host?: unknown; born?: unknown };
  try {
    other = JSON.parse(readFileSync(join(staging, OWNER), 'utf8'));
  } catch {
    return;
  }
  const elsewhere = other.host !== hostname();
  if (!elsewhere && !isAlive(Number(other.pid), other.born)) return;
  const who = elsewhere ? `process ${other.pid} on ${other.host}` : `process ${other.pid}`;
  throw new EngramError(
    'usage',
    `${who} is writing ${directory}; choose another directory with --out, or wait (if it is gone, remove ${directory}.partial/${OWNER})`,
  );
}

/** Lets this machine go on with unfinished results whose owner was on another one, which the caller knows to be lost. */
export function disownElsewhere(directory: string): void {
  const file = join(partialOf(directory), OWNER);
  guard(file, () => {
    if (existsSync(file) && !readFileSync(file, 'utf8').includes(`"host":${JSON.stringify(hostname())}`)) rmSync(file);
  });
}

/** Whether the process of that number and time of birth is alive; this very one does not count. */
export function isAlive(pid: number, born: unknown): boolean {
  if (pid === process.pid || !(pid > 0)) return false;
  const birth = birthOf(pid);
  if (birth !== undefined && birth !== born) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
  EFBIG: 'the file is larger than is allowed here',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  ENOENT: 'no directory can be made there',
  EISDIR: 'a directory of that name is in the way',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  ENOTEMPTY: 'a directory of that name has appeared meanwhile',
  EEXIST: 'a file of that name is in the way',
  ENAMETOOLONG: 'the name is too long',
};

/** Does something with the file system; a failure becomes an `output` error that names the place. */
export function guard<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof EngramError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EngramError('output', `cannot write ${where}: ${(code && REASONS[code]) ?? message}`);
  }
}
