#!/usr/bin/env python3
"""A street by EN 13201-3:2015 worked apart from src/physics/road.c: the figures of the rows "recomputed apart" of `road` in docs/models.md.
   tests/apart/road.py R3.csv      (road reflection table: tan gamma by beta, r x 1e4)
Written from the standard's text with other means: points as complex numbers, the table by bisection, the level by bisection."""
import bisect
import cmath
import csv
import math
import sys

G, CD = [0, 30, 45, 60, 70, 80, 90, 180], [3000, 3500, 4500, 7000, 5000, 600, 0, 0]  # a lamp alike all round
W, LANES, H, S, OVER, MF = 7.0, 2, 8.0, 30.0, 0.5, 0.8
rows = list(csv.reader(open(sys.argv[1])))
BETA = [float(v) for v in rows[0][1:]]
TAN = [float(r[0]) for r in rows[1:]]
R = [[float(v) for v in r[1:]] for r in rows[1:]]


def between(xs, ys, x):
    i = min(max(bisect.bisect_right(xs, x) - 1, 0), len(xs) - 2)
    t = (x - xs[i]) / (xs[i + 1] - xs[i])
    return ys[i] + t * (ys[i + 1] - ys[i])


def intensity(dist, drop):
    return between(G, CD, math.degrees(math.atan2(dist, drop)))


def reflect(tan, beta):
    return 0.0 if tan > TAN[-1] else between(TAN, [between(BETA, r, beta) for r in R], tan) / 1e4


def lamps(lo, hi):
    return [complex(i * S, OVER) for i in range(math.floor(lo / S) - 1, math.ceil(hi / S) + 2) if lo <= i * S <= hi]


def lux(p):
    near = [q for q in lamps(p.real - 5 * H, p.real + 5 * H) if abs(q - p) <= 5 * H]
    return MF * sum(intensity(abs(q - p), H) / H**2 * math.cos(math.atan(abs(q - p) / H)) ** 3 for q in near)


def luminance(p, eye):
    total = 0.0
    for q in lamps(p.real - 5 * H, p.real + 12 * H):
        turn = abs(math.degrees(cmath.phase((q - p) / (p - eye)))) if q != p else 0.0
        total += intensity(abs(q - p), H) * reflect(abs(q - p) / H, turn) / H**2
    return MF * total


def strip(lo, hi):
    n = max(3, math.ceil((hi - lo) / 1.5))
    return [lux(complex((i + 0.5) * S / 10, lo + (k + 0.5) * (hi - lo) / n)) for i in range(10) for k in range(n)]


def veil(x, y):
    total = 0.0
    for q in lamps(x + 1e-9, x + 500):
        up, ahead, aside = H - 1.5, q.real - x, q.imag - y
        if math.degrees(math.atan2(up, ahead)) > 20:
            continue
        far = math.sqrt(up**2 + ahead**2 + aside**2)
        theta = math.degrees(math.acos((ahead * math.cos(math.radians(1)) - up * math.sin(math.radians(1))) / far))
        lit = intensity(math.hypot(ahead, aside), up) / far**2 * math.cos(math.radians(theta))
        total += lit / theta**2 if 1.5 <= theta <= 60 else 0
    return 9.86 * (1 + (23 / 66.4) ** 4) * total


def lane(k):
    y = (k + 0.5) * W / LANES
    eye = complex(-60, y)
    ys = [(j + 0.5) * W / LANES / 3 for j in range(3 * LANES)]
    grid = [[luminance(complex((i + 0.5) * S / 10, v), eye) for v in ys] for i in range(10)]
    flat, line = sum(grid, []), [g[3 * k + 1] for g in grid]
    mean = sum(flat) / len(flat)
    worst = max(veil(-2.75 * (H - 1.5) + i * S / 10, y) for i in range(10))
    return mean, min(flat) / mean, min(line) / max(line), worst


def increment(level):
    return max(0.65 * level * v / (level * m / MF) ** 0.8 for m, _, _, v in seen)


seen = [lane(k) for k in range(LANES)]
e = strip(0, W)
edge = min(W / 2, 5)
rei = min(sum(strip(-edge, 0)) / sum(strip(0, edge)), sum(strip(W, W + edge)) / sum(strip(W - edge, W)))
print("lux %.9g least %.9g edge_frac %.9g" % (sum(e) / len(e), min(e), rei))
print("cd_m2 %.9g uniform_frac %.9g along_frac %.9g" % tuple(min(s[i] for s in seen) for i in range(3)))
print("glare_frac %.9g" % increment(1))
lo, hi = 0.0, 1.0
for _ in range(60):
    mid = (lo + hi) / 2
    lo, hi = (lo, mid) if min(s[0] for s in seen) * mid >= 0.5 else (mid, hi)
print("least_level_frac for M5 %.9g, glare there %.9g" % (hi, increment(hi)))
