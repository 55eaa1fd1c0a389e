/** The walls of the house: who may call whom, and what may not stand in the science rooms. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const sources = ['src', 'solvers', 'experiments'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes(`kernel${sep}`) && !name.includes('.generated.'))
    .map((name) => join(top, name)),
);
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const importsOf = (file: string) =>
  [...read(file).matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map((match) => match[1] ?? match[2]);
/** `src/memory` is a wing of rooms of its own. */
const roomOf = (file: string) => {
  const [top, room = '', inner = ''] = file.split(sep);
  if (top !== 'src') return top;
  return room === 'memory' ? `memory/${inner}` : room;
};

const wing = ['gradient', 'memorize', 'simulate', 'measure', 'template', 'network', 'score'].map(
  (name) => `memory/${name}`,
);
const ground = ['dense', 'core'];

/** Rooms, from the roof down; a room calls those that it lists. */
const mayCall: Record<string, string[]> = {
  cli: ['experiments', 'app', 'campaign', 'plot', 'files', 'memory/files', ...wing, ...ground, 'solvers'],
  experiments: ['campaign', 'plot', 'files', 'memory/files', ...wing, ...ground],
  app: ['campaign', 'files', 'core'],
  campaign: ['files', 'memory/gradient', 'memory/memorize', 'memory/measure', 'core'],
  plot: [
    'memory/memorize',
    'memory/simulate',
    'memory/measure',
    'memory/template',
    'memory/network',
    'memory/score',
    'core',
  ],
  'memory/files': ['files', 'memory/memorize', 'memory/template', 'memory/network', 'memory/score', 'core', 'solvers'],
  'memory/gradient': [...wing, 'core', 'solvers'],
  'memory/measure': ['memory/simulate', 'memory/template', 'memory/network', 'memory/score', 'core'],
  'memory/memorize': ['memory/template', 'memory/network', 'memory/score', 'core', 'solvers'],
  'memory/simulate': ['memory/template', 'memory/network', 'memory/score', 'core'],
  'memory/template': ['memory/network', 'memory/score', 'core'],
  'memory/network': ['memory/score', 'core'],
  'memory/score': ['core'],
  tasks: ['core'],
  files: ['core'],
  solvers: ['dense', 'core'],
  dense: ['core'],
  core: [],
};

it('rooms call downwards only, and by the front door', () => {
  expect(sources.length).toBeGreaterThan(40);
  for (const file of sources.filter((name) => name !== join('src', 'index.ts'))) {
    for (const path of importsOf(file).filter((name) => name.startsWith('.'))) {
      const target = relative(root, resolve(root, dirname(file), path));
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to) continue;
      expect(mayCall[from], `${file} imports ${path}`).toContain(to);
      expect(target, `${file} goes behind the door of ${to}`).toMatch(/(index|node)\.js$/);
    }
  }
});

it('the core never imports from node', () => {
  const allowed = /^src.(cli|app|campaign)|^src.files.(node|journal|results)\.ts|^src.memory.files.(node|inputs)\.ts/;
  for (const file of sources.filter((name) => !allowed.test(name))) {
    expect(
      importsOf(file).filter((name) => name.startsWith('node:') || name === 'piscina'),
      file,
    ).toEqual([]);
  }
});

it('nothing that differs between engines stands in rooms whose results must be the same bytes', () => {
  const forbidden =
    /Math\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|atan|atan2|asin|acos|tanh|sinh|cosh|hypot|cbrt|random)\b|\*\*|Date\.|performance\./;
  for (const file of sources.filter((name) => !/^src.(cli|app|campaign|files|plot|memory.files)/.test(name))) {
    const code = read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    // A power of two with constant exponent is exact everywhere.
    expect(code.replace(/2 \*\* -?\d+/g, '').match(forbidden)?.[0], file).toBeUndefined();
  }
});

it('no file is longer than 500 lines', () => {
  const kernels = [
    'solvers/active-set/kernel/active-set.ts',
    'src/memory/template/kernel/program.ts',
    ...['add', 'deliver', 'lif', 'neuron', 'simulate', 'state', 'transmit'].map(
      (name) => `src/memory/simulate/kernel/${name}.ts`,
    ),
  ];
  for (const file of [...sources, ...kernels]) expect(read(file).split('\n').length, file).toBeLessThanOrEqual(500);
});
