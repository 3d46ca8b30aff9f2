import numpy as np
import pytest

from anyband_models.errors import InputError
from anyband_models.training.data import materials as module
from anyband_models.training.data.grid import GRID, Gathered
from anyband_models.training.data.materials import Materials, assembled, load, sources


def test_what_is_unsound_or_twice_there_is_left_out_and_faults_below_zero_are_zero():
    good = 0.3 + 0.1 * np.sin(GRID / 200)
    water = 0.02 * np.exp(-((GRID - 500) / 200)) - 0.005
    first = Gathered(np.stack([good, good - 1.0]), ("soil", "soil"), "a")
    second = Gathered(np.stack([good, water]), ("soil", "water"), "b")
    found = assembled([first, second])
    assert found.groups == ("soil", "water")
    assert found.sources == ("a", "b")
    assert found.spectra.dtype == np.float32
    assert found.spectra.min() == 0
    assert found.counts() == {("soil", "a"): 1, ("water", "b"): 1}


def test_members_and_only_agree(materials):
    assert [*materials.members] == ["soil", "urban", "vegetation"]
    towns = materials.only(["urban"])
    np.testing.assert_array_equal(towns.spectra, materials.spectra[materials.members["urban"]])
    assert set(towns.groups) == {"urban"}


def test_a_cache_is_written_once_and_read_the_same(materials, tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(module, "data_folder", lambda folder: folder)
    monkeypatch.setattr(module, "_gathered", lambda folder: calls.append(folder) or materials)
    cache = tmp_path / "materials.npz"
    first, second = load(tmp_path, cache), load(tmp_path, cache)
    assert calls == [tmp_path]
    for each in (first, second):
        np.testing.assert_array_equal(each.spectra, materials.spectra)
        assert each.groups == materials.groups
        assert each.sources == materials.sources
    monkeypatch.setattr(module, "_VERSION", -1)
    load(tmp_path, cache)
    assert len(calls) == 2


def test_a_folder_that_lacks_a_library_is_named(tmp_path, monkeypatch):
    with pytest.raises(
        InputError, match=r"usgs_splib07_aviris95\.npz is not there; name the folder"
    ):
        load(tmp_path)
    monkeypatch.delenv("ANYBAND_DATA", raising=False)
    with pytest.raises(InputError, match="no folder of spectral libraries is named"):
        load()


def test_every_source_says_on_what_terms_it_is_used():
    for told in sources().values():
        assert {"title", "document", "licence", "attribution", "files", "edits"} == set(told)


@pytest.mark.slow
def test_all_sources_together(libraries, earthlib):
    found = load(libraries)
    assert isinstance(found, Materials)
    assert len(found) > 10_000
    assert found.spectra.shape[1] == 421
    assert np.isfinite(found.spectra).all()
    assert 0 <= found.spectra.min() < found.spectra.max() <= 1.2
    assert set(found.sources) == set(sources())
    least = {"vegetation": 3000, "soil": 4000, "mineral": 800, "urban": 600, "water": 8, "snow": 8}
    assert all(len(found.members[group]) >= count for group, count in least.items())
    # Soils have the band of water at 1900 nm that the field could not see.
    soils = found.spectra[found.members["soil"]]
    at = {nm: np.searchsorted(GRID, nm) for nm in (1800, 1925, 2100)}
    shoulder = (soils[:, at[1800]] + soils[:, at[2100]]) / 2
    assert np.mean(soils[:, at[1925]] < shoulder) > 0.95
