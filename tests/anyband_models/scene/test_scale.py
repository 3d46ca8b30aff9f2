import numpy as np
import pytest

from anyband_models.errors import ScaleError
from anyband_models.scene.formats import read_scene
from anyband_models.scene.meta import Quantity, SceneMeta
from anyband_models.scene.scale import check_reflectance
from anyband_models.scene.scene import make_scene

SCENES = 50
WAVELENGTH = np.linspace(400.0, 2500.0, 60)
OPAQUE = (abs(WAVELENGTH - 1400) < 60) | (abs(WAVELENGTH - 1900) < 80)


def spectra(kind, pick):
    """Smooth shapes with the levels and slopes of a ground."""
    x = (WAVELENGTH - 400) / 2100
    if kind == "vegetation":
        edge = 1 / (1 + np.exp(-(WAVELENGTH - 715) / 12))
        return 0.05 + pick.uniform(0.2, 0.5) * edge * (1 - 0.7 * x) + 0.03 * np.sin(9 * x)
    if kind == "soil":
        return pick.uniform(0.1, 0.3) * (0.4 + x**0.5)
    if kind == "snow":
        return 1.2 * np.exp(-2.5 * x) + 0.02
    if kind == "town":
        return pick.uniform(0.05, 0.6) * (0.8 + 0.3 * x)
    return 0.06 * np.exp(-6 * x) + 0.01  # water


def reflectance(seed):
    """A scene of 12 x 12 pixels: mixed grounds, noise, missing pixels, wild opaque bands."""
    pick = np.random.default_rng(seed)
    kinds = pick.choice(["vegetation", "soil", "snow", "town", "water"], 3)
    parts = np.stack([spectra(kind, pick) for kind in kinds])
    shares = pick.dirichlet(np.ones(3), (12, 12))
    cube = np.einsum("yxk,kb->byx", shares, parts)
    cube = cube * pick.uniform(0.6, 1.0, (1, 12, 12)) + pick.normal(0, 0.005, cube.shape)
    if seed % 2:
        cube[OPAQUE] = pick.normal(0, 8, cube[OPAQUE].shape)
    cube[:, pick.random((12, 12)) < 0.1] = np.nan
    return cube


def scene_of(stored, **changes):
    meta = {"scale": (1.0,) * 60, "offset": (0.0,) * 60, "dtype": stored.dtype.str}
    return make_scene(stored, SceneMeta(**(meta | changes)), WAVELENGTH)


def refusal(scene):
    try:
        check_reflectance(scene)
    except ScaleError as error:
        return str(error)
    return ""


FORGOTTEN = {
    "x 1e4": (lambda cube: cube * 1e4, "--scale 1e-4"),
    "x 1e4 + 1000": (lambda cube: cube * 1e4 + 1000, "--scale 1e-4 --offset -0.1"),
    "percent": (lambda cube: cube * 100, "--scale 0.01"),
    "0-255": (lambda cube: cube * 255, "--scale 0.0039216"),
}


def test_true_reflectance_is_accepted():
    refused = [seed for seed in range(4 * SCENES) if refusal(scene_of(reflectance(seed)))]
    assert len(refused) <= 0.01 * 4 * SCENES, refused


@pytest.mark.parametrize("whole", [False, True])
def test_a_forgotten_scale_is_noticed(whole):
    caught = 0
    for change, _ in FORGOTTEN.values():
        for seed in range(SCENES):
            stored = change(reflectance(seed)).astype("f4")
            stored = np.nan_to_num(stored, nan=-9999).round().astype("i2") if whole else stored
            caught += bool(refusal(scene_of(stored, nodata=-9999 if whole else None)))
    assert caught >= 0.99 * len(FORGOTTEN) * SCENES


@pytest.mark.parametrize(("change", "flags"), FORGOTTEN.values(), ids=FORGOTTEN.keys())
def test_the_likely_scale_is_named(change, flags):
    pick = np.random.default_rng(0)
    bright = spectra("town", pick)[:, None, None] * np.ones((60, 5, 5))
    message = refusal(scene_of(change(bright)))
    assert f"pass {flags}" in message or f", {flags} if" in message
    assert "--quantity radiance or --quantity dn" in message


def test_landsat_counts_are_named():
    assert "--scale 2.75e-5 --offset -0.2" in refusal(scene_of(np.full((60, 2, 2), 30_000.0)))


def test_a_wrong_scale_is_noticed_too():
    scene = scene_of(np.full((60, 2, 2), 5000.0), scale=(1e-3,) * 60, scale_declared=True)
    with pytest.raises(ScaleError, match=r"lie at 5, .* though the scale 0.001 is stated"):
        check_reflectance(scene)


@pytest.mark.parametrize("quantity", [Quantity.RADIANCE, Quantity.DN])
def test_what_is_not_said_to_be_reflectance_may_be_anything(quantity):
    values = np.full((60, 2, 2), 5000.0)
    check_reflectance(scene_of(values, quantity=quantity))
    with pytest.raises(ScaleError):
        check_reflectance(scene_of(values, quantity=Quantity.REFLECTANCE))


def test_whole_numbers_need_a_scale_unless_they_are_0_or_1():
    pick = np.random.default_rng(0)
    check_reflectance(scene_of(pick.integers(0, 2, (60, 3, 3)).astype("i2")))
    check_reflectance(scene_of(np.full((60, 2, 2), 2, "i2"), scale_declared=True))
    with pytest.raises(ScaleError, match="no scale is stated"):
        check_reflectance(scene_of(np.full((60, 2, 2), 2, "i2")))


def test_a_scene_without_data_has_nothing_to_check():
    assert check_reflectance(scene_of(np.full((60, 2, 2), np.nan))) is None


def test_only_good_bands_are_asked():
    stored = np.full((60, 2, 2), 0.3)
    stored[:30] = 900.0
    scene = scene_of(stored)
    with pytest.raises(ScaleError):
        check_reflectance(scene)
    good = np.arange(60) >= 30
    check_reflectance(make_scene(stored, scene.meta, WAVELENGTH, good=good))


def test_a_large_scene_is_judged_as_its_parts_are():
    pick = np.random.default_rng(0)
    stored = pick.uniform(0, 1, (60, 200, 200)).astype("f4")
    check_reflectance(scene_of(stored))
    with pytest.raises(ScaleError):
        check_reflectance(scene_of(stored * 100))


@pytest.mark.parametrize(
    ("pattern", "is_reflectance"),
    [
        ("avirisng_*", True),
        ("emit_*", True),
        ("muufl_*", True),
        ("enmap_*", False),
        ("abu_*", False),
        ("aviris_vi_demo*", False),
        ("indian_pines*", False),
        ("pavia_*", False),
        ("hydice_*", False),
    ],
)
def test_measured_scenes_are_judged_rightly(shared_data, pattern, is_reflectance):
    paths = sorted((shared_data / "hyperspectral").glob(pattern + ".npz"))
    assert paths
    for path in paths:
        with np.load(path) as archive:
            bands = archive["cube"].shape[2]
        scene = read_scene(path, wavelengths=np.linspace(400, 2500, bands))
        assert bool(refusal(scene)) != is_reflectance, path.name
