import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { denseProblem, readJsonProblem, readMps, solveQp } from '../solvers/index.js';

const INF = Number.POSITIVE_INFINITY;

const BASE = `* a comment
NAME          small
ROWS
 N  cost
 L  lim1
 G  lim2
 E  my eqn
COLUMNS
    x         cost               1.0   lim1               1.0
    x         lim2               1.0
    y y       cost               2.0   lim1               1.0
    y y       my eqn            -1.0
    z         cost             -1.D0   my eqn             1.0
RHS
    rhs       cost              -5.0   lim1               4.0
    rhs       lim2               1.0   my eqn             7.0
BOUNDS
 UP bnd       x                  4.0
 LO bnd       y y               -1.0
 UP bnd       y y                1.0
QUADOBJ
    x         x                  2.0
    x         z                  1.0
    z         z                  3.0
ENDATA
`;
const free = (text: string) => text.replaceAll('my eqn', 'myeqn').replaceAll('y y', 'y');

describe('MPS and QPS files', () => {
  it('are read in fixed and in free form alike', () => {
    const fixed = readMps(BASE, 'small.qps');
    expect(fixed.rows).toEqual(['lim1', 'lim2', 'my eqn']);
    expect(fixed.columns).toEqual(['x', 'y y', 'z']);
    const squeezed = free(BASE).replace(/(\S) +/g, '$1 ');
    for (const text of [free(BASE), squeezed, squeezed.replaceAll('\n', '\r\n')]) {
      expect(denseProblem(readMps(text, 'small.qps'))).toEqual(denseProblem(fixed));
    }
    expect(denseProblem(fixed)).toEqual({
      P: Float64Array.of(2, 0, 1, 0, 0, 0, 1, 0, 3),
      q: Float64Array.of(1, 2, -1),
      A: Float64Array.of(1, 1, 0, 1, 0, 0, 0, -1, 1),
      l: Float64Array.of(-INF, 1, 7),
      u: Float64Array.of(4, INF, 7),
      lb: Float64Array.of(0, -1, 0),
      ub: Float64Array.of(4, 1, INF),
      constant: 5,
    });
  });

  it('mean the same with both halves of P in QMATRIX', () => {
    const full = free(BASE).replace('QUADOBJ', 'QMATRIX').replace('    z         z', '    z x 1\n    z z');
    expect(denseProblem(readMps(full, 'q'))).toEqual(denseProblem(readMps(free(BASE), 'q')));
  });

  it('have ranges by the sign and the type of the row', () => {
    const text = free(BASE).replace('BOUNDS', 'RANGES\n r lim1 2.5\n r lim2 -3\n r myeqn SIGN\nBOUNDS');
    const plus = readMps(text.replace('SIGN', '2'), 'r');
    expect([...plus.l]).toEqual([1.5, 1, 7]);
    expect([...plus.u]).toEqual([4, 4, 9]);
    const minus = readMps(text.replace('SIGN', '-2'), 'r');
    expect([minus.l[2], minus.u[2]]).toEqual([5, 7]);
  });

  it('have bounds of every type', () => {
    const bounds = (lines: string) => {
      const { lb, ub, integer } = readMps(free(BASE).replace(/BOUNDS[\s\S]*?QUAD/, `BOUNDS\n${lines}\nQUAD`), 'b');
      return [lb[0], ub[0], integer[0]];
    };
    expect(bounds(' FR b x')).toEqual([-INF, INF, false]);
    expect(bounds(' MI b x')).toEqual([-INF, INF, false]);
    expect(bounds(' FX b x 3')).toEqual([3, 3, false]);
    expect(bounds(' BV b x')).toEqual([0, 1, true]);
    expect(bounds(' LI b x 2')).toEqual([2, INF, true]);
    expect(bounds(' UI b x 9')).toEqual([0, 9, true]);
    expect(bounds(' UP b x -2')).toEqual([-INF, -2, false]);
    expect(bounds(' LO b x -9\n UP b x -2')).toEqual([-9, -2, false]);
    expect(bounds(' UP x 2')).toEqual([0, 2, false]);
    expect(bounds(' UP b x inf\n LO b x -Infinity')).toEqual([-INF, INF, false]);
  });

  it('may ask for a maximum, and for integers', () => {
    const text = free(BASE)
      .replace('ROWS', 'OBJSENSE\n    MAX\nROWS')
      .replace(/QUADOBJ[\s\S]*/, 'ENDATA\n')
      .replace('    z ', "    M1 'MARKER' 'INTORG'\n    z ")
      .replace('RHS\n', "    M2 'MARKER' 'INTEND'\nRHS\n");
    const model = readMps(text, 'm');
    expect(model).toMatchObject({ maximize: true, integer: [false, false, true], constant: -5 });
    expect([...model.q]).toEqual([-1, -2, 1]);
    expect(model.ub[2]).toBe(1);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['a number that is none', (t) => t.replace('7.0', 'nan'), /^f\.qps:16: expected a number; got "nan"/],
    ['an unknown row', (t) => t.replace('rhs       lim2', 'rhs       lim9'), /^f\.qps:16: unknown row "lim9"/],
    ['an unknown column', (t) => t.replace('bnd       x ', 'bnd       w '), /^f\.qps:18: unknown column "w"/],
    ['an unknown section', (t) => t.replace('RHS\n', 'RHSS\n'), /^f\.qps:14: unknown section "RHSS"; allowed: NAME,/],
    [
      'an unknown type of row',
      (t) => t.replace(' G ', ' X '),
      /^f\.qps:6: unknown type of row "X"; allowed: N, E, L, G/,
    ],
    [
      'a semi-continuous bound',
      (t) => t.replace(' UP bnd       x', ' SC bnd       x'),
      /^f\.qps:18: type of bound "SC"/,
    ],
    ['a row given twice', (t) => t.replace(' G  lim2', ' G  lim1'), /^f\.qps:6: row "lim1" is given twice/],
    [
      'an entry given twice',
      (t) => t.replace('x         lim2', 'x         lim1'),
      /^f\.qps:10: the entry of row "lim1"/,
    ],
    [
      'both halves in QUADOBJ',
      (t) => t.replace('    z         z', ' z x 1\n z z'),
      /one half is enough\) is given twice/,
    ],
    ['no end', (t) => t.replace('ENDATA\n', ''), /^f\.qps:2\d: the file ends without ENDATA/],
    ['no objective', (t) => t.replace(' N  cost', ' G  cost'), /there is no objective/],
    ['half of QMATRIX', (t) => t.replace('QUADOBJ', 'QMATRIX'), /QMATRIX is not symmetric in columns "x" and "z"/],
    ['nothing', () => '', /^f\.qps:1: the file ends without ENDATA/],
    ['binary', () => '\u0000\u0001ELF', /^f\.qps:1: unknown section/],
    ['a second set', (t) => t.replace('rhs       lim2', 'other     lim2'), /a second set "other" in RHS/],
  ])('with %s are refused with the line', (_, change, message) => {
    expect(() => readMps(change(free(BASE)), 'f.qps')).toThrow(message);
  });

  it('cut off anywhere are refused in one line or read, never anything else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: BASE.length - 8 }), (length) => {
        let message = '';
        try {
          readMps(BASE.slice(0, length), 'f.qps');
        } catch (error) {
          message = (error as Error).message;
        }
        expect(message).toMatch(/^f\.qps:\d+: [^\n]+$/);
      }),
    );
  });

  it('are solved', () => {
    const solution = solveQp(denseProblem(readMps(BASE, 'small.qps')));
    expect(solution.status).toBe('solved');
  });
});

