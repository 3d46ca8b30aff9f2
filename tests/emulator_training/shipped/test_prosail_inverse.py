from importlib.util import find_spec

import pytest
import torch

from emulator_training.design import samples
from emulator_training.errors import ViewError
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import NAMES, PARAMETERS
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_inverse import ProsailInverse
from physops import Bands
from physops.errors import ParameterError

SENTINEL = Bands.of("S2A")


def r2(got, truth, name):
    number = BIOPHYSICAL.index(name)
    apart = (got - truth)[:, number].square().mean()
    return (1 - apart / truth[:, number].var()).item()


@pytest.fixture(scope="module")
def canopies():
    """Return canopies as likely as in nature, and those of the wide half, of another seed."""
    return torch.from_numpy(samples(1000, seed=78)).float()


@pytest.mark.skipif(find_spec("prosail") is None, reason="the extra `emulator` is not installed")
def test_it_finds_leaf_and_canopy_in_noisy_spectra(canopies):
    from emulator_training.band_response import GRID
    from emulator_training.shard import spectra_of

    spectra = torch.from_numpy(spectra_of(canopies.double().numpy()))
    noise = torch.randn(spectra.shape, generator=torch.Generator().manual_seed(0))
    inverse = ProsailInverse(Bands.at(GRID))
    x = spectra * (1 + 0.01 * noise)
    truth = canopies[:, [NAMES.index(name) for name in BIOPHYSICAL]]
    for name in ("cab", "car", "cw", "cm", "lai"):
        assert r2(inverse(x, band_dim=-1), truth, name) > 0.88, name
    low, high = inverse.interval(x, band_dim=-1)
    assert 0.86 < ((truth >= low) & (truth <= high)).float().mean() < 0.94


def test_it_does_not_collapse_on_thirteen_noisy_bands(canopies):
    seen = ProsailEmulator(SENTINEL)(canopies, band_dim=-1)
    noise = torch.randn(seen.shape, generator=torch.Generator().manual_seed(0))
    found = ProsailInverse(SENTINEL)(seen * (1 + 0.01 * noise), band_dim=-1)
    truth = canopies[:, [NAMES.index(name) for name in BIOPHYSICAL]]
    for name, least in (("cab", 0.8), ("lai", 0.7), ("cw", 0.75)):
        assert r2(found, truth, name) > least, name


def test_parameters_stay_in_their_ranges():
    found = ProsailInverse(SENTINEL)(torch.rand(13, 20, 20))
    for name, plane in zip(BIOPHYSICAL, found, strict=True):
        parameter = PARAMETERS[NAMES.index(name)]
        assert plane.min() >= parameter.low
        assert plane.max() <= parameter.high + 1e-5


def test_a_wider_interval_has_a_higher_level():
    inverse = ProsailInverse(SENTINEL)
    x = torch.full((13, 1, 1), 0.2)
    (low, high), (lower, higher) = inverse.interval(x, 0.5), inverse.interval(x, 0.95)
    assert ((lower <= low) & (low <= high) & (high <= higher)).all()
    assert (inverse.std(x) > 0).all()
    with pytest.raises(ParameterError, match="level is 90; give a number between 0 and 1"):
        inverse.interval(x, 90)


def test_angles_help_if_they_are_known(canopies):
    one = canopies.clone()
    one[:, [NAMES.index(name) for name in ("tts", "tto", "psi")]] = torch.tensor([55.0, 5, 90])
    seen = ProsailEmulator(SENTINEL)(one, band_dim=-1)
    truth = one[:, [NAMES.index(name) for name in BIOPHYSICAL]]
    view = {"sun_zenith": 55.0, "view_zenith": 5.0, "relative_azimuth": 90.0}
    known, unknown = ProsailInverse(SENTINEL, **view), ProsailInverse(SENTINEL)
    assert r2(known(seen, band_dim=-1), truth, "ala") > r2(unknown(seen, band_dim=-1), truth, "ala")


@pytest.mark.parametrize(
    ("angles", "wording"),
    [
        (
            {"sun_zenith": 30.0},
            r"only sun_zenith is given; give sun_zenith, view_zenith and rel.* all",
        ),
        (
            {"sun_zenith": 120.0, "view_zenith": 0.0, "relative_azimuth": 0.0},
            r"sun_zenith is 120, outside 0-89 degrees; give",
        ),
    ],
)
def test_angles_that_cannot_be_are_refused(angles, wording):
    with pytest.raises(ViewError, match=wording):
        ProsailInverse(SENTINEL, **angles)
