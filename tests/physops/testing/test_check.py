"""No law is vacuous: for each there is an operator that breaks it, and no other."""

import subprocess
import sys

import numpy as np
import pytest
import torch

import physops
from physops.errors import BrokenLawError, NotFloatingError, ParameterError
from physops.operator import band_axis
from physops.testing import LAWS, check_operator
from physops.testing.case import Case
from srf_library import UnknownNameError

CARD = physops.OperatorSpec(
    name="ratio",
    title="Ratio",
    kind="index",
    formula="(a - b) / (a + b)",
    degree=0,
    source="this test",
)


class Ratio(physops.Operator):
    """The normalized difference of the first two bands of four: it keeps every law."""

    spec, band_count = CARD, 4

    def forward(self, x, band_dim=-3):
        dim = band_axis(x, band_dim, self.band_count)
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        return self.of_bands(x.select(dim, 0), x.select(dim, 1))

    def of_bands(self, a, b):
        valid = torch.isfinite(a) & torch.isfinite(b) & ((a + b).abs() > 1e-18)
        a, b = torch.where(valid, a, 0.5), torch.where(valid, b, 0.5)
        return torch.where(valid, (a - b) / (a + b), torch.nan)


class WithoutSource(Ratio):
    spec = CARD.model_copy(update={"source": " "})


class Infinite(Ratio):
    def of_bands(self, a, b):
        y = super().of_bands(a, b)
        return torch.where((y > 0.6) & (y < 0.7), torch.inf, y)


class View(Ratio):
    """The first band, as it lies in the image, unless a gradient is asked for."""

    spec = CARD.model_copy(update={"degree": 1})

    def of_bands(self, a, b):
        return torch.where(torch.isfinite(a), a, torch.nan) if a.requires_grad else a


class Changing(Ratio):
    def forward(self, x, band_dim=-3):
        if not x.requires_grad and x.is_contiguous() and x.ndim == 4 and x.is_floating_point():
            x[..., 0, 0] = 0.25
        return super().forward(x, band_dim)


class AlwaysDouble(Ratio):
    def of_bands(self, a, b):
        return super().of_bands(a, b).double()


class OnAnotherDevice(Ratio):
    def forward(self, x, band_dim=-3):
        return super().forward(x, band_dim).to("meta")


class TakesIntegers(Ratio):
    def forward(self, x, band_dim=-3):
        return super().forward(x if x.is_floating_point() else x.float(), band_dim)


class TakesAnything(Ratio):
    def forward(self, x, band_dim=-3):
        if not x.is_floating_point():
            raise NotFloatingError(x.dtype)
        return self.of_bands(x.select(band_dim, 0), x.select(band_dim, 1))


class OneBatchDimension(Ratio):
    def forward(self, x, band_dim=-3):
        y = super().forward(x, band_dim)
        return y.flip(0) if x.ndim == 5 else y


class BandsNeverFirst(Ratio):
    def forward(self, x, band_dim=-3):
        y = super().forward(x, band_dim)
        return y.flip(0) if x.ndim == 4 and band_dim == 0 else y


class Contiguous(Ratio):
    def forward(self, x, band_dim=-3):
        y = super().forward(x, band_dim)
        last = x.ndim == 4 and x.is_contiguous(memory_format=torch.channels_last)
        return y.flip(0) if last and not x.is_contiguous() else y


class Vignetted(Ratio):
    def of_bands(self, a, b):
        y = super().of_bands(a, b)
        return y * (1 + 0.1 * torch.arange(y.shape[-1], dtype=y.dtype)) if y.ndim else y


class TakesNanForZero(Ratio):
    def of_bands(self, a, b):
        return super().of_bands(*(torch.nan_to_num(v, 0.0, 0.0, 0.0) for v in (a, b)))


class Spreading(Ratio):
    """A pixel of no data takes the row with it."""

    def of_bands(self, a, b):
        y = super().of_bands(a, b)
        return y + 0 * y.detach().sum(dim=-1, keepdim=True) if y.ndim else y


class GradientOfNoData(Ratio):
    def of_bands(self, a, b):
        """Its values are right."""
        y = super().of_bands(a, b)
        return torch.where(torch.isnan(y), y * 0 + (a - a.detach()), y)


class NeedsAllBands(Ratio):
    def forward(self, x, band_dim=-3):
        return super().forward(x, band_dim) + 0 * x.sum(dim=band_dim)


class SingleWhere(Ratio):
    """The classic trap: the branch that is not taken has a slope that is not finite."""

    def of_bands(self, a, b):
        finite = torch.isfinite(a) & torch.isfinite(b)
        a, b = torch.where(finite, a, 0.5), torch.where(finite, b, 0.5)
        usable = finite & ((a + b).abs() > 1e-18)
        return torch.where(usable, (a - b) / (a + b), torch.nan)


class TwiceTheSlope(Ratio):
    def of_bands(self, a, b):
        y = super().of_bands(a, b)
        return y + (y - y.detach())


