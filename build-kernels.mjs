// Compiles the AssemblyScript kernels into WASM modules, embedded as strings so that Node and browsers load them alike:
// one <wing>/kernels.generated.ts each. All paths are relative to the working directory.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import asc from 'assemblyscript/asc';
import binaryen from 'assemblyscript/binaryen';

/** The files under a folder that end so, without what a build writes. */
export const files = (dir, ending = '.ts') =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && entry.name !== 'kernels.generated.ts')
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const kernelsOf = (sources) => sources.filter((file) => dirname(file).endsWith('kernel'));
// The ground and the solvers share a module, so that a page that only solves loads no more than that; random numbers, whose logarithm
// has tables of 4 kB, have one that the others call (`@external("random", ...)`), and so has what no solver needs of dense linear algebra.
// Every wing above, src/<wing>, has its own. All work in the same memory.
const RANDOM = 'src/core/random';
function wingOf(file) {
  if (/^src.core.random\b/.test(file)) return RANDOM;
  if (/^src.dense.kernel.(gemm|qr|vectors)\b/.test(file)) return 'src/dense';
  return /^(solvers|src.(core|dense))\b/.test(file) ? 'src/core' : file.split(/[\\/]/, 2).join('/');
}
const wingsOf = (sources) => [...new Set(['src/core', RANDOM, ...kernelsOf(sources).map(wingOf)])];
const embeddedIn = (wing) => `${wing}/kernels.generated.ts`;
const flags =
  '--enable simd --runtime stub --noAssert -O3 --converge --bindings raw --importMemory --exportStart start'.split(' ');

// What stands in a string and in a page without an escape. A text in which most bytes are one letter weighs a tenth less than hexadecimal
// digits where both are compressed, and half where neither is.
const LETTERS = '#$%&()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~';
const SINGLES = LETTERS.length - 2;

/** The most frequent bytes of modules, in the order of all bytes by how often they come. */
function rankedBytes(modules) {
  const counts = new Array(256).fill(0);
  for (const wasm of modules) for (const byte of wasm) counts[byte]++;
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b).slice(0, SINGLES);
}

/** A module as text: what `bytesOf` of src/core/wasm.ts reads. */
function textOf(wasm, frequent) {
  const codes = [];
  const rare = [...new Array(256).keys()].filter((byte) => !frequent.includes(byte));
  [...frequent, ...rare].forEach((byte, rank) => {
    const pair = rank - SINGLES;
    codes[byte] =
      pair < 0 ? LETTERS[rank] : LETTERS[SINGLES + Math.floor(pair / LETTERS.length)] + LETTERS[pair % LETTERS.length];
  });
  return Array.from(wasm, (byte) => codes[byte]).join('');
}

/** Modules by wing, as this process compiled them last. */
const compiled = new Map();

/** The module of a wing whose constants begin at `base`, not compiled again while the kernels that can reach it are the same. */
async function compile(wing, kernels, base, scratch) {
  const own = ['src/core/kernel/memory.ts', ...kernels.filter((file) => wingOf(file) === wing)];
  const reached = kernels.filter((file) => wingOf(file) === wing || /^src.(core|dense)\b/.test(file));
  const key = [base, ...reached.map((file) => readFileSync(file, 'utf8'))].join('\0');
  const last = compiled.get(wing);
  if (last?.key === key) return last.wasm;
  const memory = wing === 'src/core' ? [] : ['--memoryBase', String(base)];
  const out = `${scratch}/kernels.wasm`;
  const { error, stderr } = await asc.main([...new Set(own), ...flags, ...memory, '--outFile', out]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const wasm = readFileSync(out);
  // asc leaves bindings there too.
  rmSync(scratch, { recursive: true });
  compiled.set(wing, { key, wasm });
  return wasm;
}

/** What every module is asked for. */
const BASE = ['heapBase', 'start'];

/** The module without the exports that only kernels call: what nothing calls then is gone, what one function calls becomes a part of it. */
function trimmed(wasm, isCalled) {
  const module = binaryen.readBinary(new Uint8Array(wasm));
  const { SIMD128, BulkMemory, BulkMemoryOpt, MutableGlobals, SignExt, NontrappingFPToInt } = binaryen.Features;
  module.setFeatures(SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | SignExt | NontrappingFPToInt);
  for (const { name } of WebAssembly.Module.exports(new WebAssembly.Module(wasm))) {
    if (!isCalled(name)) module.removeExport(name);
  }
  module.runPasses(['remove-unused-module-elements']);
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  // As binaryen has them by itself: the compiler has set its own.
  binaryen.setAlwaysInlineMaxSize(2);
  binaryen.setFlexibleInlineMaxSize(20);
  binaryen.setOneCallerInlineMaxSize(-1);
  module.optimize();
  const bytes = Buffer.from(module.emitBinary());
  module.dispose();
  return bytes;
}

/** Offsets of the fields of the @unmanaged classes in kernel/layout.ts files, as the compiler of the kernels sees them. */
async function layoutsOf(kernels, scratch) {
  const fields = [];
  let source = '';
  for (const file of kernels.filter((name) => /[\\/]layout\.ts$/.test(name))) {
    for (const [, name, body] of readFileSync(file, 'utf8').matchAll(/^export class (\w+) \{\n([\s\S]*?)\n\}/gm)) {
      const own = [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].map(([, field, type]) => [name, field, type]);
      const path = relative(scratch, file).replaceAll('\\', '/').replace(/\.ts$/, '');
      source += `import { ${name} as ${name}_ } from "${path}";\nexport const ${name}: u32 = offsetof<${name}_>();\n`;
      for (const [, field] of own) source += `export const ${name}_${field}: u32 = offsetof<${name}_>("${field}");\n`;
      fields.push(...own);
    }
  }
  if (fields.length === 0) return {};
  mkdirSync(scratch, { recursive: true });
  writeFileSync(`${scratch}/layouts.ts`, source);
  const out = `${scratch}/layouts.wasm`;
  const { error, stderr } = await asc.main([`${scratch}/layouts.ts`, '--runtime', 'stub', '--outFile', out]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out)), { env: { abort() {} } });
  rmSync(scratch, { recursive: true });
  const layouts = {};
  for (const [name, field, type] of fields) {
    layouts[name] ??= { bytes: exports[name].value, fields: {} };
    layouts[name].fields[field] = { at: exports[`${name}_${field}`].value, type };
  }
  return layouts;
}

