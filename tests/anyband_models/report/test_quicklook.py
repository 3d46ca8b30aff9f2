from dataclasses import replace

import numpy as np
import pytest

from anyband_models.models.contract import Origin
from anyband_models.report.quicklook import (
    MISSING_COLOUR,
    Composite,
    before_and_after,
    choose_composite,
    stretch,
)


def composite_of(*wavelength, hidden=()):
    observed = np.array([band not in hidden for band in range(len(wavelength))])
    return choose_composite(np.array(wavelength, dtype=float), observed)


def test_natural_colour_takes_the_nearest_bands_in_any_order():
    assert composite_of(865, 493, 1610, 560, 667) == Composite("natural colour", (4, 3, 1))


def test_band_that_was_measured_is_preferred_to_a_nearer_one_that_was_not():
    assert composite_of(490, 560, 665, 680, hidden=[2]).bands == (3, 1, 0)


def test_band_that_was_never_measured_is_shown_where_there_is_no_other():
    assert composite_of(490, 560, 665, hidden=[2]).bands == (2, 1, 0)


def test_infrared_takes_the_place_of_missing_blue():
    assert composite_of(560, 665, 835).name == "near infrared, red, green"
    assert composite_of(835, 1610, 2200) == Composite("infrared", (2, 1, 0))


def test_other_scenes_show_three_spread_bands():
    thermal = composite_of(9000, 8000, 10000, 11000, 12000, 8500)
    assert thermal == Composite("three spread bands", (4, 2, 5))


def test_one_band_is_a_grey_picture():
    assert composite_of(700).bands == (0, 0, 0)


def test_what_is_not_there_has_a_colour_of_its_own(make_content):
    content = make_content((9, 12, 12))
    result = content.reconstruction
    before, after = before_and_after(content, Composite("any", (3, 0, 8)))
    magenta = np.array(MISSING_COLOUR, dtype=np.float32)
    empty = (result.provenance == Origin.NO_DATA).all(axis=0)
    refused = (result.provenance[8] == Origin.REFUSED) & ~empty
    assert refused.any()
    assert np.isnan(before[empty]).all()
    assert np.isnan(after[empty]).all()
    assert (before[~empty] == magenta).all()  # band 3 is missing everywhere
    assert (after[refused] == magenta).all()
    assert not (after[~refused & ~empty] == magenta).all(axis=-1).any()


def test_both_pictures_have_the_same_stretch(make_content):
    content = make_content((9, 12, 12))
    before, after = before_and_after(content, Composite("any", (4, 5, 6)))
    np.testing.assert_array_equal(before, after)


def test_stretch_holds_what_is_beyond_the_percentiles():
    plane = np.arange(101, dtype=np.float32).reshape(1, -1)
    stretched = stretch(plane)[0]
    assert stretched[[2, 50, 98]] == pytest.approx([0, 0.5, 1], abs=1e-6)
    assert (stretched[0], stretched[100]) == (0, 1)


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
def test_flat_or_empty_band_is_no_trouble(value):
    stretched = stretch(np.full((3, 4), value, dtype=np.float32))
    assert np.isnan(stretched).all() if np.isnan(value) else (stretched == 0).all()


def test_pictures_leave_the_repair_as_it_was(make_content):
    content = make_content((9, 12, 12))
    kept = content.reconstruction.mean.copy()
    before_and_after(replace(content), Composite("any", (0, 1, 2)))
    np.testing.assert_array_equal(content.reconstruction.mean, kept)
