"""The work of two rows of bench/models done with what users would pick: python3 bench/peer_models.py adm1|homes.
Prints one JSON object: seconds of the work alone, and one figure of its end that must agree with ours.

adm1: a year of ADM1 (BSM2's plant, feed that changes daily, pH by algebra) with SciPy's BDF, whose right side is written for NumPy.
homes: 250 homes of two states by the minute, side by side in NumPy arrays."""
import json
import math
import sys
import time

import numpy as np

NAMES = "su aa fa va bu pro ac h2 ch4 ic in si xc ch pr li xsu xaa xfa xc4 xpro xac xh2 xi cat an gh2 gch4 gco2".split()
AT = {name: i for i, name in enumerate(NAMES)}
CARBON = dict(su=.0313, aa=.03, fa=.0217, va=.024, bu=.025, pro=.0268, ac=.0313, ch4=.0156, si=.03, xc=.02786, ch=.0313, pr=.03,
              li=.022, xi=.03, **{k: .0313 for k in ("xsu", "xaa", "xfa", "xc4", "xpro", "xac", "xh2")})
NITROGEN = dict(aa=.007, si=.06 / 14, xc=.0376 / 14, pr=.007, xi=.06 / 14,
                **{k: .08 / 14 for k in ("xsu", "xaa", "xfa", "xc4", "xpro", "xac", "xh2")})
# food, eater, yield, rate by the day, half saturation, hydrogen that halves, products
UPTAKE = [("su", "xsu", .10, 30, .5, 0, dict(bu=.13, pro=.27, ac=.41, h2=.19)),
          ("aa", "xaa", .08, 50, .3, 0, dict(va=.23, bu=.26, pro=.05, ac=.40, h2=.06)),
          ("fa", "xfa", .06, 6, .4, 5e-6, dict(ac=.7, h2=.3)),
          ("va", "xc4", .06, 20, .2, 1e-5, dict(pro=.54, ac=.31, h2=.15)),
          ("bu", "xc4", .06, 20, .2, 1e-5, dict(ac=.8, h2=.2)),
          ("pro", "xpro", .04, 13, .1, 3.5e-6, dict(ac=.57, h2=.43)),
          ("ac", "xac", .05, 8, .15, 0, dict(ch4=1)),
          ("h2", "xh2", .06, 35, 7e-6, 0, dict(ch4=1))]
LIQUID, GAS, RT = 3400.0, 300.0, .083145 * 308.15
HEAT = (1 / 298.15 - 1 / 308.15) / 8.3145
KA = [10**-4.86, 10**-4.82, 10**-4.88, 10**-4.76]
KCO2, KIN, KW = 10**-6.35 * math.exp(7646 * HEAT), 10**-9.25 * math.exp(51965 * HEAT), 1e-14 * math.exp(55900 * HEAT)
HENRY = [16 * 7.8e-4 * math.exp(-4180 * HEAT), 64 * .0014 * math.exp(-14240 * HEAT), .035 * math.exp(-19410 * HEAT)]
WATER = .0313 * math.exp(5290 * (1 / 298.15 - 1 / 308.15))
FEED = np.array([.01, .001, .001, .001, .001, .001, .001, 1e-8, 1e-5, .04, .01, .02, 2, 5, 20, 5, 0, .01, .01, .01, .01, .01, .01,
                 25, .04, .02])
START = np.array([.012, .0053, .099, .012, .013, .016, .2, 2.3e-7, .055, .15, .13, .33, .31, .028, .1, .029, .42, 1.18, .24, .43,
                  .14, .76, .32, 25.6, .04, .02, 1e-5, 1.63, .014])


def petersen():
    rows = [dict(xc=-1, si=.1, xi=.2, ch=.2, pr=.2, li=.3), dict(ch=-1, su=1), dict(pr=-1, aa=1), dict(li=-1, su=.05, fa=.95)]
    for food, eater, y, _, _, _, to in UPTAKE:
        rows.append({food: -1, eater: y, **{k: (1 - y) * v for k, v in to.items()}})
    rows += [{k: -1, "xc": 1} for k in ("xsu", "xaa", "xfa", "xc4", "xpro", "xac", "xh2")]
    for row in rows:  # continuity
        row["ic"], row["in"] = (-sum(part.get(k, 0) * v for k, v in row.items()) for part in (CARBON, NITROGEN))
    nu = np.zeros((len(rows), 26))
    for r, row in enumerate(rows):
        for k, v in row.items():
            nu[r, AT[k]] = v
    return nu


