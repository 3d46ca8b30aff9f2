import numpy as np
import pytest

from emulator_training.errors import SimulationError
from emulator_training.fit.dataset import read_dataset
from emulator_training.simulate import shard_path


def test_a_simulation_is_read_in_its_order(simulation):
    data = read_dataset(simulation)
    with np.load(shard_path(simulation, 1)) as file:
        assert np.array_equal(data.parameters[2500:5000], file["parameters"])
    assert len(data.part("train").scores) == 8000
    assert len(data.part("test", "wide").scores) == 350
    assert len(data.part("test", "wide", "prior").scores) == 850
    assert len(data.sha256) == 64
    assert data.spread.numpy() ** 2 == pytest.approx(data.basis.variance, rel=1e-5)


def test_what_does_not_serve_is_refused(simulation, tmp_path):
    for path in simulation.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shard_path(tmp_path, 2).unlink()
    with pytest.raises(SimulationError, match=r"not finished: shard-00002.npz is not there; run"):
        read_dataset(tmp_path)
    shard_path(tmp_path, 2).write_bytes(shard_path(simulation, 2).read_bytes()[:1000])
    with pytest.raises(SimulationError, match=r"shard-00002.npz is damaged; run .* again, which"):
        read_dataset(tmp_path)
    shard_path(tmp_path, 2).write_bytes(shard_path(simulation, 2).read_bytes())
    basis = tmp_path / "basis.npz"
    basis.write_bytes(b"")
    with pytest.raises(SimulationError, match=r"basis.npz is damaged; delete it and run"):
        read_dataset(tmp_path)
    basis.unlink()
    with pytest.raises(SimulationError, match=r"not finished: basis.npz is not there; run"):
        read_dataset(tmp_path)
    manifest = tmp_path / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace("pca:20", "full"))
    with pytest.raises(SimulationError, match=r"keeps full, and networks are fitted to scores"):
        read_dataset(tmp_path)
    manifest.write_text(text.replace("10000", "500"))
    with pytest.raises(SimulationError, match=r"has 500 spectra, too few to hold any out"):
        read_dataset(tmp_path)
