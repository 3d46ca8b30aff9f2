"""One call that holds an operator to every law."""

from collections.abc import Collection
from textwrap import shorten

import numpy as np
import torch

from physops.bands import Bands
from physops.errors import BrokenLawError, NotOperatorError, ParameterError
from physops.operator import Operator
from physops.testing.case import Case
from physops.testing.laws import LAWS, TRACED
from srf_library import UnknownNameError

# Beyond it bands measure what a body emits, not what it reflects [nm].
REFLECTED_NM = 3000.0
# What is told of a fault [characters]: a comparison of derivatives prints whole matrices.
LONGEST = 400


def check_operator(
    op: Operator,
    *,
    bands: Bands | int | None = None,
    pointwise: bool = True,
    no_data: float = torch.nan,
    digital: Operator | None = None,
    scale: float = 1e-4,
    offset: float = 0.0,
    laws: Collection[str] | None = None,
    compile: bool = False,
    seed: int = 0,
    device: str = "cpu",
) -> None:
    """Hold an operator to every law of operators: one line in your own tests.

    The laws are the keys of `physops.testing.LAWS`, and the functions there say what each demands.
    They are tried on seeded random reflectances, 0.05 to 0.95 [1], on zeros, equal and negative
    bands, and on what is not finite. All are tried, and all that are broken are named. A network
    is to be in evaluation mode.

    Args:
        op: the operator.
        bands: the bands of its images, or how many; may be left out if the operator has a
            ``band_count``. What lies beyond 3000 nm is not scaled with the reflectances.
        pointwise: whether each pixel of the result depends on that pixel alone; if not, the laws
            ``pixels`` and ``no_data`` are left out.
        no_data: what it gives where there is no value.
        digital: the same operator built for digital numbers, if it can be.
        scale: reflectance = number * scale + offset, as ``digital`` was told.
        offset: see ``scale``.
        laws: the names of the laws to try; all, if left out.
        compile: whether to try `torch.compile` and `torch.func.vmap`, too, which takes seconds.
        seed: which random images.
        device: where they lie.

    Raises:
        BrokenLawError: an `AssertionError` that names the operator, each law that it breaks, what
            was tried and came out, and the call that tries it again.
        UnknownNameError: if there is no such law.
        ParameterError: if ``laws`` is empty, or a text.
        NotOperatorError: if it is no operator.
        TypeError: if it cannot be told how many bands its images have.

    >>> import physops
    >>> check_operator(physops.get("ndvi", sensor="S2A"))
    >>> check_operator(physops.get("ndvi", sensor="S2A", fill=-1.0), laws=["no_data"])
    Traceback (most recent call last):
        ...
    physops.errors.BrokenLawError: NDVI (SpectralIndex) breaks the law of operators ...
    """
    known = {**LAWS, **TRACED}
    if not isinstance(op, Operator):
        raise NotOperatorError("check_operator", op)
    if laws is not None and (isinstance(laws, str) or not laws):
        raise ParameterError("laws", laws, "a list of names of laws, or leave it out for all")
    for name in laws or ():
        if name not in known:
            raise UnknownNameError("a law", name, known)
    asked = known if compile else LAWS
    chosen = list(asked) if laws is None else [name for name in known if name in laws]
    count, reflects = _counted(op, bands)
    case = Case(op, count, reflects, pointwise, no_data, digital, scale, offset, seed, device)
    broken = {name: fault for name in chosen if (fault := _fault(name, case)) is not None}
    if broken:
        title = getattr(getattr(op, "spec", None), "name", "an operator without a card")
        error = BrokenLawError(
            f"{title} ({type(op).__name__})", {n: _told(f) for n, f in broken.items()}, seed
        )
        raise error from next(iter(broken.values()))


def _fault(name: str, case: Case) -> Exception | None:
    try:
        {**LAWS, **TRACED}[name](case)
    except Exception as fault:  # whatever an operator raises, it breaks the law by it
        return fault
    return None


def _told(fault: Exception) -> str:
    text = str(fault) if type(fault) is AssertionError else f"{type(fault).__name__}: {fault}"
    return shorten(text, LONGEST, placeholder=" ...")


def _counted(op: Operator, bands: Bands | int | None) -> tuple[int, tuple[bool, ...]]:
    if isinstance(bands, Bands):
        return len(bands), tuple((bands.wavelength < REFLECTED_NM).tolist())
    count = getattr(op, "band_count", None) if bands is None else bands
    if not isinstance(count, int | np.integer) or count < 1:
        raise TypeError(
            f"it cannot be told how many bands an image of {type(op).__name__} has; give bands=, "
            "physops.Bands or a number"
        )
    return int(count), (True,) * int(count)
