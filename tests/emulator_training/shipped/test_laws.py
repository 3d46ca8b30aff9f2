"""The shipped operators keep the laws of all operators, on bands of all kinds."""

from importlib.util import find_spec

import numpy as np
import pytest
import torch

from emulator_training.networks import ranges
from emulator_training.parameters import NAMES
from emulator_training.shipped.prosail import ExactProsail
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_inverse import ProsailInverse
from emulator_training.shipped.prosail_manifold import ProsailManifold
from physops import Bands, Operator
from physops.testing import LAWS, check_operator

BANDS = {
    "sentinel2": Bands.of("S2A"),
    "rosis": Bands.at(np.linspace(430, 860, 103), 4.2),
    "beyond": Bands.at(np.r_[350.0, np.arange(400.0, 2500.0, 20.0), 10900.0]),
}
FEW = Bands.at([350.0, 450.0, 670.0, 800.0, 1650.0], 20.0)


class UnitCanopies(Operator):
    """A simulator whose parameters are in parts of their ranges, and kept in these."""

    def __init__(self, simulator):
        super().__init__()
        self.simulator, self.spec, self.band_count = simulator, simulator.spec, len(NAMES)

    def forward(self, x, band_dim=-3):
        if not (x.ndim and -x.ndim <= band_dim < x.ndim) or not x.is_floating_point():
            return self.simulator(x, band_dim)
        if x.shape[band_dim] != len(NAMES):
            return self.simulator(x, band_dim)
        low, width = ranges(NAMES, x)
        parts = x.movedim(band_dim, -1)
        known = torch.isfinite(parts)
        inside = 0.5 + 0.5 * (2 * torch.where(known, parts, 0.5) - 1).tanh()
        canopies = torch.where(known, low + width * inside, torch.nan)
        return self.simulator(canopies.movedim(-1, band_dim), band_dim)


@pytest.mark.parametrize("bands", BANDS.values(), ids=BANDS)
@pytest.mark.parametrize("operator", [ProsailInverse, ProsailManifold])
def test_an_operator_on_bands_keeps_every_law(operator, bands):
    assert check_operator(operator(bands), bands=bands) is None


@pytest.mark.parametrize("operator", [ProsailInverse, ProsailManifold])
def test_an_operator_can_be_mapped(operator):
    assert check_operator(operator(FEW), bands=FEW, laws=["mapped"], compile=True) is None


def test_the_emulator_keeps_every_law():
    assert check_operator(UnitCanopies(ProsailEmulator(FEW))) is None


@pytest.mark.skipif(find_spec("prosail") is None, reason="the extra `emulator` is not installed")
def test_prosail_keeps_every_law():
    """But for second derivatives, which its special functions do not have."""
    operator = UnitCanopies(ExactProsail(FEW))
    laws = set(LAWS) - {"derivatives"}
    assert check_operator(operator, laws=laws) is None
    x = 0.3 + 0.4 * torch.rand(3, 15, dtype=torch.float64)
    seen = torch.from_numpy(FEW.wavelength >= 400)
    x.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: operator(x, -1)[:, seen], (x,), fast_mode=True)
