"""Laws of the catalogue: of its ratios, its doubles, and its formulas in exact arithmetic."""

import ast
from collections import defaultdict
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import physops
from physops.spectral_indices.catalogue import catalogue, index_spec
from physops.spectral_indices.formula import Apply, Name, parse
from physops.spectral_indices.operands import RANGES, operands_of, place_of
from physops.spectral_indices.spectral_index import SpectralIndex
from physops.testing import reflectance

NAMES = sorted(catalogue())
ON_S2 = physops.list(sensor="S2A")
S2 = physops.Bands.of("S2A")


def pair_of(name):
    """Return the two bands of a normalized difference, and None for any other index."""
    match parse(index_spec(name).formula):
        case Apply("/", (Apply("-", (Name() as a, Name() as b)), Apply("+", total))):
            return (a.name, b.name) if set(total) == {a, b} else None
    return None


PAIRS = {name: pair for name in NAMES if (pair := pair_of(name))}


def test_the_normalized_differences_are_found():
    assert len(PAIRS) >= 60
    assert PAIRS["NDVI"] == ("N", "R")
    assert "SAVI" not in PAIRS


@given(reflectance(2, hazards=True).map(lambda x: x.clamp(min=0)))
def test_a_normalized_difference_lies_between_minus_one_and_one_to_the_last_bit(x):
    for name, pair in PAIRS.items():
        index = SpectralIndex(index_spec(name))
        value = index.evaluate(dict(zip(pair, x, strict=True)))
        there = torch.isfinite(value)
        assert torch.equal(there, x[0] + x[1] != 0), name
        assert (value[there].abs() <= 1).all(), name
        assert (value[there & (x[0] == x[1])] == 0).all(), name
        swapped = index.evaluate(dict(zip(pair, x.flip(0), strict=True)))
        assert torch.equal(swapped[there], -value[there]), name


# Names of one formula, and formulas that are the same at their usual constants.
DOUBLES = """
    ARVI IAVI; ATSAVI OSAVI; CVI OCVI; DSI MSI; DVI NIRvH2 WDVI; GM1 SR555; GM2 SR705; GRVI SR2;
    IPVI PI; LSWI NDII NDMI NDSWIR; MCARI1 MTVI1; MCARI2 MTVI2; MNDVI NBR; MNDWI NDSI;
    NBR2 NDTillI NSDS NSDSI3; NBRT1 NBRT2; ND705 NDVI705 RENDVI; NDCI VI700; NDGlaI NGRDI VIG;
    NDSII NDWI VgNIRBI; NDSIITM NDSaII; NDTI RI; NDVI TSAVI; NRFIg WI1; RNDVI VrNIRBI;
    SARBR1 URBR1; SARBR2 URBR2; SAVI2 SR
"""


def spectra(operands, seed=0, count=40):
    """Return the same random reflectances for the same operand, and the usual wavelengths."""
    values = {}
    for name in operands:
        rng = np.random.default_rng([seed, *name.encode()])
        place = place_of(name)
        drawn = (
            np.full(count, float(RANGES[place].usual)) if place else rng.uniform(0.05, 0.95, count)
        )
        values[name] = torch.from_numpy(drawn)
    return values


def test_indices_of_equal_values_are_those_that_are_known_to_be():
    """ARVI with the sign of the first catalogue would be BNDVI."""
    alike = defaultdict(list)
    for name in NAMES:
        given = spectra(operands_of(index_spec(name).formula))
        value = SpectralIndex(index_spec(name)).evaluate(given)
        alike[tuple(f"{v:.9g}" for v in value.tolist())].append(name)
    found = sorted(names for names in alike.values() if len(names) > 1)
    assert found == sorted(group.split() for group in DOUBLES.split(";"))
    assert not any({"ARVI", "BNDVI"} <= set(group) for group in found)


@settings(max_examples=10)
@given(st.permutations(range(len(S2))))
def test_the_order_of_the_bands_does_not_matter(order):
    shuffled = physops.Bands(S2.wavelength[order], S2.fwhm[order], S2.good[order])
    x = random_image()
    one, other = (physops.indices(ON_S2, bands=bands) for bands in (S2, shuffled))
    torch.testing.assert_close(other(x[:, order]), one(x), rtol=0, atol=0, equal_nan=True)


