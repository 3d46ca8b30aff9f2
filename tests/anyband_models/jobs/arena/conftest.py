"""A folder of tiny scenes, and a contest on them."""

import numpy as np
import pytest

from anyband_models.jobs.arena.judging import Contest
from anyband_models.jobs.arena.run import arena

NM = np.linspace(450, 900, 12)


@pytest.fixture
def save(tmp_path):
    """Writes a cube (line, column, band) as an npz scene."""
    folder = tmp_path / "scenes"
    folder.mkdir()

    def write(name, cube, nm=NM):
        np.savez(folder / name, cube=cube, wavelength_nm=np.asarray(nm))
        return folder / name

    return write


def cube(seed, bands=12):
    """Mixtures of three smooth spectra and a little noise."""
    rng = np.random.default_rng(seed)
    nm = np.linspace(450, 900, bands)[:, None]
    curves = np.exp(-(((nm - [500, 700, 880]) / 120) ** 2))
    values = 0.1 + 0.4 * rng.dirichlet(np.ones(3), (6, 20)) @ curves.T
    return (values + rng.normal(0, 2e-3, values.shape)).astype("f4")


@pytest.fixture
def held(save, tmp_path):
    """Holds a contest; its result, or what it raises. What it said is in `held.said`."""

    def hold(models=("linear", "gaussian"), families=("k3",), seeds=1, **more):
        contest = Contest(tuple(models), tuple(families), more.pop("fits", ("left",)), seeds)
        arguments = {"reading": {}, "command": "a command", "overwrite": False} | more
        said = arguments.pop("said", hold.said.append)
        results, _ = arena(
            tmp_path / "scenes", contest, folder=tmp_path / "results", said=said, **arguments
        )
        return results

    hold.said, hold.folder, hold.save = [], tmp_path / "results", save
    return hold


@pytest.fixture
def scene():
    """The values of a scene."""
    return cube
