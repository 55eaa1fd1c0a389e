/** The built command, run as a person runs it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const MAIN = new URL('../dist/src/cli/main.js', import.meta.url).pathname;

export const folder = () => mkdtempSync(join(tmpdir(), 'engram-cli-'));

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
  cwd: string;
}

/** Runs it to its end. */
export function run(args: readonly string[], cwd = folder(), node: readonly string[] = []): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, MAIN, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { status, stdout, stderr, cwd };
}

/** Starts it; `ended` gives exit code, signal and what was printed on stderr. */
export function start(args: readonly string[], cwd: string) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ status: number | null; signal: string | null; stderr: string }>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, stderr }));
  });
  return { child, ended };
}

/** Waits until a condition holds, looking often. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** The checksums of the results in a directory, but for what depends on clock and machine. */
export const hashes = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((name) => name !== 'run.json')
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(directory, name)))
          .digest('hex'),
      ]),
  );
