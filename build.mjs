// Builds the package: every AssemblyScript kernel into one WASM module, embedded as a string so that
// Node and browsers load it alike, then TypeScript into dist/. Does nothing when no input has changed,
// because npm runs `prepare` more often than the sources change.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import asc from 'assemblyscript/asc';
import { vendor } from './vendor.mjs';

const files = (dir, ending = '.ts') =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && entry.name !== 'kernels.generated.ts')
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const sources = [...files('src'), ...files('solvers'), ...files('experiments')];
const embedded = 'src/core/kernels.generated.ts';
const stamp = 'dist/.inputs';
const inputs = createHash('sha256');
// What an experiment is asked stands beside it and goes where it goes.
const beside = [...files('experiments', '.json'), ...files('experiments', '.md')];
for (const file of [
  ...sources,
  ...beside,
  'build.mjs',
  'vendor.mjs',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
]) {
  inputs.update(file).update('\0').update(readFileSync(file)).update('\0');
}
const digest = inputs.digest('hex');
if (existsSync(embedded) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) process.exit(0);

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

// Kernels. `asc` drops one of two equal export names without a word, so the names are counted here.
const kernels = sources.filter((file) => dirname(file).endsWith('kernel'));
const declared = new Map();
for (const file of kernels) {
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^export (?:function|const) (\w+)/gm)) {
    if (declared.has(name)) throw new Error(`kernel export ${name} stands in ${declared.get(name)} and in ${file}`);
    declared.set(name, file);
  }
}
const flags = '--enable simd --runtime stub --noAssert -O3 --exportStart start'.split(' ');
const { error, stderr } = await asc.main([...kernels, ...flags, '--outFile', 'dist/kernels.wasm']);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
const wasm = readFileSync('dist/kernels.wasm');
const exported = new Set(WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name));
const missing = (name, file) => {
  if (!exported.has(name)) throw new Error(`kernel export ${name} of ${file} is missing in the module`);
};
for (const [name, file] of declared) missing(name, file);
// TypeScript sees the kernels through faces: interfaces named Kernel, whose every method must be an export.
for (const file of sources.filter((name) => !kernels.includes(name))) {
  for (const [, face] of readFileSync(file, 'utf8').matchAll(/^interface Kernel \{\n([\s\S]*?)\n\}/gm)) {
    for (const [, name] of face.matchAll(/^ {2}(\w+)\(/gm)) missing(name, file);
  }
}
rmSync('dist/kernels.wasm');
writeFileSync(
  embedded,
  `/** The compiled kernels (base64 of one WASM module). Written by build.mjs, never committed. */\nexport const kernelModule =\n  '${wasm.toString('base64')}';\n`,
);

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const file of beside) copyFileSync(file, join('dist', file));
await vendor('dist');
// npx links to it once, and a build that comes later must leave it as something that runs.
chmodSync('dist/src/cli/main.js', 0o755);
writeFileSync(stamp, digest);
