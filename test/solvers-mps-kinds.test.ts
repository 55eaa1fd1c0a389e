/** What MPS and QPS files of other programs hold: read as they mean it, or refused with the line; never something else. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseProblem, loadHighs, readJsonProblem, readMps, type SparseProblem, solveQp } from '../solvers/index.js';

const INF = Number.POSITIVE_INFINITY;

/** A line of a fixed file: type, name, name, number, name, number, numbers as wide as they are, right-aligned. */
function fixed(type: string, a: string, b = '', value = '', c = '', last = ''): string {
  const head = ` ${type.padEnd(2)} ${a.padEnd(8)}  ${b.padEnd(8)}`;
  const first = value.padStart(Math.max(14, value.length));
  return `${head}${first}   ${c.padEnd(8)}  ${last}`.trimEnd();
}

/** min cost'x over two columns and two rows, names with blanks. */
const blanks = (changes: { column?: string; bounds?: string; end?: string } = {}) =>
  [
    'NAME          BLANKS',
    'ROWS',
    ' N  MY COST',
    ' G  ROW ONE',
    ' L  ROW TWO',
    'COLUMNS',
    changes.column ?? fixed('', 'COL A', 'MY COST', '1.0', 'ROW ONE', '1.0'),
    fixed('', 'COL A', 'ROW TWO', '1.0'),
    fixed('', 'COL B', 'MY COST', '2.0', 'ROW ONE', '1.0'),
    'RHS',
    fixed('', 'RHS 1', 'ROW ONE', '3.0', 'ROW TWO', '9.0'),
    'BOUNDS',
    changes.bounds ?? fixed('UP', 'BND 1', 'COL A', '2.0'),
    changes.end ?? 'ENDATA',
    '',
  ].join('\n');

const free = (middle = '', head = '') => `NAME f
${head}ROWS
 N obj
 N other
 L c1
COLUMNS
 x obj -1 c1 1
 y obj -1 c1 1
RHS
 rhs c1 4
${middle}ENDATA
`;

const model = (text: string) => readMps(text, 'f.mps');
const cost = (problem: SparseProblem) => solveQp(denseProblem(problem)).objective;

describe('fixed files, whose names have blanks', () => {
  it('are read', () => {
    expect(model(blanks())).toMatchObject({ columns: ['COL A', 'COL B'], rows: ['ROW ONE', 'ROW TWO'] });
    expect(cost(model(blanks()))).toBeCloseTo(4, 9);
  });

  it('keep every digit of a number, however long it is and wherever it begins or ends', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.integer({ min: 0, max: 16 }),
        (value, digits) => {
          const text = value.toExponential(digits);
          const bound = text.length <= 15 ? fixed('LO', 'BND 1', 'COL B', text) : fixed('LO', 'BND 1', 'COL A', '0');
          const column = fixed('', 'COL A', 'MY COST', '1.0', 'ROW ONE', text);
          const read = model(blanks({ column, bounds: bound }));
          expect(read.A.find(([i, k]) => i === 0 && k === 0)?.[2] ?? 0).toBe(Number(text) + 0);
          if (text.length <= 15) expect(read.lb[1]).toBe(Number(text));
        },
      ),
    );
  });

  it.each([
    ['beside the fields', fixed('', 'COL A', 'MY COST', '1.0', 'ROW ONE', '1.0').replace(/^ {4}/, ' ab ')],
    ['between two names', fixed('', 'COL A', 'MY COST', '1.0').replace('COL A     M', 'COL A   x M')],
    ['between a name and its number', fixed('', 'COL A', 'MY COST', '7 1.0')],
    ['behind the last number', fixed('', 'COL A', 'MY COST', '1.0', 'ROW ONE', '1.0 7')],
    ['in a name that is too long', '    COLUMN A LONG  MY COST       1.0'],
    ['of a tab', '    COL A\tMY COST 1.0'],
  ])('with text %s are refused with their line', (_, column) => {
    expect(() => model(blanks({ column }))).toThrow(/^f\.mps:7: /);
  });

  it('may mark integers, and name the row of the Hessian', () => {
    const marker = (word: string) => fixed('', 'M1', "'MARKER'", '', word);
    const column = `${marker("'INTORG'")}\n${fixed('', 'COL A', 'MY COST', '1.0')}\n${marker("'INTEND'")}`;
    const closed = blanks({ column }).replace(`${fixed('', 'COL A', 'ROW TWO', '1.0')}\n`, '');
    expect(model(closed)).toMatchObject({ columns: ['COL A', 'COL B'], integer: [true, false] });
    const end = `QSECTION      MY COST\n${fixed('', 'COL A', 'COL A', '2.0', 'COL B', '0.5')}\nENDATA`;
    expect(model(blanks({ end })).P).toEqual([
      [0, 0, 2],
      [0, 1, 0.5],
      [1, 0, 0.5],
    ]);
  });

  it('may hold comments behind a $', () => {
    const column = `${fixed('', 'COL A', 'MY COST', '1.0', 'ROW ONE', '1.0')}   $ a comment`;
    const half = fixed('', 'COL A', 'ROW TWO', '1.0');
    const text = blanks({ column }).replace(half, `${half}   $ ROW ONE 5`);
    expect(denseProblem(model(text))).toEqual(denseProblem(model(blanks())));
  });
});

