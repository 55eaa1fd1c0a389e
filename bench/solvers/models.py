"""DAQP on the problems of JSON lines, for bench/solvers/models.mjs.

One line in: {H, f, A, upper, lower, costs}, matrices by rows. One line out: processor time in microseconds of a cold solve, and of
an update of f and a warm solve, one after the other over `costs`, of that batch of a hundred that takes least.
"""

import json
import sys
import time
from ctypes import c_int

import daqp
import numpy as np



def least(costs, solve):
    best = np.inf
    for first in range(0, len(costs), 100):
        begin = time.process_time()
        for f in costs[first : first + 100]:
            solve(f)
        best = min(best, (time.process_time() - begin) / 100)
    return best


for line in sys.stdin:
    p = {key: np.array(value, float) for key, value in json.loads(line).items()}
    upper, lower = np.clip(p["upper"], -1e30, 1e30), np.clip(p["lower"], -1e30, 1e30)
    sense = np.where(upper == lower, 5, 0).astype(c_int)
    cold = least(
        p["costs"],
        lambda f: daqp.solve(p["H"], f, p["A"], upper, lower, sense, primal_tol=1e-10, dual_tol=1e-12),
    )
    model = daqp.Model()
    model.setup(p["H"], p["f"], p["A"], upper, lower, sense)
    model.solve()

    def again(f):
        model.update(f=f)
        model.solve()

    warm = least(p["costs"], again)
    print(json.dumps({"cold": 1e6 * cold, "warm": 1e6 * warm}), flush=True)
