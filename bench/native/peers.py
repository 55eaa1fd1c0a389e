"""Dense QP codes through their Python packages, one request a line (bench/peers/native.mjs asks).

    minimize 1/2 |w|^2   subject to   n_i . w = b_i (the first rows) or n_i . w >= b_i,   |w_k| <= bound

A request is {"peer", "problem", "limit"}: a code's name, the file of a problem as doubles (variables, rows,
equalities, bound, right-hand sides, rows), and the seconds after which a code that knows a limit may give up. The
answer holds the milliseconds of setup and solve (the lesser of the wall clock and the code's own timer where it has
one for both), the iterations, w, and the multipliers y with w = sum y_i n_i where no bound is active.

What a code wants in another form is made before the clock starts. All are asked for 1e-9, on one thread.
"""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

EPS = 1e-9
INFINITY = 1e30


class Problem:
    def __init__(self, path):
        data = np.fromfile(path)
        self.n, self.m, self.equalities = (int(x) for x in data[:3])
        self.bound = data[3]
        self.limits = data[4 : 4 + self.m].copy()
        self.rows = data[4 + self.m :].reshape(self.m, self.n).copy()


def timed(work):
    begin = time.perf_counter()
    result = work()
    return 1e3 * (time.perf_counter() - begin), result


def of_daqp(identity):
    import daqp

    def solve(p, _):
        # Without a Hessian and a linear term DAQP takes the identity and spares itself the factorization.
        hessian = np.eye(p.n) if identity else None
        upper = np.concatenate([np.full(p.n, p.bound), p.limits[: p.equalities], np.full(p.m - p.equalities, INFINITY)])
        lower = np.concatenate([np.full(p.n, -p.bound), p.limits])
        sense = np.zeros(p.n + p.m, dtype=np.int32)
        sense[p.n : p.n + p.equalities] = 5
        linear = np.zeros(p.n) if identity else None
        wall, (x, _, flag, info) = timed(
            lambda: daqp.solve(hessian, linear, p.rows, upper, lower, sense, primal_tol=EPS)
        )
        return min(wall, 1e3 * (info["setup_time"] + info["solve_time"])), flag == 1, info["iterations"], x, -info["lam"][p.n :]

    return solve


def of_piqp(kind):
    import piqp
    from scipy import sparse

    def solve(p, _):
        solver = piqp.DenseSolver() if kind == "dense" else piqp.SparseSolver()
        settings = solver.settings
        settings.eps_abs = settings.eps_duality_gap_abs = EPS
        settings.eps_rel = settings.eps_duality_gap_rel = 0
        settings.compute_timings = True
        matrix = np.asfortranarray if kind == "dense" else sparse.csc_matrix
        hessian = np.asfortranarray(np.eye(p.n)) if kind == "dense" else sparse.identity(p.n, format="csc")
        e = p.equalities
        equal, rest = matrix(p.rows[:e]), matrix(p.rows[e:])
        none, box = np.full(p.m - e, INFINITY), np.full(p.n, p.bound)
        zero = np.zeros(p.n)

        def work():
            solver.setup(hessian, zero, equal, p.limits[:e], rest, p.limits[e:], none, -box, box)
            return solver.solve()

        wall, status = timed(work)
        result = solver.result
        y = np.concatenate([-result.y, result.z_l - result.z_u])
        return wall, status == piqp.PIQP_SOLVED, result.info.iter, result.x, y

    return solve


def of_proxqp():
    import proxsuite

    def solve(p, _):
        e = p.equalities
        qp = proxsuite.proxqp.dense.QP(p.n, e, p.m - e, True, proxsuite.proxqp.dense.HessianType.Diagonal)
        qp.settings.eps_abs, qp.settings.eps_rel = EPS, 0
        qp.settings.initial_guess = proxsuite.proxqp.InitialGuess.NO_INITIAL_GUESS
        box, none = np.full(p.n, p.bound), np.full(p.m - e, INFINITY)

        def work():
            qp.init(
                np.eye(p.n), np.zeros(p.n), p.rows[:e], p.limits[:e], p.rows[e:], p.limits[e:], none, -box, box
            )
            qp.solve()

        wall, _ = timed(work)
        result = qp.results
        y = np.concatenate([-result.y, -result.z[: p.m - e]])
        solved = result.info.status == proxsuite.proxqp.QPSolverOutput.PROXQP_SOLVED
        return wall, solved, result.info.iter, result.x, y

    return solve


def of_clarabel():
    import clarabel
    from scipy import sparse

    def solve(p, limit):
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.time_limit = limit
        settings.tol_feas = settings.tol_gap_abs = settings.tol_gap_rel = EPS
        box = sparse.identity(p.n)
        matrix = sparse.csc_matrix(sparse.vstack([-p.rows, box, -box]))
        sides = np.concatenate([-p.limits, np.full(2 * p.n, p.bound)])
        cones = [clarabel.ZeroConeT(p.equalities), clarabel.NonnegativeConeT(p.m - p.equalities + 2 * p.n)]
        hessian = sparse.identity(p.n, format="csc")
        wall, result = timed(
            lambda: clarabel.DefaultSolver(hessian, np.zeros(p.n), matrix, sides, cones, settings).solve()
        )
        solved = result.status == clarabel.SolverStatus.Solved
        return wall, solved, result.iterations, np.array(result.x), np.array(result.z)[: p.m]

    return solve


