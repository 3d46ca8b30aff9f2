"""Laws of the resampling matrix; closed forms where there is one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

import srf_library
from srf_library import Band, CoverageError, GridError, Sensor, UnknownNameError, response_matrix
from srf_library.quadrature import gauss_points

INTEGRALS = ["integral-cubic", "integral-linear", "bin"]
METHODS = [*INTEGRALS, "point"]
FULL = np.arange(380.0, 2520.0, 7.0)
SENSORS = ["sentinel2a_msi", "landsat8_oli", "terra_aster", "probav_camera1"]


def irregular(seed):
    """A grid with spacings of 5 to 14 nm, which has no gap, in no order."""
    rng = np.random.default_rng(seed)
    return rng.permutation(390 + np.cumsum(rng.uniform(5, 14, 230)))


def gaussians(*bands):
    return Sensor("made", "Made", tuple(Band.gaussian(f"B{i}", *b) for i, b in enumerate(bands)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sensor", SENSORS)
def test_rows_sum_to_one_and_a_flat_spectrum_keeps_its_value(sensor, method):
    matrix = response_matrix(sensor, FULL, method=method)
    assert matrix.usable.all()
    np.testing.assert_allclose(matrix.weights.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(matrix(np.full(len(FULL), 0.3)), 0.3, atol=1e-12)


@given(st.integers(0, 99), st.booleans(), st.sampled_from(SENSORS))
def test_a_straight_spectrum_gives_its_value_at_the_centroid(seed, with_widths, sensor):
    nm = irregular(seed)
    fwhm = np.random.default_rng(seed).uniform(4, 15, len(nm)) if with_widths else None
    matrix = response_matrix(sensor, nm, fwhm)
    for band, value, share in zip(
        matrix.sensor, matrix(0.1 + 2e-4 * nm), matrix.coverage, strict=True
    ):
        if share == 1:
            assert value == pytest.approx(0.1 + 2e-4 * band.centroid, abs=1e-10)


@given(st.integers(0, 99), st.sampled_from(METHODS))
def test_the_order_of_the_bands_does_not_matter(seed, method):
    nm = irregular(seed)
    order = np.argsort(nm)
    shuffled = response_matrix("landsat8_oli", nm, method=method)
    ordered = response_matrix("landsat8_oli", nm[order], method=method)
    np.testing.assert_allclose(shuffled.weights[:, order], ordered.weights, atol=1e-12)
    np.testing.assert_allclose(shuffled.coverage, ordered.coverage)


@pytest.mark.parametrize("method", METHODS)
def test_micrometres_and_nanometres_agree(method):
    widths = np.full(len(FULL), 9.0)
    nm = response_matrix("S2A", FULL, widths, method)
    um = response_matrix("S2A", FULL / 1000, widths / 1000, method)
    np.testing.assert_allclose(um.weights, nm.weights, atol=1e-12)


@pytest.mark.parametrize("method", INTEGRALS)
def test_two_half_spectra_add_up(method):
    matrix = response_matrix("S2A", FULL, method=method)
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 5, len(FULL)))
    np.testing.assert_allclose(matrix(a + 2 * b), matrix(a) + 2 * matrix(b), atol=1e-12)


def test_the_default_is_the_integral_of_the_natural_spline():
    """``W[k, j] = ∫ S_k φ_j / ∫ S_k``, by quadrature over SciPy's cardinal splines."""
    nm = np.sort(irregular(3))
    cardinal = CubicSpline(nm, np.eye(len(nm)), bc_type="natural")
    matrix = response_matrix("landsat8_oli", nm)
    for row, band in zip(matrix.weights, matrix.sensor, strict=True):
        low, high = band.support
        inner = nm[(nm > low) & (nm < high)]
        points, step = gauss_points(np.unique(np.concatenate([band.profile.knots, inner])))
        mass = step * band.profile(points)
        np.testing.assert_allclose(row, mass @ cardinal(points) / mass.sum(), atol=1e-9)


@pytest.mark.parametrize("method", ["integral-cubic", "integral-linear"])
def test_a_band_without_width_interpolates(method):
    nm, values = np.sort(irregular(5)), np.random.default_rng(5).random(230)
    places = np.array([500.0, 731.5, 1602.2])
    narrow = gaussians(*((place, 0.01) for place in places))
    curve = CubicSpline(nm, values, bc_type="natural")
    expected = curve(places) if method == "integral-cubic" else np.interp(places, nm, values)
    np.testing.assert_allclose(response_matrix(narrow, nm, method=method)(values), expected, 1e-4)


