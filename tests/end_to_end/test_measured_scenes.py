"""Real scenes, through the command; they are no part of the project."""

import numpy as np
import pytest
import rasterio
import spectral

from anyband_models.files import staged
from anyband_models.models.contract import Origin
from anyband_models.scene.formats import read_scene, write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene

# EPSG:32633 around Potsdam; the mosaic's own grid is not in its file.
PLACE = (30.0, 0.0, 360_000.0, 0.0, -30.0, 5_810_000.0)


@pytest.mark.slow
def test_aviris_by_five_seeds(anyband, shared_data):
    """The figures of the README, with room for another BLAS."""
    path = shared_data / "hyperspectral" / "aviris_vi_demo.npz"
    ended = anyband(
        "evaluate", "gaussian", "--scene", path, "--scale", "1e-4", "--fit", "left",
        "--family", "random-50", "--family", "k5", "--seeds", "5", "--json",
    )  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    random, few = ended.json["records"]
    assert random["psnr_missing"] >= 52.5
    assert few["psnr_missing"] >= 37.0
    assert random["linear"]["psnr_missing"] == pytest.approx(41.5, abs=0.3)
    assert few["linear"]["psnr_missing"] == pytest.approx(21.0, abs=0.3)


def mosaic(shared_data):
    """EnMAP over Potsdam as an L2A product stores it: int16, -32768 = no data."""
    with np.load(shared_data / "hyperspectral" / "enmap_potsdam_mosaic.npz") as file:
        cube, wavelength = file["cube"].transpose(2, 0, 1), file["wavelength_nm"]
        fwhm, good = file["fwhm_nm"], file["bbl"] == 1
    stored = np.where(np.isnan(cube), -32768, np.nan_to_num(cube)).astype("<i2")
    bands = len(stored)
    meta = SceneMeta(
        dtype="<i2",
        scale=(1e-4,) * bands,
        offset=(0.0,) * bands,
        scale_declared=True,
        nodata=-32768,
        crs=rasterio.crs.CRS.from_epsg(32633).to_wkt(),
        transform=PLACE,
        band_names=tuple(f"band {number}" for number in range(1, bands + 1)),
    )
    return make_scene(np.ascontiguousarray(stored), meta, wavelength, fwhm, good)


@pytest.fixture(scope="module", params=["hdr", "tif"])
def repaired(request, tmp_path_factory, shared_data):
    """The mosaic in a format, before and after the command."""
    folder = tmp_path_factory.mktemp("enmap")
    before, after = folder / f"scene.{request.param}", folder / f"full.{request.param}"
    with staged() as stage:
        write_scene(mosaic(shared_data), before, stage)
    return before, after


def test_the_missing_bands_of_enmap_are_filled_and_all_else_comes_back(repaired, anyband):
    source, target = repaired
    ended = anyband("repair", source, "-o", target, "--model", "gaussian", "--json")
    assert ended.code == 0
    before, after = read_scene(source), read_scene(target)
    provenance = read_scene(target.with_suffix(f".provenance{target.suffix}")).stored

    covered = ~np.isnan(before.values).all(axis=0)
    dead = np.isnan(before.values).all(axis=(1, 2))
    assert dead.sum() == 6
    assert ended.json["entries"]["repaired_band"] == 6 * covered.sum()
    assert np.isfinite(after.values[:, covered]).all()
    measured = provenance == Origin.MEASURED
    np.testing.assert_array_equal(after.stored[measured], before.stored[measured])
    assert (after.stored[:, ~covered] == -32768).all()
    assert (measured == (~np.isnan(before.values) & ~dead[:, None, None])).all()

    assert after.meta.model_dump(exclude={"path"}) == before.meta.model_dump(exclude={"path"})
    for name in ("wavelength", "fwhm", "good"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))

    if target.suffix == ".tif":
        same_to_rasterio(source, target, measured)
    else:
        same_to_spectral(source, target, measured)


def same_to_rasterio(source, target, measured):
    with rasterio.open(source) as one, rasterio.open(target) as two:
        assert one.profile == two.profile
        assert one.tags() == two.tags()
        assert [one.tags(i) for i in one.indexes] == [two.tags(i) for i in two.indexes]
        assert (one.descriptions, one.scales, one.offsets) == (
            two.descriptions,
            two.scales,
            two.offsets,
        )
        np.testing.assert_array_equal(one.read()[measured], two.read()[measured])


def same_to_spectral(source, target, measured):
    one, two = spectral.open_image(str(source)), spectral.open_image(str(target))
    assert one.metadata == two.metadata
    first, second = (np.asarray(image.load(dtype="i2", scale=False)) for image in (one, two))
    kept = measured.transpose(1, 2, 0)
    np.testing.assert_array_equal(first[kept], second[kept])
    assert len(two.bands.centers) == measured.shape[0]
