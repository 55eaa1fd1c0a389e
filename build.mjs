// Builds the package: the AssemblyScript kernels (build-kernels.mjs), then TypeScript into dist/, then the programs and the page. Does nothing when no
// input has changed, because npm runs `prepare` more often than the sources change.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { buildKernels, embedded, files } from './build-kernels.mjs';
import { buildPage } from './build-page.mjs';
import { buildPrograms } from './build-programs.mjs';
import { vendor } from './vendor.mjs';

const sources = [...files('src'), ...files('solvers'), ...files('experiments')];
const stamp = 'dist/.inputs';
const inputs = createHash('sha256');
// What an experiment is asked stands beside it and goes where it goes.
const beside = [...files('experiments', '.json'), ...files('experiments', '.md')];
const page = ['.tsx', '.html', '.css'].flatMap((ending) => files('src/page', ending));
for (const file of [
  ...sources,
  ...beside,
  ...page,
  'build.mjs',
  'build-kernels.mjs',
  'build-page.mjs',
  'build-programs.mjs',
  'vendor.mjs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
]) {
  inputs.update(file).update('\0').update(readFileSync(file)).update('\0');
}
const digest = inputs.digest('hex');
if (embedded(sources).every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) process.exit(0);

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

await buildKernels(sources, 'dist/kernels');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
// Types are checked by `npm run check`, tests and benches among them, and once is enough.
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--noCheck'], { stdio: 'inherit' });
for (const file of beside) copyFileSync(file, join('dist', file));
await vendor('dist', await buildPrograms('dist'));
await buildPage(resolve('dist/page'));
// npx links to them once, and a build that comes later must leave them as something that runs.
for (const bin of ['main', 'engram']) chmodSync(`dist/src/cli/${bin}.js`, 0o755);
writeFileSync(stamp, digest);
