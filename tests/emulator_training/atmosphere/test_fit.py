import numpy as np
import torch

from emulator_training.atmosphere.fit import _Columns, _fit_path, fitted_states, held_out_states
from emulator_training.simulators.atmospheres import ASKED, values


def test_nothing_is_judged_by_what_it_was_fitted_to():
    fitted = set(fitted_states())
    for states in held_out_states().values():
        assert len(states) >= 40
        assert not fitted & set(states)


def test_corners_and_edges_are_among_what_judges():
    low, high = np.array(ASKED).T
    on = {
        name: (np.isclose(values(states), low) | np.isclose(values(states), high)).mean()
        for name, states in held_out_states().items()
    }
    assert on["at corners"] == 1
    assert 0.4 < on["on edges"] < 0.6
    assert on["inside"] < 0.05


def test_scattering_where_gases_let_nothing_through_is_that_of_beside():
    generator = torch.Generator().manual_seed(0)
    shape, other = (torch.rand(200, k, dtype=torch.float64, generator=generator) for k in (3, 2))
    clear = torch.tensor([0.9, 0.8, 1e-9, 0.9, 0.7], dtype=torch.float64)
    through = clear.expand(200, -1) * (0.6 + 0.4 * torch.rand(200, 1, generator=generator).double())
    line = torch.linspace(1.0, 2.0, 5, dtype=torch.float64) * torch.tensor([[1.0], [2.0], [3.0]])
    alone = torch.tensor([[0.5], [0.1]], dtype=torch.float64).expand(2, 5)
    path = through * (shape @ line) + (1 - through) * (other @ alone)
    found = _fit_path(path, _Columns((shape,), [through]), _Columns((other,), [1 - through]), clear)
    torch.testing.assert_close(found[:3], line, rtol=2e-3, atol=0.0)
    torch.testing.assert_close(found[3:, 2], alone[:, 2], rtol=1e-3, atol=0.0)
