from importlib.util import find_spec

import numpy as np
import pytest
import torch

import physops
from emulator_training.design import kind_of, samples
from emulator_training.errors import NoBandInRangeError, ParameterRangeError
from emulator_training.parameters import NAMES, vector
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from physops import Bands

SENTINEL = Bands.of("S2A")
FEW = Bands.at([350.0, 670.0, 800.0, 1650.0], 10.0)


@pytest.mark.skipif(find_spec("prosail") is None, reason="the extra `emulator` is not installed")
def test_it_is_prosail_within_what_its_card_says():
    from emulator_training.band_response import GRID
    from emulator_training.shard import spectra_of

    emulator = ProsailEmulator(Bands.at(GRID))
    # Another seed than that of the design it was fitted to.
    rows = samples(2000, seed=77)
    apart = emulator(torch.from_numpy(rows).float(), band_dim=-1) - torch.from_numpy(
        spectra_of(rows)
    )
    std = emulator.std(torch.from_numpy(rows).float(), band_dim=-1)
    kinds = kind_of(np.arange(2000))
    for kind, most in (("wide", 0.0028), ("prior", 0.002), ("hot_spot", 0.005), ("edge", 0.008)):
        chosen = torch.from_numpy(kinds == kind)
        assert apart[chosen].square().mean().sqrt() < most, kind
        assert 0.82 < (apart.abs() <= 1.645 * std)[chosen].float().mean() < 0.96, kind


@pytest.mark.skipif(find_spec("prosail") is None, reason="the extra `emulator` is not installed")
@pytest.mark.parametrize(
    ("geometry", "most"),
    [
        ({"tts": 30.0, "tto": 30.0, "psi": 0.0, "hspot": 0.1}, 0.005),
        ({"tts": 30.0, "tto": 30.0, "psi": 0.0, "hspot": 0.05}, 0.006),
        ({"tts": 0.0, "tto": 0.0, "psi": 0.0, "hspot": 0.1}, 0.005),
        ({"tts": 30.0, "tto": 25.0, "psi": 0.0, "hspot": 0.1}, 0.005),
    ],
)
def test_it_sees_the_hot_spot_and_knows_how_well(geometry, most):
    rows = samples(2000, seed=79)[kind_of(np.arange(2000)) == "wide"]
    for name, value in geometry.items():
        rows[:, NAMES.index(name)] = value
    emulator, x = ProsailEmulator(SENTINEL), torch.from_numpy(rows)
    apart = emulator(x, band_dim=-1) - physops.get("prosail", bands=SENTINEL)(x, band_dim=-1)
    assert apart.square().mean().sqrt() < most
    assert apart.mean().abs() < most / 2
    assert (apart.abs() <= 1.645 * emulator.std(x, band_dim=-1)).double().mean() > 0.8


def test_bands_are_those_of_the_image_where_they_can_be_seen():
    emulator = ProsailEmulator(FEW)
    found = emulator(vector().expand(2, 3, 15).movedim(-1, 1)[..., None], band_dim=1)
    assert found.shape == (2, 4, 3, 1)
    assert torch.isnan(found[:, 0]).all()
    assert torch.isfinite(found[:, 1:]).all()


def test_a_band_is_the_mean_of_its_nanometres():
    whole = ProsailEmulator(Bands.at(range(780, 821)))
    mean = whole(vector(), band_dim=0)
    std = 10 / 2.354820045
    weights = torch.exp(-0.5 * ((torch.arange(780, 821) - 800) / std) ** 2)
    expected = (weights * mean).sum() / weights.sum()
    assert ProsailEmulator(FEW)(vector(), band_dim=0)[2] == pytest.approx(expected.item(), abs=1e-4)


def test_it_tells_how_far_a_canopy_is_out_of_range():
    canopies = vector().repeat(3, 1)
    canopies[1, NAMES.index("lai")] = 12.0
    canopies[2, NAMES.index("lai")] = torch.nan
    found = ProsailEmulator(FEW).out_of_range(canopies, band_dim=-1)
    assert found[:2].tolist() == pytest.approx([0.0, 0.5])
    assert torch.isnan(found[2])


@pytest.mark.parametrize(("name", "value"), [("lai", -1.0), ("tts", 95.0), ("psi", 200.0)])
def test_a_parameter_that_cannot_be_is_refused(name, value):
    canopy = vector()
    canopy[NAMES.index(name)] = value
    with pytest.raises(ParameterRangeError, match=f"{name} is {value:g}; give"):
        ProsailEmulator(FEW)(canopy, band_dim=0)


def test_an_image_without_bands_in_range_is_refused():
    with pytest.raises(NoBandInRangeError, match="no good band lies in 400-2500 nm"):
        ProsailEmulator(Bands.at([11000.0]))


def test_leaves_absorb_more_with_more_chlorophyll():
    canopies = torch.stack([vector({"cab": 20.0}), vector({"cab": 80.0})])
    red = ProsailEmulator(FEW)(canopies, band_dim=-1)[:, 1]
    assert red[1] < red[0]
