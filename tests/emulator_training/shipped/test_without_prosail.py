"""The networks where the extra `emulator` is not installed."""

import subprocess
import sys

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"prosail", "numba", "distributed", "typer", "matplotlib"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "prosail" else found(name)
from physops import Bands
"""


def python(code):
    run = subprocess.run([sys.executable, "-c", HIDE + code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_the_networks_need_neither_prosail_nor_numba():
    code = """
import torch
from emulator_training.parameters import vector
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_inverse import ProsailInverse
from emulator_training.shipped.prosail_manifold import ProsailManifold
bands = Bands.of("S2A")
spectrum = ProsailEmulator(bands)(vector(), band_dim=0)
print(len(ProsailInverse(bands)(spectrum, band_dim=0)), ProsailManifold(bands)(spectrum, 0).ndim)
"""
    assert python(code) == "12 0"


def test_prosail_itself_names_the_extra_and_the_network():
    code = """
from emulator_training.shipped.prosail import ExactProsail
try:
    ExactProsail(Bands.of("S2A"))
except ImportError as error:
    print(error)
"""
    said = python(code)
    assert "pip install 'anyband[emulator]'" in said
    assert "prosail_emulator" in said
