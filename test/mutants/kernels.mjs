// Mutants of the kernels: one-line changes to the AssemblyScript (kernels.json), each with the test that must fail when it is made.
// Works in a copy of the tree. `node test/mutants/kernels.mjs [pattern of "file: line after the change"]`
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels, files } from '../../build-kernels.mjs';

/** How long a test may run on a mutant that does not come to an end, in seconds; more where the machine is busy. */
const PATIENCE = Number(process.env.MUTANTS_PATIENCE ?? 300);
const root = fileURLToPath(new URL('../..', import.meta.url));
const list = JSON.parse(readFileSync(new URL('kernels.json', import.meta.url), 'utf8'));
const chosen = list.filter(({ file, after }) => new RegExp(process.argv[2] ?? '').test(`${file}: ${after}`));

/** Not those that change nothing that could be told (`equivalent`), and those that no test is known to kill (`open`), each with a reason. */
const runs = ({ equivalent, open }) => !equivalent && !open;

// What is built, and what other tools leave, stays behind.
const left = /^(node_modules|dist|api|reports|\.git|\.stryker-tmp.*)$/;
const copy = realpathSync(mkdtempSync(join(tmpdir(), 'mutants-')));
cpSync(root, copy, { recursive: true, filter: (path) => !left.test(relative(root, path).split(sep)[0]) });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
process.chdir(copy);

const build = () => buildKernels([...files('src'), ...files('solvers'), ...files('experiments')], 'dist/kernels');

/** What a test does: it passes, fails, or does not end and is stopped. Time alone fails none. */
function outcomeOf({ test, name }) {
  const only = name ? ['-t', name] : [];
  const args = ['node_modules/vitest/vitest.mjs', 'run', test, '--bail', '1', '--testTimeout', '0', ...only];
  const limit = { timeout: 1000 * PATIENCE, killSignal: 'SIGKILL' };
  const { status, signal } = spawnSync(process.execPath, args, { stdio: 'ignore', ...limit });
  return signal ? 'stopped' : status === 0 ? 'passes' : 'fails';
}

/** The text of a file with one line changed. */
function mutated(text, { file, before, after }) {
  const lines = text.split('\n');
  const at = lines.flatMap((line, i) => (line.trim() === before ? i : []));
  if (at.length !== 1) throw new Error(`${file} has the line ${at.length} times, not once: ${before}`);
  lines[at[0]] = lines[at[0]].replace(before, () => after);
  return lines.join('\n');
}

const found = { passes: 0, fails: 0, stopped: 0 };
const told = { passes: 'SURVIVED', fails: 'killed  ', stopped: 'stopped ' };
try {
  for (const mutant of list) mutated(readFileSync(mutant.file, 'utf8'), mutant);
  await build();
  for (const key of new Set(chosen.filter(runs).map(({ test, name }) => JSON.stringify({ test, name })))) {
    const outcome = outcomeOf(JSON.parse(key));
    if (outcome !== 'passes') throw new Error(`${outcome} without any mutant: ${key}`);
  }
  for (const mutant of chosen) {
    const { file, after, test } = mutant;
    if (!runs(mutant)) {
      console.log(`${mutant.equivalent ? 'argued' : 'open  '}    ${file}: ${after}`);
      continue;
    }
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, mutated(text, mutant));
    await build();
    const outcome = outcomeOf(mutant);
    writeFileSync(file, text);
    found[outcome]++;
    console.log(`${told[outcome]}  ${file}: ${after}  [${test}]`);
  }
} finally {
  process.chdir(root);
  rmSync(copy, { recursive: true, force: true });
}
const killed = found.fails + found.stopped;
const rest = chosen.length - killed - found.passes;
console.log(
  `${killed} of ${killed + found.passes} mutants of kernels killed (${found.stopped} of them stopped), ${rest} argued or open`,
);
process.exitCode = found.passes > 0 ? 1 : 0;