describe('free files', () => {
  it('may hold comments behind a $, which names may begin with', () => {
    const text = free()
      .replace('c1 4', 'c1 4 $ of four')
      .replace('ROWS\n', 'ROWS $ here\n')
      .replace('L c1', 'L c1 $ a row');
    expect(denseProblem(model(text))).toEqual(denseProblem(model(free())));
    const dollars = free().replaceAll('c1', '$c1').replaceAll(/^ x/gm, ' $x');
    expect(denseProblem(model(dollars))).toEqual(denseProblem(model(free())));
  });

  it.each([
    ['a constraint', 'QSECTION c1\n x x 2\n', /^f\.mps:11: "c1" is a quadratic constraint/],
    ['a free row that is not the objective', 'QSECTION other\n x x 2\n', /^f\.mps:11: "other" is a free row/],
    ['no row', 'QSECTION nosuch\n x x 2\n', /^f\.mps:11: unknown row "nosuch"/],
    ['a constraint, in QMATRIX', 'QMATRIX c1\n x x 2\n', /^f\.mps:11: "c1" is a quadratic constraint/],
    ['a constraint, in QCMATRIX', 'QCMATRIX c1\n x x 2\n', /^f\.mps:11: quadratic constraints are not taken/],
  ])('whose quadratic section names %s are refused', (_, middle, message) => {
    expect(() => model(free(middle))).toThrow(message);
  });

  it('may give two entries of the Hessian in a line', () => {
    for (const section of ['QUADOBJ', 'QSECTION obj', 'QSECTION']) {
      const read = model(free(`${section}\n x x 2 y 0.5\n y y 2\n`));
      expect([...(denseProblem(read).P ?? [])]).toEqual([2, 0.5, 0.5, 2]);
      expect(cost(read)).toBeCloseTo(-0.4, 9);
    }
  });

  it.each([
    ['UP', ' UP b x 4\n UP b x 2\n', 'upper'],
    ['LO', ' LO b x 0\n LO b x 0\n', 'lower'],
    ['FX and UP', ' FX b x 1\n UP b x 2\n', 'upper'],
    ['FR and LO', ' FR b x\n LO b x 2\n', 'lower'],
    ['BV and UI', ' BV b x\n UI b x 2\n', 'upper'],
  ])('with a bound given twice (%s) are refused with the line', (_, lines, side) => {
    expect(() => model(free(`BOUNDS\n${lines}`))).toThrow(`f.mps:13: the ${side} bound of column "x" is given twice`);
  });

  it.each([
    ['FX b x Infinity', /FX of Infinity leaves no value/],
    ['FX b x -1e30', /FX of -1e30 leaves no value/],
    ['LO b x 1e20', /LO of 1e20 leaves no value/],
    ['UP b x -inf', /UP of -inf leaves no value/],
    ['UP b x 1 2', /nothing may follow the bound; got "2"/],
  ])('with the bound %s are refused with the line', (line, message) => {
    expect(() => model(free(`BOUNDS\n ${line}\n`))).toThrow(message);
    expect(() => model(free(`BOUNDS\n ${line}\n`))).toThrow(/^f\.mps:12: /);
  });

  it('may leave sides open with infinities, or with 1e20 and more', () => {
    const { lb, ub } = model(free('BOUNDS\n LO b x -1e30\n UP b x 1e30\n MI b y\n PL b y\n'));
    expect([...lb, ...ub]).toEqual([-INF, -INF, INF, INF]);
    expect(() => model(free().replace('c1 4', 'c1 -1e30'))).toThrow(/^f\.mps:10: row "c1" of type L cannot be met/);
  });

  it.each([
    'OBJSENSE\n    MAX\n',
    'OBJSENSE\nMAX\n',
    'OBJSENSE\nMaximize\n',
    'OBJSENSE MAX\n',
    'OBJSENSE MAXIMIZATION\n',
    'OBJSENSE\n  max $ as large as can be\n',
  ])('ask for a maximum with %j', (head) => {
    expect(model(free('', head)).maximize).toBe(true);
  });

  it.each([
    ['OBJSENSE\n', /OBJSENSE says neither MIN nor MAX/],
    ['OBJSENSE up\n', /unknown sense "up"/],
    ['OBJSENSE MAX\n MIN\n', /given twice/],
    ['OBJSENSE\n MAX MIN\n', /unknown sense "MAX MIN"/],
  ])('with the sense %j are refused', (head, message) => {
    expect(() => model(free('', head))).toThrow(message);
  });

  it('with words behind a section are refused', () => {
    expect(() => model(free().replace('RHS\n', 'RHS mine\n'))).toThrow(/^f\.mps:9: nothing may follow RHS; got "mine"/);
  });

  it('that were decoded with loss are refused, for names may have become one', () => {
    const bytes = Buffer.from(free().replaceAll('x', 'd\xe9').replaceAll(' y', ' d\xe8'), 'latin1');
    expect(() => model(bytes.toString('utf8'))).toThrow(/^f\.mps:7: a byte that is no UTF-8/);
    expect(model(bytes.toString('latin1')).columns).toEqual(['d\xe9', 'd\xe8']);
  });
});

