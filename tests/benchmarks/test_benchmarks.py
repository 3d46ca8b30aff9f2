import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from anyband_models.models.contract import Observation
from anyband_models.models.registry import create_model
from physops.bands import Bands

ROOT = Path(__file__).parents[2]


def test_a_ratio_is_printed_as_json_and_nothing_else():
    command = [sys.executable, "-m", "benchmarks", "help", "--json"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    printed = json.loads(run.stdout)
    assert printed["benchmark"] == "help"
    assert set(printed["ratios"]["time"]) == {"value", "goal", "better"}
    assert printed["ratios"]["time"]["value"] > 0
    assert run.stderr == ""


def test_the_baseline_of_repair_gives_what_ours_gives(monkeypatch):
    """A baseline that did less, or worse, would be no baseline."""
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.repair import bare_gaussian

    rng = np.random.default_rng(0)
    mixing = rng.random((12, 3))
    cube = (0.2 + mixing @ rng.random((3, 40 * 50)) / 3).reshape(12, 40, 50).astype(np.float32)
    cube += rng.normal(0, 1e-3, cube.shape).astype(np.float32)
    nm = np.linspace(400, 950, 12)
    cube[5] = np.nan
    cube[[2, 8], :, 25:] = np.nan
    mask = np.isfinite(cube)
    ours = create_model("gaussian", shrinkages=(1e-6,)).reconstruct(
        Observation(cube, mask, Bands.at(nm))
    )
    mean, std = bare_gaussian(cube, nm)
    np.testing.assert_allclose(ours.mean, mean, atol=2e-6)
    learned = np.arange(12) != 5  # of the band that nobody has the baseline gives no spread
    np.testing.assert_allclose(ours.std[learned], std[learned], atol=2e-6)


def test_the_prior_is_timed_on_a_damaged_half_with_the_other_as_support(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.prior import damaged

    seen = damaged("pixel-30", 9)
    assert seen.values.shape == (200, 9, 9)
    assert seen.support.shape == (145 * 72, 200)
    assert np.isfinite(seen.support).all()
    assert 0.68 < seen.mask.mean() < 0.72
    np.testing.assert_array_equal(np.isfinite(seen.values), seen.mask)


def test_all_that_is_timed_runs_in_turn_once_more_than_it_counts(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.ratio import best_times

    called = []
    runs = {name: lambda name=name: called.append(name) for name in ("a", "b")}
    times = best_times(runs, 3)
    assert called == ["a", "b"] * 4
    assert set(times) == {"a", "b"}
    assert all(seconds >= 0 for seconds in times.values())


def test_the_guidance_that_is_timed_does_what_it_is_for(monkeypatch):
    """It takes the steps that it should, and the physics loss falls."""
    monkeypatch.syspath_prepend(str(ROOT))
    from anyband_models.diffusion.repair import Sampling, sampled
    from benchmarks.guidance import SIDE, Subject

    subject = Subject("tiny")
    records = []
    plain = Sampling("dpm++", 10, True, 0)
    guided = plain._replace(guidance=subject.guidance())
    without = sampled(subject.model, subject.values, subject.mask, SIDE, plain)
    image = sampled(subject.model, subject.values, subject.mask, SIDE, guided, 0, records)
    assert len(records) == 2
    assert set(records[0].losses) == {"ndvi", "band_correlation", "valid_range"}

    def loss(cube):
        image = torch.from_numpy(cube)[None]
        return sum(float(target(image)[0]) for target in guided.guidance.targets)

    assert loss(image) < 0.8 * loss(without)
