"""A job that cannot be written whole leaves nothing behind."""

import errno
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

MAIN = "from anyband_models.cli import main; main()"


def limit_files(size):
    """Let this process write no file larger than ``size`` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("target", ["full.tif", "full.hdr"])
@pytest.mark.parametrize("size", [100, 20_000])
def test_a_file_that_may_not_grow(anyband_process, save, scene, tmp_path, names, target, size):
    path = save(scene((8, 60, 70), dtype="<f4", dead=[2], nodata=None))
    (tmp_path / target).write_text("old")
    before = names(tmp_path)
    ended = anyband_process(
        "repair", path, "-o", tmp_path / target, "--overwrite", "--bad-bands", "3",
        "--model", "linear",
        preexec_fn=lambda: limit_files(size),
    )  # fmt: skip
    assert ended.refused(5)
    assert names(tmp_path) == before
    assert (tmp_path / target).read_text() == "old"


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of a quarter of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can mount a disk; the test above stands for this one")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("target", ["full.tif", "full.hdr"])
def test_a_disk_that_is_full(anyband, tiny_disk, save, scene, names, target):
    old = tiny_disk / target
    old.write_text("old")
    made = scene((8, 100, 100), dtype="<f4")
    noise = np.random.default_rng(0).random(made.stored.shape)  # which nothing compresses
    path = save(made.with_stored(noise.astype("<f4")))
    ended = anyband(
        "repair", path, "-o", old, "--overwrite", "--bad-bands", "3", "--model", "linear"
    )
    assert ended.refused(5, "disk")
    assert names(tiny_disk) == [target]
    assert old.read_text() == "old"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_at_the_manifest(
    anyband, save, scene, tmp_path, names, monkeypatch, code
):
    path = save(scene(dead=[2]))
    write = Path.write_text

    def full(self, *arguments, **options):
        if self.name.startswith("full.tif.json"):
            raise OSError(code, "no space", str(self))
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    ended = anyband("repair", path, "-o", tmp_path / "full.tif", "--model", "linear")
    assert ended.refused(5, "the disk is full")
    assert names(tmp_path) == ["scene.tif"]


SLOW_MODEL = """
import time
from anyband_models.models.linear import Linear
def reconstruct(*_, **__):
    print("at work", flush=True)
    time.sleep(60)
Linear.reconstruct = reconstruct
"""
SLOW_WRITING = """
import time
from anyband_models.repair import files
def summary(outcome):
    print("at work", flush=True)
    time.sleep(60)
files.summary = summary
"""


@pytest.mark.parametrize("slow", [SLOW_MODEL, SLOW_WRITING], ids=["repairing", "writing"])
def test_an_interrupt_leaves_nothing_half_written(save, scene, tmp_path, names, slow):
    path = save(scene(dead=[2]))
    arguments = ["repair", str(path), "-o", str(tmp_path / "full.tif"), "--model", "linear"]
    command = [sys.executable, "-c", slow + MAIN, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "at work\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err == "error: interrupted; nothing half-written was left behind\n"
    assert names(tmp_path) == ["scene.tif"]


def test_an_interrupt_while_starting_is_no_traceback():
    code = (
        "import sys\nfrom anyband_models.cli.run import run\n"
        "def command(): raise KeyboardInterrupt\nsys.exit(run(command))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 130
    assert ended.stderr == "error: interrupted; nothing half-written was left behind\n"
