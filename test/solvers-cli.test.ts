import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const main = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'engram-solve-'));
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'solve', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const program = `NAME tiny
ROWS
 N c
 L r
COLUMNS
 x c -1
 x r 1
 y c -2
 y r 1
RHS
 s r 4
BOUNDS
 UP b y 3
ENDATA
`;
const quadratic = program.replace('ENDATA', 'QUADOBJ\n x x 1\n y y 1\nENDATA');

it('memorize solve prints status, value and measured residuals', () => {
  const { status, stdout } = run(file('tiny.qps', quadratic));
  expect(status).toBe(0);
  expect(stdout).toContain('problem  tiny: 2 variables, 1 rows, quadratic');
  expect(stdout).toContain('status   solved, by activeSet');
  expect(stdout).toMatch(/value +-2\.5\n/);
  expect(stdout).toMatch(/checked +primal residual \S+, dual \S+, gap \S+/);
});

it.each(['auto', 'activeSet', 'interiorPoint', 'highs', 'javascript-lp-solver'])(
  'memorize solve --solver %s gives names and multipliers as JSON',
  (solver) => {
    const { status, stdout } = run(file('tiny.mps', program), '--solver', solver, '--json');
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.status).toBe('solved');
    expect(answer.objective).toBeCloseTo(-7, 9);
    expect(answer.x.x).toBeCloseTo(1, 9);
    expect(answer.x.y).toBeCloseTo(3, 9);
    expect(answer.y.r).toBeCloseTo(-1, 9);
  },
);

it('memorize solve reads JSON, maximizes, and gives integer programs to HiGHS', () => {
  const json = file('p.json', '{"P": "identity", "q": [1, 2], "lb": [0, null]}');
  expect(JSON.parse(run(json, '--json').stdout)).toMatchObject({ status: 'solved', objective: -2, x: [0, -2] });
  const sparse = file(
    's.json',
    '{"q": [1, 1], "A": {"starts": [0, 1, 2], "rows": [0, 0], "values": [1, 2]}, "l": [4], "lb": [0, 0]}',
  );
  expect(JSON.parse(run(sparse, '--json').stdout)).toMatchObject({ status: 'solved', objective: 2, x: [0, 2] });
  const largest = file('max.mps', `OBJSENSE MAX\n${program.replaceAll('c -', 'c ')}`);
  expect(JSON.parse(run(largest, '--json').stdout).objective).toBeCloseTo(7, 9);
  const whole = file('mip.mps', program.replace('BOUNDS', 'BOUNDS\n UI b x 0.5'));
  const answer = run(whole);
  expect(answer.status).toBe(0);
  expect(answer.stdout).toContain('claimed: HiGHS says so');
  expect(run(whole, '--solver', 'activeSet')).toMatchObject({ status: 2 });
});

it('memorize solve says what proves infeasibility, and exits with 4', () => {
  const { status, stdout } = run(file('no.mps', program.replace('BOUNDS', 'BOUNDS\n LO b x 9')));
  expect(status).toBe(4);
  expect(stdout).toContain('infeasible');
  expect(stdout).toMatch(/proof +every point violates some limit by at least/);
});

it.each([
  ['a file that is missing', ['nowhere.mps'], 3, /cannot read nowhere\.mps/],
  ['a file of another kind', [file('x.txt', '')], 2, /must end in \.mps, \.qps or \.json/],
  [
    'a broken file',
    [file('bad.mps', program.replace('r 4', 'r four'))],
    3,
    /bad\.mps:11: expected a number; got "four"/,
  ],
  ['an unknown solver', [file('ok.mps', program), '--solver', 'gurobi'], 2, /Allowed choices are auto/],
  ['no file', [], 2, /missing required argument/],
] as [string, string[], number, RegExp][])('memorize solve refuses %s in one line', (_, args, code, message) => {
  const { status, stderr, stdout } = run(...args);
  expect(status).toBe(code);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

it('memorize solve names the file whose parts do not fit together', () => {
  const { status, stderr } = run(file('shape.json', '{"q": [1, 1], "A": [1, 1, 1], "l": [0]}'));
  expect(status).toBe(2);
  expect(stderr).toMatch(/shape\.json: A must hold 1 x 2 numbers \(rows x variables\); got 3/);
});

it('memorize solve says whether P is proved convex, and for which points a proof holds', () => {
  const flat = file('flat.json', '{"P": [[1, 1], [1, 1]], "q": [-1, -1], "lb": [0, 0]}');
  expect(JSON.parse(run(flat, '--json').stdout)).toMatchObject({ status: 'solved', convexity: 'undecided' });
  expect(run(flat).stdout).toContain('that it is convex is not proved');
  const round = file('round.json', '{"P": "identity", "q": [-1, -1]}');
  expect(JSON.parse(run(round, '--json').stdout).convexity).toBe('proved');
  const open = file('open.json', '{"q": [1], "A": [0.3, 0.1], "l": [1, null], "u": [null, 0.1]}');
  const { radius } = JSON.parse(run(open, '--json').stdout).proof;
  expect(run(open).stdout).toContain(`every point with all |x| up to ${radius.toExponential(1)} violates`);
});
