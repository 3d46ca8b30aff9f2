"""The prior in the zoo: what falls back to what, and what it makes of bad input."""

import numpy as np
import pytest

from anyband_models.distributions.expectation_maximisation import fit_components
from anyband_models.distributions.spectral_prior import SpectralPrior
from anyband_models.errors import WeightsError
from anyband_models.models.contract import Caution, Observation
from anyband_models.models.registry import create_model
from anyband_models.scene.meta import Quantity
from physops.bands import Bands
from srf_library import get

GRID = np.arange(400.0, 2501.0, 10.0)
BANDS = 24
NM = np.linspace(430.0, 2400.0, BANDS)
CURVES = np.stack([np.ones(len(GRID)), np.sin(GRID / 90), np.cos(GRID / 200)], axis=1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """The path of a prior of three scores: everything that these scenes are made of."""
    path = tmp_path_factory.mktemp("prior") / "prior.safetensors"
    components = fit_components(np.random.default_rng(1).standard_normal((900, 3)), 2, seed=0)
    rest = np.full(len(GRID), 1e-5)
    loads = CURVES * [0.08, 0.05, 0.05]
    SpectralPrior(GRID, np.full(len(GRID), 0.4), loads, rest, components).write(path)
    return str(path)


def scene(rng, pixels, nm=NM):
    """Spectra of these scores, with a tilt that the prior does not know: (band, pixel)."""
    curves = np.stack([np.ones(len(nm)), np.sin(nm / 90), np.cos(nm / 200), (nm - 1400) / 1000])
    scores = rng.standard_normal((pixels, 4)) * [0.08, 0.05, 0.05, 0.03]
    return 0.4 + (scores @ curves).T + 0.003 * rng.standard_normal((len(nm), pixels))


def observed(values, mask, support=None, quantity=None, bands=None):
    cube = (len(values), 1, values.shape[1])
    mask = np.broadcast_to(mask, values.shape).reshape(cube)
    shown = np.where(mask, values.reshape(cube), np.nan).astype(np.float32)
    support = None if support is None else support.T.astype(np.float32)
    return Observation(shown, mask.copy(), bands or Bands.at(NM, 10.0), support, quantity)


def error(result, values, mask):
    missing = ~np.broadcast_to(mask, values.shape)
    return np.sqrt(np.mean((result.mean[:, 0] - values)[missing] ** 2))


SOME = np.isin(np.arange(BANDS), [3, 4, 9, 10, 11, 17, 20])[:, None] == 0


def test_with_the_right_prior_no_scene_spectra_are_needed(rng, weights):
    values = scene(rng, 60)
    seen = observed(values, SOME)
    prior = create_model("prior", weights=weights).reconstruct(seen)
    linear = create_model("linear").reconstruct(seen)
    assert error(prior, values, SOME) < 0.6 * error(linear, values, SOME)
    assert not prior.caution.any()
    assert prior.notes == ()


def test_spectra_of_the_scene_help_the_more_there_are(rng, weights):
    values, support = scene(rng, 300), scene(rng, 64)
    model = create_model("prior", weights=weights)
    errors = [
        error(model.reconstruct(observed(values, SOME, support[:, :count])), values, SOME)
        for count in (0, 8, 16, 64)
    ]
    assert errors[1] < errors[0]
    assert errors[3] < errors[2] < errors[0]
    assert errors[3] < 0.8 * errors[0]


def test_intervals_hold_nine_tenths_or_more(rng, weights):
    values, support = scene(rng, 300), scene(rng, 100)
    model = create_model("prior", weights=weights)
    for count in (0, 16, 100):
        result = model.reconstruct(observed(values, SOME, support[:, :count]))
        inside = np.abs(result.mean[:, 0] - values) < 1.6449 * result.std[:, 0]
        assert inside[~SOME[:, 0]].mean() > 0.85


def test_pixels_none_of_which_is_complete_are_learned_from(rng, weights):
    values = scene(rng, 80)
    mask = rng.random(values.shape) < 0.7
    seen = observed(values, mask)
    model, linear = create_model("prior", weights=weights), create_model("linear")
    assert error(model.reconstruct(seen), values, mask) < 0.5 * error(
        linear.reconstruct(seen), values, mask
    )


def test_bands_that_are_nobodys_are_the_priors_beside_pixels_masked_at_random(rng, weights):
    values = scene(rng, 60)
    mask = (rng.random(values.shape) < 0.8) & SOME
    seen = observed(values, mask)
    result = create_model("prior", weights=weights).reconstruct(seen, samples=2)
    linear = create_model("linear").reconstruct(seen)
    assert np.isfinite(result.mean).all()
    assert np.isfinite(result.samples).all()
    whole = np.broadcast_to(SOME, values.shape)
    assert error(result, values, whole) < 0.7 * error(linear, values, whole)


@pytest.mark.parametrize("name", ["prior", "anyband"])
def test_without_complete_pixels_the_order_of_bands_and_pixels_does_not_matter(rng, weights, name):
    values = scene(rng, 12)
    order, turn = rng.permutation(BANDS), rng.permutation(12)
    model = create_model(name, weights=weights)
    plain = model.reconstruct(observed(values, SOME))
    bands = Bands.at(NM[order], 10.0)
    turned = model.reconstruct(observed(values[order][:, turn], SOME[order], bands=bands))
    for ours, theirs in ((turned.mean, plain.mean), (turned.std, plain.std)):
        np.testing.assert_allclose(ours[:, 0], theirs[:, 0][order][:, turn], rtol=1e-4)


def test_bands_beyond_the_prior_are_the_lines_and_a_note_says_so(rng):
    nm = np.array([8290.0, 8630.0, 9080.0, 10_660.0, 11_290.0])
    values = 280 + scene(rng, 20, nm / 10)
    mask = np.array([1, 0, 1, 0, 1], dtype=bool)[:, None]
    seen = observed(values, mask, bands=Bands.at(nm, 100.0))
    result, linear = (create_model(name).reconstruct(seen) for name in ("prior", "linear"))
    np.testing.assert_array_equal(result.mean, linear.mean)
    np.testing.assert_array_equal(result.std, linear.std)
    assert np.all(result.caution[[1, 3]] & Caution.FALLBACK)
    assert result.notes == (
        "40 entries in 2 bands lie outside 400 to 2500 nm or have too little beside them: linear "
        "interpolation answered there, flagged as fallback",
    )


def test_thermal_bands_beside_others_do_not_disturb_them(rng, weights):
    values = scene(rng, 30)
    seen = observed(values, SOME)
    more = np.concatenate([values, np.full((2, 30), 0.9)])
    both = observed(
        more, np.concatenate([SOME, [[True], [False]]]),
        bands=Bands.at([*NM, 10_900.0, 12_000.0], [10.0] * BANDS + [500.0] * 2),
    )  # fmt: skip
    model = create_model("prior", weights=weights)
    alone, beside = model.reconstruct(seen), model.reconstruct(both)
    np.testing.assert_allclose(beside.mean[:BANDS], alone.mean, rtol=1e-5)
    np.testing.assert_allclose(beside.mean[-1], 0.9)
    assert np.all(beside.caution[-1] & Caution.FALLBACK)


def test_of_other_quantities_whole_bands_are_the_lines(rng, weights):
    values = 100 * scene(rng, 40)
    seen = observed(values, SOME, quantity=Quantity.RADIANCE)
    result = create_model("prior", weights=weights).reconstruct(seen)
    linear = create_model("linear").reconstruct(seen)
    np.testing.assert_array_equal(result.mean, linear.mean)
    np.testing.assert_array_equal(result.std, linear.std)
    assert np.all(result.caution[~SOME[:, 0]] & Caution.FALLBACK)
    assert result.notes[0] == (
        "the values are radiance, of which libraries of reflectance know nothing: only the "
        "scene's own spectra were used"
    )


def test_of_other_quantities_the_scenes_own_spectra_are_learned_from(rng, weights):
    values = 100 * scene(rng, 80)
    mask = rng.random(values.shape) < 0.7
    for support in (None, 100 * scene(rng, 40)):
        seen = observed(values, mask, support, Quantity.RADIANCE)
        result = create_model("prior", weights=weights).reconstruct(seen)
        linear = create_model("linear").reconstruct(seen)
        assert error(result, values, mask) < 0.5 * error(linear, values, mask)
        assert not (result.caution & Caution.FALLBACK).any()


def test_nothing_missing_is_nothing_to_say_whatever_the_quantity(rng):
    seen = observed(scene(rng, 5), np.ones((BANDS, 1), dtype=bool), quantity=Quantity.RADIANCE)
    assert create_model("prior").reconstruct(seen).notes == ()


@pytest.mark.parametrize("quantity", [None, Quantity.RADIANCE])
@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
def test_support_that_says_one_thing_over_and_over_gives_numbers(rng, weights, quantity, level):
    values = level * scene(rng, 6) if level else np.zeros((BANDS, 6))
    for support in (np.full((BANDS, 30), level), np.repeat(values[:, :1], 30, axis=1)):
        seen = observed(values, SOME, support, quantity)
        for name in ("prior", "anyband"):
            result = create_model(name, weights=weights).reconstruct(seen, samples=1)
            for layer in (result.mean, result.std, result.samples):
                assert np.isfinite(layer).all()
            assert not (result.caution & Caution.FALLBACK).any()
            bits = seen.values.view(np.uint32)[seen.mask]
            np.testing.assert_array_equal(result.mean.view(np.uint32)[seen.mask], bits)


@pytest.mark.parametrize("quantity", [None, Quantity.RADIANCE])
@pytest.mark.parametrize("level", [0.0, 1e-30, 0.3, 1e30])
def test_pixels_that_are_all_equal_give_numbers(rng, weights, quantity, level):
    values = np.full((BANDS, 9), level)
    for mask in (SOME, rng.random(values.shape) < 0.7, np.arange(BANDS)[:, None] == 5):
        # It fills what `prior` does, the same way, before its network has a word.
        result = create_model("anyband", weights=weights).reconstruct(
            observed(values, mask, quantity=quantity), samples=1
        )
        for layer in (result.mean, result.std, result.samples):
            assert np.isfinite(layer).all()


@pytest.mark.parametrize("least", [1, 2, 3])
def test_a_single_complete_spectrum_can_be_asked(rng, weights, least):
    values = scene(rng, 5)
    seen = observed(values, SOME, scene(rng, least))
    result = create_model("prior", weights=weights, min_support=least).reconstruct(seen)
    assert np.isfinite(result.mean).all()


def test_a_sample_of_a_pixel_does_not_hang_on_how_many_there_are(rng, weights):
    values = scene(rng, 40)
    model = create_model("prior", weights=weights)
    # The distribution is learned from support and from the first pixels, the same in both.
    few, many = (
        model.reconstruct(
            observed(values[:, :count], SOME, scene(np.random.default_rng(1), 30)), 2, 9
        )
        for count in (20, 40)
    )
    np.testing.assert_allclose(few.samples, many.samples[..., :20], rtol=1e-6)
    other = model.reconstruct(observed(values, SOME, scene(np.random.default_rng(1), 30)), 1, 8)
    assert not np.any(other.samples[0, ~SOME[:, 0]] == many.samples[0, ~SOME[:, 0]])


def test_the_one_that_ships_knows_a_sensors_bands(rng):
    bands = Bands.of(get("sentinel2a_msi"))
    green = np.interp(
        bands.wavelength,
        [443, 490, 560, 665, 705, 740, 783, 842, 865, 945, 1375, 1610, 2190],
        [0.02, 0.03, 0.06, 0.03, 0.09, 0.25, 0.32, 0.34, 0.35, 0.34, 0.15, 0.18, 0.08],
    )
    values = green[:, None] * np.linspace(0.8, 1.2, 5)
    mask = ~np.isin(np.arange(len(bands)), [5, 11])[:, None]
    seen = observed(values, mask, bands=bands)
    prior, linear = (create_model(name).reconstruct(seen) for name in ("prior", "linear"))
    assert error(prior, values, mask) < error(linear, values, mask)


def test_weights_that_are_not_there_are_refused(rng, tmp_path):
    seen = observed(scene(rng, 5), SOME)
    path = tmp_path / "no.safetensors"
    for name in ("prior", "anyband"):
        with pytest.raises(WeightsError, match=r"no\.safetensors is not there; train the model"):
            create_model(name, weights=str(path)).reconstruct(seen)


@pytest.mark.parametrize("model", ["prior", "anyband"])
def test_a_scene_that_is_nowhere_below_zero_is_not_repaired_below(rng, model):
    dark = np.maximum(0.02 * rng.standard_normal((BANDS, 60)) + 0.01, 0)
    for values, lowest in ((dark, 0), (dark - 0.01, None)):
        mean = create_model(model).reconstruct(observed(values, SOME, values[:, :30])).mean
        repaired = mean[:, 0][~SOME[:, 0]]
        assert repaired.min() == 0 if lowest == 0 else repaired.min() < -1e-4
