"""The catalogue against itself, and against the table of its field."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

import physops
from physops.spectral_indices.catalogue import catalogue, index_spec
from physops.spectral_indices.formula import names, parse
from physops.spectral_indices.operands import is_operand, reflects
from physops.spectral_indices.spectral_index import SpectralIndex

NAMES = sorted(catalogue())
DIFFERENCES = tomllib.loads(
    Path(__file__).with_name("asi_v1_differences.toml").read_text(encoding="utf-8")
)
PLACES = {"lambdaG": 560.0, "lambdaR": 665.0, "lambdaN": 835.0, "lambdaN2": 865.0}
PLACES |= {"lambdaS1": 1610.0, "lambdaS2": 2200.0}


def random_operands(names, seed=0, count=500):
    """Return reflectances, in doubles, and the usual places of bands."""
    rng = np.random.default_rng(seed)
    return {name: PLACES.get(name, rng.uniform(0.01, 0.99, count)) for name in sorted(names)}


def tensors(operands):
    return {name: torch.as_tensor(value) for name, value in operands.items()}


def kernel(a, b):
    return np.exp(-((a - b) ** 2) / (2 * 0.5**2))


NUMPY = {"log": np.log, "tanh": np.tanh, "kernel": kernel}
NUMPY["max"] = lambda *values: np.maximum.reduce(np.broadcast_arrays(*values))


def test_there_are_at_least_320():
    assert len(physops.list(kind="index")) == len(NAMES) >= 320


@pytest.mark.parametrize("name", NAMES)
def test_a_card_is_whole(name):
    card = index_spec(name)
    assert card.operands
    assert set(names(parse(card.formula))) - set(card.operands) <= set(card.constants)
    assert not any(map(is_operand, card.constants))
    assert all(np.isfinite(value) for value in card.constants.values())
    assert re.match(r"https?://", card.source)
    assert (card.title, card.domain, card.kind) > ("", "", "")
    assert card.domain in {"burn", "clouds", "geology", "radar", "snow", "soil", "urban"} | {
        *("vegetation", "water")
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_degree_is_that_of_the_formula(name):
    card = index_spec(name)
    operands = random_operands(card.operands, seed=1)
    scaled = {n: v * 3.0 if reflects(n) else v for n, v in operands.items()}
    one, three = (SpectralIndex(card).evaluate(tensors(o)).numpy() for o in (operands, scaled))
    both = np.isfinite(one) & np.isfinite(three)
    close = [np.allclose(three[both], one[both] * 3.0**d, rtol=1e-6) for d in (-2, -1, 0, 1, 2)]
    assert close == [card.degree == d for d in (-2, -1, 0, 1, 2)]


def test_every_formula_equals_that_of_the_fields_table(shared_data):
    """Evaluated by Python and numpy in doubles, which share nothing with our parser."""
    text = (shared_data / "indices/asi_v1.json").read_text(encoding="utf-8")
    table = json.loads(text)["indices"]
    assert {name for name in table if name not in catalogue()} == {
        name for name, entry in DIFFERENCES.items() if entry.get("absent")
    }
    assert set(catalogue()) - set(table) == {"SR3"}  # of spyndex, and no longer in the table
    different = {name for name in table if name in catalogue() and not _equal(name, table[name])}
    assert different == {name for name, entry in DIFFERENCES.items() if not entry.get("absent")}


def _equal(name, entry):
    ranges = {"R1080_1120": "R1100", "R1760_1800": "R1780"}  # one band out of each
    ours = random_operands(index_spec(name).operands)
    theirs = {**{n: v for n, v in entry["constants"].items() if v is not None}, **ours}
    theirs |= {long: ours[short] for long, short in ranges.items() if short in ours}
    with np.errstate(all="ignore"):
        expected = eval(entry["formula"], {"__builtins__": {}}, NUMPY | theirs)
    value = SpectralIndex(index_spec(name)).evaluate(tensors(ours)).numpy()
    finite = np.isfinite(value)
    np.testing.assert_array_equal(finite, np.isfinite(expected) & np.ones_like(finite))
    return finite.sum() > 100 and np.allclose(value[finite], expected[finite], rtol=1e-9)


def test_every_difference_has_a_reason():
    assert all(entry["reason"] for entry in DIFFERENCES.values())
    corrected = [name for name in NAMES if index_spec(name).reason]
    assert {"ARVI", "SARVI", "MSAVI", "GARI", "SAVI", "BAIM", "AWEInsh", "NBUI"} <= set(corrected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ARVI", 0.5789),  # not 0.8367, that of BNDVI
        ("SAVI", 1.5 * 0.37 / 1.03),
        ("EVI", 2.5 * 0.37 / (0.45 + 6 * 0.08 - 7.5 * 0.04 + 1)),
        ("NDVI", 0.37 / 0.53),
        ("AWEInsh", 4 * (0.06 - 0.2) - (0.25 * 0.45 + 2.75 * 0.1)),
        ("mSR705", (0.35 - 0.03) / (0.12 - 0.03)),
        ("mND705", (0.35 - 0.12) / (0.35 + 0.12 - 0.06)),
        ("VARI700", (0.12 - 1.7 * 0.08 + 0.7 * 0.04) / (0.12 + 2.3 * 0.08 - 1.3 * 0.04)),
        ("BAIM", 1 / (0.4**2 + 0.1**2)),
        ("EVI2", 2.5 * 0.37 / (0.45 + 2.4 * 0.08 + 1)),
    ],
)
def test_a_canopy_by_hand(name, value):
    """By the formulas of the papers that the catalogue is corrected from."""
    canopy = {"A": 0.03, "B": 0.04, "G": 0.06, "R": 0.08, "RE1": 0.12, "RE2": 0.35, "N": 0.45}
    canopy |= {"S1": 0.2, "S2": 0.1}
    given = {operand: torch.tensor(canopy[operand]) for operand in index_spec(name).operands}
    assert SpectralIndex(index_spec(name)).evaluate(given).item() == pytest.approx(value, abs=5e-5)
