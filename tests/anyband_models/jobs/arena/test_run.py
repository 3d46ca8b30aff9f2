"""The arena from a folder of scenes to its files."""

import json
from hashlib import sha256

import numpy as np
import pytest

from anyband_models.distributions.spectral_prior import SHIPPED
from anyband_models.errors import InputError, UnknownModelError, UsageError, WeightsError
from anyband_models.evaluation.evaluate import Region, evaluate
from anyband_models.jobs.arena.judging import Entrant
from anyband_models.jobs.arena.scenes import AS_COUNTS
from anyband_models.models.prior import Prior
from anyband_models.models.registry import create_model
from anyband_models.scene.opening import open_scene


def told(held):
    return json.loads((held.folder / "arena.json").read_text())


def timeless(text):
    """Without the times that repairs took."""
    scores = json.loads(text)
    for entry in scores["entries"]:
        entry["judged"].pop("seconds")
    return scores


def test_every_model_on_every_scene_and_what_cannot_be_judged(held, scene):
    held.save("counts.npz", (1e4 * scene(1)).astype("u2"))
    held.save("good.npz", scene(0))
    held.save("nowhere.npz", scene(2), [])
    held.save("two.npz", scene(3, 2), [500, 800])
    (held.folder.parent / "scenes" / "broken.npz").write_bytes(b"PK\3\4 and no more")
    (held.folder.parent / "scenes" / "README.txt").write_text("no scene")
    results = held(["linear", "gaussian", "anyband-diff"], fits=("left", "none"))
    assert list(results.scenes) == ["counts.npz", "good.npz", "two.npz"]
    assert results.scenes["counts.npz"].note == AS_COUNTS
    assert results.scenes["good.npz"].shape == (12, 6, 20)
    assert list(results.unread) == ["broken.npz", "nowhere.npz"]
    assert "no wavelengths for its 12 bands; the arena goes by" in results.unread["nowhere.npz"]
    reasons = {key: entry.reason for key, entry in results.entries.items() if not entry.judged}
    assert {key[3] for key in reasons if key[0] != "two.npz"} == {"anyband-diff"}
    assert len([key for key in reasons if key[0] == "two.npz"]) == 2 * 3
    assert "keeps 3 bands" in reasons["two.npz", "left", "k3", "linear"]
    assert len(results.entries) == 3 * 2 * 3
    page = (held.folder / "arena.md").read_text()
    for words in (
        "## With support", "## Without support", "### good.npz", "| two.npz | linear, ",
        "train weights for these bands", "broken.npz | all |", "`a command`",
    ):  # fmt: skip
        assert words in page
    assert (held.folder / "arena.png").read_bytes().startswith(b"\x89PNG")
    assert told(held)["unread"] == results.unread


def test_the_scores_are_those_of_evaluate(held, scene):
    path = held.save("good.npz", scene(0))
    results = held(seeds=2)
    record = evaluate("gaussian", open_scene(path), ["k3"], seeds=2).records[0]
    for model, expected in (("gaussian", record), ("linear", record.linear)):
        judged = results.entries["good.npz", "left", "k3", model].judged
        for name in ("psnr_missing", "sam", "crps", "coverage_90", "spread_skill"):
            assert getattr(judged, name) == pytest.approx(getattr(expected, name), rel=1e-5)
        parts = [(part.over_nm, part.entries) for part in judged.by_distance]
        assert parts == [(part.over_nm, part.entries) for part in expected.by_distance]


def test_an_interrupted_run_goes_on_where_it_was(held, scene, monkeypatch):
    held.save("a.npz", scene(0))
    held.save("b.npz", scene(1))

    def interrupt(line):
        if line.startswith("scene 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        held(said=interrupt)
    assert [entry["scene"] for entry in told(held)["entries"]] == ["a.npz"] * 2
    judge, calls = Region.judge, []
    monkeypatch.setattr(Region, "judge", lambda *each: calls.append(each) or judge(*each))
    held()
    assert len(calls) == 2
    first = (held.folder / "arena.json").read_text()
    held(["linear", "pchip"], ["k3", "k5"])  # of which linear with k3 is there
    assert len(calls) == 2 + 2 * 3
    held.said.clear()
    results = held(["linear", "pchip"], ["k3", "k5"])
    assert len(calls) == 8
    assert held.said == ["scene 1 of 2: a.npz", "scene 2 of 2: b.npz"]
    assert len(results.entries) == 2 * 5
    held(overwrite=True)
    assert timeless((held.folder / "arena.json").read_text()) == timeless(first)


def test_a_scene_that_changed_is_judged_anew(held, scene):
    held.save("a.npz", scene(0))
    before = held().entries["a.npz", "left", "k3", "gaussian"].judged
    held.save("a.npz", scene(1))
    after = held(["linear"])
    assert list(after.entries) == [("a.npz", "left", "k3", "linear")]
    assert after.entries["a.npz", "left", "k3", "linear"].judged != before


def test_weights_that_are_not_there_cost_no_scores(held, scene, tmp_path, monkeypatch):
    held.save("a.npz", scene(0))
    held(["linear"])
    before = (held.folder / "arena.json").read_text()
    lost = tmp_path / "lost.safetensors"
    monkeypatch.setattr(Prior, "weights_files", lambda self: (lost,))
    with pytest.raises(WeightsError, match=r"lost\.safetensors.* cannot be read"):
        held(["linear", "prior"])
    assert (held.folder / "arena.json").read_text() == before


def test_entries_know_the_weights_of_their_model():
    linear, prior, again = (Entrant.of(n, create_model(n)) for n in ("linear", "prior", "prior"))
    assert linear.weights == ""
    assert prior.weights == again.weights == sha256(SHIPPED.read_bytes()).hexdigest()[:12]
    assert Entrant.of("anyband", create_model("anyband")).weights not in ("", prior.weights)


def test_what_stands_in_the_folder_is_respected(held, scene):
    held.save("a.npz", scene(0))
    held(["linear"])
    with pytest.raises(UsageError, match="measured with seeds = 1 and not 2; choose another"):
        held(["linear"], seeds=2)
    assert held(["linear"], seeds=2, overwrite=True).settings.seeds == 2
    (held.folder / "arena.json").write_text('{"entries": 3}')
    with pytest.raises(InputError, match="not what this version of the arena writes"):
        held(["linear"])
    (held.folder / "arena.json").unlink()
    with pytest.raises(UsageError, match=r"arena\.md exists already"):
        held(["linear"])


def test_wrong_names_are_answered_before_any_work(held, scene, monkeypatch):
    held.save("a.npz", scene(0))
    monkeypatch.setattr(Region, "judge", lambda *_: pytest.fail("work was done"))
    with pytest.raises(UsageError, match="'randm-50' is not a family"):
        held(families=["k3", "randm-50"])
    with pytest.raises(UnknownModelError, match="did you mean 'linear'"):
        held(["liner"])
    assert not held.folder.exists()


def test_a_folder_without_scenes(held, tmp_path):
    with pytest.raises(InputError, match="holds no scene"):
        held()
    (tmp_path / "scenes").rmdir()
    with pytest.raises(InputError, match="there is no folder"):
        held()


def test_a_scene_without_truth_on_the_right_is_told_of(held, scene):
    values = scene(0)
    values[:, 10:] = np.nan
    held.save("half.npz", values)
    results = held(["linear"])
    assert "holds no sound value" in results.unread["half.npz"]
    assert not results.scenes
    assert not results.entries
