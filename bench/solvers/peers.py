"""Solves the problem of a JSON line with native solvers, for bench/solvers/sparse.mjs.

One line in: {P, q, A, l, u, lb, ub}, matrices as {starts, rows, values}; infinite limits are null. One line out: for every
solver that is installed {seconds, x, y, z}, seconds of processor time, the least of three runs, set-up included.
"""

import json
import os
import sys
import time

import numpy as np
from scipy import sparse

INF = np.inf
# What solvers print goes to the error stream.
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def least(solve):
    best, answer = INF, None
    for _ in range(3):
        begin = time.process_time()
        answer = solve()
        best = min(best, time.process_time() - begin)
    return best, answer


def piqp(p):
    import piqp

    def solve():
        s = piqp.SparseSolver()
        s.settings.eps_abs = 1e-10
        s.settings.eps_rel = 0
        s.settings.eps_duality_gap_abs = 1e-10
        s.settings.eps_duality_gap_rel = 0
        s.settings.max_iter = 200
        eq = p["l"] == p["u"]
        ineq = ~eq
        s.setup(p["P"], p["q"], p["A"][eq].tocsc(), p["l"][eq], p["A"][ineq].tocsc(), p["l"][ineq], p["u"][ineq], p["lb"], p["ub"])
        s.solve()
        r = s.result
        y = np.zeros(len(p["l"]))
        y[eq] = -r.y
        y[ineq] = r.z_l - r.z_u
        return r.x, y, r.z_bl - r.z_bu

    return least(solve)


def clarabel(p):
    import clarabel

    n = len(p["q"])
    rows = sparse.vstack([p["A"], sparse.identity(n)]).tocsr()
    low, high = np.concatenate([p["l"], p["lb"]]), np.concatenate([p["u"], p["ub"]])
    eq = low == high
    up, down = ~eq & np.isfinite(high), ~eq & np.isfinite(low)
    G = sparse.vstack([rows[eq], rows[up], -rows[down]]).tocsc()
    h = np.concatenate([low[eq], high[up], -low[down]])
    P = sparse.triu(p["P"]).tocsc()

    def solve():
        s = clarabel.DefaultSettings()
        s.verbose = False
        s.tol_gap_abs = s.tol_gap_rel = s.tol_feas = 1e-10
        cones = [clarabel.ZeroConeT(int(eq.sum())), clarabel.NonnegativeConeT(int(up.sum() + down.sum()))]
        r = clarabel.DefaultSolver(P, p["q"], G, h, cones, s).solve()
        v, (a, b) = np.array(r.z), (int(eq.sum()), int(eq.sum() + up.sum()))
        y = np.zeros(len(low))
        y[eq] = -v[:a]
        y[up] -= v[a:b]
        y[down] += v[b:]
        return np.array(r.x), y[: len(p["l"])], y[len(p["l"]) :]

    return least(solve)


def highs(p):
    import highspy

    def solve():
        n, m = len(p["q"]), len(p["l"])
        model = highspy.HighsModel()
        lp = model.lp_
        lp.num_col_, lp.num_row_ = n, m
        lp.col_cost_, lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_ = p["q"], p["lb"], p["ub"], p["l"], p["u"]
        A = p["A"].tocsc()
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = A.indptr, A.indices, A.data
        if p["P"].nnz:
            H = sparse.tril(p["P"]).tocsc()
            model.hessian_.dim_ = n
            model.hessian_.format_ = highspy.HessianFormat.kTriangular
            model.hessian_.start_, model.hessian_.index_, model.hessian_.value_ = H.indptr, H.indices, H.data
        s = highspy.Highs()
        s.silent()
        s.setOptionValue("primal_feasibility_tolerance", 1e-10)
        s.setOptionValue("dual_feasibility_tolerance", 1e-10)
        s.setOptionValue("time_limit", 20.0)
        s.setOptionValue("threads", 1)
        s.setOptionValue("qp_regularization_value", 0.0)
        s.passModel(model)
        s.run()
        r = s.getSolution()
        return np.array(r.col_value), np.array(r.row_dual), np.array(r.col_dual)

    return least(solve)


def osqp(p):
    import osqp

    n = len(p["q"])
    rows = sparse.vstack([p["A"], sparse.identity(n)]).tocsc()
    low, high = np.concatenate([p["l"], p["lb"]]), np.concatenate([p["u"], p["ub"]])

    def solve():
        s = osqp.OSQP()
        s.setup(sparse.triu(p["P"]).tocsc(), p["q"], rows, low, high, eps_abs=1e-10, eps_rel=0, max_iter=20000, polishing=True, verbose=False)
        r = s.solve()
        return r.x, -r.y[: len(p["l"])], -r.y[len(p["l"]) :]

    return least(solve)


def daqp(p):
    import daqp
    from ctypes import c_int

    n, m = len(p["q"]), len(p["l"])
    if n > 500 or not p["P"].nnz:
        raise ValueError("dense, and for small strictly convex programs")
    H, A = np.ascontiguousarray(p["P"].toarray()), np.ascontiguousarray(p["A"].toarray())
    big = lambda v: np.clip(v, -1e30, 1e30)
    low, high = big(np.concatenate([p["lb"], p["l"]])), big(np.concatenate([p["ub"], p["u"]]))
    sense = np.where(low == high, 5, 0).astype(c_int)

    def solve():
        x, _, flag, info = daqp.solve(H, p["q"], A, high, low, sense, primal_tol=1e-10, dual_tol=1e-12)
        v = -np.array(info["lam"])
        return np.array(x), v[n:], v[:n]

    return least(solve)


def read(line):
    raw = json.loads(line)
    n, m = len(raw["q"]), len(raw["l"])

    def matrix(M, count):
        if M is None:
            return sparse.csc_matrix((count, n))
        return sparse.csc_matrix((M["values"], M["rows"], M["starts"]), shape=(count, n))

    limits = {k: np.array([s * INF if v is None else v for v in raw[k]], float) for k, s in (("l", -1), ("u", 1), ("lb", -1), ("ub", 1))}
    return {"P": matrix(raw.get("P"), n), "A": matrix(raw["A"], m).tocsr(), "q": np.array(raw["q"], float), **limits}


for line in sys.stdin:
    problem = read(line)
    answers = {}
    for solver in (piqp, clarabel, highs, osqp, daqp):
        try:
            seconds, (x, y, z) = solver(problem)
            clean = lambda v: [float(t) if np.isfinite(t) else 0.0 for t in v]
            answers[solver.__name__] = {"seconds": seconds, "x": clean(x), "y": clean(y), "z": clean(z)}
        except Exception as error:
            answers[solver.__name__] = {"error": str(error)[:200]}
    print(json.dumps(answers), file=OUT, flush=True)
