// Packs the compiled programs, what they load on demand, and what worker threads run, into fewer files, all in dist/src/cli: to load
// hundreds of modules takes Node longer than many a command takes. The library keeps its modules as they are.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { files } from './build-kernels.mjs';
import { folderOf } from './vendor.mjs';

const PROGRAMS = ['src/cli/main.js', 'src/cli/engram.js'];
const WORKER = 'src/campaign/worker.js';
/** These look for files beside their own. */
const APART = /^(piscina|h5wasm|@resvg\/resvg-wasm)\b/;
/** These are packed by themselves (vendor.mjs). */
const PACKED = ['src/plot/vega.js', 'solvers/adapters/highs-module.js'];

/** How a job says where it is. */
const HERE = 'module: import.meta.url';

/** Packs the programs of `dist`; returns the folders of the packages that have gone into them. */
export async function buildPrograms(dist) {
  const out = resolve(dist, 'src/cli');
  const packed = PACKED.map((file) => resolve(dist, file));
  // A thread finds a job in the file where it is: as an entry its module exports it there, too.
  const jobs = files(dist, '.js').filter((file) => readFileSync(file, 'utf8').includes(HERE));
  const moving = {
    name: 'what lies beside a module',
    resolveId(id, importer) {
      const file = importer && resolve(dirname(importer), id);
      return packed.includes(file) ? { id: `./${relative(out, file)}`, external: true } : undefined;
    },
    transform(code, id) {
      if (!id.startsWith(resolve(dist))) return;
      const before = `new URL('${relative(out, id)}', import.meta.url).href`;
      return code
        .split("new URL('./worker.js', import.meta.url)")
        .map((part) => part.replaceAll(/(?<!module: )import\.meta\.url/g, before))
        .join("new URL('./worker.js', import.meta.url)");
    },
  };
  const bundler = await rolldown({
    input: [...PROGRAMS, WORKER].map((file) => resolve(dist, file)).concat(jobs.map((file) => resolve(file))),
    platform: 'node',
    external: APART,
    plugins: [moving],
  });
  const { output } = await bundler.generate({ chunkFileNames: '[name]-[hash].js' });
  rmSync(out, { recursive: true });
  mkdirSync(out);
  // Experiments are parts of the programs alone: their pages and configurations stay.
  for (const file of ['.js', '.ts'].flatMap((ending) => files(join(dist, 'experiments'), ending))) rmSync(file);
  for (const { fileName, code } of output) writeFileSync(join(out, fileName), code);
  return new Set(output.flatMap(({ moduleIds = [] }) => moduleIds.map(folderOf)).filter(Boolean));
}
