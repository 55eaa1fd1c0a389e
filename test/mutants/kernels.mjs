// Mutants of the kernels: one-line changes to the AssemblyScript (kernels.json), each with the test that must fail when it is made.
// Works in a copy of the tree. `node test/mutants/kernels.mjs [pattern of "file: line after the change"]`
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels, files } from '../../build-kernels.mjs';

/** How long a test may run on a mutant that does not come to an end, in milliseconds. */
const PATIENCE = 300_000;
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

/** Whether a test passes; a test that never ends does not. */
function passes({ test, name }) {
  const only = name ? ['-t', name] : [];
  const args = ['node_modules/vitest/vitest.mjs', 'run', test, '--bail', '1', ...only];
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', timeout: PATIENCE, killSignal: 'SIGKILL' });
  return status === 0;
}

/** The text of a file with one line changed. */
function mutated(text, { file, before, after }) {
  const lines = text.split('\n');
  const at = lines.flatMap((line, i) => (line.trim() === before ? i : []));
  if (at.length !== 1) throw new Error(`${file} has the line ${at.length} times, not once: ${before}`);
  lines[at[0]] = lines[at[0]].replace(before, () => after);
  return lines.join('\n');
}

let survived = 0;
let killed = 0;
try {
  for (const mutant of list) mutated(readFileSync(mutant.file, 'utf8'), mutant);
  await build();
  for (const key of new Set(chosen.filter(runs).map(({ test, name }) => JSON.stringify({ test, name })))) {
    if (!passes(JSON.parse(key))) throw new Error(`fails without any mutant: ${key}`);
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
    const alive = passes(mutant);
    writeFileSync(file, text);
    if (alive) survived++;
    else killed++;
    console.log(`${alive ? 'SURVIVED' : 'killed  '}  ${file}: ${after}  [${test}]`);
  }
} finally {
  process.chdir(root);
  rmSync(copy, { recursive: true, force: true });
}
console.log(
  `${killed} of ${killed + survived} mutants of kernels killed, ${chosen.length - killed - survived} argued or open`,
);
process.exitCode = survived > 0 ? 1 : 0;
