/** How a program is taken on: dense or sparse, and which method goes first. Work counters decide, no clock. */
import { analyseSteps } from './interior-point/sparse-system.js';
import { fitsDense, type Program } from './problem.js';
import type { Method, Settings } from './solution.js';
import type { Analysis } from './sparse/analysis.js';
import { type Compressed, compressed, entryCount, expanded, isCompressed, type Matrix } from './sparse/matrix.js';
import { FEW_VARIABLES, WELL_CURVED } from './tolerances.js';

/** Numbers of dense matrices from which on their zeros are counted, and the part of them that may be none. */
const MANY_NUMBERS = 4000;
const FULL = 0.25;
/** How many multiplications the dense kernels do while the sparse one does one. */
const DENSE_SPEED = 8;

/** A program in the forms in which it is worked with. */
export interface Forms {
  /** As methods take it: sparse if it is mostly zeros or too large, else dense. */
  program: Program | Program<Compressed>;
  /** As it is judged, matrices that are mostly zeros compressed: residuals pass over zeros, and give the same digits. */
  thin: Program<Matrix>;
}

/** The forms of a program; entries are counted once, because a small problem pays for every walk over its zeros. */
export function formed(given: Program<Matrix>): Forms {
  const { n, m, P, A, hessian } = given;
  const whole = P === 'whole';
  const numbers = n * (m + (whole ? n : 0));
  const rows = entryCount(A);
  const curved = whole ? entryCount(hessian) : 0;
  const thin = (M: Float64Array, count: number) => (count > FULL * M.length ? M : compressed(M, n, count));
  // Full rows beside a diagonal P that are given by columns stay so: a factor of n + m rows has few entries there.
  const full = (whole || !isCompressed(A)) && rows + curved > FULL * numbers;
  if ((full || numbers < MANY_NUMBERS) && fitsDense(n, m)) {
    const program = dense(given);
    return {
      program,
      thin: { ...given, A: thin(program.A, rows), hessian: whole ? thin(program.hessian, curved) : hessian },
    };
  }
  const program = {
    ...given,
    A: compressed(A, n, rows),
    hessian: whole ? compressed(hessian, n, curved) : (hessian as Float64Array),
  };
  return { program, thin: program };
}

export const isSparse = (program: Program | Program<Compressed>): program is Program<Compressed> =>
  isCompressed(program.A);

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
