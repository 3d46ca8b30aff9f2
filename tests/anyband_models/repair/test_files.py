"""The files of a repair, and the manifest that vouches for them."""

import hashlib
import json

import numpy as np
import pytest

from anyband_models.errors import UsageError
from anyband_models.files import staged
from anyband_models.models.contract import Origin
from anyband_models.repair.files import every_file, layers, write_outcome
from anyband_models.repair.pipeline import repair_scene
from anyband_models.scene.formats import read_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


@pytest.fixture
def outcome():
    stored = np.linspace(0.1, 0.9, 96, dtype="<f4").reshape(6, 4, 4)
    stored[2] = np.nan
    stored[:, 1, 1] = np.nan
    meta = SceneMeta(scale=(1.0,) * 6, offset=(0.0,) * 6, transform=(2.0, 0, 10, 0, -2.0, 20))
    return repair_scene(make_scene(stored, meta, 500.0 + 10.0 * np.arange(6)))


@pytest.mark.parametrize("name", ["full.tif", "full.hdr", "full.bil"])
def test_every_file_is_there_and_vouched_for(outcome, tmp_path, name):
    with staged() as stage:
        written = write_outcome(outcome, tmp_path / name, stage)
    there = sorted(tmp_path.iterdir())
    assert there == sorted(written) == sorted(every_file(tmp_path / name))
    manifest = json.loads((tmp_path / f"{name}.json").read_text())
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in there
        if path.suffix != ".json"
    }
    assert manifest["sha256"] == sums


@pytest.mark.parametrize("suffix", [".tif", ".hdr"])
def test_layers_lie_on_the_scenes_grid(outcome, tmp_path, suffix):
    with staged() as stage:
        write_outcome(outcome, tmp_path / f"full{suffix}", stage)
    result = outcome.reconstruction
    for layer, values in (
        ("provenance", result.provenance),
        ("caution", result.caution),
        ("std", result.std),
    ):
        read = read_scene(tmp_path / f"full.{layer}{suffix}")
        np.testing.assert_array_equal(read.stored, values)
        np.testing.assert_array_equal(read.wavelength, outcome.scene.wavelength)
        assert read.meta.transform == outcome.scene.meta.transform


def test_no_data_of_the_layers(outcome):
    provenance, caution, std = layers(outcome)
    assert provenance.meta.nodata == Origin.NO_DATA
    assert caution.meta.nodata is None
    assert np.isnan(std.meta.nodata)


def test_the_manifest_counts_and_explains(outcome, tmp_path):
    with staged() as stage:
        write_outcome(outcome, tmp_path / "full.tif", stage)
    manifest = json.loads((tmp_path / "full.tif.json").read_text())
    assert manifest["entries"]["repaired_band"] == 15
    assert manifest["entries"]["no_data"] == 6
    assert manifest["codes"]["provenance"] == {
        "0": "measured",
        "1": "repaired_band",
        "2": "repaired_pixel",
        "3": "refused",
        "255": "no_data",
    }
    assert manifest["codes"]["caution"] == {"1": "fallback", "2": "long_gap", "4": "extrapolated"}
    assert manifest["config"]["model"] == "anyband"
    assert set(manifest["versions"]) >= {"python", "anyband", "numpy", "rasterio"}


def test_a_suffix_without_a_format(tmp_path):
    with pytest.raises(UsageError, match="names no format"):
        every_file(tmp_path / "full.png")
