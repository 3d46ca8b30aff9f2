import numpy as np
import pytest

from anyband_models.evaluation.indices import Agreement, index_agreement
from physops.bands import Bands
from srf_library import UnknownNameError

BANDS = Bands.at([842.0, 490.0, 560.0, 665.0])  # nir, blue, green, red
NIR, BLUE, GREEN, RED = range(4)


def scene(seed=0):
    """Truth, estimate and a mask of nothing repaired, as files hold them: in float32."""
    rng = np.random.default_rng(seed)
    truth = rng.uniform(0.05, 0.6, (4, 6, 7)).astype(np.float32)
    estimate = truth.copy()
    return truth, estimate, np.zeros(truth.shape, dtype=bool)


def test_correlation_and_error_are_those_of_the_repaired_pixels():
    truth, estimate, where = scene()
    where[RED, :3] = True
    noise = np.random.default_rng(1).normal(0, 0.02, (3, 7)).astype(np.float32)
    estimate[RED, :3] += noise
    estimate[RED, 3:] = 9.0  # not repaired, so not seen
    agreement = index_agreement("ndvi", truth, estimate, BANDS, where)
    true, guess = (
        (cube[NIR, :3] - cube[RED, :3] + 1e-6) / (cube[NIR, :3] + cube[RED, :3] + 1e-6)
        for cube in (truth.astype(np.float64), estimate.astype(np.float64))
    )
    assert agreement.correlation == pytest.approx(np.corrcoef(true.ravel(), guess.ravel())[0, 1])
    assert agreement.rmse == pytest.approx(np.sqrt(np.mean((true - guess) ** 2)))
    assert agreement.reason == ""


def test_a_perfect_repair_agrees_wholly():
    truth, estimate, where = scene()
    where[NIR] = True
    for name in ("ndvi", "ndwi"):
        agreement = index_agreement(name, truth, estimate, BANDS, where)
        assert agreement.correlation == pytest.approx(1)
        assert agreement.rmse == 0


def test_an_index_whose_bands_were_observed_has_no_score():
    truth, estimate, where = scene()
    where[[BLUE, GREEN]] = True
    ndvi = index_agreement("ndvi", truth, estimate, BANDS, where)
    assert ndvi == Agreement(reason="no band that ndvi needs was repaired")
    assert index_agreement("ndwi", truth, estimate, BANDS, where).rmse == 0


def test_an_index_whose_bands_are_lacking_has_no_score():
    truth, estimate, where = scene()
    visible = Bands.at(BANDS.wavelength[1:])
    agreement = index_agreement("ndvi", truth[1:], estimate[1:], visible, ~where[1:])
    assert agreement.correlation is None
    assert agreement.rmse is None
    assert "nir (835 nm) is not among the bands" in agreement.reason


def test_pixels_that_are_not_finite_do_not_count():
    truth, estimate, where = scene()
    where[RED] = True
    estimate[RED] += 0.01
    clean = index_agreement("ndvi", truth, estimate, BANDS, where & (np.arange(7) < 4))
    truth[NIR, :, 4:6], estimate[RED, :, 6] = np.nan, np.inf
    spoilt = index_agreement("ndvi", truth, estimate, BANDS, where)
    assert spoilt.correlation == pytest.approx(clean.correlation)
    assert spoilt.rmse == pytest.approx(clean.rmse)
    truth[NIR] = np.nan
    nothing = index_agreement("ndvi", truth, estimate, BANDS, where)
    assert nothing == Agreement(reason="ndvi is finite in no repaired pixel")


def test_one_pixel_or_a_flat_index_has_an_error_but_no_correlation():
    truth, estimate, where = scene()
    where[RED, 2, 2] = True
    estimate[RED, 2, 2] *= 2
    agreement = index_agreement("ndvi", truth, estimate, BANDS, where)
    assert agreement.correlation is None
    assert agreement.rmse > 0
    assert agreement.reason == "ndvi is the same in all repaired pixels"


def test_an_index_that_nobody_knows_is_refused():
    truth, estimate, where = scene()
    with pytest.raises(UnknownNameError, match=r"ndiv.*did you mean 'NDVI'"):
        index_agreement("ndiv", truth, estimate, BANDS, where)
