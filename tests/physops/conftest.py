import os
from pathlib import Path

import pytest

import physops

DATA = Path(os.environ.get("ANYBAND_DATA", Path(__file__).parents[3] / "shared/data"))


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of what is measured and not shipped."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there; set ANYBAND_DATA")
    return DATA


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Return what installs a distribution in a folder of its own, as an installer leaves it."""

    def install(name, entries, files=None, version="1.2"):
        site = tmp_path / name
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (info / "METADATA").write_text(metadata)
        (info / "entry_points.txt").write_text(entries)
        for path, text in (files or {}).items():
            file = site / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        monkeypatch.syspath_prepend(site)
        physops.refresh()
        return site

    physops.refresh()
    yield install
    monkeypatch.undo()
    physops.refresh()


@pytest.fixture
def others():
    """Return what tells of the plugins that are not this project's own."""
    return lambda: [plugin for plugin in physops.plugins() if plugin.distribution != "anyband"]
