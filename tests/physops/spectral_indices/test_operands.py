import numpy as np
import pytest

import srf_library
from physops import Bands
from physops.spectral_indices.operands import RANGES, find, is_operand, place_of, reflects


def band(operand, sensor):
    """Return the name of a sensor's band that an operand stands for."""
    channel = find(operand, Bands.of(sensor))
    return None if channel is None else srf_library.get(sensor).names[channel]


# Each instrument's own name of the band that its agency calls so.
SENTINEL2 = {
    **{"A": "B1", "B": "B2", "G": "B3", "R": "B4", "RE1": "B5", "RE2": "B6", "RE3": "B7"},
    **{"N": "B8", "N2": "B8A", "WV": "B9", "S1": "B11", "S2": "B12", "T": None, "Y": None},
}
LANDSAT8 = {
    **{"A": "B1", "B": "B2", "G": "B3", "R": "B4", "N": "B5", "N2": "B5", "S1": "B6", "S2": "B7"},
    **{"RE1": None, "RE2": None, "WV": None},
}
LANDSAT5 = {"B": "B1", "G": "B2", "R": "B3", "N": "B4", "S1": "B5", "S2": "B7", "N2": None}
# MODIS has bands for the ocean beside these; those of Terra are not in the library.
AQUA = {"A": "B9", "B": "B3", "G": "B4", "R": "B1", "N": "B2", "N2": "B2"}
ASTER = {"G": "B1", "R": "B2", "N": "B3N", "S1": "B4", "S2": "B6"}
VENUS = {"N2": "B11"}


@pytest.mark.parametrize(
    ("sensor", "expected"),
    [
        ("sentinel2a_msi", SENTINEL2),
        ("sentinel2b_msi", SENTINEL2),
        ("landsat8_oli", LANDSAT8),
        ("landsat9_oli2", LANDSAT8),
        ("landsat5_tm", LANDSAT5),
        ("aqua_modis", AQUA),
        ("terra_modis", {"A": "B9"}),
        ("terra_aster", ASTER),
        ("venus_vssc", VENUS),
    ],
)
def test_letters_stand_for_the_agencys_bands(sensor, expected):
    assert {letter: band(letter, sensor) for letter in expected} == expected


def test_a_band_that_is_not_good_is_not_used():
    bands = Bands.of("S2A", good=np.arange(13) != 7)
    assert find("N", bands) == 8  # B8A, in the range and the nearest that is left


@pytest.mark.parametrize(("nm", "channel"), [(523.4, None), (523.6, 0), (538.4, 0), (538.6, None)])
def test_a_wavelength_stands_for_a_band_within_7_5_nm(nm, channel):
    assert find("R531", Bands.at([nm, 700.0])) == channel


def test_a_wavelength_is_not_found_in_a_broad_band():
    assert find("R550", Bands.at([550.0, 552.0], [38.0, 10.0])) == 1
    assert find("R550", Bands.at([550.0], 38.0)) is None
    assert find("R550", Bands.at([550.0])) == 0


def test_a_red_edge_of_40_nm_is_one():
    assert find("RE1", Bands.at([710.0], 40.0)) == 0


def test_a_panchromatic_band_is_no_green_one():
    assert find("G", Bands.at([590.0], 170.0)) is None
    assert find("G", Bands.at([560.0], 40.0)) == 0


def test_what_an_operand_is():
    assert all(map(is_operand, [*RANGES, "VV", "PAR", "R531", "R1080", "lambdaN"]))
    assert not any(map(is_operand, ["L", "gamma", "sigma", "R1", "r531", "C1", "lambda"]))
    assert [
        name for name in ("N", "S2", "R531", "T", "VV", "PAR", "lambdaN") if reflects(name)
    ] == [*("N", "S2", "R531")]
    assert (place_of("lambdaS1"), place_of("N")) == ("S1", "")