def test_with_widths_a_smooth_spectrum_is_unfolded():
    """Of a sine, a Gaussian of width w keeps ``exp(-(w ω)² / (16 ln 2))``; it is given back."""
    omega, width = 2 * np.pi / 80, 14.0
    kept = np.exp(-((width * omega) ** 2) / (16 * np.log(2)))
    target = gaussians((700.0, 30.0), (1000.0, 30.0))
    truth = np.exp(-((30.0 * omega) ** 2) / (16 * np.log(2))) * np.sin(
        omega * np.array([700, 1000.0])
    )
    seen = kept * np.sin(omega * FULL)
    plain = response_matrix(target, FULL)(seen)
    unfolded = response_matrix(target, FULL, np.full(len(FULL), width))(seen)
    assert np.abs(plain - truth).max() > 0.05 * np.abs(truth).max()
    # To first order: (1 - kept)² of the signal is left.
    assert np.abs(unfolded - truth).max() < 1.3 * (1 - kept) ** 2 * np.abs(truth).max()


def test_unfolding_costs_noise_and_says_so():
    plain = response_matrix("S2A", FULL)
    unfolded = response_matrix("S2A", FULL, 9.0)
    assert (unfolded.noise_gain > plain.noise_gain).all()
    assert (unfolded.noise_gain < 1.5 * plain.noise_gain).all()


def test_bins_are_shares_of_the_response():
    """A flat response from 500 to 540 nm over bins 495-505, ..., 535-545."""
    box = Sensor("box", "Box", (Band.sampled("B", [500.0, 540.0], [1.0, 1.0]),))
    nm = np.arange(490.0, 560.0, 10.0)
    expected = np.array([0, 5, 10, 10, 10, 5, 0]) / 40
    np.testing.assert_allclose(response_matrix(box, nm, method="bin").weights[0], expected)


def test_point_is_the_papers_sampled_response():
    box = Sensor("tent", "Tent", (Band.sampled("B", [500, 520, 540], [0.0, 1.0, 0.0]),))
    nm = np.arange(500.0, 550.0, 10.0)
    weights = response_matrix(box, nm, method="point").weights[0]
    np.testing.assert_allclose(weights, box["B"].profile(nm) / box["B"].profile(nm).sum())


def test_point_loses_a_band_that_lies_between_the_samples():
    narrow = gaussians((655.0, 2.0), (700.0, 40.0))
    matrix = response_matrix(narrow, np.arange(400.0, 1000.0, 10.0), method="point")
    assert matrix.usable.tolist() == [False, True]
    assert response_matrix(narrow, np.arange(400.0, 1000.0, 10.0)).usable.all()


# Coverage.


def test_coverage_of_a_visible_camera():
    """ROSIS, 430-860 nm, to Sentinel-2A: B8 and B8A reach beyond; computed independently."""
    matrix = response_matrix("S2A", np.linspace(430, 860, 103))
    share = dict(zip(matrix.sensor.names, matrix.coverage, strict=True))
    assert share["B1"] == pytest.approx(0.997, abs=1e-3)
    assert share["B8"] == pytest.approx(0.758, abs=1e-3)
    assert share["B8A"] == pytest.approx(0.270, abs=5e-3)
    assert share["B9"] == share["B12"] == 0


def test_a_band_that_is_not_covered_is_nan_after_the_product():
    matrix = response_matrix("S2A", np.linspace(430, 860, 103))
    values = matrix(np.ones((2, 103)))
    np.testing.assert_array_equal(np.isnan(values), np.broadcast_to(~matrix.usable, (2, 13)))
    assert np.isfinite(matrix.weights).all()
    assert not matrix.weights[~matrix.usable].any()
    np.testing.assert_array_equal(np.isnan(matrix.noise_gain), ~matrix.usable)


def test_many_bands_are_not_all_named():
    with pytest.raises(CoverageError, match=r"B\d+ \(0 %\) and \d\d+ more; 98 %"):
        response_matrix("aviris_ng", np.linspace(430, 860, 103), on_partial="raise")


def test_bands_of_any_two_sensors_are_not_made_up_between_those_of_the_other():
    landsat = srf_library.get("landsat8_oli")
    places = np.array([(band.centroid, band.fwhm) for band in landsat])
    matrix = response_matrix("eo1_hyperion", *places.T)
    far = [np.abs(places[:, 0] - band.centroid).min() > 90 for band in matrix.sensor]
    assert not matrix.usable[far].any()


def test_a_spline_is_not_taken_across_a_gap():
    """With the water band at 1330-1440 nm removed, B10 would get weights of ±3."""
    nm = FULL[(FULL < 1330) | (FULL > 1440)]
    matrix = response_matrix("S2A", nm)
    lost = [n for n, ok in zip(matrix.sensor.names, matrix.usable, strict=True) if not ok]
    assert lost == ["B10"]
    assert np.abs(matrix.weights).max() < 1


