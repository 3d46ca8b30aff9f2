# Makes bands.csv: centroid, midpoint and width of every measured band, straight from the packages.
# Run by hand, with the folder of the archives and the file to write:
#     python tests/golden/make_bands.py FOLDER bands.csv
# Shares no code with srf_library: straight lines between samples, trapezoids, linear crossings.
import hashlib
import re
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np

PYRSR = "pyrsr-0.8.0.tar.gz"
PY6S = "Py6S-1.9.2.tar.gz"
SENSORSIO = "sensorsio-1.0.2-py3-none-any.whl"

MSI = [(f"B{n}", n) for n in ("1", "2", "3", "4", "5", "6", "7", "8", "8A", "9", "10", "11", "12")]
TM = [(f"B{n}", n) for n in "123457"]
OLI = [(f"B{n}", n) for n in "123456789"]
HRV = [("B1", "1"), ("B2", "2"), ("B3", "3"), ("PAN", "4")]
HRVIR = [("B1", "1"), ("B2", "2"), ("B3", "3"), ("B4", "4")]
FILES = {
    "landsat4_tm": ("Landsat-4/TM", TM),
    "landsat5_tm": ("Landsat-5/TM", TM),
    "landsat7_etm": ("Landsat-7/ETM+", [*TM, ("B8", "8")]),
    "landsat8_oli": ("Landsat-8/OLI_TIRS", OLI),
    "landsat9_oli2": ("Landsat-9/OLI_TIRS", OLI),
    "sentinel2a_msi": ("Sentinel-2A/MSI", MSI),
    "sentinel2b_msi": ("Sentinel-2B/MSI", MSI),
    "terra_modis": ("Terra/MODIS", [(f"B{n}", str(n)) for n in range(8, 17)]),
    "aqua_modis": ("Aqua/MODIS", [(f"B{n}", str(n)) for n in range(1, 17)]),
    "terra_aster": ("Terra/ASTER", [(f"B{n}", n) for n in ("1", "2", "3N", *"456789")]),
    **{f"spot{n}_hrv{k}": (f"SPOT-{n}/HRV{k}", HRV) for n in (1, 2, 3) for k in (1, 2)},
    **{f"spot4_hrvir{k}": (f"SPOT-4/HRVIR{k}", HRVIR) for k in (1, 2)},
    **{f"spot5_hrg{k}": (f"SPOT-5/HRG{k}", [*HRVIR, ("PAN", "5")]) for k in (1, 2)},
}
CONSTANTS = {
    **{
        f"sentinel3{x}_slstr": [(f"S{n}", f"S3{x.upper()}_SLSTR_{n:02d}") for n in range(1, 7)]
        for x in "ab"
    },
    **{
        f"probav_camera{k}": [
            (b, f"PROBAV_{k}_{n:02d}") for n, b in enumerate(["BLUE", "RED", "NIR", "SWIR"], 1)
        ]
        for k in (1, 2, 3)
    },
}


def curves(folder):
    with tarfile.open(folder / PYRSR) as archive:
        for sensor, (place, bands) in FILES.items():
            for band, number in bands:
                name = f"pyrsr-0.8.0/pyrsr/data/{place}/band_{number}"
                lines = archive.extractfile(name).read().decode().splitlines()[1:]
                nm, response = np.array([line.split() for line in lines], dtype=float).T
                yield sensor, band, nm * (1000 if nm[-1] < 20 else 1), response
    with tarfile.open(folder / PY6S) as archive:
        text = archive.extractfile("Py6S-1.9.2/Py6S/Params/wavelength.py").read().decode()
    for sensor, bands in CONSTANTS.items():
        for band, constant in bands:
            found = re.search(
                rf"\b{constant} = \(\s*\d+,\s*([\d.]+),\s*([\d.]+),\s*np\.array\(\s*\[(.*?)\]",
                text,
                re.S,
            )
            response = np.array([float(x) for x in found[3].split(",") if x.strip()])
            nm = 1000 * float(found[1]) + 2.5 * np.arange(len(response))
            yield sensor, band, nm, response
    with zipfile.ZipFile(folder / SENSORSIO) as archive:
        lines = archive.read("sensorsio/data/venus/srs_venus.txt").decode().splitlines()
    table = np.array([line.split() for line in lines], dtype=float)
    for band in range(1, 13):
        yield "venus_vssc", f"B{band}", 1000 * table[:, 0], table[:, band]


def in_band(nm, response):
    low = high = int(np.argmax(response))
    while low > 0 and response[low - 1] >= 0.01 * response.max():
        low -= 1
    while high < len(nm) - 1 and response[high + 1] >= 0.01 * response.max():
        high += 1
    return nm[low : high + 1], response[low : high + 1]


def described(nm, response):
    centroid = np.trapezoid(nm * response, nm) / np.trapezoid(response, nm)
    half = response.max() / 2
    above = [i for i in range(len(nm)) if response[i] >= half]
    low, high = nm[above[0]], nm[above[-1]]
    if above[0] > 0:
        i = above[0] - 1
        low = np.interp(half, response[i : i + 2], nm[i : i + 2])
    if above[-1] < len(nm) - 1:
        i = above[-1]
        high = np.interp(half, response[i : i + 2][::-1], nm[i : i + 2][::-1])
    return centroid, (low + high) / 2, high - low


def rows(folder):
    for sensor, band, nm, response in curves(folder):
        response = np.clip(response, 0, None)
        if sensor.endswith("modis"):
            nm, response = in_band(nm, response)
        yield sensor, band, *(f"{number:.3f}" for number in described(nm, response))


if __name__ == "__main__":
    folder, target = map(Path, sys.argv[1:])
    sums = [
        f"{name} sha256 {hashlib.sha256((folder / name).read_bytes()).hexdigest()}"
        for name in (PYRSR, PY6S, SENSORSIO)
    ]
    header = [
        "# what: centroid, midpoint and full width at half maximum [nm] of every measured band",
        f"# made by: tests/golden/make_bands.py, numpy {np.__version__}",
        f"# from: {'; '.join(sums)}",
        "sensor,band,centroid_nm,midpoint_nm,fwhm_nm",
    ]
    lines = [",".join(row) for row in rows(folder)]
    target.write_text("\n".join([*header, *lines]) + "\n", encoding="utf-8")
