"""One index and many at once; what holds for every operator is in `test_contract.py`."""

import subprocess
import sys

import numpy as np
import pytest
import torch

import physops
from physops.errors import (
    BandCountError,
    DimensionError,
    FormulaError,
    MissingOperandError,
    NoBandsError,
    NotFloatingError,
    NotReflectanceError,
    ParameterError,
    UnknownConstantError,
)
from physops.spectral_indices.catalogue import catalogue, index_spec
from physops.spectral_indices.spectral_index import SpectralIndex
from srf_library import UnknownNameError

NAMES = sorted(catalogue())
PLACES = {"G": 560.0, "R": 665.0, "N": 835.0, "N2": 865.0, "S1": 1610.0, "S2": 2200.0}
WHOLE = np.arange(400.0, 2500.0, 10.0)
FROM_A_SPECTROMETER = physops.list(wavelengths=WHOLE)


def image(*shape, seed=0):
    return 0.05 + 0.9 * torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def test_many_at_once_are_each_of_them():
    cards = [index_spec(name) for name in FROM_A_SPECTROMETER]
    together = SpectralIndex(cards, physops.Bands.at(WHOLE))
    x = image(2, 210, 3, 4).double()
    values = together(x)
    assert values.shape == (2, len(cards), 3, 4)
    for number, name in enumerate(FROM_A_SPECTROMETER):
        alone = physops.get(name, wavelengths=WHOLE)(x)
        torch.testing.assert_close(values[:, number], alone, equal_nan=True)


def test_a_large_image_is_computed_in_pieces():
    names = physops.list(sensor="S2A")
    x = image(2, 13, 150, 151)
    x[1, 4, 100] = torch.nan
    together = physops.indices(names, sensor="S2A")
    pieces = together(x)
    assert pieces.shape == (2, len(names), 150, 151)
    whole = together(x.clone().requires_grad_()).detach()
    torch.testing.assert_close(pieces, whole, equal_nan=True)
    unspoilt = torch.isfinite(pieces[1, :, 100, 0])
    assert unspoilt[names.index("NDVI")]  # only what needs the band is lost
    assert not unspoilt[names.index("NDREI")]
    torch.testing.assert_close(
        together(x.movedim(1, -1), band_dim=-1).movedim(-1, 1), pieces, equal_nan=True
    )
    assert together(x.half()).dtype == torch.float16
    assert together(x[:0]).shape == (0, len(names), 150, 151)


def test_what_is_no_index_is_not_among_many():
    with pytest.raises(
        UnknownNameError, match="'srf' is no index, but an operator of the kind 'resampling'"
    ):
        physops.indices(["ndvi", "srf"], sensor="S2A")
    with pytest.raises(ParameterError, match="give one index or more"):
        physops.indices([], sensor="S2A")


def test_many_at_once_keep_their_own_constants():
    """SAVI has L = 0.5 and EVI has L = 1."""
    both = SpectralIndex([index_spec("SAVI"), index_spec("EVI")])
    savi, evi = both.evaluate({"N": 0.45, "R": 0.08, "B": 0.04})
    assert savi.item() == pytest.approx(1.5 * 0.37 / 1.03)
    assert evi.item() == pytest.approx(2.5 * 0.37 / (0.45 + 0.48 - 0.3 + 1))


def test_a_scale_is_of_reflectances_alone():
    vegetation = SpectralIndex(index_spec("NDVIT"), scale=1e-4)
    given = {"N": torch.tensor(4500.0), "R": torch.tensor(800.0), "T": torch.tensor(300.0)}
    unscaled = {"N": torch.tensor(0.45), "R": torch.tensor(0.08), "T": torch.tensor(300.0)}
    plain = SpectralIndex(index_spec("NDVIT")).evaluate(unscaled)
    torch.testing.assert_close(vegetation.evaluate(given), plain)


def test_numbers_arrays_and_tensors_are_treated_alike():
    digital = {"N": 4500.0, "R": 800.0, "B": 400.0}
    evi = physops.get("evi", scale=1e-4)
    expected = 2.5 * 0.37 / (0.45 + 0.48 - 0.3 + 1)
    kinds = (float, int, np.array, torch.tensor, lambda v: torch.tensor(int(v)))
    for kind in kinds:
        value = evi.evaluate({name: kind(v) for name, v in digital.items()})
        assert value.item() == pytest.approx(expected, rel=1e-5)
    mixed = evi.evaluate({**digital, "N": torch.tensor([4500.0])})
    assert mixed.item() == pytest.approx(expected, rel=1e-5)
    for kind in (float, int, np.array, torch.tensor):
        with pytest.raises(NotReflectanceError):
            physops.get("evi").evaluate({name: kind(v) for name, v in digital.items()})


def test_a_scale_of_one_is_a_scale():
    x = torch.ones(1, 13, 2, 2, dtype=torch.int16)
    assert not physops.get("ndvi", sensor="S2A", scale=1.0)(x).any()


def test_whole_numbers_without_a_scale_are_refused():
    with pytest.raises(NotFloatingError, match=r"got torch\.int16; .* with scale= \(and offset=\)"):
        physops.get("ndvi", sensor="S2A")(torch.ones(1, 13, 2, 2, dtype=torch.int16))


def test_an_index_that_needs_reflectance_refuses_digital_numbers():
    x = image(1, 13, 2, 2) * 1e4
    torch.testing.assert_close(
        physops.get("ndvi", sensor="S2A")(x), physops.get("ndvi", sensor="S2A")(x * 1e-4)
    )
    with pytest.raises(NotReflectanceError, match=r"EVI needs reflectance, from 0 to about 1, and"):
        physops.get("evi", sensor="S2A")(x)
    x[0, :, 0, 0] = torch.nan
    for name in ("evi", "DVI", "AWEIsh", "FAI", "ARI"):  # of degree 1, and -1, too
        with pytest.raises(NotReflectanceError, match=r"scale=1e-4, offset=0"):
            physops.get(name, sensor="S2A")(x)
    assert physops.get("DVI", sensor="S2A", check=False)(x)[0, 0, 1].abs() > 10


