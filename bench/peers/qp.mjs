// Other QP solvers on one neuron's program, as their users would do it: minimize 1/2 |w|^2 under all rows so
// far, scan the potential exactly, add the violated moments, solve again from scratch.
import loadHighs from 'highs';
import quadprog from 'quadprog';

const highs = await loadHighs();

/** min 1/2 |w|^2, rows . w >= limits (the first `equalities` of them =), |w| <= bound. Returns w. */
export const peers = {
  quadprog(rows, limits, equalities, bound) {
    const n = rows[0].length;
    const m = rows.length;
    // One-based arrays, constraints in columns.
    const identity = [undefined, ...Array.from({ length: n }, (_, i) => oneBased(n, (k) => (k === i ? 1 : 0)))];
    const columns = (k) => [
      undefined,
      ...rows.map((row) => row[k]),
      ...Array.from({ length: n }, (_, i) => (i === k ? 1 : 0)),
      ...Array.from({ length: n }, (_, i) => (i === k ? -1 : 0)),
    ];
    const A = [undefined, ...Array.from({ length: n }, (_, k) => columns(k))];
    const b = [undefined, ...limits, ...new Array(2 * n).fill(-bound)];
    const { solution, message } = quadprog.solveQP(
      identity,
      oneBased(n, () => 0),
      A,
      b,
      equalities,
    );
    if (message) throw new Error(`quadprog on ${m} rows: ${message}`);
    return Float64Array.from(solution.slice(1));
  },

  highs(rows, limits, equalities, bound) {
    const n = rows[0].length;
    const m = rows.length;
    const data = {
      numCols: n,
      numRows: m,
      colCost: new Float64Array(n),
      colLower: new Float64Array(n).fill(-bound),
      colUpper: new Float64Array(n).fill(bound),
      rowLower: Float64Array.from(limits),
      rowUpper: Float64Array.from(limits, (limit, i) => (i < equalities ? limit : highs.infinity)),
      matrix: {
        format: 'csr',
        numRows: m,
        numCols: n,
        starts: Int32Array.from({ length: m + 1 }, (_, i) => i * n),
        indices: Int32Array.from({ length: m * n }, (_, i) => i % n),
        values: Float64Array.from({ length: m * n }, (_, i) => rows[Math.floor(i / n)][i % n]),
      },
      hessian: {
        format: 'triangular',
        dimension: n,
        starts: Int32Array.from({ length: n + 1 }, (_, i) => i),
        indices: Int32Array.from({ length: n }, (_, i) => i),
        values: new Float64Array(n).fill(1),
      },
    };
    return highs.withModel(data, (model) => {
      model.run();
      return Float64Array.from(model.getSolution().colValue);
    });
  },
};

const oneBased = (n, value) => [undefined, ...Array.from({ length: n }, (_, i) => value(i))];
