/** The walls of the house: who may call whom, what may not stand in the science rooms, and how long things may be. */
import { describe, expect, it } from 'vitest';
import {
  anysOf,
  breachesOf,
  circlesOf,
  importsOf,
  isKernel,
  longFilesOf,
  longFunctionsOf,
  starsOf,
  treeOf,
  unexplainedOf,
  wideKernelsOf,
} from './house.js';

const whole = treeOf(new URL('..', import.meta.url).pathname, ['src', 'solvers', 'experiments']);
/** Kernels are in another language. */
const sources = new Map([...whole].filter(([file]) => !isKernel(file)));

const memory = ['gradient', 'memorize', 'simulate', 'measure', 'template', 'network', 'score'].map(
  (name) => `memory/${name}`,
);
const systems = ['sparseprop', 'flossing', 'spikernn', 'srnn'];
/** What every system stands on; nothing of it knows one. */
const ground = ['learning', 'lyapunov', 'tasks', 'plot', 'files', 'solvers', 'dense', 'core'];
const wing = [...memory, 'memory/summary', 'memory/figures', 'memory/files'];

/** Rooms, from the roof down; a room calls those that it lists. The neighbours know the ground, not each other. */
const mayCall: Record<string, readonly string[]> = {
  cli: ['experiments', 'app', 'campaign', ...wing, ...systems, ...ground],
  experiments: ['campaign', ...wing, ...systems, ...ground],
  app: ['campaign', 'plot', 'files', 'core'],
  // Stands beside the commands; nobody calls it.
  page: [...wing, 'sparseprop', 'spikernn', 'plot', 'files', 'solvers', 'core'],
  ...Object.fromEntries(systems.map((system) => [system, ground])),
  'memory/summary': [...memory, 'core'],
  'memory/figures': ['plot', 'memory/simulate', 'memory/template', 'memory/score', 'core'],
  'memory/files': ['files', 'memory/memorize', 'memory/template', 'memory/network', 'memory/score', 'core', 'solvers'],
  'memory/gradient': [...memory, 'learning', 'lyapunov', 'core', 'solvers'],
  'memory/measure': ['memory/simulate', 'memory/template', 'memory/network', 'memory/score', 'core'],
  'memory/memorize': ['memory/template', 'memory/network', 'memory/score', 'core', 'solvers'],
  'memory/simulate': ['memory/template', 'memory/network', 'memory/score', 'core'],
  'memory/template': ['memory/network', 'memory/score', 'core'],
  'memory/network': ['memory/score', 'core'],
  'memory/score': ['core'],
  learning: ['dense', 'core'],
  lyapunov: ['dense', 'core'],
  tasks: ['core'],
  campaign: ['files', 'core'],
  plot: ['core'],
  files: ['core'],
  solvers: ['dense', 'core'],
  dense: ['core'],
  core: [],
};

const MOST_LINES = 500;
const MOST_ARGUMENTS = 14;
const MOST_FUNCTION_LINES = 100;
/** Longer functions, each with the reason. One that has become shorter is taken out here. */
const LONG_FUNCTIONS: Record<string, string> = {
  'solvers/active-set/active-set.ts activeSet':
    'the list of the operations of the solver, each a few lines on tables that all of them see',
};

