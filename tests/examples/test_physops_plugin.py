"""The worked plugin, installed as a user installs it and used through physops alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import physops

SOURCE = Path(__file__).parents[2] / "examples/physops-plugin"
WAVELENGTHS = np.arange(400.0, 1001.0, 5.0)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a folder that pip has installed the plugin into; setuptools comes with torch."""
    # Building leaves files beside the source.
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(SOURCE, source)
    folder = tmp_path_factory.mktemp("site")
    offline = ["--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", folder, source]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture
def installed(site, monkeypatch):
    monkeypatch.syspath_prepend(site)
    physops.refresh()
    yield
    monkeypatch.undo()
    physops.refresh()
    for name in [name for name in sys.modules if name.startswith("physops_absorption")]:
        del sys.modules[name]


def python(site, code):
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_it_is_found_told_and_used(site):
    code = """
import sys, physops, torch
import numpy as np
def told():
    others = [p for p in physops.plugins() if p.distribution != "anyband"]
    return [(p.kind, p.status, *p.names) for p in others]
print(told())
print({"band_depth", "REIP", "CAI"} <= set(physops.list()), "CAI" in physops.list(kind="index"))
spectrometer = np.arange(400, 2501, 10)
print(physops.get("reip", wavelengths=spectrometer)(torch.rand(2, 211, 3, 3)).shape)
print("physops_absorption" in sys.modules)
print(physops.get("BandDepth", wavelengths=spectrometer)(torch.rand(2, 211, 3, 3)).shape)
print(told())
"""
    assert python(site, code) == [
        "[('catalog', 'loaded', 'CAI', 'REIP'), ('operators', 'not loaded', 'band_depth')]",
        "True True",
        "torch.Size([2, 3, 3])",
        "False",
        "torch.Size([2, 3, 3])",
        "[('catalog', 'loaded', 'CAI', 'REIP'), ('operators', 'loaded', 'band_depth')]",
    ]


def test_it_can_be_switched_off(site, monkeypatch):
    monkeypatch.setenv("PHYSOPS_PLUGINS", "0")
    code = "import physops; print(physops.plugins(), 'REIP' in physops.list())"
    assert python(site, code) == ["[] False"]


def test_its_readme_runs(site):
    text = (SOURCE / "README.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    assert python(site, code + "print(depth.shape, clay.shape, edge.shape)") == [
        "torch.Size([1, 8, 8]) torch.Size([1, 8, 8]) torch.Size([1, 8, 8])"
    ]


@pytest.mark.usefixtures("installed")
def test_the_depth_of_a_known_absorption():
    continuum = 0.2 + 0.0005 * (WAVELENGTHS - 400)
    dip = 0.6 * np.exp(-0.5 * ((WAVELENGTHS - 680) / 15) ** 2)
    spectrum = torch.from_numpy(continuum * (1 - dip)).reshape(1, -1, 1, 1)
    depth = physops.get("band_depth", wavelengths=WAVELENGTHS)
    assert depth(spectrum).item() == pytest.approx(0.6, abs=1e-6)
    assert depth(torch.from_numpy(continuum), band_dim=-1).item() == pytest.approx(0, abs=1e-12)
    assert depth(300 * spectrum).item() == pytest.approx(0.6, abs=1e-6)
    backwards = physops.get("band_depth", wavelengths=WAVELENGTHS[::-1].copy())
    assert backwards(spectrum.flip(1)).item() == depth(spectrum).item()


@pytest.mark.usefixtures("installed")
def test_the_depth_has_a_gradient_where_it_has_a_value():
    depth = physops.get("band_depth", wavelengths=WAVELENGTHS)
    x = 0.1 + torch.rand(2, 121, 2, generator=torch.Generator().manual_seed(0)).double()
    x.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: depth(x, band_dim=1), (x,))
    holed = x.detach().clone()
    holed[0, 40, 0], holed[1, 30, 1] = torch.nan, 0.0  # 600 nm; 550 nm, the left shoulder
    holed.requires_grad_()
    value = depth(holed, band_dim=1)
    assert value.isnan().tolist() == [[True, False], [False, True]]
    value.nan_to_num().sum().backward()
    assert holed.grad.isfinite().all()
    assert holed.grad[0, :, 0].eq(0).all()


@pytest.mark.usefixtures("installed")
def test_what_the_depth_refuses():
    with pytest.raises(physops.MissingBandError, match=r"band_depth \(550 nm\) is not among"):
        physops.get("band_depth", wavelengths=[660.0, 700.0, 760.0])
    with pytest.raises(physops.PhysopsError, match="needs a band between 550 and 760 nm, which is"):
        physops.get("band_depth", wavelengths=[550.0, 760.0])
    depth = physops.get("band_depth", wavelengths=WAVELENGTHS)
    with pytest.raises(physops.PhysopsError, match="needs floating-point values"):
        depth(torch.ones(121, 2, 2, dtype=torch.int16))
    with pytest.raises(physops.PhysopsError, match="was built for 121 bands and got 3"):
        depth(torch.ones(3, 2, 2))


@pytest.mark.usefixtures("installed")
def test_the_inflection_of_a_red_edge_that_is_known():
    # R_i = (R670 + R780) / 2 is reached half-way from 700 to 740 nm: at 720 nm.
    bands = {"R670": 0.05, "R700": 0.1, "R740": 0.4, "R780": 0.45}
    assert physops.get("reip").evaluate(bands).item() == pytest.approx(720.0)
    assert physops.spec("REIP").degree == 0