def of_osqp():
    import osqp
    from scipy import sparse

    def solve(p, limit):
        matrix = sparse.csc_matrix(sparse.vstack([p.rows, sparse.identity(p.n)]))
        lower = np.concatenate([p.limits, np.full(p.n, -p.bound)])
        upper = np.concatenate([p.limits[: p.equalities], np.full(p.m - p.equalities, INFINITY), np.full(p.n, p.bound)])
        hessian = sparse.identity(p.n, format="csc")

        def work():
            solver = osqp.OSQP()
            options = dict(eps_abs=EPS, eps_rel=0, max_iter=1000000, polishing=True, time_limit=limit, verbose=False)
            solver.setup(hessian, np.zeros(p.n), matrix, lower, upper, **options)
            return solver.solve()

        wall, result = timed(work)
        return wall, result.info.status_val == 1, result.info.iter, result.x, -result.y[: p.m]

    return solve


def of_highs():
    import highspy

    def solve(p, limit):
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = p.n, p.m
        lp.col_cost_ = np.zeros(p.n)
        lp.col_lower_, lp.col_upper_ = np.full(p.n, -p.bound), np.full(p.n, p.bound)
        lp.row_lower_ = p.limits
        lp.row_upper_ = np.concatenate([p.limits[: p.equalities], np.full(p.m - p.equalities, highspy.kHighsInf)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.arange(p.m + 1) * p.n
        lp.a_matrix_.index_ = np.tile(np.arange(p.n), p.m)
        lp.a_matrix_.value_ = p.rows.ravel()
        hessian = highspy.HighsHessian()
        hessian.dim_ = p.n
        hessian.format_ = highspy.HessianFormat.kTriangular
        hessian.start_ = np.arange(p.n + 1)
        hessian.index_ = np.arange(p.n)
        hessian.value_ = np.ones(p.n)
        model = highspy.HighsModel()
        model.lp_, model.hessian_ = lp, hessian
        h = highspy.Highs()
        for option, value in {
            "output_flag": False,
            "threads": 1,
            "primal_feasibility_tolerance": EPS,
            "dual_feasibility_tolerance": EPS,
            "qp_regularization_value": 0.0,
            "time_limit": limit,
        }.items():
            h.setOptionValue(option, value)
        h.passModel(model)
        wall, _ = timed(h.run)
        solution = h.getSolution()
        solved = h.getModelStatus() == highspy.HighsModelStatus.kOptimal
        iterations = h.getInfo().qp_iteration_count
        return wall, solved, iterations, np.array(solution.col_value), np.array(solution.row_dual)

    return solve


CODES = {
    "DAQP": lambda: of_daqp(False),
    "DAQP, H = I": lambda: of_daqp(True),
    "PIQP dense": lambda: of_piqp("dense"),
    "PIQP sparse": lambda: of_piqp("sparse"),
    "ProxQP": of_proxqp,
    "Clarabel": of_clarabel,
    "OSQP": of_osqp,
    "HiGHS": of_highs,
}
PACKAGES = {
    "DAQP": "daqp",
    "DAQP, H = I": "daqp",
    "PIQP dense": "piqp",
    "PIQP sparse": "piqp",
    "ProxQP": "proxsuite",
    "Clarabel": "clarabel",
    "OSQP": "osqp",
    "HiGHS": "highspy",
}


def main():
    from importlib.metadata import version

    codes, versions, missing = {}, {}, {}
    for name, make in CODES.items():
        try:
            codes[name] = make()
            versions[name] = f"{PACKAGES[name]} {version(PACKAGES[name])}"
        except ImportError as error:
            missing[name] = str(error)
    # What the packages print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(message):
        print(json.dumps(message), file=answers, flush=True)

    answer({"versions": versions, "missing": missing, "python": sys.version.split()[0]})
    problems = {}
    for line in sys.stdin:
        request = json.loads(line)
        path = request["problem"]
        if path not in problems:
            problems.clear()
            problems[path] = Problem(path)
        try:
            solve = lambda: codes[request["peer"]](problems[path], request["limit"])
            spent, solved, iterations, x, y = solve()
            if spent < 100:
                # One run is short for a clock.
                spent = sorted([spent, solve()[0], solve()[0]])[1]
        except Exception as error:
            answer({"milliseconds": None, "failure": f"{type(error).__name__}: {error}"})
            continue
        reply = {"milliseconds": spent, "iterations": int(iterations)}
        if solved:
            # JSON knows no NaN: an answer with one is no answer.
            finite = bool(np.isfinite(x).all() and np.isfinite(y).all())
            reply.update(x=list(map(float, x)), y=list(map(float, y))) if finite else reply.update(failure="not finite")
        else:
            reply["failure"] = "gave up"
        answer(reply)


main()