class OnceDifferentiable(Ratio):
    """The slope is right, and its own slope is lost."""

    def of_bands(self, a, b):
        return _Ratio.apply(a, b)


class _Ratio(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Ratio.of_bands(None, a, b)

    @staticmethod
    def backward(ctx, upstream):
        a, b = (v.detach().requires_grad_() for v in ctx.saved_tensors)
        with torch.enable_grad():
            y = Ratio.of_bands(None, a, b)
        slopes = torch.autograd.grad(y, (a, b), torch.ones_like(y))
        return tuple(slope.detach() * upstream for slope in slopes)


class KeepsAGraph(Ratio):
    def __init__(self):
        super().__init__()
        self.one = [torch.ones((), requires_grad=True)]  # hidden from `parameters`

    def of_bands(self, a, b):
        return super().of_bands(a, b) * self.one[0].to(a.dtype)


class Unpicklable(Ratio):
    def __init__(self):
        super().__init__()
        self.function = lambda value: value


class Coarse(Ratio):
    def of_bands(self, a, b):
        if a.dtype != torch.float32:
            return super().of_bands(a, b)
        return super().of_bands(a.half(), b.half()).float()


class Shortened(Ratio):
    """A product of matrices, which autocast computes in half precision."""

    def of_bands(self, a, b):
        both = torch.stack([a, b], dim=-1) @ torch.eye(2, dtype=a.dtype)
        return super().of_bands(*both.unbind(dim=-1))


class WrongDegree(Ratio):
    spec = CARD.model_copy(update={"degree": 1})


BROKEN = [
    ("card", WithoutSource),
    ("value", Infinite),
    ("pure", View),
    ("dtype", AlwaysDouble),
    ("integers", TakesIntegers),
    ("refusals", TakesAnything),
    ("batch", OneBatchDimension),
    ("band_dim", BandsNeverFirst),
    ("layout", Contiguous),
    ("pixels", Vignetted),
    ("no_data", TakesNanForZero),
    ("unused_bands", NeedsAllBands),
    ("gradient", SingleWhere),
    ("derivatives", TwiceTheSlope),
    ("derivatives", OnceDifferentiable),
    ("graph", KeepsAGraph),
    ("copies", Unpicklable),
    ("precision", Coarse),
    ("autocast", Shortened),
    ("degree", WrongDegree),
]


def broken(operator, **given):
    with pytest.raises(BrokenLawError) as refusal:
        check_operator(operator, **given)
    return refusal.value


def test_an_operator_that_keeps_every_law_passes():
    assert check_operator(Ratio()) is None
    assert check_operator(physops.get("savi", sensor="S2A")) is None


@pytest.mark.parametrize(("law", "operator"), BROKEN)
def test_an_operator_that_breaks_one_law_is_told_of_this_one(law, operator):
    error = broken(operator())
    assert list(error.laws) == [law]
    name = operator.__name__
    assert str(error).startswith(f"ratio ({name}) breaks the law of operators {law}: ")
    assert str(error).endswith(f". Again: check_operator(op, laws=['{law}'], seed=0)")
    assert "\n" not in str(error)
    again = broken(operator(), laws=[law])
    assert again.laws == error.laws


@pytest.mark.parametrize(
    ("law", "operator"),
    [
        ("pure", Changing),
        ("device", OnAnotherDevice),
        ("no_data", Spreading),
        ("no_data", GradientOfNoData),
        ("gradient", GradientOfNoData),
    ],
)
def test_what_breaks_many_laws_is_told_of_the_one_asked_for(law, operator):
    assert list(broken(operator(), laws=[law]).laws) == [law]


class Deepest(Ratio):
    """The least of many bands, relative to the first: most are never the least of a few pixels."""

    band_count = 200

    def forward(self, x, band_dim=-3):
        dim = band_axis(x, band_dim, self.band_count)
        spectra = x.movedim(dim, -1)
        there = torch.isfinite(spectra).all(-1)
        spectra = torch.where(there[..., None], spectra, 0.5)
        return torch.where(there, spectra[..., 1:].amin(-1), torch.nan)

    spec = CARD.model_copy(update={"degree": 1})


def test_a_band_that_counts_only_when_it_is_the_least_of_all_is_one_that_counts():
    case = Case(Deepest(), 200, (True,) * 200)
    assert len(case.used) < 199
    assert case.unused == [0]
    assert (
        broken(Deepest(), laws=["unused_bands"])
        .laws["unused_bands"]
        .startswith(
            "with nan in band 0, which made no difference from 0 to 1: nan at (0, 0, 0), not "
        )
    )


def test_the_band_that_does_it_is_named():
    class NeedsTheLast(Ratio):
        def forward(self, x, band_dim=-3):
            return super().forward(x, band_dim) + 0 * x.select(band_dim, 3)

    assert "with nan in band 3, " in broken(NeedsTheLast()).laws["unused_bands"]


def scaled(scale, offset):
    return physops.get("ndvi", sensor="S2A", scale=scale, offset=offset)


def test_digital_numbers_are_to_give_what_reflectance_gives():
    ndvi = physops.get("ndvi", sensor="S2A")
    check_operator(ndvi, digital=scaled(1e-4, -0.1), scale=1e-4, offset=-0.1)
    error = broken(ndvi, digital=scaled(1e-4, 0.0), scale=1e-4, offset=-0.1)
    assert list(error.laws) == ["digital_numbers"]


def test_every_law_is_broken_by_something():
    tried = {law for law, _ in BROKEN} | {"pure", "device", "digital_numbers"}
    assert tried == set(LAWS)


class Smoothed(Ratio):
    """A mean over the image, of no single pixel."""

    def of_bands(self, a, b):
        return super().of_bands(a, b).mean(dim=(-2, -1))


def test_what_is_no_function_of_single_pixels_says_so():
    assert "pass pointwise=False" in broken(Smoothed(), laws=["value"]).laws["value"]
    hazards = {"gradient"}  # one pixel without a value takes all with it
    check_operator(Smoothed(), pointwise=False, laws=set(LAWS) - hazards)


def test_a_fill_is_told():
    filled = physops.get("ndvi", sensor="S2A", fill=-9.0)
    check_operator(filled, no_data=-9.0)
    assert list(broken(filled).laws) == ["no_data"]


def test_thermal_bands_are_not_scaled_with_reflectance():
    bands = physops.Bands.at([560.0, 665.0, 835.0, 10900.0, 11450.0, 12000.0])
    for name in physops.list(bands=bands):
        check_operator(physops.get(name, bands=bands), bands=bands, laws=["degree"])
    thermal = {n for n in physops.list(bands=bands) if "T" in physops.spec(n).operands}
    assert thermal
    assert any(physops.spec(name).degree is not None for name in thermal)
    first = min(name for name in thermal if physops.spec(name).degree is not None)
    assert list(broken(physops.get(first, bands=bands)).laws) == ["degree"]


def test_a_failure_names_place_value_and_what_was_wanted():
    text = broken(WrongDegree()).laws["degree"]
    assert text.startswith("with 0.25 times the reflectance, by its degree 1: ")
    assert " at (0, 0, 0), not " in text
    assert "of 24 values differ" in text


class Failing(Ratio):
    def of_bands(self, a, b):
        raise RuntimeError("size mismatch\nin two lines")


def test_an_operator_that_fails_breaks_the_law_by_it():
    error = broken(Failing(), laws=["pure"])
    assert error.laws == {"pure": "RuntimeError: size mismatch in two lines"}
    assert isinstance(error.__cause__, RuntimeError)


class Learned(Ratio):
    """Weights in single precision, which have to be turned into the image's."""

    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor(1.5))

    def of_bands(self, a, b):
        return super().of_bands(a, b) * self.gain.expand(a.shape)


