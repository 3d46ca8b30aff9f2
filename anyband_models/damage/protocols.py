"""Damage by name: families of masks, so that a score can be had again by anybody.

A family's name and a seed give one mask of a scene. Let ``n`` be the number of good bands, in
the file's order, and ``rng = numpy.random.default_rng(seed)`` (PCG64). A number of bands or
columns is rounded to the nearest, a half to the even one.

``random-P``
    The first ``round(n P / 100)`` of ``rng.permutation(n)`` are missing, whole bands. With one
    seed, a smaller P takes some of the bands that a larger one takes.
``kN``
    ``N`` good bands stay: the first ``n - N`` of ``rng.permutation(n)`` are missing.
``gap-P``
    ``m = round(n P / 100)`` good bands, at least one, that follow each other when sorted by
    wavelength (stable), from the ``rng.integers(0, n - m + 1)``-th on, counted from zero.
``pixel-P``
    An entry of the good bands is missing where ``rng.random((n, y, x)) < P / 100``.
``stripes-P``
    The first ``ceil(n / 3)`` of ``rng.permutation(n)``, one after the other, each lose the
    columns ``rng.permutation(x)[:round(x P / 100)]``, at least one.
``sensor-ID``
    A good band stays if its centre lies between the outermost half maxima, these included, of a
    band of that sensor (`srf_library.get`); the others are missing. The seed plays no part.
``without-LOW-HIGH``
    A good band is missing if its centre lies from LOW to HIGH [nm], these included: red, say, by
    ``without-620-700``. The seed plays no part.

P, LOW and HIGH may have decimals (``random-12.5``). Bands that are not good are never marked. A
mask that would remove nothing, or everything, is refused.

NumPy promises the bits of PCG64, but not those of ``permutation``, ``integers`` and ``random``.
In practice they are stable: the masks pinned in tests/golden come out the same with NumPy 1.26,
2.0 and 2.4. Should they change, the tests will say so.
"""

import math
import re
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from anyband_models.errors import UsageError
from srf_library import Sensor, get

FAMILIES = {
    "random-P": "P % of the good bands, drawn at random, are missing (0 < P < 100)",
    "kN": "only N good bands, drawn at random, stay (N of 1 or more, below their number)",
    "gap-P": "P % of the good bands, neighbours in wavelength, are missing (0 < P < 100)",
    "pixel-P": "each entry of the good bands is missing with probability P % (0 < P < 100)",
    "stripes-P": "a third of the good bands lose P % of their columns each (0 < P <= 100)",
    "sensor-ID": "only good bands that a sensor of `srf list` would have seen stay",
    "without-LOW-HIGH": "good bands centred from LOW to HIGH nm are missing (LOW <= HIGH)",
}

_PERCENT = re.compile(r"(random|gap|pixel|stripes)-(\d+(?:\.\d+)?)", re.ASCII)
_KEEP = re.compile(r"(k)(\d+)", re.ASCII)
_WITHOUT = re.compile(r"without-(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", re.ASCII)


class Range(NamedTuple):
    """A range of wavelengths, its ends included.

    Attributes:
        low: [nm].
        high: [nm].
    """

    low: float
    high: float


def draw(
    family: str,
    shape: tuple[int, int, int],
    wavelength: Float[np.ndarray, " band"],
    good: Bool[np.ndarray, " band"],
    seed: int,
) -> Bool[np.ndarray, "band y x"]:
    """Draw which entries of a scene to remove.

    Args:
        family: a name such as ``"random-50"``; the patterns are in `FAMILIES`.
        shape: bands, rows and columns of the scene.
        wavelength: band centres [nm], in the file's order.
        good: True = usable.
        seed: the same seed gives the same mask.

    Returns:
        True = removed.

    Raises:
        UsageError: if the name is not understood, or the scene cannot be damaged that way.

    >>> bands = np.array([450.0, 550.0, 650.0, 850.0])
    >>> draw("k1", (4, 1, 1), bands, np.ones(4, dtype=bool), seed=0).ravel()
    array([ True,  True,  True, False])
    """
    kind, what = parse(family)
    chosen = np.flatnonzero(good)
    _check_possible(family, kind, what, len(chosen))
    missing = np.zeros(shape, dtype=bool)
    if isinstance(what, Sensor):
        missing[chosen] = ~_seen(what, wavelength[chosen])[:, np.newaxis, np.newaxis]
    elif isinstance(what, Range):
        missing[chosen] = _within(what, wavelength[chosen], family)[:, np.newaxis, np.newaxis]
    else:
        size = (len(chosen), *shape[1:])
        missing[chosen] = _missing(kind, what, seed, size, wavelength[chosen])
    _check_sensible(family, missing[chosen])
    return missing


