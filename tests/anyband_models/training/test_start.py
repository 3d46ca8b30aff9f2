"""From scenes to a run."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from anyband_models.diffusion.distance import ALONE
from anyband_models.errors import InputError
from anyband_models.files import staged
from anyband_models.scene.formats import open_windows, read_scene, write_scene
from anyband_models.training.processes import Processes
from anyband_models.training.start import start

ONE = Processes(0, 1, torch.device("cpu"))
MARK = 9.0


def everything(run):
    """What may be learned of the first scene, normalised."""
    (whole,) = run.batches.scenes[0].part.windows(1000, 1)
    return run.model.spec.normalisation.forward(torch.from_numpy(whole))


def test_no_patch_holds_a_pixel_of_the_right_half_nor_a_held_out_row(config, scene):
    marked = scene(rows=20, columns=24)
    marked.values[:, :, 12:] = MARK
    marked.values[:, 18:] = MARK
    run = start([marked], config(region="left", validation=0.1, patch=6, stride=4), ONE)
    assert run.model.spec.normalisation.high < 1
    drawn = [run.batches.draw(step, range(16)) for step in range(40)]
    images = torch.cat([batch.images for batch in drawn])
    assert images.max() <= 1 + 1e-6
    assert images.min() >= -1 - 1e-6
    # Every pixel that may be seen was: the test would notice a mark.
    seen = {value for image in images for value in image[0].flatten().tolist()}
    learned = everything(run)
    assert learned.shape == (25, 18, 12)
    assert set(learned[0].flatten().tolist()) == seen


def test_held_out_rows_are_those_of_the_region_and_no_others(config, scene):
    whole = scene(rows=20, columns=24)
    run = start([whole], config(region="left", validation=0.1), ONE)
    (held_out,) = run.held_out
    expected = torch.from_numpy(whole.values[:, 18:, :12].copy())
    assert run.notes == ()
    torch.testing.assert_close(run.model.spec.normalisation.inverse(held_out), expected)


def test_normalised_values_run_from_minus_one_to_one_and_come_back(config, scene):
    whole = scene()
    run = start([whole], config(validation=0), ONE)
    values = everything(run)
    assert (values.min().item(), values.max().item()) == pytest.approx((-1, 1))
    back = run.model.spec.normalisation.inverse(values)
    np.testing.assert_allclose(back, whole.values, atol=1e-6)


def test_the_model_knows_its_bands_and_what_it_was_trained_on(config, scene):
    spec = start([scene(path="a.tif")], config(region="left"), ONE).model.spec
    assert spec.wavelength == tuple(scene().wavelength.tolist())
    assert set(spec.fwhm) == {30.0}
    assert (spec.quantity, spec.trained_on) == ("reflectance", ("a.tif (left)",))


def test_a_band_that_is_empty_in_the_region_is_not_learned(config, scene):
    dead = scene()
    dead.values[4] = np.nan
    dead.values[5, :, :12] = np.nan
    run = start([dead], config(region="left"), ONE)
    assert [n for n, good in enumerate(run.model.spec.good) if not good] == [4, 5]
    observed = run.batches.draw(0, range(4)).problem.condition.observed
    assert not observed[:, 4:6].any()


def test_scenes_of_other_bands_are_refused(config, scene):
    other = scene(centres=np.arange(400.0, 1000.0, 100.0), path="b.tif")
    with pytest.raises(InputError) as refused:
        start([scene(path="a.tif"), other], config(), ONE)
    assert str(refused.value) == (
        "b.tif has 6 bands (400-900 nm) and a.tif has 25 (450-1650 nm); train one model for each "
        "kind of bands"
    )


def test_a_region_without_a_value_is_refused(config, scene):
    empty = scene(path="b.tif")
    empty.values[:, :, :12] = np.nan
    with pytest.raises(InputError, match=r"b\.tif has no sound value in the region .* region: all"):
        start([scene(), empty], config(region="left"), ONE)


def test_scenes_too_small_for_a_patch_must_have_one_size(config, scene):
    small = scene(rows=6, path="b.tif")
    with pytest.raises(InputError, match=r"b\.tif allows patches of 5 x 8 .* smaller patch"):
        start([scene(path="a.tif"), small], config(), ONE)


def test_no_complete_pixel_is_refused_where_lines_are_to_be_learned(config, scene):
    holes = scene()
    holes.values[0, ::2] = holes.values[1, 1::2] = np.nan
    with pytest.raises(InputError, match=r"no two pixels .* have all bands; mark .* base: none"):
        start([holes], config(), ONE)
    assert start([holes], config(diffusion={"base": "none"}), ONE).step == 0


@pytest.mark.parametrize("base", ["linear", "none"])
def test_without_held_out_rows_errors_are_those_of_lines(config, scene, base):
    run = start([scene()], config(validation=0, diffusion={"base": base}), ONE)
    assert run.held_out == []
    assert "no row is held out" in run.notes[-1]
    table = run.averaged().error.table
    lines = start([scene()], config(validation=0, diffusion={"base": "linear"}), ONE).model.ground
    assert torch.equal(table[:, :ALONE], lines.error.table[:, :ALONE])
    assert torch.equal(table[:, ALONE], lines.spread)


def test_residuals_have_about_unit_variance_behind_the_runs_own_masks(config, scene):
    sensors = {"sensors": ("landsat8_oli",), "averaged": False, "drop": (0.0, 0.1)}
    run = start([scene()], config(masking=sensors, batch=64), ONE)
    batch = run.batches.draw(0, range(64))
    missing = ~batch.problem.condition.observed
    assert 0.3 < batch.problem.latent(batch.images)[missing].square().mean().item() < 3


def test_bands_that_no_sensor_sees_are_said(config, scene):
    far = scene(centres=np.arange(4000.0, 4400.0, 50.0))
    run = start([far], config(masking={"averaged": False}), ONE)
    assert run.notes == (
        "no sensor sees two of the scene's bands: patches are seen by the scene's own",
    )


def test_a_seed_is_a_network(config, scene):
    nets = [start([scene()], config(seed=seed), ONE).model.network for seed in (0, 0, 1)]
    first, same, other = (torch.cat([p.flatten() for p in net.parameters()]) for net in nets)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_windows_of_a_file_train_the_same_network_as_the_scene_in_memory(config, scene, tmp_path):
    with staged() as stage:
        write_scene(scene(), tmp_path / "scene.tif", stage)
    weights = []
    for opened in (read_scene, open_windows):
        run = start([opened(tmp_path / "scene.tif")], config(region="left", steps=3), ONE)
        run.train(None)
        weights.append(torch.cat([w.flatten() for w in run.averaged().state_dict().values()]))
    assert torch.equal(*weights)


def test_of_a_large_file_only_windows_are_read(config, scene, tmp_path, monkeypatch):
    with staged() as stage:
        write_scene(scene(rows=300, columns=900), tmp_path / "scene.tif", stage)
    opened, read = open_windows(tmp_path / "scene.tif"), []

    def noted(rows, cols):
        read.append((rows.stop - rows.start) * (cols.stop - cols.start))
        return opened.read(rows, cols)

    monkeypatch.setattr("anyband_models.scene.windows.SAMPLE_WINDOWS", 3)
    for name, number in {"_WINDOWS": 4, "_SIDE": 16, "_HELD_OUT_WINDOWS": 2}.items():
        monkeypatch.setattr(f"anyband_models.training.start.{name}", number)
    run = start([replace(opened, read=noted)], config(validation=0.1, patch=8), ONE)
    before = len(read)
    run.batches.draw(0, range(5))
    assert read[before:] == [64] * 5
    assert max(read) <= 128 * 128
    assert sum(read) < 0.2 * 300 * 900
    assert len(run.held_out) == 2


def test_scenes_of_which_one_window_shows_nothing_are_trained_on(config, scene, monkeypatch):
    """A rotated swath has corners without data."""
    monkeypatch.setattr("anyband_models.training.start._WINDOWS", 2)
    monkeypatch.setattr("anyband_models.training.start._SIDE", 4)
    swath, other = scene(rows=40, path="a.tif"), scene(rows=40, path="b.tif")
    swath.values[:, 10:30, 5:20] = np.nan
    run = start([swath, other], config(validation=0), ONE)
    assert len(run.batches.scenes) == 2
    other.values[:, 10:30, 5:20] = np.nan
    with pytest.raises(InputError, match=r"a\.tif has no sound value"):
        start([swath, other], config(validation=0), ONE)


def test_the_range_of_a_scene_in_memory_is_that_of_all_of_it(config, scene, monkeypatch):
    monkeypatch.setattr("anyband_models.training.start._WINDOWS", 1)
    monkeypatch.setattr("anyband_models.training.start._SIDE", 4)
    bright = scene()
    bright.values[3, 0, 0] = 0.97
    spec = start([bright], config(validation=0), ONE).model.spec
    assert spec.normalisation.high == pytest.approx(0.97)