def test_an_operator_with_weights_is_turned_into_the_dtype():
    assert check_operator(Learned()) is None


def test_the_number_of_bands_must_be_known():
    class Uncounted(Ratio):
        def forward(self, x, band_dim=-3):
            return Ratio().forward(x, band_dim)

    Uncounted.band_count = None
    with pytest.raises(TypeError, match=r"how many bands an image of Uncounted has; give bands="):
        check_operator(Uncounted())
    check_operator(Uncounted(), bands=4, laws=["value"])
    check_operator(Uncounted(), bands=physops.Bands.at(np.arange(400.0, 800.0, 100)), laws=["pure"])


def test_a_law_that_there_is_not_is_refused():
    with pytest.raises(UnknownNameError, match=r"a law called 'gradients' is not known.*gradient"):
        check_operator(Ratio(), laws=["gradients"])


def test_no_laws_at_all_are_refused():
    with pytest.raises(
        ParameterError, match=r"laws is \[\]; give a list of names of laws, or leave"
    ):
        check_operator(Ratio(), laws=[])


TRACED = """
import physops, torch
from physops.errors import BrokenLawError
from physops.testing import check_operator

ndvi = physops.get("ndvi", sensor="S2A")
check_operator(ndvi, laws=["compiled", "mapped"])

class Other(physops.Operator):
    spec, band_count = ndvi.spec, 13
    def forward(self, x, band_dim=-3):
        y = ndvi(x, band_dim)
        return y + 1 if torch.compiler.is_compiling() else y

class Looking(Other):
    def forward(self, x, band_dim=-3):
        float(x.detach().sum())  # a number cannot be had while it is mapped
        return ndvi(x, band_dim)

for operator, law in ((Other(), "compiled"), (Looking(), "mapped")):
    try:
        check_operator(operator, compile=True)
    except BrokenLawError as error:
        print(law, list(error.laws))
"""


def test_tracing_is_tried_on_request():
    """As users have it: the type checks of the tests cannot be traced."""
    done = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["compiled ['compiled']", "mapped ['mapped']"]