def parse(family: str) -> tuple[str, float | Sensor | Range]:
    """Return the kind of a family and its number, P [%] or N, its sensor or its range.

    Raises:
        UsageError: if the name is not understood, or no scene allows its number.
        UnknownNameError, AmbiguousNameError, NotShippedError: if there is no such sensor.

    >>> parse("random-12.5")
    ('random', 12.5)
    """
    if family.startswith("sensor-"):
        return "sensor", get(family.removeprefix("sensor-"))
    if match := _WITHOUT.fullmatch(family):
        return "without", _range(family, float(match[1]), float(match[2]))
    if family.startswith("without-"):
        raise UsageError(
            f"{family!r} names no range of wavelengths; write its ends in nm, as in "
            "without-620-700 for red"
        )
    match = _PERCENT.fullmatch(family) or _KEEP.fullmatch(family)
    if match is None:
        raise UsageError(f"{family!r} is not a family of masks; choose {_offered()}")
    kind, number = match[1], float(match[2])
    if kind == "k" and number < 1:
        raise UsageError(f"{family!r} keeps no band; keep at least 1, as k1 does")
    if kind != "k" and not 0 < number <= 100:
        raise UsageError(
            f"{family!r} asks for {number:g} %; P must be above 0 and not above 100, "
            f"as in {kind}-50"
        )
    return kind, number


def is_drawn(family: str) -> bool:
    """Return whether another seed gives another mask of a family.

    >>> is_drawn("random-50"), is_drawn("without-620-700")
    (True, False)
    """
    return not isinstance(parse(family)[1], Sensor | Range)


def _range(family: str, low: float, high: float) -> Range:
    if low > high:
        raise UsageError(
            f"{family!r} goes from {low:g} to {high:g} nm; write the shorter wavelength first, "
            "as in without-620-700"
        )
    return Range(low, high)


def _offered() -> str:
    *most, last = FAMILIES
    return f"{', '.join(most)} or {last}"


def _missing(
    kind: str,
    number: float,
    seed: int,
    shape: tuple[int, int, int],
    wavelength: Float[np.ndarray, " good"],
) -> Bool[np.ndarray, "good y x"]:
    """Draw among the good bands alone, word for word as the module says."""
    rng = np.random.default_rng(seed)
    n, _, x = shape
    missing = np.zeros(shape, dtype=bool)
    match kind:
        case "random":
            missing[rng.permutation(n)[: _share(n, number)]] = True
        case "k":
            missing[rng.permutation(n)[: n - int(number)]] = True
        case "gap":
            m = max(1, _share(n, number))
            start = rng.integers(0, n - m + 1)
            missing[np.argsort(wavelength, kind="stable")[start : start + m]] = True
        case "pixel":
            missing = rng.random(shape) < number / 100
        case "stripes":
            for band in rng.permutation(n)[: math.ceil(n / 3)]:
                missing[band, :, rng.permutation(x)[: max(1, _share(x, number))]] = True
    return missing


def _seen(sensor: Sensor, wavelength: Float[np.ndarray, " good"]) -> Bool[np.ndarray, " good"]:
    low, high = np.array([band.profile.half_maxima for band in sensor]).T
    at = wavelength[:, np.newaxis]
    return ((at >= low) & (at <= high)).any(axis=1)


def _within(
    what: Range, wavelength: Float[np.ndarray, " good"], family: str
) -> Bool[np.ndarray, " good"]:
    within = (wavelength >= what.low) & (wavelength <= what.high)
    if not within.any():
        raise UsageError(
            f"{family!r}: no good band is centred from {what.low:g} to {what.high:g} nm; they are "
            f"centred from {wavelength.min():g} to {wavelength.max():g} nm"
        )
    return within


def _share(count: int, percent: float) -> int:
    return round(count * percent / 100)


def _check_possible(family: str, kind: str, what: float | Sensor | Range, good: int) -> None:
    if not good:
        raise UsageError("the scene has no good band to damage; mark the usable ones as good")
    if kind == "k" and isinstance(what, float) and what >= good:
        raise UsageError(
            f"{family!r} keeps {what:g} bands, but the scene has {good} good ones; "
            "keep fewer than that, and at least 1"
        )


def _check_sensible(family: str, missing: Bool[np.ndarray, "good y x"]) -> None:
    count = len(missing)
    if not missing.any():
        raise UsageError(
            f"{family!r} removes nothing of the {count} good bands; ask for more damage"
        )
    if missing.all():
        raise UsageError(
            f"{family!r} removes all of the {count} good bands, and a repair needs something to "
            "go by; ask for less damage"
        )
