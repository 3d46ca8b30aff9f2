import subprocess
import sys

import numpy as np
import pytest

from emulator_training.errors import TablesMissingError
from emulator_training.simulators import tables as module
from emulator_training.simulators.tables import tables


def test_without_the_package_it_is_told_what_to_do(monkeypatch):
    module._whole.cache_clear()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(TablesMissingError) as refusal:
        tables()
    assert str(refusal.value) == (
        "the simulator reads its spectra from the package prosail, which is not installed; "
        "add it by pip install 'anyband[emulator]', "
        "or use the surrogate prosail_emulator, which needs none"
    )


def test_reading_them_imports_neither_the_package_nor_numba(package):
    code = (
        "import sys; from emulator_training.simulators.prosail import Prosail; Prosail()\n"
        "print(sorted({'prosail', 'numba'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_they_are_the_packages_spectra_in_the_order_of_the_parameters(package):
    ours, theirs = tables(), package.spectral_lib
    leaf = theirs.prospectd
    np.testing.assert_array_equal(ours.refraction, leaf.nr)
    for row, name in zip(
        ours.absorption, ("kab", "kcar", "kbrown", "kw", "km", "kant"), strict=True
    ):
        np.testing.assert_array_equal(row, getattr(leaf, name))
    np.testing.assert_array_equal(ours.dry, theirs.soil.rsoil1)
    np.testing.assert_array_equal(ours.wet, theirs.soil.rsoil2)
