"""What may be imported by what, as a user's interpreter sees it."""

import subprocess
import sys

import pytest


def python(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""
ZOO = {
    "pandas", "xarray", "rasterio", "h5py", "h5netcdf", "spectral", "safetensors", "typer", "rich",
    "matplotlib", "jinja2", "pooch", "tensorly",
}  # fmt: skip


def test_physops_stands_without_the_upper_floor_and_the_zoos_libraries():
    # jinja2 is torch's own dependency and stays.
    hidden = {"anyband_models", "emulator_training", *ZOO} - {"jinja2"}
    code = (
        HIDE.format(hidden=hidden)
        + "import physops; print(physops.get('ndvi', sensor='sentinel2a_msi').spec.name)"
    )
    assert python(code) == "NDVI"


def test_srf_library_needs_no_torch():
    code = (
        HIDE.format(hidden={"torch", "physops"})
        + "import srf_library; print(srf_library.list()[0])"
    )
    assert python(code) == "aqua_modis"


def test_importing_the_zoo_imports_nothing_heavy():
    heavy = {"torch", "numpy", "xarray", "rasterio", "scipy", "pydantic"}
    code = f"import sys, anyband_models; print(sorted({heavy!r} & set(sys.modules)))"
    assert python(code) == "[]"


@pytest.mark.parametrize("command", ["cli.app", "cli.srf.app", "cli.physops.app"])
def test_the_commands_help_imports_nothing_heavy(command):
    heavy = {"torch", "numpy", "xarray", "rasterio", "scipy", "pydantic", "matplotlib"}
    code = f"import sys, anyband_models.{command}; print(sorted({heavy!r} & set(sys.modules)))"
    assert python(code) == "[]"


def test_a_plain_install_is_told_what_to_add():
    code = HIDE.format(hidden={"typer"}) + "from anyband_models.cli import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "pip install 'anyband[zoo]'" in run.stderr


def test_a_model_without_weights_repairs_without_torch():
    code = HIDE.format(hidden={"torch"}) + (
        "from anyband_models.scene.examples import indian_pines\n"
        "from anyband_models.repair.pipeline import repair_scene\n"
        "from anyband_models.repair.config import RepairConfig\n"
        "config = RepairConfig(model='gaussian')\n"
        "print(repair_scene(indian_pines(), config).counts['measured'])"
    )
    assert python(code) == str(145 * 145 * 200)
