import numpy as np
import pytest

from emulator_training.simulators import atmospheres
from emulator_training.simulators.atmospheres import ASKED, FITTED, design, tables, values


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
