"""Small scenes and files that the tests of the formats share."""

import os
from pathlib import Path

import numpy as np
import pytest

from anyband_models.files import staged
from anyband_models.scene.formats import write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


@pytest.fixture
def shared_data():
    """The folder of measured scenes, which is no part of the project."""
    beside = Path(__file__).parents[4] / "shared" / "data"
    folder = Path(os.environ.get("ANYBAND_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"there are no measured scenes in {folder}; set ANYBAND_DATA")
    return folder


@pytest.fixture
def make():
    """Builds a scene: values that differ everywhere, bands from 450 nm on."""

    def build(shape=(4, 5, 6), dtype="<i2", good=None, fwhm=None, **changes):
        bands = shape[0]
        stored = (np.arange(np.prod(shape)).reshape(shape) % 251 + 1).astype(dtype)
        meta = {"scale": (1e-4,) * bands, "offset": (0.0,) * bands, "scale_declared": True}
        meta = SceneMeta(**(meta | {"dtype": np.dtype(dtype).str} | changes))
        return make_scene(stored, meta, 450.0 + 10.0 * np.arange(bands), fwhm, good)

    return build


@pytest.fixture
def save(tmp_path):
    """Writes a scene under a name in the test's folder, and returns the path."""

    def write(scene, name):
        with staged(overwrite=True) as stage:
            write_scene(scene, tmp_path / name, stage)
        return tmp_path / name

    return write
