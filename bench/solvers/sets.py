"""Writes public sets of programs as the JSON files that engram reads, for bench/solvers/sets.mjs.

    python sets.py SCIPY.tar.gz PROXSUITE.tar.gz FOLDER

FOLDER/netlib and FOLDER/netlib-infeasible come from the source distribution of SciPy (1.14: benchmarks/benchmarks/
linprog_benchmark_files), FOLDER/maros-meszaros from that of ProxSuite (0.7.3: test/data/maros_meszaros_data), both in the Python
package index; their optima, where they are told, go to optima.csv, which test/solvers-set.test.ts reads. FOLDER/mpc has 60 steps of two controllers, after the recipes of the collection "mpc_qpbenchmark": a wheeled pendulum (50
variables) and a walking biped (16), each simulated with the plans that it makes; dense, as they are there. It needs qpmpc and quadprog beside NumPy and SciPy.
"""

import io
import json
import os
import sys
import tarfile

import numpy as np
from scipy import io as mat
from scipy import sparse


def matrix(M):
    """Rows of a dense matrix; compressed columns of a sparse one."""
    if isinstance(M, np.ndarray):
        return M.tolist()
    M = sparse.csc_matrix(M)
    M.sum_duplicates()
    M.eliminate_zeros()
    return {"starts": M.indptr.tolist(), "rows": M.indices.tolist(), "values": M.data.tolist()}


def limits(values):
    """1e20 is none, rounding or no rounding."""
    return [float(v) if abs(v) < 1e20 * (1 - 1e-12) else None for v in np.asarray(values, float).ravel()]


def write(folder, name, q, A, l, u, lb, ub, P=None, constant=0.0):
    os.makedirs(folder, exist_ok=True)
    vectors = {key: limits(values) for key, values in (("q", q), ("l", l), ("u", u), ("lb", lb), ("ub", ub))}
    problem = {**vectors, "A": matrix(A), "constant": constant}
    if P is not None:
        problem["P"] = matrix(P)
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(problem, file)


def members(path, part, ending):
    """The files of an archive whose path has `part`: (path, bytes)."""
    with tarfile.open(path) as archive:
        for entry in archive:
            if part in entry.name and entry.name.endswith(ending):
                yield entry.name, io.BytesIO(archive.extractfile(entry).read())


def name_of(path):
    return os.path.splitext(os.path.basename(path))[0]


def netlib(path, folder):
    optima = {"netlib": [], "netlib-infeasible": []}
    for at, file in members(path, "linprog_benchmark_files", ".npz"):
        data = np.load(file, allow_pickle=True)
        if "c" not in data:
            continue
        c = data["c"].ravel()
        n = len(c)

        def rows(key, side):
            M = data[key] if key in data else np.zeros((0, n))
            M = M.item() if M.dtype == object and M.shape == () else M
            b = np.asarray(data[side] if side in data else [], float).ravel()
            return sparse.csc_matrix(M) if len(b) else sparse.csc_matrix((0, n)), b

        (equal, be), (upper, bu) = rows("A_eq", "b_eq"), rows("A_ub", "b_ub")
        bounds = data["bounds"]
        bounds = bounds[0] if bounds.ndim == 3 else bounds
        if bounds.size == 0:
            lb, ub = np.zeros(n), np.full(n, np.inf)
        else:
            pairs = np.broadcast_to(np.array(bounds.tolist(), dtype=object).reshape(-1, 2), (n, 2))
            number = lambda v, none: none if v is None or v != v else float(v)
            lb = [number(v, -np.inf) for v in pairs[:, 0]]
            ub = [number(v, np.inf) for v in pairs[:, 1]]
        kind = "netlib-infeasible" if "infeasible" in at else "netlib"
        # SciPy's own is off by 3e-5 there; this is NETLIB's.
        optimum = -4302260.2612 if name_of(at) == "GREENBEB" else float(data["obj"]) if "obj" in data else None
        if kind == "netlib-infeasible" or optimum is not None:
            optima[kind].append(f"{name_of(at)}.json,{'infeasible' if kind == 'netlib-infeasible' else optimum}\n")
        l = np.concatenate([be, np.full(len(bu), -np.inf)])
        write(os.path.join(folder, kind), name_of(at), c, sparse.vstack([equal, upper]), l, np.concatenate([be, bu]), lb, ub)
    for kind, lines in optima.items():
        with open(os.path.join(folder, kind, "optima.csv"), "w") as file:
            file.writelines(lines)