NU, last_h = petersen(), [1e-7]


def proton(y):
    h, acids = last_h[0], [y[3] / 208, y[4] / 160, y[5] / 112, y[6] / 64]
    for _ in range(60):
        q, d = y[24] - y[25] + h - KW / h, 1 + KW / h**2
        for s, k in zip(acids, KA):
            q, d = q - s * k / (k + h), d + s * k / (k + h)**2
        q += y[10] * h / (KIN + h) - KCO2 * y[9] / (KCO2 + h)
        d += y[10] * KIN / (KIN + h)**2 + KCO2 * y[9] / (KCO2 + h)**2
        step = q / d
        if abs(step) < 1e-14 * h:
            break
        h = h - step if h > step else h / 10
    last_h[0] = h
    return h


def hill(h, low, high):
    return 1 / (1 + (h / 10**(-(low + high) / 2))**(3 / (high - low)))


def slope(_, y, flow):
    h = proton(y)
    some, nh3 = 1 / (1 + 1e-4 / max(y[10], 1e-12)), KIN * y[10] / (KIN + h)
    acid = some / (1 + (h / 10**-4.75)**2)
    rho = [.5 * y[12], 10 * y[13], 10 * y[14], 10 * y[15]]
    for i, (food, eater, _, rate, half, h2, _) in enumerate(UPTAKE):
        s, limit = y[AT[food]], acid
        if food == "ac":
            limit = some * hill(h, 6, 7) / (1 + nh3 / .0018)
        if food == "h2":
            limit = some * hill(h, 5, 6)
        if h2:
            limit /= 1 + y[7] / h2
        if i in (3, 4):
            limit *= s / (y[3] + y[4] + 1e-6)
        rho.append(rate * s / (half + s) * y[AT[eater]] * limit)
    rho += list(.02 * y[16:23])
    dy = np.empty(29)
    dy[:26] = flow / LIQUID * (FEED - y[:26]) + np.asarray(rho) @ NU
    p = [y[26] * RT / 16, y[27] * RT / 64, y[28] * RT]
    out = max(0, 5e4 * (sum(p) + WATER - 1.013))
    free = [y[7], y[8], y[9] * h / (KCO2 + h)]
    for i, k in enumerate((7, 8, 9)):
        leaves = 200 * (free[i] - HENRY[i] * p[i])
        dy[k] -= leaves
        dy[26 + i] = (leaves * LIQUID - out * y[26 + i]) / GAS
    return dy


def adm1():
    from scipy.integrate import solve_ivp
    floor = np.full(29, 1e-9)
    floor[[7, 26]] = 1e-13
    y, start = START.copy(), time.perf_counter()
    for d in range(365):
        flow = 170 * (1 + .1 * ((d * 7919 % 201) / 100 - 1)) * (2 if 200 <= d < 207 else 1)
        y = solve_ivp(slope, (0, 1), y, "BDF", args=(flow,), rtol=1e-6, atol=floor).y[:, -1]
    return time.perf_counter() - start, -math.log10(proton(y))


def homes():
    """A step of 60 s as a matrix, from the exponential of the network that bench/models steps (given on the command line)."""
    a = [float(v) for v in sys.argv[2:12]]
    start = time.perf_counter()
    air, mass = np.full(250, 20.0), 20 - .01 * np.arange(250)
    for i in range(525600):
        q = a[8] * (i % 1440) * .01 + np.where(air < 20, 5000.0, 0.0)
        air, mass = (a[0] * air + a[1] * mass + a[4] * q + a[5] * 300, a[2] * air + a[3] * mass + a[6] * q + a[7] * 300)
    return time.perf_counter() - start, float(mass.sum())


seconds, end = {"adm1": adm1, "homes": homes}[sys.argv[1]]()
print(json.dumps({"seconds": round(seconds, 4), "end": end}))
