/** The tarball, installed into an empty folder: what it weighs, where it runs, and that bundlers take it as it is. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import * as vite from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { answerOfTree, install, pack, run } from './packed.js';

const root = new URL('..', import.meta.url).pathname;

it('a build that comes after npx has linked the command leaves it executable', () => {
  expect(statSync(new URL('../dist/src/cli/main.js', import.meta.url)).mode & 0o111).toBe(0o111);
});

it('docs/library.md lists what the library has, and nothing else', async () => {
  const table = readFileSync(join(root, 'docs/library.md'), 'utf8').split('## The names')[1];
  const rows = table.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('| what'));
  const listed = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map((match) => match[1]));
  expect([...new Set(listed)].sort()).toEqual(Object.keys(await import('../src/index.js')).sort());
});

it('the example of the library stores a score and recalls it', () => {
  const out = run(process.execPath, ['docs/examples/library.mjs'], root);
  expect(out).toMatch(/^30 of 30 neurons stored\nrecalled: true, precision 0\.9\d+, recall 0\.9\d+\n/);
});

describe('the packed tarball', { timeout: 240000 }, () => {
  let tarball = '';
  let folder = '';
  let expected: Awaited<ReturnType<typeof answerOfTree>>;
  beforeAll(async () => {
    tarball = pack();
    folder = install(tarball);
    expected = await answerOfTree();
  }, 240000);

  it('installs in less than 45 MB and 120 packages, and the 16 MB of the HDF5 library', () => {
    const files = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' });
    const isHdf5 = (name: string) => /^h5wasm[\\/]/.test(name);
    // What the disk gives: whole blocks of 4 kB.
    const weigh = (names: readonly string[]) =>
      names
        .map((name) => statSync(join(folder, 'node_modules', name)))
        .filter((file) => file.isFile())
        .reduce((sum, { size }) => sum + 4096 * Math.ceil(size / 4096), 0);
    const packages = files.filter((name) => /(^|node_modules\/)(@[^/]+\/)?[^/@]+\/package\.json$/.test(name));
    expect(weigh(files.filter((name) => !isHdf5(name)))).toBeLessThan(45e6);
    expect(weigh(files.filter(isHdf5))).toBeLessThan(16e6);
    expect(packages.length).toBeLessThan(120);
    expect(packages.length).toBeGreaterThan(10);
    expect(readdirSync(join(folder, 'node_modules/engram')).sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'].sort(),
    );
  });

  it('runs its command from an empty folder', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    const args = ['--channels', '20', '--duration', '100ms', '--seed', '1', '--trials', '1', '--json'];
    const out = run(join(folder, 'node_modules/.bin/memorize'), args, empty);
    expect(JSON.parse(out)).toMatchObject({ channels: 20, solved: 20 });
    expect(readdirSync(join(empty, 'memory-1'))).toContain('recall.svg');
  });

  it('gives the bytes of the tree in Node, figures and HiGHS included', () => {
    expect(expected.highs).toBe(3);
    expect(JSON.parse(run(process.execPath, ['print.mjs'], folder))).toEqual(expected);
  });

  it.skipIf(Number(process.versions.node.split('.')[0]) < 22)('is required from CommonJS on Node 22 and later', () => {
    const script =
      "const { sampleScore, expectedSpikes } = require('engram'); const { solveQp } = require('engram/solvers');" +
      'console.log(sampleScore(3, 20, 0.2, 1).starts.length, solveQp({ q: Float64Array.of(1), lb: Float64Array.of(2) }).x[0], expectedSpikes(50, 0.2).toFixed(3));';
    writeFileSync(join(folder, 'required.cjs'), script);
    expect(run(process.execPath, ['required.cjs'], folder).trim()).toBe('4 2 7.225');
  });

  it('has types that TypeScript finds, and a package.json that says what is there', () => {
    run(process.execPath, [join(root, 'node_modules/publint/src/cli.js'), 'run', '--strict', tarball], root);
    run(process.execPath, [join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js'), tarball], root);
    writeFileSync(
      join(folder, 'typed.ts'),
      "import { memorize, sampleScore, type Memory, type Problem, serialMap } from 'engram';\n" +
        "import { solveQp, type Solution } from 'engram/solvers';\n" +
        'export const stored = (problem: Problem): Promise<Memory> => memorize(problem, serialMap);\n' +
        'export const answer: Solution = solveQp({ q: Float64Array.of(sampleScore(1, 2, 0, 1).period) });\n',
    );
    // Without skipLibCheck: the declarations stand by themselves.
    const settings = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2023', 'dom'],
      module: 'nodenext',
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: settings, files: ['typed.ts'] }));
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], folder);
  });

  it('is built by esbuild for browsers without settings, in one piece and in chunks', async () => {
    const common = {
      absWorkingDir: folder,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    } as const;
    await esbuild.build({ ...common, entryPoints: ['print.mjs'], outfile: 'one/print.js' });
    await esbuild.build({ ...common, entryPoints: ['print.mjs'], outdir: 'chunks', splitting: true, minify: true });
    for (const built of ['one', 'chunks']) {
      const text = readdirSync(join(folder, built))
        .map((name) => readFileSync(join(folder, built, name), 'utf8'))
        .join('');
      expect(text).not.toMatch(/node:(module|fs|path|worker_threads)/);
      expect(JSON.parse(run(process.execPath, [join(built, 'print.js')], folder))).toEqual(expected);
    }
    // Who only samples a score takes along neither figures nor solvers nor the readers of files.
    const { outputFiles } = await esbuild.build({
      ...common,
      stdin: {
        contents: "import { sampleScore } from 'engram'; console.log(sampleScore(3, 20, 0.2, 1));",
        resolveDir: folder,
      },
      minify: true,
      write: false,
    });
    expect(outputFiles[0].contents.length).toBeLessThan(200e3);
  });

  it('reads the formats of the field in a bundle, in which the HDF5 library is a chunk that is loaded when used', async () => {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: folder,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      splitting: true,
      minify: true,
      write: false,
      outdir: 'readers',
      metafile: true,
      stdin: { contents: "export { scoreOfSources, sourceOf } from 'engram';", resolveDir: folder },
      logLevel: 'silent',
    });
    const inputsAtOnce = new Set<string>();
    const outputs = metafile?.outputs ?? {};
    const atOnce = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint === '<stdin>'));
    for (const path of atOnce) {
      for (const input of Object.keys(outputs[path].inputs)) inputsAtOnce.add(input);
      for (const one of outputs[path].imports) if (one.kind === 'import-statement') atOnce.add(one.path);
    }
    expect([...inputsAtOnce].some((input) => input.includes('score-file'))).toBe(true);
    expect([...inputsAtOnce].filter((input) => /h5wasm|hyparquet/.test(input))).toEqual([]);
    expect(outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)).toBeGreaterThan(3e6);
  });

  it.each([
    ['who solves programs', '{ solveQp, solveLp }', 40e3],
    ['who takes all of it', '*', 52e3],
  ])('gives %s in a browser little to load, and HiGHS when it is used', async (_, names, most) => {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: folder,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      splitting: true,
      minify: true,
      write: false,
      outdir: 'solvers',
      metafile: true,
      stdin: { contents: `export ${names} from 'engram/solvers';`, resolveDir: folder },
      logLevel: 'silent',
    });
    // What is loaded at once: the entry, and the chunks that it imports other than by `import()`.
    const bytesOf = (path: string) =>
      (outputFiles.find((file) => file.path === join(folder, path)) as esbuild.OutputFile).contents;
    const outputs = metafile?.outputs ?? {};
    const atOnce = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint === '<stdin>'));
    for (const path of atOnce)
      for (const one of outputs[path].imports) if (one.kind === 'import-statement') atOnce.add(one.path);
    const weights = [...atOnce].map((path) => gzipSync(bytesOf(path)).length);
    expect(atOnce.size).toBeGreaterThan(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(most);
    // HiGHS alone weighs more than a megabyte.
    if (names === '*') expect(outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)).toBeGreaterThan(1e6);
  });

  const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  if (!browser) console.log('skipped: no /usr/bin/chromium for the bundles of Vite');

  it('is built by Vite without settings, a page and its worker', async () => {
    writeFileSync(join(folder, 'index.html'), '<p></p><p></p><script type="module" src="./page.js"></script>');
    writeFileSync(
      join(folder, 'page.js'),
      "import { answer } from './memory.mjs';\n" +
        "const [own, other] = document.querySelectorAll('p');\n" +
        'answer().then((found) => { own.textContent = JSON.stringify(found); }, (error) => { own.textContent = String(error); });\n' +
        "const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });\n" +
        'worker.onmessage = ({ data }) => { other.textContent = data; };\n',
    );
    writeFileSync(
      join(folder, 'worker.js'),
      "import { memory } from './memory.mjs';\nmemory().then(postMessage, (error) => postMessage(String(error)));\n",
    );
    await vite.build({ root: folder, configFile: false, logLevel: 'error', build: { outDir: 'site' } });
    const assets = readdirSync(join(folder, 'site/assets'));
    expect(assets.filter((name) => /^worker.*\.js$/.test(name))).toHaveLength(1);
    const text = assets.map((name) => readFileSync(join(folder, 'site/assets', name), 'utf8')).join('');
    expect(text).not.toMatch(/node:(module|fs|path|worker_threads)/);
  });

  it.skipIf(!browser)('gives the bytes of the tree in Chromium, in the page and in the worker', async () => {
    const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
    const server = createServer((request, response) => {
      const file = join(folder, 'site', request.url === '/' ? 'index.html' : (request.url ?? ''));
      if (!existsSync(file)) return response.writeHead(404).end();
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' });
      response.end(readFileSync(file));
    }).listen(0);
    const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
    try {
      const page = await chrome.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction("[...document.querySelectorAll('p')].every((p) => p.textContent !== '')");
      const [own, worker] = await page.locator('p').allTextContents();
      // A browser measures text for a figure with its own fonts.
      expect(JSON.parse(own)).toEqual({ ...expected, figure: expect.any(String) });
      expect(worker).toBe(expected.memory);
      expect(errors).toEqual([]);
    } finally {
      await chrome.close();
      server.close();
    }
  });
});
