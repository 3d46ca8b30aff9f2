import warnings

import numpy as np
import pytest
import torch

from emulator_training.parameters import NAMES, PARAMETERS
from emulator_training.simulators.prosail import Prosail

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    prosail = pytest.importorskip("prosail", reason="the extra `emulator` is not installed")

LOW, HIGH = (np.array([getattr(p, end) for p in PARAMETERS]) for end in ("low", "high"))


def oracle(parameters):
    values = dict(zip(NAMES, parameters, strict=True))
    values["lidfa"] = values.pop("ala")
    return prosail.run_prosail(**values, prospect_version="D", factor="SDR")


@pytest.fixture(scope="module")
def canopies():
    """Return 1000 random sets of parameters, and what the package `prosail` makes of them."""
    parameters = LOW + (HIGH - LOW) * np.random.default_rng(0).random((1000, len(NAMES)))
    return torch.from_numpy(parameters), np.stack([oracle(p) for p in parameters])


@pytest.fixture(scope="module")
def model():
    return Prosail(check=False)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_it_reflects_what_the_package_prosail_says(canopies, model, dtype, within):
    parameters, expected = canopies
    found = torch.cat([model(part) for part in parameters.to(dtype).split(100)])
    assert found.dtype == dtype
    np.testing.assert_allclose(found, expected, rtol=0, atol=within)
