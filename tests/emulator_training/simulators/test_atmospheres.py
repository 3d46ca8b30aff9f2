import numpy as np
import pytest
import torch

from emulator_training.atmosphere.terms import Path
from emulator_training.simulators import atmospheres
from emulator_training.simulators.atmospheres import (
    AHEAD,
    ASKED,
    FITTED,
    corners,
    design,
    tables,
    values,
)


def test_a_design_fills_its_ranges_evenly_and_denser_where_it_matters():
    settings = values(design(256, seed=3))
    low, high = np.array(FITTED).T
    assert (settings >= low).all()
    assert (settings <= high).all()
    for column in (0, 1, 2, 4):
        share = (settings[:, column] - low[column]) / (high[column] - low[column])
        np.testing.assert_allclose(
            np.quantile(share, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.02
        )
    assert np.median(settings[:, 5]) < 0.25
    assert np.median(settings[:, 3]) < 1.0


def test_a_seed_gives_the_same_design_and_another_one_none_of_it():
    assert design(20, seed=1) == design(20, seed=1)
    assert not set(design(64, seed=1, ranges=ASKED)) & set(design(64, seed=2, ranges=ASKED))


def test_what_is_fitted_reaches_beyond_what_is_asked_for():
    for (low, high), (least, most) in zip(FITTED, ASKED, strict=True):
        assert low <= least < most <= high


def test_half_of_the_settings_lie_on_an_edge_and_the_rest_is_even():
    settings = values(design(256, seed=3, ranges=ASKED, on_edges=True))
    low, high = np.array(ASKED).T
    on_low, on_high = np.isclose(settings, low), np.isclose(settings, high)
    np.testing.assert_allclose(on_low.mean(axis=0), 0.25, atol=0.01)
    np.testing.assert_allclose(on_high.mean(axis=0), 0.25, atol=0.01)
    between = settings[~(on_low | on_high)[:, 0], 0]
    np.testing.assert_allclose(np.quantile(between, [0.25, 0.5, 0.75]), [17.5, 35, 52.5], atol=1.5)


def test_corners_are_all_that_differ():
    states = corners(ASKED)
    assert len(set(states)) == len(states) == 5 * 8
    turned = values(states)[:, 2] > 0
    assert (values(states)[turned, :2] == [70.0, 30.0]).all()
    assert turned.sum() == 8


def test_a_low_sun_ahead_turns_light_by_the_least_angles():
    settings = torch.from_numpy(values(design(256, seed=3, ranges=AHEAD)))
    angle = np.degrees(np.arccos(Path.of(settings).scattering_cosine.numpy()))
    assert 76 <= angle.min() < 80
    assert angle.max() < 123


def test_a_run_that_was_stopped_goes_on_and_repeats_nothing(six_runs, tmp_path, monkeypatch):
    states, _, folder = six_runs
    done = []
    real = atmospheres.run_program

    def counted(path, text):
        done.append(text)
        return real(path, text)

    monkeypatch.setattr(atmospheres, "run_program", counted)
    assert len(list(tables(states, folder))) == 4
    assert done == []
    first = next(tables(states, tmp_path))
    np.testing.assert_array_equal(first.path, next(tables(states, folder)).path)
    (tmp_path / "0.partial").write_text("half of a table")
    assert len(list(tables(states[:2], tmp_path))) == 2
    assert len(done) == 2


def test_what_is_not_whole_is_not_kept(six_runs, tmp_path, monkeypatch):
    states, _, _ = six_runs
    monkeypatch.setattr(atmospheres, "run_program", lambda *_: "*0.4000 1.0 *")
    with pytest.raises(RuntimeError, match="printed no table"):
        next(tables(states, tmp_path))
    assert list(tmp_path.iterdir()) == []
