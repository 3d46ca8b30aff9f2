"""A run: its steps, its interruption, and what is not finite."""

import math

import pytest
import torch

from anyband_models.errors import QualityError
from anyband_models.training.config import OptimiserConfig
from anyband_models.training.loop import learning_rate

PHYSICS = {"physics": 0.1, "operator": None}
PAPER = {"sensor": 1.0, "sensors": ("landsat8_oli", "sentinel2a_msi"), "averaged": True}


def trained(run, folder=None):
    curve = []
    run.train(folder, curve.append)
    return curve


@pytest.mark.parametrize(
    "changes",
    [{"loss": PHYSICS}, {"diffusion": {"prediction": "eps"}, "masking": PAPER}],
    ids=["residuals and physics", "paper"],
)
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(begun, tmp_path, changes):
    whole = begun(**changes)
    curve = trained(whole)
    # The learning rate follows the planned length: the first part is cut off, not short.
    first = begun(**changes)
    parts = []

    def stop(progress):
        parts.append(progress)
        if progress.step == 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first.train(tmp_path, stop)
    second = begun(**changes)
    second.resume(tmp_path)
    assert second.step == 10
    assert parts[:10] + trained(second) == curve
    ours, theirs = whole.checkpoint(), second.checkpoint()
    assert ours.step == theirs.step == 20
    assert set(ours.tensors) == set(theirs.tensors)
    kinds = {name.split(".")[0] for name in ours.tensors}
    assert kinds == {"network", "average", "moments"}
    assert all(torch.equal(ours.tensors[name], theirs.tensors[name]) for name in ours.tensors)


def test_the_loss_falls(begun):
    curve = trained(begun(steps=80, keep_every=80, optimiser={"learning_rate": 5e-3}))
    losses = [progress.loss for progress in curve]
    assert sum(losses[-20:]) < 0.7 * sum(losses[:20])


def spoil(run, steps):
    """Make the noise of some steps not finite."""
    draw = run.batches.draw

    def drawn(step, numbers):
        batch = draw(step, numbers)
        if step in steps:
            batch.noise[0, 0, 0, 0] = math.nan
        return batch

    run.batches.draw = drawn
    return run


def test_a_step_that_is_not_finite_is_left_out_and_counted(begun):
    run = spoil(begun(steps=4, loss=PHYSICS), {2})
    weights, average = [], []

    def keep(progress):
        weights.append(torch.cat([p.detach().flatten() for p in run.model.network.parameters()]))
        average.append(torch.cat([p.flatten() for p in run.average.weights.values()]))

    curve = []
    run.train(None, lambda progress: (curve.append(progress), keep(progress)))
    assert [progress.skipped for progress in curve] == [0, 0, 1, 1]
    assert math.isnan(curve[2].loss)
    assert torch.equal(weights[1], weights[2])
    assert torch.equal(average[1], average[2])
    assert not torch.equal(weights[2], weights[3])
    assert all(torch.isfinite(vector).all() for vector in weights)


def test_ten_in_a_row_stop_the_run(begun, tmp_path):
    run = spoil(begun(steps=40, keep_every=5), set(range(7, 40)))
    with pytest.raises(QualityError) as refused:
        run.train(tmp_path)
    assert str(refused.value) == (
        "10 steps in a row had a loss or a gradient that is not finite; lower "
        "optimiser.learning_rate, or use precision: float32; the last checkpoint stands"
    )
    assert (run.skipped, run.step) == (10, 16)
    again = begun(steps=40, keep_every=5)
    again.resume(tmp_path)
    assert (again.step, again.skipped, again.in_a_row) == (15, 8, 8)


def test_nine_in_a_row_do_not(begun):
    run = spoil(begun(steps=14), set(range(2, 11)))
    curve = trained(run)
    assert (curve[-1].step, curve[-1].skipped, run.in_a_row) == (14, 9, 0)


def test_the_learning_rate_rises_on_a_line_and_falls_on_half_a_cosine():
    config = OptimiserConfig(learning_rate=2.0, warmup=0.1)
    rates = [learning_rate(config, step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([0.2 * (step + 1) for step in range(10)])
    assert rates[10] == 2.0
    assert rates[55] == pytest.approx(1.0)
    assert rates[10:] == pytest.approx(
        [1 + math.cos(math.pi * (step - 10) / 90) for step in range(10, 100)]
    )
    assert rates[-1] < 1e-3


def test_without_warm_up_the_first_step_has_the_whole_rate():
    assert learning_rate(OptimiserConfig(learning_rate=2.0, warmup=0), 0, 10) == 2.0


def test_the_model_that_is_used_has_the_averaged_weights(begun):
    run = begun(steps=3)
    run.train(None)
    model = run.averaged()
    for name, weight in model.network.state_dict().items():
        assert torch.equal(weight, run.average.weights[name])
    assert torch.equal(model.ground.error.table, run.model.ground.error.table)
    assert not model.training
    assert not any(weight.requires_grad for weight in model.parameters())


def test_half_precision_trains_too(begun):
    curve = trained(begun(steps=3, precision="bfloat16", loss=PHYSICS))
    assert all(math.isfinite(progress.loss) for progress in curve)
    exact = trained(begun(steps=3, precision="float32", loss=PHYSICS))
    assert [p.loss for p in curve] == pytest.approx([p.loss for p in exact], rel=0.05)
    assert [p.loss for p in curve] != [p.loss for p in exact]