@settings(max_examples=10)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=4), st.sampled_from([0.3, np.nan]))
def test_bands_that_no_formula_names_do_not_matter(places, value):
    """In the middle infrared there is none."""
    more = 3000.0 + 500 * np.arange(len(places))
    wavelength = np.insert(S2.wavelength, places, more)
    fwhm = np.insert(S2.fwhm, places, 20.0)
    wider = physops.Bands(wavelength, fwhm, np.ones(len(wavelength), dtype=bool))
    x = random_image()
    y = torch.from_numpy(np.insert(x.numpy(), places, value, axis=1))
    wanted = physops.indices(ON_S2, bands=S2)(x)
    got = physops.indices(ON_S2, bands=wider)(y)
    torch.testing.assert_close(got, wanted, rtol=0, atol=0, equal_nan=True)


def random_image():
    rng = torch.Generator().manual_seed(0)
    return 0.05 + 0.9 * torch.rand(2, 13, 3, 4, generator=rng, dtype=torch.float64)


@given(st.floats(0.01, 1.0))
def test_a_flat_spectrum_has_no_normalized_difference_on_any_sensor(value):
    wavelengths = np.arange(400.0, 2500.0, 10.0)
    resample = physops.get("srf", sensor="S2A", wavelengths=wavelengths)
    x = resample(torch.full((210, 1, 1), value, dtype=torch.float64))
    names = [name for name in physops.list(bands=resample.target) if name in PAIRS]
    assert len(names) > 40
    index = physops.indices(names, bands=resample.target)(x)
    assert index.abs().max() < 1e-12


@pytest.mark.parametrize("name", ON_S2)
def test_of_named_operands_and_of_an_image_it_is_the_same(name):
    index, x = physops.get(name, sensor="S2A"), random_image()
    named = {operand: x[:, channel] for operand, channel in index.channels.items()}
    torch.testing.assert_close(
        index.evaluate({**named, **dict(index.reading.places)}),
        index(x),
        rtol=1e-12,
        atol=0,
        equal_nan=True,
    )


class Exactly(ast.NodeTransformer):
    """The formula in Python, every number written as a call of `number`."""

    def visit_Constant(self, node):
        call = ast.Call(ast.Name("number", ast.Load()), [ast.Constant(repr(node.value))], [])
        return ast.copy_location(call, node)


def evaluated(formula, number, values, **functions):
    tree = ast.fix_missing_locations(Exactly().visit(ast.parse(formula, mode="eval")))
    names = {**{n: number(repr(v)) for n, v in values.items()}, **functions, "number": number}
    return eval(compile(tree, formula, "eval"), {"__builtins__": {}}, names)


def is_rational(formula):
    """Tell whether there is neither a function in it nor a power but of a whole number."""
    nodes = list(ast.walk(ast.parse(formula, mode="eval")))
    powers = [n.right for n in nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
    whole = all(isinstance(p, ast.Constant) and float(p.value).is_integer() for p in powers)
    return whole and not any(isinstance(node, ast.Call) for node in nodes)


RATIONAL = [name for name in NAMES if is_rational(index_spec(name).formula)]


def compared(name, exact):
    """Return how far an index is from exact arithmetic, as a part of the value, at its most."""
    card = index_spec(name)
    given = spectra(operands_of(card.formula), seed=1, count=12)
    got = SpectralIndex(card).evaluate(given).expand(12).tolist()
    worst = 0.0
    for pixel, value in enumerate(got):
        values = {**card.constants, **{n: v[pixel].item() for n, v in given.items()}}
        wanted = exact(card.formula, values)
        if wanted is None:
            assert np.isnan(value), name
            continue
        worst = max(worst, abs(value - float(wanted)) / max(abs(float(wanted)), 1e-3))
    return worst


def in_fractions(formula, values):
    return evaluated(formula, Fraction, values)


def in_fifty_digits(formula, values):
    """Return the value, and None where a root or a logarithm has none that is real."""

    def kernel(a, b):
        return mpmath.exp(-((a - b) ** 2) / (2 * mpmath.mpf(values["sigma"]) ** 2))

    functions = {"log": mpmath.log, "tanh": mpmath.tanh, "kernel": kernel, "max": max, "min": min}
    functions |= {"exp": mpmath.exp, "sqrt": mpmath.sqrt}
    with mpmath.workdps(50):
        value = evaluated(formula, mpmath.mpf, values, **functions)
    return None if mpmath.im(value) else value


def test_most_formulas_are_rational():
    assert len(RATIONAL) > 250


@pytest.mark.parametrize("name", RATIONAL)
def test_a_rational_index_is_that_of_exact_arithmetic(name):
    assert compared(name, in_fractions) < 1e-11


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(RATIONAL)))
def test_any_other_index_is_that_of_fifty_digits(name):
    assert compared(name, in_fifty_digits) < 1e-11
