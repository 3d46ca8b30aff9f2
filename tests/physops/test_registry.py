import numpy as np
import pytest
import torch

import physops
import srf_library
from physops.errors import UnknownOperatorError
from srf_library import AmbiguousNameError, UnknownNameError


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"an operator called 'nvdi'.*did you mean 'NDVI'"):
        physops.get("nvdi", sensor="sentinel2a_msi")
    with pytest.raises(UnknownOperatorError, match="it stands in the description of CCI, CCRI,"):
        physops.spec("chlorophyl")
    with pytest.raises(
        UnknownOperatorError, match=r"physops\.list\(\) names them all, physops\.se"
    ):
        physops.get("zzzz")


@pytest.mark.parametrize("name", ["NDVI", "ndvi", "Ndvi", "nd-vi", "N D V I", "nd_vi"])
def test_a_name_may_be_spelt_in_many_ways(name):
    assert physops.get(name, sensor="S2A").spec == physops.spec(name) == physops.spec("NDVI")


def test_where_case_carries_meaning_it_must_be_right():
    assert physops.spec("BAI").domain == "burn"
    assert physops.spec("BaI").domain == "soil"
    with pytest.raises(AmbiguousNameError, match="'bai' may mean BAI or BaI; ask for one of them"):
        physops.get("bai", sensor="S2A")
    with pytest.raises(AmbiguousNameError):
        physops.spec("bai")


@pytest.mark.parametrize(
    ("name", "given"),
    [("srf", {}), ("ndvi", {"bands": physops.Bands.at([665.0, 835.0]), "sensor": "S2A"})],
)
def test_it_must_be_told_which_bands_the_image_has(name, given):
    with pytest.raises(TypeError, match="bands"):
        physops.get(name, **given)


def test_the_images_own_wavelengths_win_over_the_sensors():
    sensor = srf_library.get("S2A").select(["B3", "B8"])
    with pytest.warns(srf_library.CentreShiftWarning, match=r"puts sentinel2a_msi B3 at 665 nm"):
        operator = physops.get("ndvi", sensor=sensor, wavelengths=[665.0, 833.0])
    assert operator.channels == {"N": 1, "R": 0}


@pytest.mark.parametrize("name", ["S2A", "Sentinel-2A MSI", "sentinel2a_msi"])
def test_a_sensors_bands_are_found_by_any_of_its_names(name):
    operator = physops.get("ndvi", sensor=name)
    assert operator.channels == {"N": 7, "R": 3}  # B8 and B4
    assert str(operator) == "SpectralIndex(NDVI = (N - R) / (N + R); N: 833 nm, R: 665 nm)"


def test_the_bands_of_a_sensor_are_each_callers_own():
    physops.register("spoiling", lambda bands: physops.get("ndvi", bands=spoilt(bands)))

    def spoilt(bands):
        bands.good[7] = False
        return bands

    try:
        assert physops.get("spoiling", sensor="S2A").channels["N"] == 8  # B8A; B8 is spoilt
    finally:
        physops.unregister("spoiling")
    assert physops.get("ndvi", sensor="S2A").channels["N"] == 7


def test_wavelengths_may_be_an_array():
    operator = physops.get("ndvi", wavelengths=np.array([560.0, 665.0, 835.0]))
    assert operator.channels == {"N": 2, "R": 1}


def test_the_list_can_be_narrowed():
    assert len(physops.list(kind="index")) >= 320
    assert physops.list(kind="resampling") == ["srf"]
    assert physops.list("NDSII*") == physops.list("ndsii*") == ["NDSII", "NDSIITM"]
    water = physops.list(domain="water")
    assert {"NDWI", "AWEIsh"} <= set(water) < set(physops.list())
    with pytest.raises(ValueError, match="kind is 'loss'; choose one of index, resampling"):
        physops.list(kind="loss")
    with pytest.raises(ValueError, match="domain is 'sea'; choose one of burn, clouds"):
        physops.list(domain="sea")


def test_the_list_tells_what_can_be_computed():
    from_landsat = physops.list(sensor="landsat8_oli")
    assert {"NDVI", "EVI", "NBR", "FAI"} <= set(from_landsat)
    assert not {"NDREI", "PRI550", "NDVIT", "srf"} & set(from_landsat)
    spectrometer = {"wavelengths": np.arange(400.0, 2500.0, 10.0)}
    assert set(from_landsat) | {"NDREI", "PRI550"} < set(physops.list(**spectrometer))
    for name in physops.list(**spectrometer):
        image = torch.rand(1, 210, 2, 2, generator=torch.Generator().manual_seed(0))
        assert physops.get(name, **spectrometer)(image).shape == (1, 2, 2)


def test_what_is_no_index_says_what_it_is():
    with pytest.raises(UnknownNameError) as refusal:
        physops.indices(["ndvi", "srf"], sensor="S2A")
    assert str(refusal.value) == (
        "'srf' is no index, but an operator of the kind 'resampling'; build it by itself, with "
        "physops.get('srf')"
    )


def test_search_finds_words_of_the_card():
    assert "AWEIsh" in physops.search("water extraction")
    assert "SAVI" in physops.search("0034-4257(88)90106")
    assert physops.search("no such thing at all") == []
    assert "PRI550" in physops.search("R531")
    assert "kNDVI" in physops.search("sigma")
    assert physops.search("") == physops.search(" - ") == []


@pytest.mark.parametrize("name", ["", " ", "-"])
def test_an_empty_name_is_refused(name):
    with pytest.raises(UnknownOperatorError, match=r"is not known; physops\.list\(\) names them"):
        physops.get(name)
