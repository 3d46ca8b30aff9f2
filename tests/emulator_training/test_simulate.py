import json
import types
from importlib.util import find_spec

import numpy as np
import pytest
from pydantic import ValidationError

from emulator_training import simulate as module
from emulator_training.band_response import sensor_response
from emulator_training.design import samples
from emulator_training.errors import MissingExtraError, NoRoomError, SimulationError
from emulator_training.shard import SimulationConfig, make_shard, spectra_of
from emulator_training.simulate import (
    estimate,
    read_basis,
    read_manifest,
    shard_path,
    simulate,
)
from emulator_training.simulators import tables
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
    basis = read_basis(simulation, read_manifest(simulation))
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


DAMAGE = {
    "truncated": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "flipped": lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
    "no archive": lambda content: b"{}",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_shard_is_made_anew(tmp_path, damage):
    simulate(tmp_path, FULL)
    whole = contents(tmp_path)
    path = shard_path(tmp_path, 1)
    path.write_bytes(damage(path.read_bytes()))
    assert simulate(tmp_path, FULL) == 1
    assert contents(tmp_path) == whole


def test_a_shard_of_other_size_is_made_anew(tmp_path):
    simulate(tmp_path, FULL)
    whole = contents(tmp_path)
    shard_path(tmp_path, 0).write_bytes(shard_path(tmp_path, 2).read_bytes())
    assert simulate(tmp_path, FULL) == 1
    assert contents(tmp_path) == whole


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_basis_is_refused(simulation, tmp_path, damage):
    for name in ("manifest.json", "basis.npz"):
        (tmp_path / name).write_bytes((simulation / name).read_bytes())
    path = tmp_path / "basis.npz"
    path.write_bytes(damage(path.read_bytes()))
    wording = r"basis.npz is damaged; delete it and run `emulator-train simulate` again"
    with pytest.raises(SimulationError, match=wording):
        simulate(tmp_path, read_manifest(tmp_path))


def test_without_prosail_the_extra_is_named(tmp_path, monkeypatch):
    tables._whole.cache_clear()
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    for ask in (lambda: simulate(tmp_path, FULL), lambda: estimate(FULL, 1)):
        with pytest.raises(MissingExtraError) as refusal:
            ask()
        assert str(refusal.value) == (
            "simulate needs the package prosail, which is not installed: "
            "pip install 'anyband[emulator]'"
        )


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


def test_a_full_disk_is_seen_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1000))
    folder = tmp_path / "new" / "folder"
    with pytest.raises(NoRoomError) as refusal:
        simulate(folder, FULL)
    assert str(refusal.value) == (
        f"the simulation needs 762 kB and {folder} has 1 kB free; choose another folder, or keep "
        "less with --storage pca:40"
    )
    with pytest.raises(NoRoomError, match=r"or keep fewer with --n$"):
        simulate(folder, FULL.model_copy(update={"storage": "pca:40"}))
    assert not list(tmp_path.iterdir())
    # What is advised may be asked for: less, in the same folder.
    monkeypatch.undo()
    assert simulate(folder, FULL.model_copy(update={"storage": "sensor:sentinel2a_msi"})) == 3


def test_what_is_there_needs_no_room(tmp_path, monkeypatch):
    simulate(tmp_path, FULL)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=0))
    assert simulate(tmp_path, FULL) == 0


def test_far_too_much_is_refused_at_once(tmp_path, monkeypatch):
    """Before a shard is looked for: there would be ten thousand million."""
    monkeypatch.setattr(module, "shard_path", None)
    with pytest.raises(NoRoomError, match=r"needs 22000000.0 TB and .* free; .* fewer with --n"):
        simulate(tmp_path, SimulationConfig(count=10**17, shard=10**7))


@pytest.mark.parametrize("seed", [-1, 2**63, 10**23])
def test_seeds_that_no_generator_takes_are_refused(seed):
    with pytest.raises(ValidationError, match="seed"):
        SimulationConfig(seed=seed)
    assert len(samples(3, seed=2**63 - 1)) == 3


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


def test_a_shard_is_a_pure_function():
    assert make_shard(1, FULL, None) == make_shard(1, FULL, None)
