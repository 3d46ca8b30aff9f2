"""What a step minimises."""

import pytest
import torch

from anyband_models.training.objective import objective


@pytest.mark.parametrize("emphasis", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("observed", [0.0, 1.0])
def test_a_network_that_says_nothing_errs_by_what_lines_do(begun, emphasis, observed):
    """The last layer starts at zero, and a network that predicts x0 then says z = 0."""
    run = begun(loss={"blind": 1.0})
    batch = run.batches.draw(0, range(6))
    found = objective(run.denoiser, batch, observed, None, emphasis)
    problem = batch.problem
    off = (batch.images - problem.centre) / problem.scale * problem.scale**emphasis
    counts = torch.where(problem.condition.observed, observed, 1.0)
    expected = (off.square() * counts).sum(dim=(1, 2, 3)) / counts.sum(dim=(1, 2, 3))
    torch.testing.assert_close(found.denoising, expected)
    torch.testing.assert_close(found.total, expected.mean())
    assert found.physics == {}


def test_in_units_of_the_image_the_masks_that_leave_most_to_guess_count_most(begun):
    run = begun(loss={"blind": 1.0}, masking={"sensor": 0, "few": 0.5, "drop": (0.1, 0.1)})
    batch = run.batches.draw(0, range(32))
    few = batch.problem.condition.observed.float().mean(dim=(1, 2, 3)) < 0.5
    shares = []
    for emphasis in (0.0, 1.0):
        loss = objective(run.denoiser, batch, 0.0, None, emphasis).denoising.detach()
        shares.append(float(loss[few].sum() / loss.sum()))
    assert shares[1] > shares[0] + 0.1
