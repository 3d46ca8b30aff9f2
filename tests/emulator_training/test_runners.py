"""Processes and clusters that make shards, and what becomes of them."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import numpy as np
import psutil
import pytest

from emulator_training.errors import (
    MissingExtraError,
    SchedulerAddressError,
    SimulationError,
    WorkerDiedError,
)
from emulator_training.runners import local, processors, remote
from emulator_training.shard import SimulationConfig
from emulator_training.simulate import simulate
from emulator_training.spectral_basis import SpectralBasis

pytestmark = pytest.mark.skipif(
    find_spec("prosail") is None, reason="the extra `emulator` is not installed"
)
CODE = "import emulator_training.cli as cli; cli.main()"


def begun(folder, workers):
    """Return the command, in a session of its own, when it has made a shard."""
    given = ("simulate", "-o", folder, "--storage", "full", "--n", 10**5, "--shard", 20)
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, *map(str, given), "--workers", str(workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 120
    while not list(folder.glob("shard-*.npz")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(("workers", "number"), [(2, signal.SIGINT), (1, signal.SIGTERM)])
def test_an_interrupt_says_that_the_same_command_goes_on(tmp_path, workers, number):
    """Sent to all its processes, as a terminal does."""
    process = begun(tmp_path, workers)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    last = "error: interrupted; what is complete stays, and the same command goes on"
    assert said.strip().splitlines()[-1] == last
    assert "Traceback" not in said
    assert not psutil.wait_procs(children, timeout=30)[1]


def test_processes_end_when_their_parent_is_killed(tmp_path):
    process = begun(tmp_path, 2)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    process.communicate(timeout=60)
    assert not psutil.wait_procs(children, timeout=30)[1]


class Deadly(SpectralBasis):
    """Whatever process unpickles it ends at once."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_process_that_dies_is_told_of():
    config = SimulationConfig(count=20, storage="pca:1", shard=20)
    with pytest.raises(WorkerDiedError, match=r"one of 2 processes was killed.* fewer --workers"):
        list(local(2)([0], config, Deadly(np.ones(1), np.ones((1, 1)), np.ones(1))))


def test_processors_are_those_that_may_be_used():
    assert 1 <= processors() <= (os.cpu_count() or 1)


def test_one_process_needs_no_pool():
    config = SimulationConfig(count=40, storage="full", shard=20)
    assert [number for number, _ in local(1)([1, 0], config, None)] == [1, 0]


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    wording = r"--scheduler needs the package dask\[distributed\].*'anyband\[scale\]'"
    with pytest.raises(MissingExtraError, match=wording):
        remote("tcp://127.0.0.1:1")


@pytest.mark.parametrize("address", ["garbage", "", "foo://bar", "tcp://host:port"])
def test_what_is_no_address_is_refused(tmp_path, address):
    pytest.importorskip("distributed", reason="the extra `scale` is not installed")
    with pytest.raises(SchedulerAddressError) as refusal:
        simulate(tmp_path, SimulationConfig(count=20, storage="full"), scheduler=address)
    assert str(refusal.value) == (
        f"{address!r} is no address of a scheduler; give the one that `dask scheduler` prints, "
        "such as tcp://HOST:8786"
    )


def test_a_scheduler_that_does_not_answer_is_told_of(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="the extra `scale` is not installed")

    def silent(address, timeout):
        raise OSError(f"Timed out trying to connect to {address}")

    monkeypatch.setattr(distributed, "Client", silent)
    with pytest.raises(SimulationError, match=r"no scheduler answers at tcp://127.0.0.1:1; start"):
        simulate(
            tmp_path, SimulationConfig(count=20, storage="full"), scheduler="tcp://127.0.0.1:1"
        )


@pytest.mark.slow
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
    for path in here.iterdir():
        assert path.read_bytes() == (there / path.name).read_bytes()
