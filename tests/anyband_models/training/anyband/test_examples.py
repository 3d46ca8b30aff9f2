import numpy as np

from anyband_models.models.standardised import MOST
from anyband_models.scene.meta import Quantity
from anyband_models.training.anyband import examples
from anyband_models.training.anyband.examples import MOST_BANDS, Examples
from anyband_models.training.anyband.real import RealScene
from physops.bands import Bands

SIDE = 6


def real(rng):
    values = rng.random((80, 12, 20), dtype=np.float32)
    values[:, 2, 3] = np.nan
    bands = Bands.at(np.linspace(450, 2400, 80))
    return RealScene("made", values, bands, Quantity.REFLECTANCE, 1.0)


def test_an_example_is_a_function_of_seed_and_number(materials, prior, rng):
    scenes = [real(rng)]
    for number in range(2):
        first, second, other = (
            Examples(materials, scenes, prior, seed, SIDE).example(number) for seed in (5, 5, 6)
        )
        assert (first is None) == (second is None)
        if first is None:
            continue
        for name in ("channels", "wanted", "truth", "noise"):
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        assert first.family == second.family
        if other is not None and other.truth.shape == first.truth.shape:
            assert np.any(other.truth != first.truth)


def test_what_is_wanted_has_a_truth_and_noise_and_the_rest_has_none(materials, prior, rng):
    scenes = [real(rng)]
    found = [Examples(materials, scenes, prior, 1, SIDE).example(number) for number in range(7)]
    made = [each for each in found if each is not None]
    assert len(made) >= 5
    for each in made:
        bands = each.wanted.shape[0]
        assert len(each.bands) == bands <= MOST_BANDS
        assert each.channels.shape == (6, *each.wanted.shape)
        assert each.wanted.any()
        for layer in (each.truth, each.noise):
            assert layer.dtype == np.float32
            assert np.isfinite(layer).all()
            assert not layer[~each.wanted].any()
            assert np.abs(layer).max() <= MOST
        assert np.isfinite(each.channels).all()
        assert not each.channels[1][each.wanted].any()  # what is observed
        assert np.mean(each.noise[each.wanted] != 0) > 0.99
    # In the prior's own deviations its draws are about as wide as they should be.
    noise = np.concatenate([each.noise[each.wanted] for each in made])
    assert 0.7 < noise.std() < 1.3


def test_many_bands_are_thinned_to_some_that_are_ascending_and_different():
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(examples._thinned(rng, 30), np.arange(30))
    for _ in range(60):
        kept = examples._thinned(rng, 130)
        assert 24 <= len(kept) <= MOST_BANDS
        assert np.all(np.diff(kept) > 0)
        assert kept[0] >= 0
        assert kept[-1] < 130
