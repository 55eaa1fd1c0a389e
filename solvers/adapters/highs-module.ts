/**
 * The package `highs`, and how it is asked. The build packs it with its WASM into this one module (vendor.mjs), so that it loads anywhere,
 * and only when it is asked.
 */
import create from 'highs';
import type { Program } from '../problem.js';
import type { Compressed, Matrix } from '../sparse/matrix.js';

/** A fresh instance of HiGHS, as a function that solves a program in it. One function, longer than most: it holds the instance. */
export async function openHighs() {
  // The package's types speak of CommonJS, its module does not.
  const highs = await (create as unknown as typeof create.default)();
  const { modelStatus } = highs.constants;

  /** A by rows, P likewise if it is more than a diagonal, and to what HiGHS may violate limits and reduced costs. */
  function runHighs(
    program: Program<Matrix>,
    A: Compressed,
    whole: Compressed | undefined,
    feasibility: number,
    integer?: readonly boolean[],
  ) {
    const { n, m, q, l, u, lb, ub, constant } = program;
    const data = {
      numCols: n,
      numRows: m,
      offset: constant,
      colCost: q,
      colLower: lb,
      colUpper: ub,
      rowLower: l,
      rowUpper: u,
      matrix: {
        format: 'csr' as const,
        numRows: m,
        numCols: n,
        starts: A.starts,
        indices: A.columns,
        values: A.values,
      },
      hessian:
        program.P === 'zero' ? undefined : { format: 'triangular' as const, dimension: n, ...triangle(program, whole) },
      integrality: integer && Int32Array.from(integer, (is) => (is ? 1 : 0)),
    };
    return highs.withModel((model) => {
      for (const name of ['primal_feasibility_tolerance', 'dual_feasibility_tolerance'])
        model.options.set(name, feasibility);
      // Caps, because it has been seen to go on for ever; a clock would make answers differ from run to run.
      for (const name of ['simplex', 'qp', 'ipm']) model.options.set(`${name}_iteration_limit`, 1000 + 50 * (n + m));
      model.options.set('qp_regularization_value', 0);
      if (integer) model.options.set('mip_rel_gap', 0);
      try {
        model.passModel(data);
        model.run();
      } catch {
        return { status: modelStatus.solveError };
      }
      const status = model.getModelStatus();
      const lost = status === modelStatus.infeasible || status === modelStatus.unboundedOrInfeasible;
      const ray = (read: () => { values: Float64Array } | undefined) => {
        try {
          return integer ? undefined : read()?.values;
        } catch {
          return undefined;
        }
      };
      return {
        status,
        solution: model.getSolution(),
        dualRay: lost ? ray(() => model.getDualRay()) : undefined,
        primalRay: status === modelStatus.unbounded ? ray(() => model.getPrimalRay()) : undefined,
      };
    });
  }

  return { runHighs, modelStatus };
}

/** The lower triangle of P by columns: the upper half by rows. */
function triangle({ n, P, hessian }: Program<Matrix>, whole?: Compressed) {
  const starts = new Int32Array(n + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (let j = 0; j < n; j++) {
    const own = whole ? 0 : P === 'identity' ? 1 : (hessian as Float64Array)[j];
    if (own !== 0) {
      indices.push(j);
      values.push(own);
    }
    for (let p = whole?.starts[j] ?? 0; whole && p < whole.starts[j + 1]; p++) {
      if (whole.columns[p] < j) continue;
      indices.push(whole.columns[p]);
      values.push(whole.values[p]);
    }
    starts[j + 1] = indices.length;
  }
  return { starts, indices: Int32Array.from(indices), values: Float64Array.from(values) };
}
