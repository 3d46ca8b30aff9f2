import numpy as np

from anyband_models.training.data.scenes import Recipe, simulate, simulated
from anyband_models.training.data.sensors import draw, gaussian

BANDS = gaussian("grid", np.linspace(420.0, 2450.0, 40), 12.0)


def test_a_scene_is_a_function_of_seed_and_number(materials):
    first, second = (simulate(materials, BANDS, 24, 32, 5, 9) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == (40, 24, 32)
    assert first.dtype == np.float32
    for other in ((5, 10), (6, 9)):
        assert np.abs(simulate(materials, BANDS, 24, 32, *other) - first).max() > 0.05


def test_values_are_finite_and_mostly_reflectances_in_any_bands(materials):
    for number in range(25):
        values = simulate(materials, draw(2, number), 16, 20, 1, number)
        assert np.isfinite(values).all()
        assert np.mean((values > -0.05) & (values < 1.3)) > 0.98


def test_other_bands_see_the_same_ground(materials):
    half = gaussian("half", BANDS.bands.wavelength[::2], 12.0)
    whole = simulated(materials, BANDS, 16, 16, 3, 4).clean
    np.testing.assert_allclose(
        simulated(materials, half, 16, 16, 3, 4).clean, whole[::2], atol=1e-6
    )


def test_a_clean_recipe_is_nearer_to_the_truth_than_a_bad_one(materials):
    def error(badness):
        recipe = Recipe(badness=(badness, badness))
        found = [simulated(materials, BANDS, 16, 16, 1, n, recipe) for n in range(12)]
        return float(np.mean([np.abs(each.values - each.clean).mean() for each in found]))

    assert error(0.0) < 0.005
    assert error(1.0) > 4 * error(0.0)


def test_neighbouring_pixels_and_bands_are_alike_and_pixels_of_a_scene_differ(materials):
    spread, rows, bands = [], [], []
    for number in range(12):
        values = simulate(materials, BANDS, 32, 32, 8, number)
        middle = values - values.mean(axis=(1, 2), keepdims=True)
        spread.append(middle.std())
        rows.append((middle[:, 1:] * middle[:, :-1]).mean() / middle.var())
        bands.append(np.corrcoef(middle[20].ravel(), middle[21].ravel())[0, 1])
    assert np.median(spread) > 0.01
    assert np.median(rows) > 0.5
    assert np.median(bands) > 0.9


def test_radiance_is_what_water_in_the_air_absorbs(materials):
    bands = gaussian("three", [1250.0, 1395.0, 1650.0], 10.0)
    dark = 0
    for number in range(10):
        raw = simulated(materials, bands, 16, 16, 1, number, Recipe(uncorrected=1.0)).clean
        dark += bool(raw[1].mean() < 0.6 * raw[0].mean())
    assert dark >= 8
