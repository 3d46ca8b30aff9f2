import numpy as np
import pytest

from srf_library import GridError
from srf_library.wavelengths import in_nanometres, widths_in_nanometres


def test_micrometres_are_told_by_their_size():
    np.testing.assert_array_equal(in_nanometres([0.4491, 2.2]), [449.1, 2200])
    np.testing.assert_array_equal(in_nanometres([449.1, 2200]), [449.1, 2200])


def test_widths_follow_the_unit_of_the_centres():
    np.testing.assert_array_equal(widths_in_nanometres([0.01, 0.02], [0.45, 2.2]), [10, 20])
    np.testing.assert_array_equal(widths_in_nanometres([10, np.nan], [450, 500]), [10, np.nan])
    np.testing.assert_array_equal(widths_in_nanometres(0.01, [0.45, 2.2]), [10, 10])
    assert np.isnan(widths_in_nanometres(None, [450, 500])).all()


def test_widths_in_nanometres_beside_centres_in_micrometres():
    np.testing.assert_array_equal(widths_in_nanometres([6.5, 0.5], [0.45, 2.2]), [6.5, 500])


@pytest.mark.parametrize(
    ("wavelengths", "sentence"),
    [
        ([], "a list of one or more numbers"),
        ([[450.0]], "a list of one or more numbers"),
        ([450.0, np.nan], r"band 2 has the wavelength nan; give every band its centre in nm"),
        ([-450.0], r"band 1 has the wavelength -450"),
        ([np.inf, 450.0], r"band 1 has the wavelength inf"),
        ([0.45, 550.0], r"from 0.45 to 550, some in µm and some in nm; give all of them in nm"),
        ([4.5e5], r"optical bands lie from 100 to 20000 nm"),
        ([50.0], r"from 50 to 50 nm; optical bands lie from 100"),
    ],
)
def test_what_is_no_wavelength_is_refused(wavelengths, sentence):
    with pytest.raises(GridError, match=sentence):
        in_nanometres(np.array(wavelengths))


@pytest.mark.parametrize(
    ("fwhm", "sentence"),
    [
        ([10.0], "2 wavelengths come with 1 widths"),
        ([10.0, 0.0], r"band 2, at 550 nm, has the width \(fwhm\) 0 nm; give the width in the"),
        ([0.01, 0.02], r"band 1, at 450 nm, has the width \(fwhm\) 0\.01 nm; give the width in"),
        ([-1.0, 5.0], "band 1, at 450 nm, has the width"),
        ([np.inf, 5.0], "band 1, at 450 nm, has the width"),
        ([10.0, 550.0], "in the unit of the centres, or NaN where it is not known"),
    ],
)
def test_what_is_no_width_is_refused(fwhm, sentence):
    with pytest.raises(GridError, match=sentence):
        widths_in_nanometres(fwhm, [450.0, 550.0])
