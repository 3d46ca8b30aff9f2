import numpy as np
import pytest
import torch

from physops.bands import Bands
from physops.correlation import band_correlation
from physops.priors import library_prior, list_priors
from physops.priors.library import _covariance
from srf_library import CoverageError, UnknownNameError, get, response_matrix

NAMES = ("minerals", "mixed", "vegetation")
SENTINEL2 = {name: number for number, name in enumerate(get("S2A").names)}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sensor", ["S2A", "landsat8_oli", "hyperion", "terra_aster"])
def test_it_is_a_correlation_for_any_sensor(name, sensor):
    prior = library_prior(name, sensor=sensor)
    known = torch.isfinite(prior.diagonal())
    assert known.sum() >= 8
    assert (torch.isfinite(prior) == (known & known[:, None])).all()
    matrix = prior[known][:, known].double()
    torch.testing.assert_close(matrix, matrix.T)
    assert matrix.abs().max() <= 1 + 1e-6
    assert matrix.diagonal().min() > 0.99
    assert torch.linalg.eigvalsh(matrix).min() > -1e-5


def test_it_is_what_band_correlation_finds_in_the_sensors_bands_of_such_spectra():
    covariance = _covariance("vegetation")
    rng = np.random.default_rng(0)
    variance, directions = np.linalg.eigh(covariance.values)
    root = directions * np.sqrt(variance.clip(0))
    spectra = 0.3 + rng.normal(size=(40_000, len(root))) @ root.T
    bands = response_matrix("S2A", covariance.wavelength)(spectra)
    found = band_correlation(torch.from_numpy(bands.T), band_dim=0)
    prior = library_prior("vegetation", sensor="S2A").double()
    torch.testing.assert_close(found, prior, atol=0.02, rtol=0)


def test_vegetation_has_its_known_physics():
    prior = library_prior("vegetation", sensor="S2A")

    def together(first, second):
        return prior[SENTINEL2[first], SENTINEL2[second]].item()

    # The leaf's plateau, its visible bands and the water of its shortwave infrared hang together;
    # from one group to the other much less. Red and near infrared are not negative: dry plants
    # are bright in both.
    assert min(together("B7", "B8"), together("B8", "B8A")) > 0.99
    assert together("B11", "B12") > 0.85
    assert 0.2 < together("B4", "B8") < 0.6
    assert together("B8", "B12") < 0.3
    assert together("B4", "B12") > together("B8", "B12") + 0.4
    minerals = library_prior("minerals", sensor="S2A")
    assert minerals[SENTINEL2["B4"], SENTINEL2["B8"]] > 0.95


def test_bands_are_gaussians_and_a_sensors_place_can_be_the_scenes():
    centres, widths = [560.0, 665.0, 842.0], [35.0, 30.0, 110.0]
    own = library_prior("mixed", bands=Bands.at(centres, widths))
    kept = [SENTINEL2[name] for name in ("B3", "B4", "B8")]
    torch.testing.assert_close(
        own, library_prior("mixed", sensor="S2A")[kept][:, kept], atol=0.01, rtol=0
    )
    sensor = get("S2A").select(["B3", "B4", "B8"])
    moved = library_prior("mixed", sensor=sensor, wavelengths=[561.0, 666.0, 834.0])
    torch.testing.assert_close(moved, own, atol=0.02, rtol=0)
    assert library_prior("mixed", wavelengths=[0.56, 0.665]).shape == (2, 2)


def test_bands_that_are_not_covered_or_not_good_have_nan():
    bands = Bands.at([350.0, 560.0, 665.0, 842.0, 2600.0])
    bands.good[3] = False
    known = torch.isfinite(library_prior("mixed", bands=bands).diagonal())
    assert known.tolist() == [False, True, True, False, False]
    with pytest.raises(CoverageError):
        library_prior("mixed", wavelengths=[2700.0, 2800.0])


def test_names_are_found_in_any_spelling_or_refused():
    assert list_priors() == list(NAMES)
    assert torch.equal(library_prior("Mixed", sensor="S2A"), library_prior("mixed", sensor="S2A"))
    with pytest.raises(UnknownNameError, match="vegetation"):
        library_prior("vegitation", sensor="S2A")
    with pytest.raises(TypeError, match="needs the image's bands"):
        library_prior("mixed")
