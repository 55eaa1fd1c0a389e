/** `memorize solve FILE`: a linear or quadratic program from a file, solved and judged. */
import { readFileSync } from 'node:fs';
import {
  loadHighs,
  loadJavascriptLpSolver,
  type QpProblem,
  readJsonProblem,
  readMps,
  type Solution,
  type SparseMatrix,
  type SparseProblem,
  solveQp,
  sparseProblem,
} from '../../../solvers/index.js';
import { createScreen, defineCommand, type Invocation, option, type Screen } from '../../app/index.js';
import { EngramError } from '../../core/index.js';

const SOLVERS = ['auto', 'activeSet', 'interiorPoint', 'highs', 'javascript-lp-solver'] as const;

type Program = QpProblem<Float64Array | SparseMatrix>;

interface Options {
  solver: (typeof SOLVERS)[number];
  json?: boolean;
}

export const solveCommand = defineCommand<Options>({
  name: 'solve',
  about: 'solves a linear or quadratic program from a file: .mps, .qps or .json',
  argument: ['<file>', 'the program: MPS or QPS, free or fixed, or JSON'],
  options: [
    { ...option('--solver <name>', 'who solves it', undefined, 'auto'), choices: SOLVERS },
    option('--json', 'print the whole answer as JSON and nothing else'),
  ],
  work: runSolve,
});

async function runSolve({ solver, json }: Options, _: Invocation, file: string): Promise<number> {
  const { problem, model } = read(file);
  const whole = model?.integer.some((is) => is);
  if (whole && problem.P) {
    throw new EngramError('input', `${file}: integer variables and a quadratic objective are taken by no solver here`);
  }
  if (whole && solver !== 'auto' && solver !== 'highs') {
    throw new EngramError('usage', `${file} has integer variables; only --solver highs takes them; got ${solver}`);
  }
  const screen = createScreen({ lines: !json, progress: false });
  const kind = problem.P === undefined ? 'linear' : 'quadratic';
  const rows = problem.l?.length ?? problem.u?.length ?? 0;
  screen.line('problem', `${model?.name ?? file}: ${problem.q.length} variables, ${rows} rows, ${kind}`);
  if (model && whole) return solveWhole(problem, model, screen, json);

  const solution = await solve(problem, solver).catch((error: unknown) => {
    // What does not fit together, or is not convex, stands in the file.
    throw error instanceof EngramError ? new EngramError(error.code, `${file}: ${error.message}`) : error;
  });
  const { status, method, convexity, residuals, certificate, work, tried, why, x } = solution;
  const sign = model?.maximize ? -1 : 1;
  if (json) print(answerOf(solution, model));
  screen.line('status', `${status}, by ${method}${tried.length > 1 ? ` (after ${tried[0]})` : ''}`);
  if (why) screen.line('chosen', why);
  if (convexity === 'undecided')
    screen.line('', 'P is flat to rounding in some direction; that it is convex is not proved');
  if (certificate) {
    const { violation, radius } = certificate;
    const where = Number.isFinite(radius) ? `every point with all |x| up to ${short(radius)}` : 'every point';
    screen.line('proof', `${where} violates some limit by at least ${short(violation)}`);
  } else {
    screen.line('value', `${sign * solution.objective}`);
    const { primal, dual, gap } = residuals;
    screen.line('checked', `primal residual ${short(primal)}, dual ${short(dual)}, gap ${short(gap)}`);
    listVariables(x, model, screen);
  }
  screen.line('work', `${work.rounds} rounds, ${work.additions} additions, ${work.removals} removals`);
  return status === 'solved' ? 0 : 4;
}

/** A program with integers goes to HiGHS, whose word nobody can check in full. */
async function solveWhole(problem: Program, model: SparseProblem, screen: Screen, json?: boolean): Promise<number> {
  const { x, ...answer } = (await loadHighs()).solveMip(problem, model.integer);
  if (model.maximize) answer.objective = -answer.objective;
  if (json) print({ ...answer, sense: senseOf(model), method: 'highs', x: named(x, model.columns) });
  screen.line('status', `${answer.status}: HiGHS says so; feasibility is checked, optimality with integers is not`);
  if (answer.status === 'claimed') {
    screen.line('value', `${answer.objective}`);
    screen.line('checked', `violation ${short(answer.violation)}, integrality ${short(answer.integrality)}`);
    listVariables(x, model, screen);
  }
  return answer.status === 'claimed' ? 0 : 4;
}

/**
 * The whole answer in the sense of the file: objective, y and z of a maximization are those of the maximization, so that
 * y and z always are the rise of the objective per unit of their limit. The multipliers of a proof have no sense.
 */
function answerOf(solution: Solution, model?: SparseProblem): object {
  const { status, convexity, method, tried, why, residuals, work, certificate, ray, x } = solution;
  const sign = model?.maximize ? -1 : 1;
  const [y, z] = [solution.y, solution.z].map((values) =>
    certificate ? values : values.map((value) => (value === 0 ? 0 : sign * value)),
  );
  return {
    ...{ status, convexity, method, tried, why, sense: senseOf(model), objective: sign * solution.objective },
    ...{ residuals: { ...residuals, objective: sign * residuals.objective }, work },
    proof: certificate && { violation: certificate.violation, radius: certificate.radius },
    ray: ray && named(ray, model?.columns),
    x: named(x, model?.columns),
    multipliers: certificate ? 'of the proof' : 'rise of the objective per unit of the limit',
    y: named(y, model?.rows),
    z: named(z, model?.columns),
  };
}

const senseOf = (model?: SparseProblem) => (model?.maximize ? 'maximize' : 'minimize');
const named = (values: Float64Array, names?: readonly string[]) =>
  names ? Object.fromEntries(names.map((name, k) => [name, values[k]])) : Array.from(values);
const print = (answer: object) => process.stdout.write(`${JSON.stringify(answer, numbers, 2)}\n`);

/** Variables that are printed; --json has all. */
const LISTED = 12;

/** The variables that are not zero, the first of them. */
function listVariables(x: Float64Array, model: SparseProblem | undefined, screen: Screen): void {
  const busy = Array.from(x.keys()).filter((k) => x[k] !== 0);
  const shown = busy.slice(0, LISTED).map((k) => `${model?.columns[k] ?? `x${k}`} = ${x[k]}`);
  const more = busy.length - shown.length;
  const rest = more > 0 ? `${more} more are not 0: --json` : busy.length < x.length ? 'all others 0' : undefined;
  screen.line('x', [...shown, ...(rest ? [rest] : [])].join(' · '));
}

const short = (value: number) => value.toExponential(1);
/** JSON has no infinities: they become words. */
const numbers = (_: string, value: unknown) =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

async function solve(problem: Program, solver: Options['solver']): Promise<Solution> {
  if (solver === 'highs') return (await loadHighs()).solve(problem);
  if (solver === 'javascript-lp-solver') return (await loadJavascriptLpSolver()).solve(problem);
  return solveQp(problem, { method: solver });
}

function read(file: string): { problem: Program; model?: SparseProblem } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new EngramError('input', `cannot read ${file}: ${(error as Error).message}`);
  }
  const text = decoded(bytes);
  if (/\.json$/i.test(file)) return { problem: readJsonProblem(text, file) };
  if (!/\.(mps|qps)$/i.test(file)) {
    throw new EngramError('usage', `the name of the program must end in .mps, .qps or .json; got "${file}"`);
  }
  const model = readMps(text, file);
  return { problem: sparseProblem(model), model };
}

/** Text in UTF-8, or else in Windows-1252, where every byte is a letter of its own and no two names become one. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
