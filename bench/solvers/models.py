"""DAQP on the problems of JSON lines, for bench/solvers/models.mjs.

One line in: {H, f, A, upper, lower, costs}, matrices by rows. One line out: processor time in microseconds of a cold solve, and of
an update of f and a warm solve, one after the other over `costs`.
"""

import json
import sys
import time
from ctypes import c_int

import daqp
import numpy as np

for line in sys.stdin:
    p = {key: np.array(value, float) for key, value in json.loads(line).items()}
    upper, lower = np.clip(p["upper"], -1e30, 1e30), np.clip(p["lower"], -1e30, 1e30)
    sense = np.where(upper == lower, 5, 0).astype(c_int)
    begin = time.process_time()
    for f in p["costs"]:
        daqp.solve(p["H"], f, p["A"], upper, lower, sense, primal_tol=1e-10, dual_tol=1e-12)
    cold = (time.process_time() - begin) / len(p["costs"])
    model = daqp.Model()
    model.setup(p["H"], p["f"], p["A"], upper, lower, sense)
    model.solve()
    begin = time.process_time()
    for f in p["costs"]:
        model.update(f=f)
        model.solve()
    warm = (time.process_time() - begin) / len(p["costs"])
    print(json.dumps({"cold": 1e6 * cold, "warm": 1e6 * warm}), flush=True)
