"""How far a model says that it errs."""

import numpy as np
import torch

from anyband_models.training import calibration as module
from anyband_models.training.calibration import calibrate
from anyband_models.training.masking import DualMasking, MaskingConfig
from anyband_models.training.validation import validate


def test_nine_tenths_of_the_errors_lie_where_they_should(begun, scene, monkeypatch):
    monkeypatch.setattr(module, "_MASKS", 80)
    run = begun(scene(rows=40), steps=4, validation=0.3, masking={"averaged": False})
    run.train(None)
    model = run.averaged()
    masking = DualMasking(MaskingConfig(sensor=0, drop=(0.3, 0.8)), model.spec.bands)
    calibrate(model, run.held_out, masking, seed=0)
    rng, (image,) = np.random.default_rng(99), run.held_out
    held, count = 0, 0
    for _ in range(30):
        observed = torch.from_numpy(masking.second(rng, image.shape[1:]))
        apart = (model.mean(image, observed) - image).abs()
        inside = apart <= 1.645 * model.std(image, observed)
        missing = ~observed.expand(image.shape)
        held, count = held + int(inside[missing].sum()), count + int(missing.sum())
    assert 0.87 < held / count < 0.93


def held(model, image, masks):
    """Which share of the missing entries lies within the 90 % interval."""
    inside, count = 0, 0
    for mask in masks:
        observed = torch.from_numpy(mask)[:, None, None]
        apart = (model.mean(image, observed) - image).abs()
        within = apart <= 1.645 * model.std(image, observed)
        missing = ~observed.expand(image.shape)
        inside, count = inside + int(within[missing].sum()), count + int(missing.sum())
    return inside / count


def test_they_do_so_for_few_bands_and_for_many(begun, scene, monkeypatch):
    """After a gap, and with one band left, an entry is as far from the next but errs otherwise."""
    monkeypatch.setattr(module, "_MASKS", 120)
    run = begun(scene(rows=40), steps=40, validation=0.3, batch=8)
    run.train(None)
    model, (image,) = run.averaged(), run.held_out
    masking = DualMasking(MaskingConfig(sensor=0, few=0.5, gap=0.5), model.spec.bands)
    calibrate(model, run.held_out, masking, seed=0)
    assert len(set(model.company.tolist())) > 2
    rng = np.random.default_rng(99)
    few = [np.isin(np.arange(25), rng.permutation(25)[:2]) for _ in range(40)]
    gaps = [np.roll(np.arange(25) > 5, rng.integers(25)) for _ in range(40)]
    assert 0.85 < held(model, image, few) < 0.95
    assert 0.85 < held(model, image, gaps) < 0.95
    model.company.fill_(1.0)
    told = held(model, image, few), held(model, image, gaps)
    assert max(abs(share - 0.9) for share in told) > 0.02


def test_a_model_that_makes_no_error_has_standard_deviations_all_the_same(begun, scene):
    flat = scene(rows=30)
    flat.values[:] = flat.values[:1]
    run = begun(flat, steps=2, validation=0.3)
    model = run.averaged()
    calibrate(model, run.held_out, run.batches.masking, seed=0)
    assert torch.isfinite(model.company).all()
    assert torch.isfinite(model.error.table).all()
    assert (model.error.table > 0).all()
    assert (model.company > 0).all()


def test_a_model_that_has_not_learned_is_as_good_as_lines(begun):
    run = begun()
    scores = validate(run.averaged(), run.held_out, seeds=1)
    assert set(scores) == {"random-10", "random-50", "random-90", "gap-20", "k7", "k5", "k3"}
    # The last layer starts at zero: the residual over the line is none.
    assert all(abs(found.model - found.linear) < 1e-3 for found in scores.values())


def test_families_that_the_bands_do_not_allow_are_left_out(begun, scene):
    run = begun(scene(centres=np.array([480.0, 560.0, 660.0, 850.0])))
    assert set(validate(run.averaged(), run.held_out, seeds=1)) == {
        "random-50", "gap-20", "k3",
    }  # fmt: skip
