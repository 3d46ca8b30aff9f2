"""Every operator that can be had by name is held to every law of operators.

It goes by `physops.list()`, so that none is forgotten: the operators of plugins come in, too.
"""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

import physops
from physops.errors import BrokenLawError, MissingOperandError, NotFloatingError
from physops.operator import band_axis
from physops.spectral_indices.operands import operands_of, place_of, reflects
from physops.spectral_indices.spectral_index import SpectralIndex
from physops.testing import LAWS, check_operator

# Every 10 nm, and thermal bands.
SPECTROMETER = physops.Bands.at(np.r_[np.arange(400.0, 2500.0, 10.0), 10900.0, 11450.0, 12000.0])
SENTINEL_2 = physops.Bands.of("S2A")
EXCEPTIONS = tomllib.loads(
    Path(__file__).with_name("contract_exceptions.toml").read_text(encoding="utf-8")
)
DIGITAL = {"scale": 1e-4, "offset": -0.1}
OTHERS = sorted(set(physops.list()) - set(physops.list(kind="index")))
NOT_REFLECTED_NM = 1e9


class OfNamed(physops.Operator):
    """An index that no camera has the bands for, on an image of its operands in their order."""

    def __init__(self, name, **given):
        super().__init__()
        self.index = physops.get(name, **given)
        self.spec = self.index.spec
        self.operands = operands_of(self.spec.formula)
        self.band_count = len(self.operands)

    def forward(self, x, band_dim=-3):
        dim = band_axis(x, band_dim, self.band_count)
        return self.index.evaluate({n: x.select(dim, i) for i, n in enumerate(self.operands)})

    def bands(self):
        assert not any(map(place_of, self.operands))
        places = np.array([600.0 if reflects(name) else NOT_REFLECTED_NM for name in self.operands])
        unknown = np.full(len(places), np.nan)
        return physops.Bands(places, unknown, np.ones(len(places), dtype=bool))


class OfUnit(physops.Operator):
    """A simulator whose parameters are in parts of their ranges, and kept in these."""

    def __init__(self, simulator, low, width):
        super().__init__()
        self.simulator, self.spec = simulator, simulator.spec
        self.low, self.width, self.band_count = low, width, len(low)

    def forward(self, x, band_dim=-3):
        dim = band_axis(x, band_dim, self.band_count)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        parts = x.movedim(dim, -1)
        known = torch.isfinite(parts)
        inside = 0.5 + 0.5 * (2 * torch.where(known, parts, 0.5) - 1).tanh()
        given = self.low.to(x.dtype) + self.width.to(x.dtype) * inside
        return self.simulator(torch.where(known, given, torch.nan).movedim(-1, dim), dim)


def of_unit(name, bands):
    """Return one of the simulators of canopies, whose parameters are no reflectances."""
    parameters = pytest.importorskip("emulator_training.parameters").PARAMETERS
    low = torch.tensor([parameter.low for parameter in parameters])
    width = torch.tensor([parameter.high for parameter in parameters]) - low
    # What a band reflects is a sum of scores, of which much cancels where a canopy is dark: in
    # single precision it is off by some 1e-8, which is more than such bands change with the inputs.
    laws = sorted(set(LAWS) - {"precision"})
    return {"op": OfUnit(physops.get(name, bands=bands), low, width), "laws": laws}


def broken_laws(**given):
    try:
        check_operator(**given)
    except BrokenLawError as error:
        return error.laws
    return {}


def built(name, bands):
    """Return what `check_operator` is to be given for an operator."""
    if name == "srf":
        return {"op": physops.get(name, sensor="S2A", bands=bands), "bands": bands}
    if name == "band_correlation":
        return {"op": physops.get(name, bands=bands), "bands": bands, "pointwise": False}
    if name in {"prosail", "prosail_emulator"}:
        return of_unit(name, bands)
    if name == "valid_range":  # a range that the images leave
        return {"op": physops.get(name, bands=bands, low=0.3, high=0.6), "bands": bands}
    try:
        op = physops.get(name, bands=bands)
    except MissingOperandError:  # radar, and light that is not the surface's
        op = OfNamed(name)
        return {"op": op, "bands": op.bands(), "digital": OfNamed(name, **DIGITAL), **DIGITAL}
    if not isinstance(op, SpectralIndex):
        return {"op": op, "bands": bands}
    digital = physops.get(name, bands=bands, **DIGITAL)
    return {"op": op, "bands": bands, "digital": digital, **DIGITAL}


@pytest.fixture(autouse=True)
def one_thread():
    """Images are so small that threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def allowed(name):
    return set(EXCEPTIONS.get(name, {}).get("laws", []))


@pytest.mark.parametrize("name", physops.list())
def test_an_operator_on_a_spectrometer_keeps_every_law(name):
    broken = broken_laws(**built(name, SPECTROMETER))
    assert set(broken) <= allowed(name), broken


@pytest.mark.parametrize("name", [*physops.list(sensor="S2A"), *OTHERS])
def test_an_operator_on_sentinel_2_keeps_every_law(name):
    broken = broken_laws(**built(name, SENTINEL_2))
    assert set(broken) <= allowed(name), broken


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_has_a_reason_and_is_still_needed(name):
    assert len(EXCEPTIONS[name]["reason"].split()) > 5
    assert allowed(name) <= set(LAWS)
    broken = set()
    for bands in (SPECTROMETER, SENTINEL_2):
        for seed in range(5):
            broken |= set(broken_laws(**built(name, bands), laws=allowed(name), seed=seed))
    assert broken == allowed(name)


@pytest.mark.parametrize("name", ["ndvi", "ndwi"])
def test_the_papers_form_keeps_every_law(name):
    papers = physops.get(name, bands=SENTINEL_2, variant="anyband")
    assert check_operator(papers, bands=SENTINEL_2) is None


def test_many_indices_at_once_keep_every_law():
    names = [name for name in physops.list(sensor="S2A") if name not in EXCEPTIONS]
    together = physops.indices(names, sensor="S2A")
    digital = physops.indices(names, sensor="S2A", **DIGITAL)
    given = {"bands": SENTINEL_2, "digital": digital, **DIGITAL}
    assert check_operator(together, **given) is None
    ratios = [name for name in names if physops.spec(name).degree == 0]
    of_one_degree = physops.indices(ratios, sensor="S2A")
    assert of_one_degree.spec.degree == 0
    assert check_operator(of_one_degree, bands=SENTINEL_2, laws=["degree"]) is None


@pytest.mark.parametrize("method", ["integral-linear", "bin", "point"])
def test_every_way_to_resample_keeps_every_law(method):
    operator = physops.get("srf", sensor="landsat8_oli", bands=SPECTROMETER, method=method)
    assert check_operator(operator, bands=SPECTROMETER) is None


def test_what_is_filled_keeps_every_law():
    filled = physops.get("evi", bands=SENTINEL_2, fill=-9.0)
    assert check_operator(filled, bands=SENTINEL_2, no_data=-9.0) is None
