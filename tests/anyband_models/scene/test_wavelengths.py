import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyband_models.errors import InputError
from anyband_models.scene.wavelengths import (
    StatedBands,
    as_stated,
    centres_in_nm,
    read_wavelength_table,
    shift,
    widths_in_nm,
)

tenths = st.lists(st.integers(2000, 200_000), min_size=1, max_size=9)


@given(tenths)
def test_micrometres_are_nanometres_to_the_last_digit_in_any_order(numbers):
    nanometres = [number / 10 for number in numbers]
    micrometres = tuple(float(f"{number / 10_000:.4f}") for number in numbers)
    for unit in ("um", "Micrometers", "", "Unknown"):
        stated = StatedBands(wavelength=micrometres, unit=unit)
        assert centres_in_nm(stated, len(numbers), "x").tolist() == nanometres
    for unit in ("nm", "Nanometers", "", "Unknown", "Index"):
        stated = StatedBands(wavelength=tuple(nanometres), unit=unit)
        assert centres_in_nm(stated, len(numbers), "x").tolist() == nanometres


@given(st.floats(1e-3, 1e6), st.integers(-6, 6))
def test_a_shift_of_digits_can_be_undone(number, power):
    digits = float(f"{number:.12g}")
    assert shift(shift(digits, power), -power) == digits


def test_overlapping_and_repeated_bands_are_kept_as_they_are():
    stated = as_stated([990.0, 1000.0, 985.0, 985.0])
    assert centres_in_nm(stated, 4, "x").tolist() == [990.0, 1000.0, 985.0, 985.0]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        (StatedBands(), "x gives no wavelengths for its 2 bands; pass --wavelengths FILE"),
        (as_stated([500.0]), "x gives 1 wavelengths for 2 bands"),
        (as_stated([500.0, np.nan]), "band 2 has the wavelength nan"),
        (as_stated([0.0, 500.0]), "band 1 has the wavelength 0"),
        (as_stated([-1.0, 500.0]), "band 1 has the wavelength -1"),
        (as_stated([500.0, np.inf]), "band 2 has the wavelength inf"),
        (as_stated([1.0, 500.0]), "band 1 lies at 1 nm, outside 200-20000 nm"),
        (as_stated([500.0, 20_001.0]), "band 2 lies at 20001 nm, outside 200-20000 nm"),
        (as_stated([0.1, 0.5]), "band 1 lies at 100 nm"),
        (StatedBands((1.0, 2.0), unit="Wavenumber"), "in 'Wavenumber', not nm or µm"),
    ],
)
def test_what_is_no_wavelength_is_refused(stated, words):
    with pytest.raises(InputError, match=words):
        centres_in_nm(stated, 2, "x")


def test_widths_share_the_unit_of_the_centres():
    micro = StatedBands((0.5, 0.6), (0.0051, np.nan))
    np.testing.assert_array_equal(widths_in_nm(micro, 2, "x"), [5.1, np.nan])
    np.testing.assert_array_equal(widths_in_nm(StatedBands((), (9.0, 0.0)), 2, "x"), [9, np.nan])
    np.testing.assert_array_equal(widths_in_nm(StatedBands((), (0.01, 0.02)), 2, "x"), [10, 20])
    assert np.isnan(widths_in_nm(StatedBands((500.0, 600.0)), 2, "x")).all()


@pytest.mark.parametrize(
    ("widths", "words"),
    [
        ((5.0,), r"1 band widths \(fwhm\) for 2 bands"),
        ((5.0, -1.0), r"band 2 has the width \(fwhm\) -1"),
        ((np.inf, 1.0), r"band 1 has the width \(fwhm\) inf"),
    ],
)
def test_what_is_no_width_is_refused(widths, words):
    with pytest.raises(InputError, match=words):
        widths_in_nm(StatedBands((500.0, 600.0), widths), 2, "x")


@pytest.fixture
def table(tmp_path):
    def write(text):
        (tmp_path / "bands.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / "bands.csv"

    return write


@pytest.mark.parametrize(
    "text",
    [
        "450\n550.5\n",
        "\ufeffwavelength\r\n450\r\n550.5\r\n",
        "# made by hand\n\nWavelength (nm)\n450,\n550.5,\n",
        "450, 550.5",
        "450 550.5",
        "band,wavelength,fwhm\n1,450,10\n2,550.5,10\n",
        '"fwhm";"Centre"\n10;450\n10;"550.5"\n',
    ],
)
def test_tables_of_every_shape_give_the_same_numbers(table, text):
    assert read_wavelength_table(table(text)).tolist() == [450.0, 550.5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no wavelengths; write one number a band"),
        ("# nothing\n", "holds no wavelengths"),
        ("wavelength\n", "is no number|holds no wavelengths"),
        ("450\nred\n", "'red' is no number"),
        ("450,10\n550,10\n", "has several columns; write one number a band, one a line"),
        ("a,b\n1,2\n3,4\n", "has several columns"),
        ("wavelength,fwhm\n450,10\n550\n", "has several columns"),
        (b"\xff\xfe4\x005\x00", "is no text file"),
        ("4" * 1_000_001, "too large to be a table"),
    ],
)
def test_what_is_no_table_is_refused(table, text, words):
    with pytest.raises(InputError, match=words):
        read_wavelength_table(table(text))


def test_a_missing_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_wavelength_table(tmp_path / "none.csv")
