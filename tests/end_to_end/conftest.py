"""The command itself, and small scenes to give it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from anyband_models.cli.app import app
from anyband_models.cli.physops.app import app as physops_app
from anyband_models.cli.run import run
from anyband_models.cli.srf.app import app as srf_app
from anyband_models.files import staged
from anyband_models.scene.formats import write_scene
from anyband_models.scene.meta import SceneMeta
from anyband_models.scene.scene import make_scene


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    def refused(self, code, *words):
        """See that it was refused in one sentence that holds these words."""
        assert self.code == code, self.err
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        assert self.out == ""
        for word in words:
            assert word in self.err
        return True


@pytest.fixture
def called(capsys, monkeypatch):
    """Calls a command in this process."""

    def call(name, program, arguments):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        capsys.readouterr()
        code = run(program)
        return Ended(code, *capsys.readouterr())

    return call


@pytest.fixture
def anyband(called):
    """Calls `anyband-zoo` in this process."""
    return lambda *arguments: called("anyband-zoo", app, arguments)


@pytest.fixture
def srf(called):
    """Calls `srf` in this process."""
    return lambda *arguments: called("srf", srf_app, arguments)


@pytest.fixture
def physops_command(called):
    """Calls `physops` in this process."""
    return lambda *arguments: called("physops", physops_app, arguments)


@pytest.fixture
def anyband_process():
    """Calls the command as a user's shell does."""

    def call(*arguments, **options):
        command = [sys.executable, "-c", "from anyband_models.cli import main; main()"]
        ended = subprocess.run(
            [*command, *map(str, arguments)], capture_output=True, text=True, **options
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return call


@pytest.fixture(scope="session")
def shared_data():
    """The folder of measured scenes, which is no part of the project."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("ANYBAND_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"there are no measured scenes in {folder}; set ANYBAND_DATA")
    return folder


def small_scene(shape=(8, 6, 7), dtype="<i2", dead=(), wavelength=None, **changes):
    """Smooth spectra of two materials, as counts of 1/10000; ``dead`` bands hold no data."""
    bands, rows, columns = shape
    centres = 450.0 + 40.0 * np.arange(bands) if wavelength is None else np.asarray(wavelength)
    share = np.linspace(0, 1, rows * columns).reshape(rows, columns) ** 1.5
    curve = np.array([np.exp(-(((centres - c) / 300) ** 2)) for c in (500.0, 900.0)])
    spectra = curve[0][:, None, None] * share + curve[1][:, None, None] * (1 - share)
    stored = np.round(500 + 4000 * spectra).astype(dtype)
    meta = {"scale": (1e-4,) * bands, "offset": (0.0,) * bands, "scale_declared": True}
    meta = SceneMeta(**(meta | {"dtype": np.dtype(dtype).str, "nodata": -32768} | changes))
    for band in dead:
        stored[band] = meta.nodata
    return make_scene(stored, meta, centres, fwhm=np.full(bands, 30.0))


@pytest.fixture
def scene():
    """Builds a small scene."""
    return small_scene


@pytest.fixture
def save(tmp_path):
    """Writes a scene under a name in the test's folder, and returns the path."""

    def write(scene, name="scene.tif"):
        with staged(overwrite=True) as stage:
            write_scene(scene, tmp_path / name, stage)
        return tmp_path / name

    return write


@pytest.fixture
def names():
    """Lists a folder."""
    return lambda folder: sorted(path.name for path in folder.iterdir())
