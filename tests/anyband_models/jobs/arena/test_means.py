"""Means over scenes."""

import pytest

from anyband_models.evaluation.judged import Judged
from anyband_models.jobs.arena.means import families, means
from anyband_models.jobs.arena.results import Entry, Results, Settings


def results_of(*entries):
    results = Results(Settings(seeds=1, anyband="0"), {})
    for scene, model, psnr, crps in entries:
        judged = Judged(psnr_missing=psnr, crps=crps, seconds=1)
        results.add([Entry.of(scene, "left", "k3", model, "", judged)])
    return results


def test_means_are_of_differences_and_of_ratios():
    results = results_of(
        ("a", "linear", 30.0, 4.0), ("a", "pchip", 33.0, 2.0),
        ("b", "linear", 40.0, 100.0), ("b", "pchip", 41.0, 200.0), ("b", "gaussian", 50.0, 10.0),
    )  # fmt: skip
    found = {mean.model: mean for mean in means(results, "left", "k3")}
    assert list(found) == ["linear", "gaussian", "pchip"]
    assert {name: mean.scenes for name, mean in found.items()} == {
        "linear": 2, "gaussian": 1, "pchip": 2,
    }  # fmt: skip
    assert (found["pchip"].row.psnr, found["pchip"].row.above) == (37, 2)
    assert found["pchip"].row.crps == pytest.approx(1)  # half in one scene, twice in the other
    assert (found["gaussian"].row.above, found["gaussian"].row.crps) == (10, pytest.approx(0.1))
    assert (found["linear"].row.above, found["linear"].row.sam) == (0, None)
    assert means(results, "none", "k3") == []
    assert families(results) == ["k3"]


def test_a_perfect_repair_does_not_swallow_the_others():
    infinite = float("inf")
    results = results_of(
        ("a", "linear", infinite, 0.0), ("a", "pchip", infinite, 0.0),
        ("b", "linear", 30.0, 1.0), ("b", "pchip", 32.0, 0.5),
    )  # fmt: skip
    row = means(results, "left", "k3")[1].row
    assert (row.psnr, row.above, row.crps) == (32, 2, 0.5)
