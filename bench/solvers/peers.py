"""Solves the problem of a JSON line with native solvers, for bench/solvers/sparse.mjs and sets.mjs.

One line in: {P, q, A, l, u, lb, ub}, matrices as {starts, rows, values}; infinite limits are null. One line out: for every
solver that is installed {seconds, right, x, y, z}, seconds of processor time, the least of at least three runs and
a tenth of a second, or of one that takes more than a second, set-up included. "only" in the line names one solver; "point", {x, y, z} in its place, is only checked.
"""

import json
import os
import sys
import time

import numpy as np
from scipy import sparse

INF = np.inf
EPS = 1e-9
# What solvers print goes to the error stream.
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def least(solve):
    best, answer, runs, spent = INF, None, 0, 0.0
    while runs < 3 and spent < 1 or spent < 0.1:
        begin = time.process_time()
        answer = solve()
        took = time.process_time() - begin
        best, runs, spent = min(best, took), runs + 1, spent + took
    return best, answer


def right(p, x, y, z):
    """Whether limits and optimality conditions hold to 1e-9, and the gap to 1e-9 (1 + |objective|), in sums of 80 bits."""
    wide = lambda v: np.asarray(v, np.longdouble)

    def times(M, v):
        M = sparse.coo_matrix(M)
        out = np.zeros(M.shape[0], np.longdouble)
        np.add.at(out, M.row, wide(M.data) * v[M.col])
        return out

    x, y, z = wide(x), wide(y), wide(z)
    if not np.all(np.isfinite(np.concatenate([x, y, z]))):
        return False
    rows, curve = times(p["A"], x), times(p["P"], x)
    slope = curve + wide(p["q"]) - times(p["A"].T, y)
    # A multiplier of a limit that is none has nothing to lean on.
    lean = lambda v, low, high: np.where(v > 0, np.where(np.isfinite(low), v, 0), np.where(np.isfinite(high), v, 0))
    stray = max(np.abs(y - lean(y, p["l"], p["u"])).max(initial=0), np.abs(slope - lean(z, p["lb"], p["ub"])).max(initial=0))
    over = lambda v, low, high: np.maximum(low - v, v - high).max(initial=0)
    primal = max(over(rows, p["l"], p["u"]), over(x, p["lb"], p["ub"]))
    paid = lambda v, low, high: np.sum(np.where(v > 0, v * np.where(np.isfinite(low), low, 0), v * np.where(np.isfinite(high), high, 0)))
    objective = x @ curve / 2 + wide(p["q"]) @ x
    dual = paid(y, p["l"], p["u"]) + paid(z, p["lb"], p["ub"]) - x @ curve / 2
    return bool(primal <= EPS and stray <= EPS and abs(objective - dual) <= EPS * (1 + abs(objective)))


def by_piqp(p, kind):
    import piqp

    dense = kind == "dense"
    form = (lambda M: np.asfortranarray(M.toarray())) if dense else (lambda M: M.tocsc())
    eq = p["l"] == p["u"]
    ineq = ~eq
    parts = form(p["P"]), p["q"], form(p["A"][eq]), p["l"][eq], form(p["A"][ineq]), p["l"][ineq], p["u"][ineq], p["lb"], p["ub"]

    def solve():
        s = piqp.DenseSolver() if dense else piqp.SparseSolver()
        s.settings.eps_abs = 1e-10
        s.settings.eps_rel = 0
        s.settings.eps_duality_gap_abs = 1e-10
        s.settings.eps_duality_gap_rel = 0
        s.settings.max_iter = 200
        s.setup(*parts)
        s.solve()
        r = s.result
        y = np.zeros(len(p["l"]))
        y[eq] = -r.y
        y[ineq] = r.z_l - r.z_u
        return r.x, y, r.z_bl - r.z_bu

    return least(solve)


def piqp(p):
    return by_piqp(p, "sparse")


def piqp_dense(p):
    if len(p["q"]) > 2000:
        raise ValueError("dense matrices of so many variables are not tried")
    return by_piqp(p, "dense")


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
    if n > 1100:
        raise ValueError("dense matrices of so many variables are not tried")
    H, A = np.ascontiguousarray(p["P"].toarray()), np.ascontiguousarray(p["A"].toarray())
    big = lambda v: np.clip(v, -1e30, 1e30)
    low, high = big(np.concatenate([p["lb"], p["l"]])), big(np.concatenate([p["ub"], p["u"]]))
    sense = np.where(low == high, 5, 0).astype(c_int)

    def solve():
        x, _, flag, info = daqp.solve(H, p["q"], A, high, low, sense, primal_tol=1e-10, dual_tol=1e-12)
        v = -np.array(info["lam"])
        return np.array(x), v[n:], v[:n]

    return least(solve)


def read(raw):
    n, m = len(raw["q"]), len(raw["l"])

    def matrix(M, count):
        if M is None:
            return sparse.csc_matrix((count, n))
        return sparse.csc_matrix((np.array(M["values"], float), M["rows"], M["starts"]), shape=(count, n))

    limits = {k: np.array([s * INF if v is None else v for v in raw[k]], float) for k, s in (("l", -1), ("u", 1), ("lb", -1), ("ub", 1))}
    return {"P": matrix(raw.get("P"), n), "A": matrix(raw["A"], m).tocsr(), "q": np.array(raw["q"], float), **limits}


SOLVERS = {solver.__name__: solver for solver in (piqp, piqp_dense, clarabel, highs, osqp, daqp)}


def answer(problem, solver):
    try:
        seconds, point = solver(problem)
        clean = [[float(t) if np.isfinite(t) else 0.0 for t in v] for v in point]
        return {"seconds": seconds, "right": right(problem, *clean), **dict(zip("xyz", clean))}
    except Exception as error:
        return {"error": str(error)[:200]}


for line in sys.stdin:
    raw = json.loads(line)
    problem = read(raw)
    if "point" in raw:
        answers = {"right": right(problem, *raw["point"])}
    else:
        names = [raw["only"]] if "only" in raw else SOLVERS
        answers = {name: answer(problem, SOLVERS[name]) for name in names}
    print(json.dumps(answers), file=OUT, flush=True)
