/** How a program is taken on: dense or sparse, and which method goes first. Work counters decide, no clock. */
import { analyseSteps } from './interior-point/sparse-system.js';
import { fitsDense, type Program } from './problem.js';
import type { Method, Settings } from './solution.js';
import type { Analysis } from './sparse/analysis.js';
import { type Compressed, compressed, entryCount, expanded, FEW, isCompressed, type Matrix } from './sparse/matrix.js';
import { FEW_VARIABLES, WELL_CURVED } from './tolerances.js';

/** Numbers of dense matrices from which on their zeros are counted. */
const MANY_NUMBERS = 4000;
/** How many multiplications the dense kernels do while the sparse one does one. */
const DENSE_SPEED = 8;

/** A program in the forms in which it is worked with. */
export interface Forms {
  /** Whether methods take it as a sparse one: if it is mostly zeros or too large. P is dense where they do not. */
  sparse: boolean;
  program: Program<Matrix>;
  /** As it is judged, matrices that are mostly zeros compressed: residuals pass over zeros, and give the same digits. */
  thin: Program<Matrix>;
}

/** The forms of a program. */
export function formed(given: Program<Matrix>): Forms {
  const { n, m, A } = given;
  const whole = given.P === 'whole';
  const numbers = n * (m + (whole ? n : 0));
  const few = Math.floor(FEW * numbers);
  const fewCurved = Math.floor(FEW * n * n);
  const rows = isCompressed(A) ? A.values.length : entryCount(A, few);
  const curved = whole ? entryCount(given.hessian, Math.max(few - rows, fewCurved)) : 0;
  // Full rows beside a diagonal P that are given by columns stay so: a factor of n + m rows has few entries there.
  const full = (whole || !isCompressed(A)) && rows + curved > few;
  if ((full || numbers < MANY_NUMBERS) && fitsDense(n, m)) {
    const hessian = whole ? expanded(given.hessian, n) : given.hessian;
    const program = { ...given, hessian };
    const thin = {
      ...given,
      A: rows > FEW * n * m ? expanded(A, n) : compressed(A, n),
      hessian: whole && curved <= fewCurved ? compressed(hessian, n) : hessian,
    };
    return { sparse: false, program, thin };
  }
  const hessian = whole ? compressed(given.hessian, n) : given.hessian;
  const program = { ...given, A: compressed(A, n), hessian };
  return { sparse: true, program, thin: program };
}

/** The program with dense matrices. */
export const dense = (program: Program<Matrix>): Program => ({
  ...program,
  A: expanded(program.A, program.n),
  hessian: program.P === 'whole' ? expanded(program.hessian, program.n) : (program.hessian as Float64Array),
});

/** What is tried in which order, and why. */
export interface Choice {
  order: Method[];
  /** The factorisation of interior-point steps, where it is sparse. */
  analysis?: Analysis;
  /** In words. */
  why: string;
}

/** Chooses for a program whose P has `curvature` as its least pivot, and in which steps are taken by `sparse`, where it is a sparse one. */
export function choose(
  { n, m }: Pick<Program, 'n' | 'm'>,
  sparse: Program<Compressed> | undefined,
  curvature: number,
  { method = 'auto', start }: Settings,
): Choice {
  const fits = fitsDense(n, m);
  let analysis: Analysis | undefined;
  let fill = 'dense matrices';
  if (sparse && (method !== 'activeSet' || !fits)) {
    const found = analyseSteps(sparse);
    // A dense step: the Gram matrix of the rows, and Cholesky.
    const step = (n * n * (m + n / 3)) / 2 / DENSE_SPEED;
    const sparseStep = found.work + 4 * found.entries;
    if (sparseStep < step || !fits) analysis = found;
    fill = `a sparse step takes ${words(sparseStep)} multiplications, a dense one ${words(step * DENSE_SPEED)}`;
  }
  if (method !== 'auto') return { order: [method], analysis, why: `asked for; ${fill}` };
  if (!fits) return { order: ['interiorPoint'], analysis, why: `too large for dense matrices; ${fill}` };
  const few = n <= FEW_VARIABLES;
  // What the interior point cannot finish with the active set from its own point, the active set from nothing seldom can, and not soon.
  if (analysis && !start)
    return { order: few ? ['interiorPoint', 'activeSet'] : ['interiorPoint'], analysis, why: fill };
  const curved = curvature > WELL_CURVED;
  if (curved || start || few) {
    const why = start ? 'a start is given' : curved ? 'P is well curved' : `at most ${FEW_VARIABLES} variables`;
    return { order: ['activeSet', 'interiorPoint'], analysis, why: `${why}; ${fill}` };
  }
  return { order: ['interiorPoint'], analysis, why: `P is flat; ${fill}` };
}

const words = (count: number) => count.toExponential(1);