@pytest.mark.parametrize("sentinel", [-9999.0, -3.4e38, 3.4e38, 65535.0])
def test_no_data_that_nobody_told_of_is_found_out(sentinel):
    x = image(1, 13, 2, 2)
    x[..., 0, 0] = sentinel
    with pytest.raises(NotReflectanceError, match="set no data to NaN, state what makes the rest"):
        physops.get("savi", sensor="S2A")(x)


def test_no_data_is_what_one_wants():
    x = torch.zeros(1, 13, 1, 2)
    x[..., 0] = 0.2
    assert physops.get("ndvi", sensor="S2A", fill=-9.0)(x).tolist() == [[[0.0, -9.0]]]
    half = {"N": torch.tensor([1.0]).half(), "R": torch.tensor([1e-6]).half()}
    assert physops.get("SR", fill=-9.0).evaluate(half).item() == -9  # no half number is so large


def test_constants_can_be_given():
    given = {"N": 0.45, "R": 0.08}
    assert SpectralIndex(index_spec("SAVI"), L=0).evaluate(given).item() == pytest.approx(
        0.37 / 0.53
    )
    with pytest.raises(
        UnknownConstantError, match="no constant 'l' in the formula; its constants: L"
    ):
        physops.get("SAVI", l=1)
    with pytest.raises(UnknownConstantError, match="its constants: none"):
        physops.get("NDVI", L=1)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"L": None}, "L is None; give a number"),
        ({"L": True}, "L is True; give a number"),
        ({"L": torch.tensor(0.5)}, r"L is tensor\(0\.5000\); give a number"),
        ({"L": float("inf")}, "L is inf; give a finite number"),
        ({"scale": "x"}, "scale is 'x'; give a number"),
        ({"offset": float("nan")}, "offset is nan; give a finite number"),
        ({"fill": "none"}, "fill is 'none'; give a number"),
    ],
)
def test_what_is_no_number_is_refused(given, sentence):
    """As users call it, without the type checks of the tests."""
    with pytest.raises(ParameterError, match=sentence):
        SpectralIndex.__init__.__wrapped__(physops.get("savi"), index_spec("SAVI"), **given)


def own(formula, **constants):
    return physops.OperatorSpec(
        name="own", title="Own", kind="index", formula=formula, constants=constants, source="-"
    )


def test_ones_own_formula():
    index = SpectralIndex(own("kernel(N, R) - q", sigma=0.5, q=0.1), physops.Bands.of("S2A"))
    expected = torch.exp(torch.tensor(-(0.37**2) / 0.5)).item() - 0.1
    x = torch.full((13, 1, 1), 0.45)
    x[3] = 0.08
    assert index(x).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("formula", "name"), [("N - Q", "Q"), ("kernel(N, R)", "sigma"), ("gamma * N", "gamma")]
)
def test_a_name_that_nothing_stands_for_is_refused(formula, name):
    with pytest.raises(FormulaError, match=f"names {name}, which is neither a band nor one of its"):
        SpectralIndex(own(formula))


@pytest.mark.parametrize("formula", ["N * 10.0 ** 400", "N * 0.0 ** -1", "N / (1 - 1)"])
def test_a_number_that_has_no_value_gives_none(formula):
    assert torch.isnan(SpectralIndex(own(formula)).evaluate({"N": 0.3}))


def test_no_index_is_refused():
    with pytest.raises(ParameterError, match=r"specs is \[\]; give one index or more"):
        SpectralIndex([])


def test_a_formula_that_names_wavelengths_takes_them_from_the_bands():
    x = image(1, 13, 1, 1).double()
    by_hand = (x[0, 7] - (x[0, 3] + (x[0, 11] - x[0, 3]) * (nm(7) - nm(3)) / (nm(11) - nm(3))))[
        0, 0
    ]
    assert physops.get("fai", sensor="S2A")(x).item() == pytest.approx(by_hand.item())


def nm(channel):
    return float(physops.Bands.of("S2A").wavelength[channel])


def test_what_an_image_lacks_is_said():
    with pytest.raises(
        MissingOperandError, match=r"NBR needs S2 \(2080-2350 nm\), which is not th"
    ):
        physops.get("nbr", sensor="venus_vssc")
    with pytest.raises(
        MissingOperandError, match=r"needs R \(620-690 nm\), which .* a value for e"
    ):
        physops.get("ndvi").evaluate({"N": 0.4})


def test_what_is_no_such_image_is_refused():
    with pytest.raises(BandCountError, match="built for 13 bands and got 12"):
        physops.get("ndvi", sensor="S2A")(image(1, 12, 2, 2))
    with pytest.raises(DimensionError, match=r"shape \(13,\) has no dimension -3"):
        physops.get("ndvi", sensor="S2A")(image(13))
    with pytest.raises(
        NoBandsError, match="NDVI was built without the bands of an image, for eval"
    ):
        physops.get("ndvi")(image(1, 13, 2, 2))


TRACED = """
import physops, torch
x = torch.rand(2, 13, 4, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
for operator in (physops.get("ndvi", sensor="S2A"), physops.get("evi", sensor="S2A", check=False)):
    compiled = torch.compile(operator, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), operator(x))
    torch.testing.assert_close(torch.func.vmap(operator)(x.detach()), operator(x.detach()))
"""


def test_an_index_that_is_not_checked_can_be_traced_whole():
    """As users have it: the type checks of the tests cannot be traced."""
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
