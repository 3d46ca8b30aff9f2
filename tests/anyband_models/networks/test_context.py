import math

import pytest
import torch

from anyband_models.networks.context import ConditionEncoder, noise_code


@pytest.mark.parametrize("size", [(1, 1), (4, 8), (7, 5)])
def test_the_vector_is_the_mean_of_the_map(size):
    context = ConditionEncoder(6, 5)(torch.randn(2, 6, *size))
    assert context.map.shape == (2, 5, math.ceil(size[0] / 4), math.ceil(size[1] / 4))
    torch.testing.assert_close(context.vector, context.map.mean(dim=(2, 3)))


def test_the_code_is_that_of_transformers():
    code = noise_code(torch.tensor([0.0, 3.0, 999.0], dtype=torch.float64), 8)
    for row, time in zip(code.tolist(), [0.0, 3.0, 999.0], strict=True):
        rates = [10_000 ** (-number / 4) for number in range(4)]
        expected = [math.cos(time * rate) for rate in rates]
        expected += [math.sin(time * rate) for rate in rates]
        assert row == pytest.approx(expected, abs=1e-5)


def test_times_have_codes_that_differ():
    codes = noise_code(torch.arange(0.0, 1000.0, 7.0), 16)
    apart = torch.cdist(codes, codes) + torch.eye(len(codes)) * 9
    assert apart.min() > 0.05
