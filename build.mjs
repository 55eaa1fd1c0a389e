// Builds the package: the AssemblyScript kernels into WASM modules, embedded as strings so that Node and
// browsers load them alike, then TypeScript into dist/. Does nothing when no input has changed, because npm
// runs `prepare` more often than the sources change.
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
const kernels = sources.filter((file) => dirname(file).endsWith('kernel'));
// The ground and the solvers share a module, so that a page that only solves loads no more than that. Every wing above,
// src/<wing>, has its own, which works in the same memory.
const wingOf = (file) => (/^(solvers|src.(core|dense))\b/.test(file) ? 'src/core' : file.split(/[\\/]/, 2).join('/'));
const wings = [...new Set(['src/core', ...kernels.map(wingOf)])];
const embedded = (wing) => `${wing}/kernels.generated.ts`;
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
if (wings.map(embedded).every(existsSync) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest)
  process.exit(0);

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

// Kernels. `asc` drops one of two equal export names without a word, so the names are counted here.
const declared = new Map();
for (const file of kernels) {
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/^export (?:function|const) (\w+)/gm)) {
    if (declared.has(name)) throw new Error(`kernel export ${name} stands in ${declared.get(name)} and in ${file}`);
    declared.set(name, file);
  }
}
const flags = '--enable simd --runtime stub --noAssert -O3 --bindings raw --exportStart start'.split(' ');
const scratch = 'dist/kernels';
const exported = new Set();
const modules = new Map();
// Where the constants of one module end, those of the next begin, and behind the last the arena.
let heapBase = 0;
for (const wing of wings) {
  const own = ['src/core/kernel/memory.ts', ...kernels.filter((file) => wingOf(file) === wing)];
  const memory = wing === 'src/core' ? [] : ['--importMemory', '--memoryBase', String(heapBase)];
  const { error, stderr } = await asc.main([
    ...new Set(own),
    ...flags,
    ...memory,
    '--outFile',
    `${scratch}/kernels.wasm`,
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const wasm = readFileSync(`${scratch}/kernels.wasm`);
  const env = { memory: new WebAssembly.Memory({ initial: 64 }), abort() {} };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env });
  exports.start();
  heapBase = Math.ceil(Math.max(heapBase, exports.heapBase.value) / 16) * 16;
  modules.set(wing, wasm.toString('base64'));
  for (const name of Object.keys(exports)) exported.add(name);
}
// asc leaves bindings there too.
rmSync(scratch, { recursive: true });
// Offsets of the fields of the @unmanaged classes in kernel/layout.ts files, as the compiler of the kernels sees them.
const layoutsOf = async (wing) => {
  const fields = [];
  let source = '';
  for (const file of kernels.filter((name) => wingOf(name) === wing && /[\\/]layout\.ts$/.test(name))) {
    for (const [, name, body] of readFileSync(file, 'utf8').matchAll(/^export class (\w+) \{\n([\s\S]*?)\n\}/gm)) {
      const own = [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, field, type]) => [name, field, type]);
      const path = file.replaceAll('\\', '/').replace(/\.ts$/, '');
      source += `import { ${name} as ${name}_ } from "../../${path}";\nexport const ${name}: u32 = offsetof<${name}_>();\n`;
      for (const [, field] of own) source += `export const ${name}_${field}: u32 = offsetof<${name}_>("${field}");\n`;
      fields.push(...own);
    }
  }
  if (fields.length === 0) return {};
  mkdirSync(scratch, { recursive: true });
  writeFileSync(`${scratch}/layouts.ts`, source);
  const { error, stderr } = await asc.main([
    `${scratch}/layouts.ts`,
    '--runtime',
    'stub',
    '--outFile',
    `${scratch}/l.wasm`,
  ]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const wasm = new WebAssembly.Module(readFileSync(`${scratch}/l.wasm`));
  const { exports } = new WebAssembly.Instance(wasm, { env: { abort() {} } });
  rmSync(scratch, { recursive: true });
  const layouts = {};
  for (const [name, field, type] of fields) {
    layouts[name] ??= { bytes: exports[name].value, fields: {} };
    layouts[name].fields[field] = { at: exports[`${name}_${field}`].value, type };
  }
  return layouts;
};
for (const [wing, base64] of modules) {
  const layouts = await layoutsOf(wing);
  const tables =
    Object.keys(layouts).length === 0
      ? ''
      : `/** What the entries of the kernels' tables hold, and where. */\nexport const layouts = ${JSON.stringify(layouts)} as const;\n`;
  const base =
    wing === 'src/core' ? `/** Where the constants of all modules end. */\nexport const heapBase = ${heapBase};\n` : '';
  writeFileSync(
    embedded(wing),
    `// Written by build.mjs, never committed.\n${base}${tables}/** The compiled kernels of ${wing} (base64 of a WASM module). */\nexport const kernelModule =\n  '${base64}';\n`,
  );
}
const missing = (name, file) => {
  if (!exported.has(name)) throw new Error(`kernel export ${name} of ${file} is missing in the module`);
};
for (const [name, file] of declared) missing(name, file);
// TypeScript sees the kernels through faces: interfaces named Kernel, whose every method must be an export.
for (const file of sources.filter((name) => !kernels.includes(name))) {
  for (const [, face] of readFileSync(file, 'utf8').matchAll(/^(?:export )?interface Kernel \{\n([\s\S]*?)\n\}/gm)) {
    for (const [, name] of face.matchAll(/^ {2}(\w+)\(/gm)) missing(name, file);
  }
}
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
for (const file of beside) copyFileSync(file, join('dist', file));
await vendor('dist');
// npx links to them once, and a build that comes later must leave them as something that runs.
for (const bin of ['main', 'engram']) chmodSync(`dist/src/cli/${bin}.js`, 0o755);
writeFileSync(stamp, digest);
