import numpy as np
import pytest
import torch
from scipy import special

from emulator_training.simulators.expint import absorptivity


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-14), (torch.float32, 3e-7)])
def test_a_plate_absorbs_what_exponential_integrals_say(dtype, within):
    x = torch.logspace(-7, 2, 2000, dtype=torch.float64).to(dtype)
    exact = x.double().numpy()
    np.testing.assert_allclose(absorptivity(x), 1 - 2 * special.expn(3, exact), rtol=0, atol=within)


@pytest.mark.parametrize(("dtype", "within"), [(torch.float64, 1e-14), (torch.float32, 3e-6)])
def test_its_slope_is_that_of_the_integral_and_not_of_what_approximates_it(dtype, within):
    x = torch.logspace(-7, 2, 2000, dtype=torch.float64).to(dtype).requires_grad_()
    (slope,) = torch.autograd.grad(absorptivity(x).sum(), x)
    exact = 2 * special.expn(2, x.detach().double().numpy())
    np.testing.assert_allclose(slope, exact, rtol=0, atol=within)
