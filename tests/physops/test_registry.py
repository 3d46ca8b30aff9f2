from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

import physops
import srf_library
from physops import registry
from srf_library import UnknownNameError


def double(bands):
    """Stand for a plugin's operator."""
    return physops.get("ndvi", bands=bands)


def offer(monkeypatch, *names):
    points = [EntryPoint(name, f"{__name__}:double", registry.GROUP) for name in names]
    monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints(points))


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"an operator called 'nvdi'.*did you mean .*'ndvi'"):
        physops.get("nvdi", sensor="sentinel2a_msi")


@pytest.mark.parametrize(
    "given",
    [{}, {"bands": physops.Bands.at([665.0, 835.0]), "sensor": "S2A"}],
)
def test_it_must_be_told_which_bands_the_image_has(given):
    with pytest.raises(TypeError, match="either bands=, or sensor= or wavelengths= or both"):
        physops.get("ndvi", **given)


def test_the_images_own_wavelengths_win_over_the_sensors():
    sensor = srf_library.get("S2A").select(["B3", "B8"])
    with pytest.warns(srf_library.CentreShiftWarning, match=r"puts sentinel2a_msi B3 at 665 nm"):
        operator = physops.get("ndvi", sensor=sensor, wavelengths=[665.0, 833.0])
    assert (operator.first, operator.second) == (1, 0)


@pytest.mark.parametrize("name", ["S2A", "Sentinel-2A MSI", "sentinel2a_msi"])
def test_a_sensor_goes_by_all_its_names(name):
    assert physops.get("ndvi", sensor=name).band_count == 13


def test_a_sensors_bands_are_found_by_its_name():
    operator = physops.get("ndvi", sensor="sentinel2a_msi")
    assert (operator.first, operator.second) == (7, 3)  # B8 and B4


def test_a_plugin_is_listed_and_built(monkeypatch):
    offer(monkeypatch, "theirs")
    monkeypatch.setattr(EntryPoint, "load", lambda self: double)
    assert "theirs" in physops.list_operators()
    assert physops.get("theirs", sensor="sentinel2a_msi").spec.name == "ndvi"


def test_a_plugin_never_shadows_a_built_in(monkeypatch):
    offer(monkeypatch, "ndvi")
    assert physops.list_operators().count("ndvi") == 1
    assert physops.get("ndvi", sensor="sentinel2a_msi").spec == physops.spec("ndvi")


def test_every_built_in_has_a_source_and_known_operands():
    for name in registry.SPECS:
        spec = physops.spec(name)
        assert spec.name == name
        assert spec.source
        assert set(spec.operands) <= set(physops.bands.COMMON_NAMES)


def test_wavelengths_may_be_an_array():
    operator = physops.get("ndvi", wavelengths=np.array([560.0, 665.0, 835.0]))
    assert (operator.first, operator.second) == (2, 1)
