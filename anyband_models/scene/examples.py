"""The default scene: Indian Pines, as the package tensorly ships it. Nothing is downloaded."""

import numpy as np
from jaxtyping import Float

from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scene import Scene, make_scene

# The first bands after the two water-vapour gaps: there the band before, which elsewhere has the
# right number, lies on the gap's other side, and the even step gives it instead.
AFTER_GAPS = (103, 144)
BAND_STEP_NM = 9.97


def indian_pines() -> Scene:
    """Return the scene: AVIRIS, 12 June 1992, 145 x 145 pixels, 200 bands, radiance-like counts.

    Source: Baumgardner, Biehl & Landgrebe, *220 Band AVIRIS Hyperspectral Image Data Set: June
    12, 1992 Indian Pine Test Site 3*, Purdue University Research Repository, 2015,
    doi:10.4231/R7RX991C, CC BY 3.0.
    """
    from tensorly.datasets import load_indian_pines

    bunch = load_indian_pines()
    stored = np.ascontiguousarray(np.asarray(bunch.tensor).astype("<u2").transpose(2, 0, 1))
    bands = len(stored)
    meta = SceneMeta(
        path="indian_pines",
        dtype="<u2",
        scale=(1.0,) * bands,
        offset=(0.0,) * bands,
        scale_declared=True,
        quantity=Quantity.DN,
    )
    return make_scene(stored, meta, mended_wavelengths(np.asarray(bunch.ticks[1], np.float64)))


def mended_wavelengths(listed: Float[np.ndarray, " band"]) -> Float[np.ndarray, " band"]:
    """Return the band centres that tensorly lists, with two faults mended [nm].

    From band 104 on the list is one band too long (the CO2 lines at 2005 and 2060 nm show it), and
    bands 171 and 172 break the even step of their neighbours.
    """
    mended = listed.copy()
    mended[104:] = listed[103:-1]
    for first in AFTER_GAPS:
        mended[first] = listed[first] - BAND_STEP_NM
    steps = np.arange(1, 3) / 3
    mended[[171, 172]] = mended[170] + steps * (mended[173] - mended[170])
    return mended


EXAMPLES = {"indian-pines": indian_pines}
"""Scenes that a command takes by name, in place of a file."""
