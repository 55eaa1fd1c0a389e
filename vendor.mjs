// Packs into dist/ what the package uses of three others, so that they need not be installed with it: Vega and
// Vega-Lite (75 packages, 25 MB) become one module of 1 MB, HiGHS one module that carries its WASM and asks nothing of
// Node or of a bundler, and of the DejaVu fonts two files remain. What the spectrum needs of ml-matrix becomes one module because
// every command loads that faster. Their licences stand in dist/licenses.txt.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const { resolve } = createRequire(import.meta.url);

/** Replaces what must be there: a new version of a package that looks different fails the build. */
const replaced = (text, part, by) => {
  if (!text.includes(part)) throw new Error(`highs no longer contains ${part}`);
  return text.replace(part, () => by);
};

/**
 * highs.mjs imports node:module where it finds Node, which bundlers for browsers refuse, and looks for highs.wasm
 * beside itself, which bundlers move. Told that it is nowhere and given its WASM, it needs neither.
 */
const selfContained = {
  name: 'highs with its wasm',
  transform(code, id) {
    if (basename(id) !== 'highs.mjs') return;
    const wasm = gzipSync(readFileSync(resolve('highs/runtime')), { level: 9 }).toString('base64');
    let text = replaced(
      code,
      'var ENVIRONMENT_IS_NODE=globalThis.process?.versions?.node&&globalThis.process?.type!="renderer"',
      'const ENVIRONMENT_IS_NODE=false',
    );
    text = replaced(text, 'var _scriptName=import.meta.url', 'var _scriptName=""');
    text = replaced(text, 'new URL("highs.wasm",import.meta.url).href', '""');
    return replaced(
      text,
      'export default Module',
      `import { gunzipSync } from 'fflate';
      const instantiateWasm = (imports, receive) => {
        const bytes = gunzipSync(Uint8Array.from(atob('${wasm}'), (character) => character.charCodeAt(0)));
        WebAssembly.instantiate(bytes, imports).then(({ instance }) => receive(instance));
      };
      export default (settings) => Module({ ...settings, instantiateWasm })`,
    );
  },
};

/** The folder of the package that a module is part of. */
export const folderOf = (id) => id.match(/^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];

/** Bundles a compiled file in place; returns the folders of the packages that went into it. */
async function bundle(file) {
  const bundler = await rolldown({ input: file, platform: 'browser', plugins: [selfContained] });
  const { output } = await bundler.write({ file, minify: true, codeSplitting: false });
  return output[0].moduleIds.map(folderOf).filter((folder) => folder !== undefined);
}

function licenceOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // Some have it at the end of what they say of themselves.
  const text = file
    ? readFileSync(join(folder, file), 'utf8')
    : readFileSync(join(folder, 'README.md'), 'utf8').match(/^LICEN[CS]E[\s\S]*/m)?.[0];
  if (!text) throw new Error(`${name} has no file with its licence (${license})`);
  return `${name} ${version}\n\n${text.trim()}\n`;
}

/** The licences of packages, one after the other. */
export const licencesOf = (folders) =>
  [...folders]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`);

/** @param folders of packages that have been packed before */
export async function vendor(dist, folders) {
  for (const file of [
    'src/plot/vega.js',
    'solvers/adapters/highs-module.js',
    'src/memory/measure/dense-eigenvalues.js',
  ]) {
    for (const folder of await bundle(join(dist, file))) folders.add(folder);
  }
  const fonts = dirname(resolve('dejavu-fonts-ttf/package.json'));
  mkdirSync(join(dist, 'src/app/fonts'), { recursive: true });
  for (const name of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
    copyFileSync(join(fonts, 'ttf', name), join(dist, 'src/app/fonts', name));
  }
  folders.add(fonts);
  writeFileSync(join(dist, 'licenses.txt'), licencesOf(folders));
}
