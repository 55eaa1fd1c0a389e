// A batch of the rule network, ours beside plain C: interleaved, on one thread, CPU seconds, median of rounds. Needs a build, and gcc.
//   node bench/srnn/run.mjs [rounds]
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advanceTraining, DEFAULTS, here, recipes, startTraining } from '../../dist/src/srnn/index.js';

const rounds = Number(process.argv[2] ?? 5);
const plain = join(mkdtempSync(join(tmpdir(), 'engram-bench-')), 'plain');
const source = new URL('plain.c', import.meta.url).pathname;
execFileSync('gcc', ['-O3', '-march=native', '-ffast-math', source, '-lm', '-o', plain]);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
for (const [neurons, batch] of [
  [100, 16],
  [200, 32],
  [500, 64],
]) {
  const settings = { ...DEFAULTS, ...recipes.balanced, neurons, batch, seed: 1 };
  const trained = startTraining(settings);
  here(advanceTraining(trained, settings, 2));
  const [ours, theirs] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    here(advanceTraining(trained, settings, trained.batch + 2));
    const { user, system } = process.cpuUsage(before);
    ours.push((user + system) / 2e6);
    theirs.push(Number(execFileSync(plain, [neurons, batch, 2].map(String)).toString().split(' ')[0]));
  }
  const [a, b] = [median(ours), median(theirs)];
  console.log(
    `N = ${neurons}, batch ${batch}: ours ${a.toFixed(3)} s, plain C ${b.toFixed(3)} s, ratio ${(a / b).toFixed(2)}`,
  );
}
