import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srf_library.profiles import Gaussian, Sampled, trimmed
from srf_library.quadrature import gauss_points

TRIANGLE = Sampled(np.array([500.0, 510.0, 540.0]), np.array([0.0, 1.0, 0.0]))
centres, widths = st.floats(300, 3000), st.floats(0.5, 400)


def area(profile):
    points, weights = gauss_points(profile.knots)
    return weights @ profile(points)


@given(centres, widths)
def test_a_gaussian_is_half_its_peak_half_a_width_away(centre, width):
    profile = Gaussian(centre, width)
    low, high = profile.half_maxima
    np.testing.assert_allclose(profile(np.array([low, centre, high])), [0.5, 1.0, 0.5])
    assert high - low == pytest.approx(width)


@given(centres, widths)
def test_a_gaussian_has_its_area(centre, width):
    """``∫ = w sqrt(π / (4 ln 2))``, less the 2.5e-6 that lie beyond two widths."""
    whole = width * np.sqrt(np.pi / (4 * np.log(2)))
    assert area(Gaussian(centre, width)) == pytest.approx(whole, rel=3e-6)


@given(centres, widths)
def test_a_sampled_gaussian_is_described_as_the_gaussian_is(centre, width):
    true = Gaussian(centre, width)
    nm = np.linspace(centre - 2 * width, centre + 2 * width, 201)
    sampled = Sampled(nm, true(nm))
    assert sampled.centroid == pytest.approx(centre)
    np.testing.assert_allclose(sampled.half_maxima, true.half_maxima, atol=1e-3 * width)


def test_a_tail_moves_the_centroid_and_not_the_midpoint():
    nm = np.arange(490.0, 560.0, 10.0)
    even = Sampled(nm, np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]))
    with_tail = Sampled(nm, np.array([0.0, 0.0, 1.0, 0.3, 0.2, 0.1, 0.0]))
    assert even.centroid == pytest.approx(510)
    assert with_tail.centroid > 514
    assert with_tail.half_maxima[1] - even.half_maxima[1] < 2


def test_half_maxima_of_the_monotone_cubic_are_where_it_is_half():
    np.testing.assert_allclose(TRIANGLE(np.array(TRIANGLE.half_maxima)), 0.5)


@pytest.mark.parametrize("by", [-3.25, 40.0])
@pytest.mark.parametrize("profile", [TRIANGLE, Gaussian(520.0, 30.0)])
def test_a_shift_moves_everything_alike(profile, by):
    moved = profile.shifted(by)
    assert moved.centroid == pytest.approx(profile.centroid + by)
    np.testing.assert_allclose(moved.half_maxima, np.add(profile.half_maxima, by))
    np.testing.assert_allclose(moved.knots, profile.knots + by)


@given(st.lists(st.floats(0, 1).map(lambda share: round(share, 6)), min_size=3, max_size=30))
def test_between_samples_a_measured_curve_neither_overshoots_nor_turns_negative(samples):
    response = np.array([*samples, 1.0])
    nm = 400 + 2.5 * np.arange(len(response))
    curve = Sampled(nm, response)(np.linspace(nm[0], nm[-1], 997))
    assert curve.min() >= -1e-12
    assert curve.max() <= 1 + 1e-12


@pytest.mark.parametrize("profile", [TRIANGLE, Gaussian(520.0, 10.0)])
def test_outside_its_support_a_response_is_zero(profile):
    np.testing.assert_array_equal(profile(np.array([400.0, 499.0, 541.0, 2000.0])), 0)


def test_a_table_that_stops_above_half_the_peak_ends_there():
    cut = Sampled(np.array([500.0, 510.0, 520.0]), np.array([0.8, 1.0, 0.1]))
    assert cut.half_maxima[0] == 500.0
    assert 510 < cut.half_maxima[1] < 520


def test_trimming_leaves_one_zero_on_each_side():
    nm, response = trimmed(np.arange(6.0), np.array([0.0, 0.0, 0.5, 1.0, 0.0, 0.0]))
    assert nm.tolist() == [1, 2, 3, 4]
    assert response.tolist() == [0, 0.5, 1, 0]