def test_what_is_covered_may_be_taken_for_the_whole():
    matrix = response_matrix("S2A", np.linspace(430, 860, 103), on_partial="renormalise")
    assert matrix.usable.sum() == 9  # nothing at all is seen of B9 to B12
    np.testing.assert_allclose(matrix(np.full(103, 0.2))[:9], 0.2)


def test_partly_covered_bands_may_be_refused():
    with pytest.raises(
        CoverageError,
        match=r"6 of the 13 bands of sentinel2a_msi are not covered by the image \(430-860 nm\): "
        r"B8 \(76 %\), B8A \(27 %\), .*; 98 % of the response is needed: with on_partial 'nan'",
    ):
        response_matrix("S2A", np.linspace(430, 860, 103), on_partial="raise")
    assert response_matrix("S2A", FULL, on_partial="raise").usable.all()


@pytest.mark.parametrize("on_partial", ["nan", "raise", "renormalise"])
def test_wavelengths_outside_the_response_are_refused(on_partial):
    with pytest.raises(
        CoverageError,
        match=r"none of the 13 bands of sentinel2a_msi \(4\d\d-2\d\d\d nm\) is covered by the "
        r"image \(8000-12000 nm\)",
    ):
        response_matrix("S2A", np.linspace(8000, 12000, 50), on_partial=on_partial)


# Missing entries.


def test_a_missing_entry_spoils_the_bands_that_need_it_and_no_other_spectrum():
    matrix = response_matrix("S2A", FULL)
    spectra = np.random.default_rng(2).random((3, len(FULL)))
    holed = spectra.copy()
    holed[1, np.argmin(abs(FULL - 665))] = np.nan
    names = matrix.sensor.names
    spoiled = np.isnan(matrix(holed))
    assert spoiled[1, names.index("B4")]
    assert not spoiled[1, names.index("B8")]
    assert not spoiled[[0, 2]].any()
    np.testing.assert_allclose(matrix(holed)[~spoiled], matrix(spectra)[~spoiled], atol=2e-3)


def test_a_flat_spectrum_with_missing_entries_stays_flat():
    matrix = response_matrix("S2A", FULL)
    flat = np.full(len(FULL), 0.3)
    flat[[3, 60, 61, 62, 200]] = [np.nan, np.inf, np.nan, -np.inf, np.nan]
    values = matrix(flat)
    assert 0 < np.isnan(values).sum() < 13
    np.testing.assert_allclose(values[np.isfinite(values)], 0.3)


def test_single_precision_stays_single():
    assert response_matrix("S2A", FULL)(np.ones(len(FULL), dtype=np.float32)).dtype == np.float32


# Uncertainty.


def test_noise_gain_is_the_spread_of_white_noise():
    matrix = response_matrix("S2A", FULL)
    noise = np.random.default_rng(0).normal(size=(20_000, len(FULL)))
    np.testing.assert_allclose(matrix(noise).std(axis=0), matrix.noise_gain, rtol=0.03)


def test_covariance_is_the_sandwich_however_the_noise_is_given():
    matrix = response_matrix("landsat8_oli", FULL)
    std = np.random.default_rng(1).uniform(0.001, 0.01, len(FULL))
    whole = matrix.weights @ np.diag(std**2) @ matrix.weights.T
    np.testing.assert_allclose(matrix.covariance(np.diag(std**2)), whole)
    np.testing.assert_allclose(matrix.covariance(std), whole)
    np.testing.assert_allclose(
        matrix.covariance(0.01), 1e-4 * matrix.weights @ matrix.weights.T, rtol=1e-12
    )
    np.testing.assert_allclose(matrix.uncertainty(std), np.sqrt(np.diag(whole)))


def test_the_shift_is_the_derivative_of_the_matrix():
    nm = np.sort(irregular(7))
    sensor = gaussians((560.0, 35.0), (865.0, 20.0), (1610.0, 90.0))
    moved = [
        Sensor("moved", "Moved", tuple(band.shifted(by) for band in sensor)) for by in (1e-3, -1e-3)
    ]
    plus, minus = (response_matrix(each, nm).weights for each in moved)
    shift = response_matrix(sensor, nm).shift
    np.testing.assert_allclose(shift, (plus - minus) / 2e-3, atol=1e-7)


@pytest.mark.parametrize("method", ["bin", "point"])
def test_where_the_matrix_has_steps_the_shift_is_that_of_straight_lines(method):
    linear = response_matrix("S2A", FULL, method="integral-linear")
    np.testing.assert_allclose(response_matrix("S2A", FULL, method=method).shift, linear.shift)


def test_an_uncertain_place_adds_the_slope():
    matrix = response_matrix("S2A", FULL)
    straight = 0.1 + 2e-4 * FULL
    expected = np.full(13, 2e-4 * 0.5)
    np.testing.assert_allclose(matrix.uncertainty(0.0, straight, centre_std=0.5), expected)


