from importlib.util import find_spec

import numpy as np
import pytest
import torch

from emulator_training.design import LIKELY, kind_of, samples
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
    """Return canopies of all kinds that it was fitted to, of another seed."""
    likely = np.isin(kind_of(np.arange(1000)), LIKELY)
    return torch.from_numpy(samples(1000, seed=78)[likely]).float()


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


def parts_of_spread(inverse, x):
    """Return standard deviations in parts of what they are before anything is seen."""
    width = torch.tensor([p.high - p.low for p in PARAMETERS if p.name in BIOPHYSICAL])
    return inverse.std(x, band_dim=-1) / (width * inverse.network.spread)


@pytest.mark.parametrize("level", [0.05, 0.1, 0.3, 0.5, 0.9])
def test_a_flat_spectrum_is_out_of_range_and_hardly_tells_anything(level):
    inverse = ProsailInverse(SENTINEL)
    flat = torch.full((13,), level)
    out = inverse.out_of_range(flat, band_dim=-1)
    assert out > 0.5
    assert parts_of_spread(inverse, flat).min() > (out.square() / (1 + out.square())).sqrt() - 1e-3
    assert parts_of_spread(inverse, flat).min() > (0.5 if level < 0.1 else 0.85)


def test_digital_numbers_tell_nothing(canopies):
    inverse = ProsailInverse(SENTINEL)
    numbers = 1e4 * ProsailEmulator(SENTINEL)(canopies[:50], band_dim=-1)
    assert inverse.out_of_range(numbers, band_dim=-1).min() > 100
    assert parts_of_spread(inverse, numbers) == pytest.approx(1.0, abs=1e-3)
    low, high = inverse.interval(numbers, band_dim=-1)
    assert torch.isfinite(low).all()
    assert (high > low).all()


def test_a_soil_that_prosail_has_no_word_for_is_out_of_range():
    """A quartz sand with the bands of clay and carbonate, and red by iron."""
    nm = torch.arange(400.0, 2501.0)
    sand = 0.1 + 0.5 * torch.sigmoid((nm - 620) / 60)
    for centre, depth in ((1400, 0.1), (1900, 0.2), (2200, 0.15), (2340, 0.15)):
        sand = sand * (1 - depth * torch.exp(-(((nm - centre) / 40) ** 2)))
    assert ProsailInverse(Bands.at(nm.numpy())).out_of_range(sand, band_dim=-1) > 1


def test_canopies_are_in_range(canopies):
    seen = ProsailEmulator(SENTINEL)(canopies, band_dim=-1)
    noise = torch.randn(2, *seen.shape, generator=torch.Generator().manual_seed(0))
    x = seen * (1 + 0.01 * noise[0]) + 0.002 * noise[1]
    out = ProsailInverse(SENTINEL).out_of_range(x, band_dim=-1)
    assert (out > 0).float().mean() < 0.08
    assert out.median() == 0


def test_where_a_pixel_is_missing_its_range_is(canopies):
    x = torch.full((13, 2, 1), 0.2)
    x[4, 1] = torch.nan
    out = ProsailInverse(SENTINEL).out_of_range(x)
    assert out.shape == (2, 1)
    assert torch.isfinite(out[0])
    assert torch.isnan(out[1])
