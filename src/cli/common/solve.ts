/** `memorize solve FILE`: a linear or quadratic program from a file, solved and judged. */
import { readFileSync } from 'node:fs';
import {
  denseProblem,
  loadHighs,
  loadJavascriptLpSolver,
  type Model,
  type QpProblem,
  readJsonProblem,
  readMps,
  type Solution,
  solveQp,
} from '../../../solvers/index.js';
import { createScreen, defineCommand, type Invocation, option } from '../../app/index.js';
import { EngramError } from '../../core/index.js';

const SOLVERS = ['auto', 'activeSet', 'interiorPoint', 'highs', 'javascript-lp-solver'] as const;

interface Options {
  solver: (typeof SOLVERS)[number];
  json?: boolean;
}

export const solveCommand = defineCommand<Options>({
  name: 'solve',
  about: 'Solves a linear or quadratic program from a file: .mps, .qps or .json.',
  argument: ['<file>', 'the program: MPS or QPS, free or fixed, or JSON'],
  options: [
    { ...option('--solver <name>', 'who solves it', undefined, 'auto'), choices: SOLVERS },
    option('--json', 'print the whole answer as JSON and nothing else'),
  ],
  work: runSolve,
});

async function runSolve({ solver, json }: Options, _: Invocation, file: string): Promise<number> {
  const { problem, model } = read(file);
  const screen = createScreen({ lines: !json, progress: false });
  const sign = model?.maximize ? -1 : 1;
  const kind = problem.P === undefined ? 'linear' : 'quadratic';
  const rows = problem.l?.length ?? problem.u?.length ?? 0;
  screen.line('problem', `${model?.name ?? file}: ${problem.q.length} variables, ${rows} rows, ${kind}`);
  const named = (x: Float64Array) =>
    model ? Object.fromEntries(model.columns.map((name, k) => [name, x[k]])) : Array.from(x);
  const print = (answer: object) => process.stdout.write(`${JSON.stringify(answer, numbers, 2)}\n`);

  if (model?.integer.some((is) => is)) {
    if (solver !== 'auto' && solver !== 'highs') {
      throw new EngramError('usage', `${file} has integer variables; only --solver highs takes them; got ${solver}`);
    }
    const { x, ...answer } = (await loadHighs()).solveMip(problem, model.integer);
    answer.objective *= sign;
    if (json) print({ ...answer, method: 'highs', x: named(x) });
    screen.line('status', `${answer.status}: HiGHS says so; feasibility is checked, optimality with integers is not`);
    screen.line('value', `${answer.objective}`);
    screen.line('checked', `violation ${short(answer.violation)}, integrality ${short(answer.integrality)}`);
    return answer.status === 'claimed' ? 0 : 4;
  }

  const solution = await solve(problem, solver);
  const { status, method, x, y, z, residuals, certificate, ray, work, tried } = solution;
  const objective = sign * solution.objective;
  if (json) {
    const dual = model ? Object.fromEntries(model.rows.map((name, i) => [name, y[i]])) : Array.from(y);
    const proof = certificate && { violation: certificate.violation, radius: certificate.radius };
    const direction = ray && named(ray);
    print({
      status,
      method,
      tried,
      objective,
      residuals,
      work,
      proof,
      ray: direction,
      x: named(x),
      y: dual,
      z: named(z),
    });
  }
  screen.line('status', `${status}, by ${method}${tried.length > 1 ? ` (after ${tried[0]})` : ''}`);
  if (certificate) {
    screen.line('proof', `every point violates some limit by at least ${short(certificate.violation)}`);
  } else {
    screen.line('value', `${objective}`);
    screen.line(
      'checked',
      `primal residual ${short(residuals.primal)}, dual ${short(residuals.dual)}, gap ${short(residuals.gap)}`,
    );
  }
  screen.line('work', `${work.rounds} rounds, ${work.additions} additions, ${work.removals} removals`);
  return status === 'solved' ? 0 : 4;
}

const short = (value: number) => value.toExponential(1);
/** JSON has no infinities: they become words. */
const numbers = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

async function solve(problem: QpProblem, solver: Options['solver']): Promise<Solution> {
  if (solver === 'highs') return (await loadHighs()).solve(problem);
  if (solver === 'javascript-lp-solver') return (await loadJavascriptLpSolver()).solve(problem);
  return solveQp(problem, { method: solver });
}

function read(file: string): { problem: QpProblem; model?: Model } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new EngramError('input', `cannot read ${file}: ${(error as Error).message}`);
  }
  if (/\.json$/i.test(file)) return { problem: readJsonProblem(text, file) };
  if (!/\.(mps|qps)$/i.test(file)) {
    throw new EngramError('usage', `the name of the program must end in .mps, .qps or .json; got "${file}"`);
  }
  const model = readMps(text, file);
  return { problem: denseProblem(model), model };
}
