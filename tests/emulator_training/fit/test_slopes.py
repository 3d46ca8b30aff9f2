import pytest
import torch
from torch import nn

pytest.importorskip("prosail", reason="the extra `emulator` is not installed")

from emulator_training.fit.dataset import Dataset, read_dataset
from emulator_training.fit.slopes import Slopes
from emulator_training.networks import ranges
from emulator_training.parameters import NAMES
from emulator_training.simulators.prosail import Prosail


@pytest.fixture(scope="module")
def few(simulation):
    data = read_dataset(simulation)
    return Dataset(data.parameters[:130], data.scores[:130], data.basis, data.sha256)


class Exact(nn.Module):
    """PROSAIL's scores."""

    def __init__(self, data):
        super().__init__()
        self.model = Prosail()
        self.components = torch.from_numpy(data.basis.components).float()

    def forward(self, parameters):
        return self.model(parameters) @ self.components.to(parameters).T


def test_slopes_are_differences_of_the_exact_spectrum(few):
    model, lai = Exact(few), NAMES.index("lai")
    step = torch.zeros(15, dtype=torch.float64)
    width = ranges(NAMES, step)[1]
    step[lai] = 1e-4
    at = few.parameters.double().clone()
    at[:, lai] = at[:, lai].clamp(0.01, 7.9)
    moved = Dataset(at.float(), few.scores, few.basis, few.sha256)
    slopes = Slopes.of(moved, seed=0)
    difference = model(at.float().double() + step) - model(at.float().double() - step)
    along = (difference * slopes.directions).sum(dim=-1) / 2e-4 * width[lai]
    torch.testing.assert_close(slopes.slopes[:, lai].double(), along, rtol=1e-2, atol=1e-2)


def test_the_exact_model_has_no_loss_and_another_has(few):
    slopes, numbers = Slopes.of(few, seed=0), torch.arange(0, 130, 3)
    assert slopes.loss(Exact(few), numbers) < 1e-4
    wrong = nn.Linear(15, few.scores.shape[1])
    loss = slopes.loss(wrong, numbers)
    assert loss > 0.1
    loss.backward()
    assert wrong.weight.grad.abs().sum() > 0
