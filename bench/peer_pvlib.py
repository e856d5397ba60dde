"""The same work as the solar rows of bench/models, done with pvlib: python3 bench/peer_pvlib.py (needs pvlib; prints seconds, best of five)."""
import time
import numpy as np
import pandas as pd
import pvlib


def roof(freq):
    times = pd.date_range("2026-01-01", "2026-12-31 23:59", freq=freq, tz="UTC")
    sun = pvlib.solarposition.spa_python(times, 39.18, 46.76, altitude=330)
    cz = np.cos(np.radians(sun["apparent_zenith"])).clip(lower=0)
    dni, dhi = 800 * cz, (80 + 40 * cz) * (cz > 0)
    poa = pvlib.irradiance.get_total_irradiance(
        30, 180, sun["apparent_zenith"], sun["azimuth"], dni, dni * cz + dhi, dhi, dni_extra=pvlib.irradiance.get_extra_radiation(times),
        airmass=pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"]), model="perez")
    iam = pvlib.iam.physical(pvlib.irradiance.aoi(30, 180, sun["apparent_zenith"], sun["azimuth"]))
    cell = pvlib.temperature.sapm_cell(poa["poa_global"].fillna(0), 15, 2, -3.47, -0.0594, 3)
    dc = pvlib.pvsystem.pvwatts_dc((poa["poa_direct"] * iam + poa["poa_diffuse"]).fillna(0), cell, 5000, -0.004)
    return pvlib.inverter.pvwatts(dc * 0.86, 5000 / 0.96, 0.96).sum()


for freq in ("1h", "1min"):
    best = 1e9
    for _ in range(5):
        start = time.perf_counter()
        roof(freq)
        best = min(best, time.perf_counter() - start)
    print(f"pvlib {pvlib.__version__}, one array, a year, {freq}: {best:.4f} s")
