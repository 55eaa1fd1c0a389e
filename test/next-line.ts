/** A `next` line taken apart as a shell does it, and run. */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** The commands of a program that a screen names for later. */
export function commandsOf(stdout: string, program: 'memorize' | 'engram'): string[] {
  const next = /^next +(.*)$/m.exec(stdout)?.[1] ?? '';
  return [...next.matchAll(new RegExp(`npx ${program} ([^;]*)`, 'g'))].map(([, command]) => command.trim());
}

/** Its words; what is quoted is one of them. */
export const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);

/** Its options with their values. */
export function optionsIn(command: string): Record<string, string> {
  const words = wordsOf(command);
  return Object.fromEntries(words.flatMap((word, i) => (word.startsWith('--') ? [[word, words[i + 1] ?? '']] : [])));
}

const ENGRAM = new URL('../dist/src/cli/engram.js', import.meta.url).pathname;

/** Runs a line of `engram`; gives what it prints. */
export function engram(line: string, cwd: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENGRAM, ...wordsOf(line)], { cwd, encoding: 'utf8' });
  expect(status, `${line}: ${stderr}`).toBe(0);
  return stdout;
}

/** Runs a line, and gives the command that it names for later. */
export function after(line: string, cwd: string): string {
  const [command, ...more] = commandsOf(engram(line, cwd), 'engram');
  expect(command, line).toBeDefined();
  expect(more).toEqual([]);
  return command;
}

/** The same at a small size: large work of the same kind is done at night. */
export const small = (command: string, sizes: Readonly<Record<string, string>>) =>
  Object.entries(sizes).reduce(
    (line, [flag, value]) =>
      line.includes(`${flag} `)
        ? line.replace(new RegExp(`${flag} \\S+`), `${flag} ${value}`)
        : `${line} ${flag} ${value}`,
    command,
  );
