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