def test_bands_that_are_not_to_be_had_have_no_uncertainty():
    matrix = response_matrix("S2A", np.linspace(430, 860, 103))
    covariance = matrix.covariance(0.01)
    assert np.isnan(covariance[8]).all()
    assert np.isnan(covariance[:, 8]).all()
    np.testing.assert_array_equal(np.isnan(matrix.uncertainty(0.01)), ~matrix.usable)


@pytest.mark.parametrize("sigma", [-0.1, np.ones(5), np.ones((3, 3)), np.full(306, -1.0)])
def test_what_is_no_noise_is_refused(sigma):
    with pytest.raises(GridError, match="the noise of 306 bands is a standard deviation, not neg"):
        response_matrix("S2A", FULL).covariance(sigma)


def test_an_uncertain_place_needs_spectra():
    with pytest.raises(ValueError, match="the slope of the spectra counts; pass them too"):
        response_matrix("S2A", FULL).uncertainty(0.01, centre_std=1.0)


# What cannot be meant.


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"sensor": "S2X"}, UnknownNameError, "a sensor called 'S2X' is not known"),
        ({"wavelengths": [500.0, np.nan]}, GridError, "band 2 has the wavelength nan"),
        ({"wavelengths": [0.5, 600.0]}, GridError, "some in µm and some in nm"),
        ({"fwhm": [10.0]}, GridError, "306 wavelengths come with 1 widths"),
        (
            {"wavelengths": FULL / 1000, "fwhm": 6000.0},
            GridError,
            r"has the width \(fwhm\) 6000 nm",
        ),
    ],
)
def test_bad_arguments_get_one_sentence(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        response_matrix(**{"sensor": "S2A", "wavelengths": FULL} | arguments)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"method": "cubic"}, "method is 'cubic'; choose one of 'integral-cubic', .*'point'"),
        ({"on_partial": "fill"}, "on_partial is 'fill'; choose one of 'nan', 'raise', 'renorm"),
    ],
)
def test_a_choice_that_is_none_is_answered_with_all(choice, sentence):
    as_users_call_it = response_matrix.__wrapped__  # without the type checks of the tests
    with pytest.raises(ValueError, match=sentence):
        as_users_call_it("S2A", FULL, **choice)


def test_spectra_of_another_grid_are_refused():
    with pytest.raises(GridError, match="the matrix is for 306 bands and got 5"):
        response_matrix("S2A", FULL)(np.ones((2, 5)))


def test_one_width_stands_for_all():
    one, each = (response_matrix("S2A", FULL, fwhm) for fwhm in (9.0, np.full(len(FULL), 9.0)))
    np.testing.assert_array_equal(one.weights, each.weights)


def test_bands_between_those_of_a_camera_are_not_made_up():
    """Sentinel-2's red edge from Landsat-8, which has nothing between 680 and 850 nm."""
    landsat = srf_library.get("landsat8_oli")
    bands = [(band.centroid, band.fwhm) for band in landsat]
    matrix = response_matrix("S2A", *np.array(bands).T)
    edge = [name in ("B5", "B6", "B7") for name in matrix.sensor.names]
    assert not matrix.usable[edge].any()
    assert not matrix.coverage[edge].any()


def test_detectors_that_overlap_are_averaged():
    """Two detectors that disagree by 2 % from 900 to 1000 nm: the result lies between them."""
    first, second = np.arange(400.0, 1000.0, 8.0), np.arange(903.0, 2450.0, 10.0)
    nm, widths = np.concatenate([first, second]), np.repeat([8.0, 10.0], [75, 155])
    values = np.repeat([0.30, 0.306], [75, 155])
    matrix = response_matrix("S2A", nm, widths)
    b9 = matrix(values)[matrix.sensor.names.index("B9")]
    assert 0.30 <= b9 <= 0.306
    assert matrix.noise_gain[matrix.usable].max() < 0.8


def test_spectra_may_be_a_list():
    matrix = response_matrix("S2A", FULL)
    as_users_call_it = type(matrix).__call__.__wrapped__
    np.testing.assert_allclose(as_users_call_it(matrix, [0.3] * len(FULL)), 0.3)
    with pytest.raises(GridError, match="and got 0"):
        as_users_call_it(matrix, 0.3)


def test_a_matrix_says_what_it_is_in_a_line():
    matrix = response_matrix("S2A", np.linspace(430, 860, 103))
    assert (
        repr(matrix) == "<ResponseMatrix to sentinel2a_msi: 7 of 13 bands from 103, integral-cubic>"
    )


def test_a_sensor_of_ones_own_serves_as_well():
    own = srf_library.get("S2A").select(["B4", "B8"])
    assert response_matrix(own, FULL).weights.shape == (2, len(FULL))
