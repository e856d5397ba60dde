"""Solves one free MPS file with the HiGHS inside SciPy: python3 bench/peer_scipy.py FILE SOLVER LIMIT_S GAP.
Prints one JSON object; the time is of the solve alone. SOLVER is choose, simplex or ipm (the last two only where nothing is integer)."""
import json
import sys
import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix


class Model:
    """The columns and rows of an MPS file as arrays; row 0 of the file's N rows is the objective."""

    def __init__(self):
        self.rows, self.sense, self.objective_row = {}, [], None
        self.cols, self.integer, self.cost = {}, [], []
        self.at, self.rhs, self.ranges, self.constant = [], {}, {}, 0.0
        self.lo, self.hi = [], []

    def row(self, kind, name):
        if kind == "N":
            self.objective_row = self.objective_row or name
        else:
            self.rows[name] = len(self.sense)
            self.sense.append(kind)

    def col(self, name, integer):
        if name not in self.cols:
            self.cols[name] = len(self.cost)
            self.cost.append(0.0)
            self.integer.append(integer)
            self.lo.append(0.0)
            self.hi.append(np.inf)
        return self.cols[name]

    def put(self, col, row, value):
        if row == self.objective_row:
            self.cost[col] += value
        else:
            self.at.append((self.rows[row], col, value))

    def bound(self, kind, col, value):
        if kind in ("FX", "LO", "LI", "MI", "FR", "BV"):
            self.lo[col] = {"MI": -np.inf, "FR": -np.inf, "BV": 0.0}.get(kind, value)
        if kind in ("FX", "UP", "UI", "PL", "FR", "BV"):
            self.hi[col] = {"PL": np.inf, "FR": np.inf, "BV": 1.0}.get(kind, value)

    def row_bounds(self):
        lo, hi = np.empty(len(self.sense)), np.empty(len(self.sense))
        for name, i in self.rows.items():
            b, r, s = self.rhs.get(name, 0.0), self.ranges.get(name), self.sense[i]
            lo[i] = -np.inf if s == "L" else b
            hi[i] = np.inf if s == "G" else b
            if r is not None:
                lo[i] = b - abs(r) if s == "L" or (s == "E" and r < 0) else b
                hi[i] = b + abs(r) if s == "G" or (s == "E" and r > 0) else b
        return lo, hi


def read(path):
    m, section, integer = Model(), "", False
    with open(path) as f:
        for line in f:
            w = line.split()
            if not w or line[0] == "*":
                continue
            if not line[0].isspace():
                section = w[0]
            elif section == "ROWS":
                m.row(w[0], w[1])
            elif section == "COLUMNS" and "'MARKER'" in w:
                integer = "'INTORG'" in w
            elif section == "COLUMNS":
                c = m.col(w[0], integer)
                for k in range(1, len(w), 2):
                    m.put(c, w[k], float(w[k + 1]))
            elif section == "RHS":
                for k in range(len(w) % 2, len(w), 2):
                    if w[k] == m.objective_row:
                        m.constant = -float(w[k + 1])
                    else:
                        m.rhs[w[k]] = float(w[k + 1])
            elif section == "RANGES":
                for k in range(len(w) % 2, len(w), 2):
                    m.ranges[w[k]] = float(w[k + 1])
            elif section == "BOUNDS":
                bare = w[0] in ("FR", "MI", "PL", "BV")
                name = w[2] if len(w) > (2 if bare else 3) or (bare and len(w) == 3) else w[1]
                m.bound(w[0], m.cols[name], 0.0 if bare else float(w[-1]))
    return m


def solve(m, solver, limit_s, gap):
    lo, hi = m.row_bounds()
    r, c, v = zip(*m.at)
    a = csr_matrix((v, (r, c)), shape=(len(m.sense), len(m.cost)))
    cost, whole = np.array(m.cost), np.array(m.integer, dtype=int)
    if solver == "choose":
        start = time.perf_counter()
        out = milp(cost, integrality=whole, bounds=Bounds(m.lo, m.hi), constraints=LinearConstraint(a, lo, hi),
                   options={"time_limit": limit_s, "mip_rel_gap": gap})
        return out, time.perf_counter() - start
    same = lo == hi
    up, down = np.isfinite(hi) & ~same, np.isfinite(lo) & ~same
    from scipy.sparse import vstack
    a_ub, b_ub = vstack([a[up], -a[down]]).tocsr(), np.concatenate([hi[up], -lo[down]])
    start = time.perf_counter()
    out = linprog(cost, A_ub=a_ub, b_ub=b_ub, A_eq=a[same], b_eq=lo[same], bounds=np.column_stack([m.lo, m.hi]),
                  method={"simplex": "highs-ds", "ipm": "highs-ipm"}[solver], options={"time_limit": limit_s})
    return out, time.perf_counter() - start


def main():
    path, solver, limit_s, gap = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
    m = read(path)
    out, time_s = solve(m, solver, limit_s, gap)
    value = None if out.x is None else float(out.fun) + m.constant
    print(json.dumps({"time_s": time_s, "optimal": out.status == 0, "objective": value, "rows": len(m.sense),
                      "columns": len(m.cost), "integers": sum(m.integer)}))


main()