describe('memorize solve', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engram-mps-'));
  const main = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
  const run = (name: string, content: string | Uint8Array, ...args: string[]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'solve', path, ...args], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const largest = free('', 'OBJSENSE MAX\n').replaceAll('obj -1', 'obj 3').replace('rhs c1 4', 'rhs c1 5 obj -2');

  it('gives all of a maximization in its own sense', () => {
    const answer = JSON.parse(run('max.mps', largest, '--json').stdout);
    expect(answer).toMatchObject({ sense: 'maximize', multipliers: 'rise of the objective per unit of the limit' });
    for (const value of [answer.objective, answer.residuals.objective]) expect(value).toBeCloseTo(17, 7);
    expect(answer.y.c1).toBeCloseTo(3, 7);
    const more = JSON.parse(run('more.mps', largest.replace('c1 5', 'c1 6'), '--json').stdout);
    expect(more.objective - answer.objective).toBeCloseTo(answer.y.c1, 6);
  });

  it('keeps names apart that differ in a byte of another encoding', () => {
    const bytes = Buffer.from(
      free('BOUNDS\n UP b d\xe9 1\n').replaceAll(' x', ' d\xe9').replaceAll(' y', ' d\xe8'),
      'latin1',
    );
    const answer = JSON.parse(run('latin.mps', bytes, '--json').stdout);
    expect(Object.keys(answer.x)).toEqual(['d\xe9', 'd\xe8']);
  });

  it('refuses integers beside a quadratic objective in words, whoever is to solve it', async () => {
    const mixed = free('BOUNDS\n UI b x 3\nQUADOBJ\n x x 2\n');
    const { status, stdout, stderr } = run('mixed.qps', mixed, '--solver', 'highs');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/integer variables and a quadratic objective are taken by no solver here\n$/);
    const { solveMip } = await loadHighs();
    expect(() => solveMip({ q: Float64Array.of(1), P: 'identity' }, [true])).toThrow(
      /integer variables and a quadratic/,
    );
  });

  it('reads JSON behind a byte order mark', () => {
    const { status, stdout } = run('bom.json', '\uFEFF{"q":[1],"lb":[2]}', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).x[0]).toBeCloseTo(2, 8);
  });

  it('prints the first variables that are not zero', () => {
    expect(run('x.mps', free('BOUNDS\n UP b x 1\n FX b y 0\n')).stdout).toMatch(/^x +x = 1 · all others 0$/m);
  });

  it('prints no NaN beside a status', () => {
    const { stdout } = run('huge.json', '{"q": [1e150, -1], "lb": [-1, -1], "ub": [1, 1]}', '--solver', 'activeSet');
    expect(stdout).toMatch(/status/);
    expect(stdout).not.toMatch(/NaN/);
  });
});

it.each(['auto', 'activeSet', 'interiorPoint'] as const)('no answer holds NaN, whatever overflows (%s)', (method) => {
  for (const text of [
    '{"q": [1e150, -1], "lb": [-1, -1], "ub": [1, 1]}',
    '{"q": [-1e150, -1e150], "A": [[1e150, -1e150]], "l": [-1e19], "u": [1e19], "lb": [0, 0], "ub": [1e19, 1e19]}',
    '{"q": [1e150, 1], "P": [1e-150, 1e150], "A": [[1e-150, 1e150]], "l": [1]}',
  ]) {
    const { x, y, z, objective, residuals } = solveQp(readJsonProblem(text, 'p'), { method });
    const { primal, dual, gap } = residuals;
    expect([...x, ...y, ...z, objective, primal, dual, gap].filter(Number.isNaN)).toEqual([]);
  }
});
