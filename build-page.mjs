// Builds the page (src/page) into dist/page: static files that work from any folder of any server, and
// offline after the first visit. Needs the kernels that
// build.mjs embeds.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { build } from 'vite';
import { folderOf, licencesOf } from './vendor.mjs';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** HiGHS is large, and no memory asks for it: it is left at home. */
const withoutHighs = {
  name: 'without highs',
  enforce: 'pre',
  resolveId: (id) => (id === 'highs' ? id : undefined),
  load: (id) => (id === 'highs' ? 'export default undefined;' : undefined),
};

/** Notes the folders of the packages that go into the page. */
const noting = (folders) => ({
  name: 'packages of the page',
  generateBundle(_, bundle) {
    for (const { moduleIds = [] } of Object.values(bundle)) {
      for (const folder of moduleIds.map(folderOf)) if (folder) folders.add(folder);
    }
  },
});

/** Chunks are small and have no styles of their own: they are fetched when they are asked for, without help. */
const withoutPreloading = {
  name: 'without preloading',
  enforce: 'pre',
  load: (id) => (id.includes('vite/preload-helper') ? 'export const __vitePreload = (load) => load();' : undefined),
};

/** What bundlers tell each other of pure calls is for nobody else. */
const withoutNotes = {
  name: 'without notes',
  enforce: 'post',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      // A word before it stays apart from one behind it.
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replace(/(\w?)\/\* @__PURE__ \*\/ ?/g, (_, word) => word && `${word} `);
    }
  },
};

export async function buildPage(outDir) {
  const folders = new Set();
  const plugins = () => [withoutHighs, withoutPreloading, noting(folders), withoutNotes];
  await build({
    root: fileURLToPath(new URL('src/page', import.meta.url)),
    configFile: false,
    base: './',
    logLevel: 'warn',
    define: { ENGRAM_VERSION: JSON.stringify(version) },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    plugins: plugins(),
    worker: { format: 'es', plugins },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      chunkSizeWarningLimit: 2000,
      modulePreload: false,
      rolldownOptions: { checks: { pluginTimings: false } },
    },
  });
  writeFileSync(join(outDir, 'licenses.txt'), licencesOf(folders));
  await buildOffline(outDir);
}

/** The service worker, which knows all files, and changes whenever one of them does. */
async function buildOffline(outDir) {
  const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(outDir, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(file).update(readFileSync(join(outDir, file)));
  await bundle({
    entryPoints: [fileURLToPath(new URL('src/page/offline.ts', import.meta.url))],
    outfile: join(outDir, 'offline.js'),
    bundle: true,
    minify: true,
    define: {
      ENGRAM_FILES: JSON.stringify(['./', ...files.filter((file) => file !== 'licenses.txt')]),
      ENGRAM_BUILD: JSON.stringify(digest.digest('hex').slice(0, 16)),
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPage(fileURLToPath(new URL('dist/page', import.meta.url)));
}
