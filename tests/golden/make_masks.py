# Makes masks.csv: the masks of anyband_models/damage/protocols.py, drawn by loops of their own.
# Run by hand, with the path of the file to write: python tests/golden/make_masks.py masks.csv
import hashlib
import math
import sys
from pathlib import Path

import numpy as np

# Two scenes of 12 and 7 bands; wavelengths not sorted, one pair equal, some bands not good.
SCENES = {
    "coast": ([443, 490, 560, 665, 705, 740, 783, 842, 865, 945, 1610, 2190], "111111111011"),
    "mixed": ([900, 500, 700, 500, 1600, 600, 400], "1111101"),
}
ROWS, COLUMNS = 5, 9
FAMILIES = ["random-12.5", "random-50", "random-90", "k1", "k5", "gap-10", "gap-40"]
FAMILIES += ["pixel-50", "pixel-99", "stripes-5", "stripes-30"]
SEEDS = [0, 1, 2026]


def percent(family):
    return float(family.split("-")[1])


def draw(family, wavelengths, good, seed):
    bands = [band for band, flag in enumerate(good) if flag == "1"]
    n = len(bands)
    rng = np.random.Generator(np.random.PCG64(seed))
    removed = set()
    everywhere = [(y, x) for y in range(ROWS) for x in range(COLUMNS)]

    def remove_band(band):
        removed.update((band, y, x) for y, x in everywhere)

    if family.startswith("random-"):
        order = rng.permutation(n)
        for i in range(round(n * percent(family) / 100)):
            remove_band(bands[order[i]])
    elif family.startswith("k"):
        order = rng.permutation(n)
        for i in range(n - int(family[1:])):
            remove_band(bands[order[i]])
    elif family.startswith("gap-"):
        along = sorted(bands, key=lambda band: wavelengths[band])
        m = max(1, round(n * percent(family) / 100))
        start = rng.integers(0, n - m + 1)
        for i in range(m):
            remove_band(along[start + i])
    elif family.startswith("pixel-"):
        for band in bands:
            removed.update(
                (band, y, x) for y, x in everywhere if rng.random() < percent(family) / 100
            )
    elif family.startswith("stripes-"):
        order = rng.permutation(n)
        for i in range(math.ceil(n / 3)):
            columns = rng.permutation(COLUMNS)
            for j in range(max(1, round(COLUMNS * percent(family) / 100))):
                removed.update((bands[order[i]], y, int(columns[j])) for y in range(ROWS))
    return removed


def rows():
    for scene, (wavelengths, good) in SCENES.items():
        for family in FAMILIES:
            for seed in SEEDS:
                removed = draw(family, wavelengths, good, seed)
                mask = np.zeros((len(good), ROWS, COLUMNS), dtype=bool)
                for entry in removed:
                    mask[entry] = True
                digest = hashlib.sha256(np.packbits(mask).tobytes()).hexdigest()
                touched = sorted({band for band, _, _ in removed})
                yield [
                    scene,
                    " ".join(map(str, wavelengths)),
                    good,
                    f"{len(good)} {ROWS} {COLUMNS}",
                    family,
                    seed,
                    len(removed),
                    " ".join(map(str, touched)),
                    digest,
                ]


HEADER = f"""\
# what: masks of entries to remove (True = removed), by family and seed; file order of the bands
# made by: tests/golden/make_masks.py, numpy {np.__version__}
# from: the descriptions in anyband_models/damage/protocols.py, drawn entry by entry
# columns: bands = those that lose an entry; sha256 = of numpy.packbits of the mask (band, y, x)
scene,wavelength_nm,good,shape,family,seed,removed,bands,sha256
"""

if __name__ == "__main__":
    lines = [",".join(map(str, row)) for row in rows()]
    Path(sys.argv[1]).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
