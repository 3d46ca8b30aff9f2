import json
import sys
import types
from importlib.util import find_spec

import numpy as np
import pytest
from pydantic import ValidationError

from emulator_training import simulate as module
from emulator_training.band_response import sensor_response
from emulator_training.design import samples
from emulator_training.errors import MissingExtraError, SimulationError
from emulator_training.shard import SimulationConfig, make_shard, spectra_of
from emulator_training.simulate import (
    estimate,
    processors,
    read_basis,
    read_manifest,
    shard_path,
    simulate,
)
from srf_library import get

pytestmark = pytest.mark.skipif(
    find_spec("prosail") is None, reason="the extra `emulator` is not installed"
)
FULL = SimulationConfig(count=90, storage="full", shard=40)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_shards_hold_the_design_and_its_spectra(tmp_path):
    assert simulate(tmp_path, FULL) == 3
    files = [np.load(shard_path(tmp_path, number)) for number in range(3)]
    parameters = np.concatenate([file["parameters"] for file in files])
    assert np.array_equal(parameters, samples(90, seed=0).astype(np.float32))
    spectra = np.concatenate([file["values"] for file in files])
    np.testing.assert_allclose(spectra, spectra_of(samples(90, seed=0)), atol=1e-6)


def test_what_was_killed_goes_on_where_it_was(tmp_path):
    whole, begun = tmp_path / "whole", tmp_path / "begun"
    simulate(whole, FULL)

    def kill(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(begun, FULL, progress=kill)
    first = shard_path(begun, 0)
    before = first.stat().st_mtime_ns
    (begun / f".{shard_path(begun, 1).name}.partial").write_bytes(b"half a file")
    seen = []
    assert simulate(begun, FULL, progress=lambda done, total: seen.append((done, total))) == 2
    assert seen == [(2, 3), (3, 3)]
    assert first.stat().st_mtime_ns == before
    assert contents(begun) == contents(whole)
    assert simulate(begun, FULL) == 0


def test_two_processes_make_the_same_bytes(tmp_path):
    config = SimulationConfig(count=60, storage="pca:5", shard=20)
    one, two = tmp_path / "one", tmp_path / "two"
    simulate(one, config)
    simulate(two, config, workers=2)
    assert contents(one) == contents(two)


def test_scores_stand_for_spectra(simulation):
    with np.load(shard_path(simulation, 1)) as file:
        parameters, scores = file["parameters"][:50], file["values"][:50]
    basis = read_basis(simulation)
    apart = basis.spectra(scores.astype(float)) - spectra_of(parameters.astype(float))
    assert np.sqrt(np.mean(apart**2)) < 1e-3


def test_bands_are_those_of_the_sensor(tmp_path):
    config = SimulationConfig(count=20, storage="sensor:S2A", shard=20)
    assert config.storage == "sensor:sentinel2a_msi"
    simulate(tmp_path, config)
    with np.load(shard_path(tmp_path, 0)) as file:
        expected = spectra_of(samples(20, 0)) @ sensor_response(get("S2A")).T
        np.testing.assert_allclose(file["values"], expected, atol=1e-6)


def test_a_folder_with_another_simulation_is_refused(tmp_path):
    simulate(tmp_path, FULL)
    wording = r"holds another simulation: seed 0, not 1; choose another folder"
    with pytest.raises(SimulationError, match=wording):
        simulate(tmp_path, FULL.model_copy(update={"seed": 1}))


def test_a_folder_without_a_simulation_is_refused(tmp_path):
    with pytest.raises(SimulationError, match="holds no simulation; make one with"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"count": "many"}))
    with pytest.raises(SimulationError, match="cannot be read; make the simulation anew"):
        read_manifest(tmp_path)


def test_what_an_older_design_began_does_not_go_on(tmp_path):
    old = FULL.model_dump() | {"simulator": "prosail"}
    del old["design"]
    for manifest in (old, FULL.model_dump() | {"design": 1}):
        (tmp_path / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(SimulationError, match="cannot be read; make the simulation anew"):
            simulate(tmp_path, FULL)
    assert not shard_path(tmp_path, 0).exists()


def test_a_full_disk_is_seen_before(tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1000))
    with pytest.raises(SimulationError, match=r"needs 1 MB and .* has 0 MB free; choose another"):
        simulate(tmp_path, FULL)
    assert not shard_path(tmp_path, 0).exists()


@pytest.mark.parametrize("storage", ["pca", "pca:0", "sensor:", "all"])
def test_unknown_storage_is_refused(storage):
    with pytest.raises(ValidationError, match="give full, sensor:ID or pca:K"):
        SimulationConfig(storage=storage)


def test_the_estimate_is_of_what_is_kept():
    config = SimulationConfig(count=1000, storage="pca:40")
    cost = estimate(config, workers=2)
    assert cost.bytes == 1000 * 4 * 55
    assert cost.seconds > 0
    assert FULL.columns == 2101
    assert processors() >= 1


def test_without_dask_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    wording = r"--scheduler needs the package dask\[distributed\].*'anyband\[scale\]'"
    with pytest.raises(MissingExtraError, match=wording):
        simulate(tmp_path, FULL, scheduler="tcp://127.0.0.1:1")


def test_a_cluster_makes_the_same_bytes(tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra `scale` is not installed")
    config = SimulationConfig(count=60, storage="pca:5", shard=20)
    here, there = tmp_path / "here", tmp_path / "there"
    simulate(here, config)
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    )
    with cluster:
        simulate(there, config, scheduler=cluster.scheduler_address)
    assert contents(here) == contents(there)


def test_a_shard_is_a_pure_function():
    assert make_shard(1, FULL, None) == make_shard(1, FULL, None)
