import pytest

import physops
from emulator_training.errors import EmulatorError
from emulator_training.simulators.atmospheres import ASKED, design, tables


@pytest.fixture(scope="session")
def six_runs(tmp_path_factory):
    """Return states that the table was not fitted to, and what 6S gives for them."""
    states = design(4, seed=77, ranges=ASKED)
    folder = tmp_path_factory.mktemp("runs")
    try:
        return states, list(tables(states, folder)), folder
    except EmulatorError as error:
        pytest.skip(f"6S cannot be run here: {error}")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return what makes this project look as if it were installed with these entry points."""

    def install(entries):
        info = tmp_path / "anyband-0.1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: anyband\nVersion: 0.1.0\n")
        (info / "entry_points.txt").write_text(entries)
        monkeypatch.syspath_prepend(tmp_path)
        physops.refresh()

    yield install
    monkeypatch.undo()
    physops.refresh()
