/** A Python that has the reference libraries of the field, for comparison; where there is none, tests skip and say so. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const CANDIDATES = [
  process.env.ENGRAM_PYTHON ?? '',
  join(homedir(), '.cache/engram-python/bin/python'),
  'python3',
].filter((path) => path !== '' && (!path.includes('/') || existsSync(path)));

/** The first Python that can import all of some modules; undefined, with a line printed, if none can. */
export function pythonWith(...modules: string[]): string | undefined {
  const found = CANDIDATES.find(
    (path) => spawnSync(path, ['-W', 'ignore', '-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0,
  );
  if (!found) console.log(`skipped: no Python with ${modules.join(', ')} (.ci/run installs all but torch)`);
  return found;
}

/** Runs a script with arguments and returns what it prints, which is JSON. Warnings count as errors of the file. */
export const askPython = (python: string, script: string, ...args: string[]): unknown =>
  JSON.parse(execFileSync(python, ['-W', 'ignore', '-c', script, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