describe('JSON problems', () => {
  it('are read with rows or flat, null for no limit', () => {
    const text = '{"P": [[2, 0], [0, 2]], "q": [1, 1], "A": [[1, 1]], "l": [1], "u": [null], "constant": 3}';
    expect(readJsonProblem(text, 'p.json')).toMatchObject({
      P: Float64Array.of(2, 0, 0, 2),
      A: Float64Array.of(1, 1),
      u: Float64Array.of(INF),
      constant: 3,
    });
    expect(readJsonProblem('{"P": "identity", "q": [1]}', 'p').P).toBe('identity');
  });

  it('are read with matrices by their columns, and have the answer of their dense form', () => {
    const matrices =
      '"P": {"starts": [0, 1, 2], "rows": [0, 1], "values": [2, 2]}, "A": {"starts": [0, 1, 2], "rows": [0, 0], "values": [1, 1]}';
    const sparse = readJsonProblem(`{${matrices}, "q": [-3, -1], "u": [1]}`, 'p.json');
    expect(sparse.A).toEqual({
      starts: Int32Array.of(0, 1, 2),
      rows: Int32Array.of(0, 0),
      values: Float64Array.of(1, 1),
    });
    const dense = readJsonProblem('{"P": [2, 2], "A": [[1, 1]], "q": [-3, -1], "u": [1]}', 'p.json');
    expect(solveQp(sparse)).toEqual(solveQp(dense));
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{', /^p\.json: not JSON/],
    ['a list', '[]', /expected an object with q/],
    ['no costs', '{}', /q, the list of costs, is missing/],
    ['words', '{"q": ["a"]}', /q\[0\] must be a number; got "a"/],
    ['ragged rows', '{"q": [1, 2], "A": [[1, 2], [1]]}', /A\[1\] must be a row of 2 numbers/],
    ['a matrix without rows', '{"q": [1], "A": {"starts": [0, 1], "values": [1]}}', /A\.rows is missing/],
    [
      'half a row',
      '{"q": [1], "A": {"starts": [0, 1], "rows": [0.5], "values": [1]}}',
      /A\.rows\[0\] must be a whole number; got 0\.5/,
    ],
    [
      'a matrix by rows',
      '{"q": [1], "A": {"columns": [0]}}',
      /unknown key "columns" in A; allowed: starts, rows, values/,
    ],
    ['unknown keys', '{"q": [1], "b": [1]}', /unknown key "b"; allowed: P, q, A, l, u, lb, ub, constant/],
  ])('with %s are refused', (_, text, message) => {
    expect(() => readJsonProblem(text, 'p.json')).toThrow(message);
  });
});
