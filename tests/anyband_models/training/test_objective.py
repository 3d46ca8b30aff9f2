"""What a step minimises."""

import pytest
import torch

from anyband_models.training.objective import objective


@pytest.mark.parametrize("observed", [0.0, 1.0])
def test_a_network_that_says_nothing_errs_by_what_lines_do(begun, observed):
    """The last layer starts at zero, and a network that predicts x0 then says z = 0."""
    run = begun(loss={"blind": 1.0})
    batch = run.batches.draw(0, range(6))
    found = objective(run.denoiser, batch, observed, None)
    problem = batch.problem
    off = (batch.images - problem.centre) / problem.scale
    counts = torch.where(problem.condition.observed, observed, 1.0)
    expected = (off.square() * counts).sum(dim=(1, 2, 3)) / counts.sum(dim=(1, 2, 3))
    torch.testing.assert_close(found.denoising, expected)
    torch.testing.assert_close(found.total, expected.mean())
    assert found.physics == {}
