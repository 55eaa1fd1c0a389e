// `highs` (npm): HiGHS in WASM, its QP active-set method. Feasibility tolerances are set to 1e-9; the method itself
// adds a regularization of 1e-7 to the Hessian, which is left at its default.
import loadHighs from 'highs';
import { timed } from '../measure.mjs';

const highs = await loadHighs();

export const name = 'highs';

/** { milliseconds, x, y, iterations } of a problem (bench/neuron.mjs); the model is passed beforehand. */
export async function solve({ n, m, rows, limits, equalities, bound }, limit) {
  const model = {
    numCols: n,
    numRows: m,
    colCost: new Float64Array(n),
    colLower: new Float64Array(n).fill(-bound),
    colUpper: new Float64Array(n).fill(bound),
    rowLower: limits,
    rowUpper: limits.map((side, i) => (i < equalities ? side : highs.infinity)),
    matrix: {
      format: 'csr',
      numRows: m,
      numCols: n,
      starts: Int32Array.from({ length: m + 1 }, (_, i) => i * n),
      indices: Int32Array.from({ length: m * n }, (_, i) => i % n),
      values: rows,
    },
    hessian: {
      format: 'triangular',
      dimension: n,
      starts: Int32Array.from({ length: n + 1 }, (_, i) => i),
      indices: Int32Array.from({ length: n }, (_, i) => i),
      values: new Float64Array(n).fill(1),
    },
  };
  return highs.withModel(model, (solver) => {
    solver.options.set('primal_feasibility_tolerance', 1e-9);
    solver.options.set('dual_feasibility_tolerance', 1e-9);
    solver.options.set('qp_regularization_value', 0);
    solver.options.set('time_limit', limit / 1000);
    const { milliseconds, result } = timed(() => solver.run());
    if (result.modelStatus !== highs.constants.modelStatus.optimal) return { milliseconds, failure: 'gave up' };
    const { colValue, rowDual } = solver.getSolution();
    const iterations = Number(solver.info.get('qp_iteration_count'));
    return { milliseconds, x: Float64Array.from(colValue), y: Float64Array.from(rowDual), iterations };
  });
}