def maros_meszaros(path, folder):
    for at, file in members(path, "maros_meszaros_data", ".mat"):
        data = mat.loadmat(file)
        n = len(data["q"])
        # Their last n rows are the bounds.
        A = sparse.csr_matrix(data["A"])
        m = A.shape[0] - n
        l, u = data["l"].ravel().astype(float), data["u"].ravel().astype(float)
        args = data["q"], A[:m], l[:m], u[:m], l[m:], u[m:], data["P"], float(data["r"].ravel()[0])
        write(os.path.join(folder, "maros-meszaros"), name_of(at), *args)


def controllers(folder):
    import qpmpc
    import qpsolvers
    from qpmpc.systems import WheeledInvertedPendulum

    def plan_of(problem, name, **settings):
        """Writes the program of a step, and plans it."""
        program = qpmpc.MPCQP(problem, sparse=False).problem
        n = len(program.q)
        none = np.full(n, np.inf)
        least = np.full(len(program.h), -np.inf)
        write(os.path.join(folder, "mpc"), name, program.q, program.G, least, program.h, -none, none, program.P)
        return qpmpc.Plan(problem, qpsolvers.solve_problem(program, **settings))

    pendulum = WheeledInvertedPendulum(length=0.58, max_ground_accel=10.0, nb_timesteps=50, sampling_period=0.02)
    problem = WheeledInvertedPendulum.build_mpc_problem(
        pendulum, terminal_cost_weight=10.0, stage_state_cost_weight=1.0, stage_input_cost_weight=1e-3
    )
    state = np.zeros(4)
    for step in range(30):
        velocity = 0.5 + np.cos(0.01 * step)
        targets = np.zeros((51, 4))
        targets[:, 0] = state[0] + 0.02 * velocity * np.arange(51)
        targets[:, 2] = velocity
        problem.update_initial_state(state)
        problem.update_goal_state(targets[-1])
        problem.update_target_states(targets[:-1].ravel())
        plan = plan_of(problem, f"WHLIPBAL{step}", solver="quadprog")
        for _ in range(15):
            state = pendulum.integrate(state, plan.first_input, 0.02 / 15)

    # A point at the height of the hips over feet that step from side to side; its jerk is planned 1.6 s ahead.
    period, horizon, half_foot, strides = 0.1, 16, 0.0325, (-0.18, 0.18)
    omega = np.sqrt(9.81 / 0.84)
    pressure = np.array([1.0, 0.0, -1 / omega**2])
    problem = qpmpc.MPCProblem(
        transition_state_matrix=np.array([[1, period, period**2 / 2], [0, 1, period], [0, 0, 1]]),
        transition_input_matrix=np.array([[period**3 / 6], [period**2 / 2], [period]]),
        ineq_state_matrix=np.array([pressure, -pressure]),
        ineq_input_matrix=None,
        ineq_vector=None,
        initial_state=None,
        goal_state=None,
        nb_timesteps=horizon,
        terminal_cost_weight=1.0,
        stage_state_cost_weight=None,
        stage_input_cost_weight=1e-3,
    )
    # One step of both feet on the ground, then seven of one; it begins amid these.
    phase, stride, foot = 5, 0, 0.09
    state = np.array([0.0, 0.5 * omega * foot, -(omega**2) * foot])
    for step in range(30):
        feet = [foot, foot + strides[stride]]
        feet.append(feet[1] + strides[1 - stride])
        sides, both = [], 0
        for k in range(phase, phase + horizon):
            both = k // 8
            free = k % 8 == 0
            sides.append(np.full(2, 100.0) if free else np.array([feet[both] + half_foot, half_foot - feet[both]]))
        problem.ineq_vector = sides
        problem.update_goal_state(np.array([feet[2 if both == 2 else 1], 0.0, 0.0]))
        problem.update_initial_state(state)
        plan = plan_of(problem, f"LIPMWALK{step}", solver="quadprog")
        jerk = float(np.ravel(plan.inputs[0])[0])
        position, speed, push = state
        position += period * (speed + period * (push / 2 + period * jerk / 6))
        state = np.array([position, speed + period * (push + period * jerk / 2), push + period * jerk])
        phase += 1
        if phase == 8:
            phase, foot, stride = 0, feet[1], 1 - stride


if __name__ == "__main__":
    scipy_archive, proxsuite_archive, out = sys.argv[1:]
    netlib(scipy_archive, out)
    maros_meszaros(proxsuite_archive, out)
    controllers(out)
