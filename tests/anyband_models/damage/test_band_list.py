"""The user's way to name bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.damage.band_list import parse_bands
from anyband_models.errors import UsageError
from anyband_models.repair.plan import runs

WAVELENGTH = np.array([440.0, 460.0, 490.0, 480.0, 900.5])
NAMES = ("B1", "B2", "B3", "B3", "12")


@given(st.sets(st.integers(0, 59)))
def test_a_list_of_runs_names_the_bands_that_it_was_made_of(bands):
    text = runs([band + 1 for band in sorted(bands)])
    assert parse_bands(text, np.linspace(400, 2500, 60)) == tuple(sorted(bands))


@given(st.floats(400, 2500), st.floats(400, 2500))
def test_a_range_of_wavelengths_names_what_lies_in_it(one, other):
    wavelength = np.linspace(400, 2500, 30)[::-1].copy()
    low, high = sorted((round(one, 3), round(other, 3)))
    inside = np.flatnonzero((wavelength >= low) & (wavelength <= high)).tolist()
    text = f"{low:.3f}-{high:.3f}nm"
    if inside:
        assert parse_bands(text, wavelength) == tuple(inside)
    else:
        with pytest.raises(UsageError, match="no band's centre lies within"):
            parse_bands(text, wavelength)


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("", ()),
        (" , ,", ()),
        ("1", (0,)),
        ("5,1,1", (0, 4)),
        ("2-4", (1, 2, 3)),
        ("460-480nm", (1, 3)),
        ("460 - 480nm", None),
        ("460-480 nm", (1, 3)),
        ("900.5nm", (4,)),
        ("471nm", (3,)),
        ("B3", (2, 3)),
        ("B1, 440-460nm ,5", (0, 1, 4)),
    ],
)
def test_items(text, bands):
    if bands is None:
        with pytest.raises(UsageError, match="cannot be understood"):
            parse_bands(text, WAVELENGTH, NAMES)
    else:
        assert parse_bands(text, WAVELENGTH, NAMES) == bands


def test_what_reads_as_a_number_is_one_even_where_a_band_is_called_so():
    assert parse_bands("2", WAVELENGTH, ("2", "1", "3", "4", "5")) == (1,)


@pytest.mark.parametrize("text", ["0", "6", "3-6", "4-2", "0-2", "12"])
def test_a_number_without_a_band(text):
    with pytest.raises(UsageError, match=rf"band '{text}' is not among .* from 1 to 5"):
        parse_bands(text, WAVELENGTH, NAMES)


@pytest.mark.parametrize("text", ["B9", "1;2", "-3", "1.5", "460-480um", "nm", "1-2-3", "b1"])
def test_an_item_that_cannot_be_understood(text):
    with pytest.raises(UsageError, match=rf"'{text}' in the list .* band numbers from 1"):
        parse_bands(text, WAVELENGTH, NAMES)


@pytest.mark.parametrize("text", ["300nm", "2000nm", "0nm"])
def test_a_wavelength_beyond_the_bands(text):
    with pytest.raises(UsageError, match=rf"no band is near {text}.* between 440 and 900.5 nm"):
        parse_bands(text, WAVELENGTH)


def test_a_range_between_two_bands():
    with pytest.raises(UsageError, match="no band's centre lies within 500-800nm"):
        parse_bands("500-800nm", WAVELENGTH)
