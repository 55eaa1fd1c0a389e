/** The package as a user gets it: packed, and installed into an empty folder; and a program that uses it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The tarball of the tree as it is built. */
export function pack(): string {
  const target = mkdtempSync(join(tmpdir(), 'engram-pack-'));
  run('npm', ['pack', '--ignore-scripts', '--pack-destination', target], new URL('..', import.meta.url).pathname);
  const tarball = readdirSync(target).find((name) => name.endsWith('.tgz')) as string;
  return join(target, tarball);
}

/** A folder with the tarball installed as users install it, the program `memory.mjs`, and one that prints its answer. */
export function install(tarball: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'engram-user-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "version": "1.0.0", "type": "module" }');
  run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', tarball], folder);
  writeFileSync(join(folder, 'memory.mjs'), program('engram'));
  writeFileSync(
    join(folder, 'print.mjs'),
    "import { answer } from './memory.mjs';\nconsole.log(JSON.stringify(await answer()));\n",
  );
  return folder;
}

/** What the program answers: a hash of a small memory, and what the parts say that are loaded when used. */
export interface Answer {
  memory: string;
  figure: string;
  highs: number;
}

/** Stores a score of 8 channels, writes it as network.npz, draws it, and asks HiGHS for min -x, x <= 3. */
export const program = (engram: string, solvers = `${engram}/solvers`): string => `
import { defaultTemplate, drawRaster, memorize, repeatTrain, sampleScore, serialMap, spikesOf, wireFixedIn, writeMemory } from '${engram}';
import { loadHighs } from '${solvers}';

const hash = async (bytes) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const score = sampleScore(8, 20, 0.2, 1);

export async function memory() {
  const wiring = wireFixedIn({ neurons: 8, inputs: 200, delays: [0.1, 10], seed: 1 });
  const problem = { score, wiring, template: defaultTemplate, objective: 'l2' };
  const { neurons } = await memorize(problem, serialMap);
  const pieces = [];
  writeMemory(problem, neurons, { program: 'test', seed: 1, tau0: 0.005 }, (bytes) => pieces.push(...bytes));
  return hash(Uint8Array.from(pieces));
}

export async function answer() {
  const trains = Array.from({ length: 8 }, (_, channel) => repeatTrain(spikesOf(score, channel), 20, 0, 60));
  const figure = await drawRaster({ score, trains, prompt: 4, promptTime: 20, periods: 2, tau0: 0.005, subtitle: [] });
  const { x } = (await loadHighs()).solve({ q: Float64Array.of(-1), ub: Float64Array.of(3) });
  return { memory: await memory(), figure: await hash(new TextEncoder().encode(figure)), highs: x[0] };
}
`;

/** What the same program answers in the tree. */
export async function answerOfTree(): Promise<Answer> {
  const file = join(mkdtempSync(join(tmpdir(), 'engram-tree-')), 'memory.mjs');
  const place = (path: string) => new URL(`../${path}`, import.meta.url).href;
  writeFileSync(file, program(place('src/index.ts'), place('solvers/index.ts')));
  return (await import(file)).answer();
}