describe('the house', () => {
  it('rooms call downwards only, and by the front door', () => {
    expect(sources.size).toBeGreaterThan(40);
    // The library's own face hands on rooms and is none.
    const rooms = new Map([...sources].filter(([file]) => file !== 'src/index.ts' && file !== 'src/node.ts'));
    expect(breachesOf(rooms, mayCall)).toEqual([]);
  });

  it('no two files need each other, by value or by type', () => {
    expect(circlesOf(sources)).toEqual([]);
  });

  it('public faces name what they hand on', () => {
    expect(starsOf(sources)).toEqual([]);
  });

  it('every any has a reason beside it', () => {
    expect(anysOf(sources)).toEqual([]);
  });

  it('the core never imports from node', () => {
    const allowed = /^src\/(cli|app|campaign)|^src\/files\/(node|journal|results)\.ts|^src\/memory\/files\/node\.ts/;
    for (const [file, text] of sources) {
      if (allowed.test(file)) continue;
      expect(
        importsOf(text).filter((name) => name.startsWith('node:') || name === 'piscina'),
        file,
      ).toEqual([]);
    }
  });

  it('nothing that differs between engines stands in rooms whose results must be the same bytes', () => {
    const forbidden =
      /Math\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|atan|atan2|asin|acos|tanh|sinh|cosh|hypot|cbrt|random)\b|\*\*|Date\.|performance\./;
    for (const [file, text] of sources) {
      if (/^src\/(cli|app|campaign|page|files|plot|memory\/files)/.test(file)) continue;
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      // A power of two with constant exponent is exact everywhere.
      expect(code.replace(/2 \*\* -?\d+/g, '').match(forbidden)?.[0], file).toBeUndefined();
    }
  });

  it('no file, function or list of arguments is longer than agreed, kernels included', () => {
    expect([...whole.keys()].filter(isKernel).length).toBeGreaterThan(10);
    expect(longFilesOf(whole, MOST_LINES)).toEqual([]);
    // Both ways: an exception that is none any more goes.
    expect([...longFunctionsOf(whole, MOST_FUNCTION_LINES).keys()].sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
    expect([...wideKernelsOf(whole, MOST_ARGUMENTS).keys()]).toEqual([]);
  });

  it("a function above 60 lines in a solver's, a scanner's or a simulator's way says why", () => {
    const ways = [...whole].filter(([file]) => /^(solvers|src\/memory\/(template|simulate|memorize))\//.test(file));
    expect(ways.length).toBeGreaterThan(60);
    expect(unexplainedOf(new Map(ways), 60)).toEqual([]);
  });
});

describe('the walls hold: in a made tree', () => {
  const tree = (files: Record<string, string>) => new Map(Object.entries(files));
  const sound = {
    'src/core/index.ts': "export { one } from './one.js';",
    'src/core/one.ts': 'export const one = 1;',
    'src/files/index.ts': "import { one } from '../core/index.js';\nexport const two = 2 * one;",
  };

  it('nothing is found where nothing is wrong', () => {
    const made = tree(sound);
    const found = [breachesOf(made, mayCall), circlesOf(made), starsOf(made), anysOf(made), longFilesOf(made, 2)];
    expect(found).toEqual([[], [], [], [], []]);
  });

  it.each([
    ['by the back door', "import { one } from '../core/one.js';", /src\/files\/bad\.ts goes behind the door of core/],
    ['upwards', "import type { Pool } from '../campaign/index.js';", /src\/files\/bad\.ts calls campaign/],
    ['later', "const late = () => import('../plot/index.js');", /src\/files\/bad\.ts calls plot/],
    ['for its effects', "import '../memory/score/index.js';", /src\/files\/bad\.ts calls memory\/score/],
  ])('an import %s is caught', (_, text, message) => {
    expect(breachesOf(tree({ ...sound, 'src/files/bad.ts': text }), mayCall)).toEqual([expect.stringMatching(message)]);
  });

  it('a neighbour that calls a neighbour is caught', () => {
    const made = tree({ 'src/srnn/cell.ts': "import { f } from '../spikernn/index.js';" });
    expect(breachesOf(made, mayCall)).toEqual(['src/srnn/cell.ts calls spikernn']);
  });

  it('a circle is caught, by value, by type, through a third file, and alone', () => {
    const pair = tree({
      'src/core/a.ts': "import { b } from './b.js';\nexport const a = b;",
      'src/core/b.ts': "import type { A } from './a.js';\nexport const b = 1;",
    });
    expect(circlesOf(pair)).toEqual([['src/core/a.ts', 'src/core/b.ts']]);
    const three = tree({
      ...sound,
      'experiments/x/a.ts': "export { b } from './b.js';",
      'experiments/x/b.ts': "const b = () => import('../y/c.js');",
      'experiments/y/c.ts': "import { a } from '../x/a.js';\nimport { one } from '../../src/core/index.js';",
    });
    expect(circlesOf(three)).toEqual([['experiments/x/a.ts', 'experiments/x/b.ts', 'experiments/y/c.ts']]);
    expect(circlesOf(tree({ 'src/core/a.ts': "import { a } from './a.js';" }))).toEqual([['src/core/a.ts']]);
  });

  it('an export of everything, and an any without a reason, are caught', () => {
    expect(starsOf(tree({ ...sound, 'src/core/index.ts': "export * from './one.js';" }))).toEqual([
      'src/core/index.ts',
    ]);
    const reason = '// biome-ignore lint/suspicious/noExplicitAny: names tie both ends\n';
    const made = tree({
      'src/core/a.ts': 'export const a = (x: any) => x;',
      'src/core/b.ts': `${reason}export const b: any[] = [];\n/** any */\nexport const any = 'any';`,
      'src/core/c.ts': '// biome-ignore lint/suspicious/noExplicitAny: \nexport type C = Record<string, any>;',
    });
    expect(anysOf(made)).toEqual(['src/core/a.ts:1', 'src/core/c.ts:2']);
  });

  it('a long function without a reason is caught, and one with a reason is not', () => {
    const long = `export function one() {\n${'  one();\n'.repeat(60)}}\n`;
    const made = tree({
      'solvers/a.ts': long,
      'solvers/b.ts': `/** Does.\n * One function, longer\n * than most: so. */\n${long}`,
    });
    expect(unexplainedOf(made, 60)).toEqual(['solvers/a.ts one']);
  });

  it('long files and functions, and kernels with many arguments, are caught', () => {
    const body = '  one();\n'.repeat(9);
    const made = tree({
      'src/core/a.ts': `export const outer = () => {\n  const inner = () => {\n${body}  };\n};\nfunction short() {}`,
      'src/core/kernel/k.ts':
        '@inline\nfunction f(a: i32, b: i32, c: f64): void {}\nexport function g(a: i32): void {}',
    });
    expect([...longFunctionsOf(made, 10)]).toEqual([['src/core/a.ts outer', 13]]);
    expect(longFunctionsOf(made, 13).size).toBe(0);
    expect([...wideKernelsOf(made, 2)]).toEqual([['src/core/kernel/k.ts f', 3]]);
    expect(longFilesOf(made, 13)).toEqual(['src/core/a.ts']);
  });
});
