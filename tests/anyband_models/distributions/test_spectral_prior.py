import json

import numpy as np
import pytest
import safetensors.numpy

from anyband_models.distributions.expectation_maximisation import Components
from anyband_models.distributions.spectral_prior import SHIPPED, SpectralPrior
from anyband_models.errors import WeightsError
from physops.bands import Bands
from srf_library import Band, Sensor

NM = np.arange(400.0, 2501.0, 5.0)
COMPONENTS = Components(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
BANDS = Bands.at([430.0, 560.0, 865.3, 1610.0, 2200.0], [20.0, 35.0, np.nan, 90.0, 180.0])


def prior(mean, loadings=None):
    """A prior of two scores."""
    loadings = np.zeros((len(NM), 2)) if loadings is None else loadings
    return SpectralPrior(NM, mean, loadings, np.full(len(NM), 1e-4), COMPONENTS, ("made up",))


def test_bands_see_means_over_their_responses():
    lines = np.stack([0.1 + 1e-4 * NM, 0.9 - 2e-4 * NM], axis=1)
    seen = prior(np.full(len(NM), 0.3), lines).on(BANDS)
    np.testing.assert_allclose(seen.mean, 0.3, rtol=1e-12)
    np.testing.assert_allclose(seen.rest, 1e-4, rtol=1e-12)
    at = BANDS.wavelength
    # A Gaussian as wide as the last one's reaches beyond the grid, where its end is held.
    expected = np.stack([0.1 + 1e-4 * at, 0.9 - 2e-4 * at], axis=1)
    np.testing.assert_allclose(seen.loadings[:-1], expected[:-1], rtol=2e-4)
    np.testing.assert_allclose(seen.loadings[-1], expected[-1], rtol=5e-3)


def test_a_narrow_band_sees_the_spectrum_itself():
    curve = 0.3 + 0.2 * np.sin(NM / 200)
    at = np.array([500.0, 1000.0, 2000.0])
    np.testing.assert_allclose(
        prior(curve).on(Bands.at(at, 1.0)).mean, 0.3 + 0.2 * np.sin(at / 200), atol=1e-4
    )


def test_a_sensors_own_responses_are_used():
    # Two bands of one centroid and width; one sees nothing in between.
    nm = np.arange(600.0, 701.0, 1.0)
    hollow = np.where(np.abs(nm - 650) < 30, 0.0, 1.0) * (np.abs(nm - 650) < 45)
    sensor = Sensor("two", "two", (Band.sampled("hollow", nm, hollow),))
    curve = np.where(np.abs(NM - 650) < 25, 1.0, 0.0)
    bands = Bands.of(sensor)
    own = prior(curve).on(bands)
    gaussian = prior(curve).on(Bands(bands.wavelength, bands.fwhm, bands.good))
    assert own.mean[0] < 0.02
    assert gaussian.mean[0] > 0.3


def test_bands_a_little_beyond_the_grid_see_its_end():
    held = prior(np.linspace(0, 1, len(NM)))
    at = np.array([300.0, 345.0, 2555.0, 2600.0, 11_000.0])
    np.testing.assert_array_equal(held.covers(at), [False, True, True, False, False])
    seen = held.on(Bands.at(at[1:3], 10.0)).mean
    np.testing.assert_allclose(seen, [0, 1], atol=1e-9)


def test_a_prior_comes_back(tmp_path, rng):
    path = tmp_path / "prior.safetensors"
    written = prior(rng.random(len(NM)), rng.random((len(NM), 2)))
    written.write(path)
    found = SpectralPrior.read(path)
    assert found.made_of == ("made up",)
    for name in ("wavelength", "mean", "loadings", "rest"):
        assert getattr(found, name).dtype == np.float64
        np.testing.assert_allclose(getattr(found, name), getattr(written, name), rtol=1e-7)
    for ours, theirs in zip(found.components, COMPONENTS, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def damaged(path, content):
    path.write_bytes(content)
    with pytest.raises(WeightsError) as caught:
        SpectralPrior.read(path)
    assert caught.value.exit_code == 4
    start, end = f"{path} ", "; train the model again, or fetch its files anew"
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(end)
    return str(caught.value).removeprefix(start).removesuffix(end)


def test_what_is_no_prior_is_refused(tmp_path):
    with pytest.raises(WeightsError, match=r"missing\.safetensors is not there; train"):
        SpectralPrior.read(tmp_path / "missing.safetensors")
    whole = SHIPPED.read_bytes()
    wrong = "is no safetensors file: "
    assert damaged(tmp_path / "empty.safetensors", b"").startswith(wrong)
    assert damaged(tmp_path / "cut.safetensors", whole[:1000]).startswith(wrong)
    arrays = safetensors.numpy.load(whole)
    less = {name: array for name, array in arrays.items() if name != "mean"}
    more = arrays | {"extra": arrays["mean"]}
    short = arrays | {"mean": arrays["mean"][:-1]}
    odd = arrays | {"covariances": arrays["covariances"][:, :-1]}
    bad = arrays | {"mean": np.full_like(arrays["mean"], np.nan)}
    for name, changed in (("l", less), ("m", more), ("s", short), ("o", odd), ("b", bad)):
        content = safetensors.numpy.save(changed, metadata={"made_of": "[]"})
        assert damaged(tmp_path / name, content).startswith("holds no spectral prior: ")
    for number, made_of in enumerate(("{", "3")):
        content = safetensors.numpy.save(arrays, metadata={"made_of": made_of})
        assert damaged(tmp_path / f"{number}", content).startswith("holds no spectral prior: ")


def test_the_one_that_ships_is_a_distribution_of_reflectance(shipped):
    shares, means, covariances = shipped.components
    np.testing.assert_array_equal(shipped.wavelength, NM)
    assert np.all((shipped.mean > 0.02) & (shipped.mean < 0.6))
    assert np.all(shipped.rest > 0)
    np.testing.assert_allclose(shares.sum(), 1, rtol=1e-6)
    assert np.all(shares > 0)
    assert np.linalg.eigvalsh(covariances).min() > 0
    # Scores of mean 0 and covariance 1, but for the prior that keeps components from being needles.
    np.testing.assert_allclose(shares @ means, 0, atol=0.02)
    whole = np.einsum("k,kij->ij", shares, covariances + means[:, :, None] * means[:, None])
    np.testing.assert_allclose(whole, np.eye(len(whole)), atol=0.1)
    assert any("U.S. Geological Survey" in each for each in shipped.made_of), json.dumps(
        shipped.made_of
    )
