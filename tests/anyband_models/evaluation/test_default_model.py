"""What `repair` uses if nobody says otherwise is nowhere worse than straight lines."""

import numpy as np
import pytest

from anyband_models.cli.arena import FAMILIES
from anyband_models.evaluation.evaluate import evaluate
from anyband_models.repair.config import RepairConfig
from anyband_models.scene.examples import indian_pines
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene
from anyband_models.training.data.materials import assembled
from anyband_models.training.data.scenes import Recipe, simulate
from anyband_models.training.data.sensors import gaussian
from anyband_models.training.data.sources import canopies

ROWS, COLS, BANDS = 24, 48, 30
EVERY = 3  # of the bands of Indian Pines


def counts():
    """A part of Indian Pines around its middle column, every third band of it."""
    whole = indian_pines()
    middle = whole.stored.shape[2] // 2
    columns = slice(middle - COLS // 2, middle + COLS // 2)
    stored = np.ascontiguousarray(whole.stored[::EVERY, :ROWS, columns])
    ones, zeros = (1.0,) * len(stored), (0.0,) * len(stored)
    meta = whole.meta.model_copy(update={"scale": ones, "offset": zeros})
    kept = (whole.wavelength[::EVERY], whole.fwhm[::EVERY], whole.good[::EVERY])
    return make_scene(stored, meta, *kept)


def reflectances():
    """A simulated scene of canopies and bare soils."""
    bands = gaussian("grid", np.linspace(420.0, 2400.0, BANDS), 12.0)
    materials = assembled(canopies.gathered(256))
    values = simulate(materials, bands, ROWS, COLS, 7, 1, Recipe(badness=(0.3, 0.3)))
    ones, zeros = (1.0,) * BANDS, (0.0,) * BANDS
    meta = SceneMeta(dtype="<f4", scale=ones, offset=zeros, scale_declared=True)
    return make_scene(values.astype("<f4"), meta, bands.bands.wavelength, bands.bands.fwhm)


@pytest.mark.parametrize(
    ("scene", "fit"),
    [
        (counts, "left"),
        (reflectances, "left"),
        (reflectances, "none"),
        pytest.param(counts, "none", marks=pytest.mark.slow),  # every pixel has a part of the bands
    ],
)
def test_the_default_model_is_nowhere_below_linear(scene, fit):
    found = evaluate(RepairConfig().model, scene(), FAMILIES, seeds=1, fit=fit)
    assert len(found.records) == 9
    found.gate(0.1)
