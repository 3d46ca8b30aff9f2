import torch

from anyband_models.diffusion.consistency import Consistent
from anyband_models.diffusion.samplers import SAMPLERS


def bits(values):
    return values.view(torch.int32)


def test_observed_values_are_those_that_were_measured_bit_for_bit(make_condition):
    known = torch.randn(2, 3, 4, 4)
    known[0, 0, 0] = torch.tensor([-0.0, 1e-45, 1e30, -1e-40])
    observed = torch.rand(2, 3, 4, 4) < 0.5
    observed[0, 0, 0] = True
    condition = make_condition(known, observed)
    answer = torch.randn(2, 3, 4, 4)
    found = Consistent(lambda x, sigma, condition: answer)(known, torch.ones(2), condition)
    assert torch.equal(bits(found)[observed], bits(known)[observed])
    assert torch.equal(bits(found)[~observed], bits(answer)[~observed])


def test_what_is_not_observed_may_be_anything(make_condition):
    known = torch.full((1, 2, 2, 2), torch.nan)
    observed = torch.zeros(1, 2, 2, 2).bool()
    found = Consistent(lambda x, sigma, condition: x)(
        torch.ones(1, 2, 2, 2), torch.ones(1), make_condition(known, observed)
    )
    assert torch.equal(found, torch.ones(1, 2, 2, 2))


def test_every_sampler_ends_on_the_observed_values_exactly(make_condition):
    known, observed = torch.randn(1, 3, 4, 4), torch.rand(1, 3, 4, 4) < 0.5
    condition = make_condition(known, observed)
    ladder = torch.tensor([157.0, 3.0, 0.1, 0.0], dtype=torch.float64)
    for name, sampler in SAMPLERS.items():
        found = sampler(
            Consistent(lambda x, sigma, condition: x / (1 + sigma[:, None, None, None] ** 2)),
            157 * torch.randn(1, 3, 4, 4),
            ladder,
            condition,
            lambda step: torch.randn(1, 3, 4, 4),
        )
        assert torch.equal(found[observed], known[observed]), name
        assert torch.isfinite(found).all(), name
