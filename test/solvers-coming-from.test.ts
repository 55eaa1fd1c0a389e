/** The page for those who come from other solvers runs as it stands, and gives what these solvers give. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

type List<T> = (T | undefined)[];
/** The port to JavaScript, whose lists begin at 1. */
const quadprog = createRequire(import.meta.url)('quadprog') as {
  solveQP(
    D: List<List<number>>,
    d: List<number>,
    A: List<List<number>>,
    b: List<number>,
    meq: number,
  ): {
    solution: number[];
    Lagrangian: number[];
  };
};

const root = new URL('..', import.meta.url).pathname;

it('docs/solvers-coming-from.md has the answers of the manuals of quadprog, OSQP and DAQP', () => {
  const page = readFileSync(`${root}docs/solvers-coming-from.md`, 'utf8');
  const program = Array.from(page.matchAll(/^```js\n(.*?)^```/gms), ([, code]) => code).join('\n');
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  // R's page of solve.QP prints 0.4761905 1.0476190 2.0952381, -2.380952, and 0.0000000 0.2380952 2.0952381; the port agrees.
  const at1 = <T>(values: T[]): List<T> => [undefined, ...values];
  const D = at1([1, 2, 3].map((i) => at1([1, 2, 3].map((k) => (i === k ? 1 : 0)))));
  const A = at1([at1([-4, 2, 0]), at1([-3, 1, -2]), at1([0, 0, 1])]);
  const port = quadprog.solveQP(D, at1([0, 5, 0]), A, at1([-8, 2, 0]), 0);
  const digits = (values: number[]) =>
    values
      .slice(1)
      .map((value) => value.toFixed(7))
      .join(' ');
  expect(out).toContain(`quadprog ${digits(port.solution)} -2.380952`);
  expect(out).toContain('quadprog 0.4761905 1.0476190 2.0952381 -2.380952');
  expect(out).toContain(`lagrangian ${digits(port.Lagrangian)}`);
  // OSQP 1.1 prints x = (0.3, 0.7), y = (-2.9, 0, 0.2) and 1.88.
  expect(out).toContain('osqp solved 0.3000000 0.7000000 1.880000');
  expect(out).toContain('y -2.9000000 0.0000000 0.2000000');
  // DAQP 0.11: x = (-1, -1.5), objective -3.375 and multipliers (-0.5, 0, -0.5, 0).
  expect(out).toContain('daqp 1 -1.0000000 -1.5000000 -3.375000');
  expect(out).toContain('lam -0.5000000 0.0000000 -0.5000000 0.0000000');
  // x + y = 2 shared out so that the slopes are alike, then less of the second.
  expect(out).toContain('first 1.000000 1.000000');
  expect(out).toContain('then 2.000000 0.000000');
});