/** The files that `buildKernels` writes. */
export const embedded = (sources) => wingsOf(sources).map(embeddedIn);

/** Compiles the kernels among `sources` and embeds them; `scratch` is a folder that it makes and removes. */
export async function buildKernels(sources, scratch) {
  const kernels = kernelsOf(sources);
  // `asc` drops one of two equal export names without a word, so the names are counted here.
  const declared = new Map();
  const tested = new Set();
  for (const file of kernels) {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/^\/\/ Named for tests\.\nexport function (\w+)/gm)) tested.add(name);
    for (const [, name] of text.matchAll(/^export (?:function|const) (\w+)\b(?!<)/gm)) {
      if (declared.has(name)) throw new Error(`kernel export ${name} stands in ${declared.get(name)} and in ${file}`);
      declared.set(name, file);
    }
  }
  const others = sources.filter((file) => !kernels.includes(file));
  const words = new Set(others.flatMap((file) => readFileSync(file, 'utf8').match(/\w+/g)));
  const isCalled = (name) => words.has(name) || tested.has(name) || BASE.includes(name);
  const exported = new Set();
  const modules = new Map();
  // Where the constants of one module end, those of the next begin, and behind the last the arena.
  let heapBase = 0;
  let random = {};
  for (const wing of wingsOf(sources)) {
    const whole = await compile(wing, kernels, heapBase, scratch);
    // Kernels of random numbers are called from other modules.
    const wasm = wing === RANDOM ? whole : trimmed(whole, isCalled);
    const env = { memory: new WebAssembly.Memory({ initial: 64 }), abort() {} };
    const module = new WebAssembly.Module(wasm);
    const { exports } = new WebAssembly.Instance(module, { env, random });
    exports.start();
    if (wing === RANDOM) random = exports;
    heapBase = Math.ceil(Math.max(heapBase, exports.heapBase.value) / 16) * 16;
    const draws = WebAssembly.Module.imports(module).some((one) => one.module === 'random');
    modules.set(wing, { wasm, draws });
    for (const name of Object.keys(exports)) exported.add(name);
  }
  const frequent = rankedBytes([...modules.values()].map(({ wasm }) => wasm));
  for (const [wing, { wasm, draws }] of modules) {
    const layouts = await layoutsOf(
      kernels.filter((file) => wingOf(file) === wing),
      scratch,
    );
    const tables =
      Object.keys(layouts).length === 0
        ? ''
        : `/** What the entries of the kernels' tables hold, and where. */\nexport const layouts = ${JSON.stringify(layouts)} as const;\n`;
    const base =
      wing === 'src/core'
        ? `/** Where the constants of all modules end. */\nexport const heapBase = ${heapBase};\n/** What embedded modules are written in. */\nexport const letters = '${LETTERS}';\n/** The most frequent bytes of modules, in hexadecimal digits. */\nexport const frequent = '${Buffer.from(frequent).toString('hex')}';\n`
        : '';
    writeFileSync(
      embeddedIn(wing),
      `// Written by build-kernels.mjs, never committed.
${draws ? `import { kernelModule as random } from '${relative(wing, RANDOM).replaceAll('\\', '/')}/kernels.generated.js';\n` : ''}${base}${tables}/** The compiled kernels of ${wing} (a WASM module as text, see src/core/wasm.ts). */
export const kernelModule = {
  text: '${textOf(wasm, frequent)}',${draws ? ' random,' : ''}
};
`,
    );
  }
  const missing = (name, file) => {
    if (!exported.has(name)) throw new Error(`kernel export ${name} of ${file} is missing in the module`);
  };
  for (const [name, file] of declared) if (isCalled(name)) missing(name, file);
  // TypeScript sees the kernels through faces: interfaces named Kernel, whose every method must be an export.
  for (const file of others) {
    for (const [, face] of readFileSync(file, 'utf8').matchAll(/^(?:export )?interface Kernel \{\n([\s\S]*?)\n\}/gm)) {
      for (const [, name] of face.matchAll(/^ {2}(\w+)\(/gm)) missing(name, file);
    }
  }
}
