/** The docs of the API; and the installed package in other runtimes, as the npm registry has them: the bytes are those of the tree. */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { answerOfTree, install, pack, run } from '../packed.js';

const runtimes = mkdtempSync(join(tmpdir(), 'engram-runtimes-'));
writeFileSync(join(runtimes, 'package.json'), '{ "name": "runtimes", "version": "1.0.0" }');

/** The path of a runtime from the registry, or undefined, with a word about it, where it cannot be installed. */
function runtime(name: string, version: string): string | undefined {
  const binary = join(runtimes, 'node_modules/.bin', name);
  try {
    run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], runtimes);
    run(binary, ['--version'], runtimes);
    return binary;
  } catch {
    console.log(`skipped: ${name} cannot be installed`);
    return undefined;
  }
}

it('typedoc finds every public name documented', { timeout: 300000 }, () => {
  const root = new URL('../..', import.meta.url).pathname;
  const out = mkdtempSync(join(tmpdir(), 'engram-api-'));
  // Throws unless it ends with 0: a name without a comment, or one that no entry exports, is an error.
  run('npm', ['run', 'docs:api', '--', '--out', out], root);
  expect(existsSync(join(out, 'index.html'))).toBe(true);
});

let folder = '';
let expected: Awaited<ReturnType<typeof answerOfTree>>;
beforeAll(async () => {
  folder = install(pack());
  expected = await answerOfTree();
}, 600000);

const bun = runtime('bun', '1');
it.skipIf(!bun)('Bun gives the bytes of the tree', () => {
  expect(JSON.parse(run(bun as string, ['print.mjs'], folder))).toEqual(expected);
});

const deno = runtime('deno', '2');
it.skipIf(!deno)('Deno gives the bytes of the tree', () => {
  expect(JSON.parse(run(deno as string, ['run', '--allow-all', 'print.mjs'], folder))).toEqual(expected);
});

const node = runtime('node', '22');
it.skipIf(!node)('Node 22 gives them, and requires the package from CommonJS', () => {
  expect(JSON.parse(run(node as string, ['print.mjs'], folder))).toEqual(expected);
  writeFileSync(
    join(folder, 'required.cjs'),
    "const { memorize } = require('engram');\nconst { solveQp } = require('engram/solvers');\n" +
      'console.log(typeof memorize, solveQp({ q: Float64Array.of(1), lb: Float64Array.of(2) }).x[0]);\n',
  );
  expect(run(node as string, ['required.cjs'], folder).trim()).toBe('function 2');
});
