/** Problems at the edge of rounding, through `memorize solve`: answers that are right, undecided, or refused. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folder, run } from './command.js';

/** Name, exit code, what is said, and the problem. */
const cases: [string, number, RegExp, string][] = [
  ['huge-cost', 2, /q\[0\] must be at most 1e\+150/, '{"q": [1e+308, -1], "lb": [-1, -1], "ub": [1, 1]}'],
  [
    'indefinite-solved',
    2,
    /P must be positive semidefinite/,
    '{"P": [[1, 1.00000000005], [1.00000000005, 1]], "q": [0, 0], "lb": [-1000000.0, -1000000.0], "ub": [1000000.0, 1000000.0]}',
  ],
  [
    'indefinite-unbounded-solved',
    2,
    /P must be positive semidefinite/,
    '{"P": [[1, 1.00000000005], [1.00000000005, 1]], "q": [0, 0]}',
  ],
  [
    'huge-entry-solved',
    2,
    /A\[0\] must be at most 1e\+150/,
    '{"q": [-1], "P": "identity", "A": [[-5.6e+307]], "l": [-8], "u": [8], "lb": [-1], "ub": [5]}',
  ],
  [
    'lp-bounded-called-unbounded',
    4,
    /^status +(?!.*(unbounded|NaN))/m,
    '{"q": [-1, 0], "A": [[1, -0.9999999999995453], [-1, 1]], "l": [null, null], "u": [0, 1], "lb": [0, 0]}',
  ],
  [
    'strictly-convex-unbounded',
    4,
    /^status +(?!.*(unbounded|NaN))/m,
    '{"P": [[1, 1], [1, 1.0000000000009095]], "q": [1, -1]}',
  ],
  [
    'big-m-roundlimit',
    0,
    /^status +solved[\s\S]*^value +-34359008\.46[01]/m,
    '{"q": [-3, -5, 108.92878283814323, 108.92878283814323], "A": [[1, 0, -4294903.289820608, 0], [0, 1, 0, -4294903.289820608]], "l": [null, null], "u": [0, 0], "lb": [0, 0, 0, 0], "ub": [null, null, 1, 1]}',
  ],
];

it.each(cases)('%s', (name, code, said, problem) => {
  const cwd = folder();
  writeFileSync(join(cwd, `${name}.json`), problem);
  const { status, stdout, stderr } = run(['solve', `${name}.json`], cwd);
  expect(status, stderr).toBe(code);
  expect(stdout + stderr).toMatch(said);
  expect(stdout + stderr).not.toMatch(/NaN|^status +unbounded/m);
});
