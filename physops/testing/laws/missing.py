"""Laws of no data: it is seen, it gives no gradient, and it stays where it is."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from physops.testing.case import CLOSE, Case, nowhere, same

NOT_FINITE = (torch.nan, torch.inf, -torch.inf)
# An operator may bear the loss of a band that hardly counts, as the resampling does.
SHARE = 0.01
# With more bands than these, as many are tried, those that count most among them.
MOST_BANDS = 24


def no_data(case: Case) -> None:
    """A pixel that is not finite gives no data and no gradient, and its neighbours do not change.

    So does a single band that is not finite, in what depends on it.
    """
    if not case.pointwise:
        return
    x = case.image(2)
    y, slope = case.slopes(x)
    for bad in NOT_FINITE:
        spoilt = x.clone()
        spoilt[1, :, 2, 1] = bad
        what = f"beside a pixel of {bad}"
        got, gradient = case.slopes(spoilt)
        at = got[1, ..., 2, 1]
        nowhere(~case.missing(at), at, "no data", f"a pixel of {bad}")
        at = gradient[1, :, 2, 1]
        nowhere(at != 0, at, "no gradient", f"a pixel of {bad}")
        got[1, ..., 2, 1] = y[1, ..., 2, 1]
        gradient[1, :, 2, 1] = slope[1, :, 2, 1]
        same(got, y, what)
        same(gradient, slope, f"the gradient {what}")
        _one_band(case, bad)


def _one_band(case: Case, bad: float) -> None:
    """Try a stack of the same pixels, in each of which another band of the first one is bad."""
    tried = _tried(case)
    if not tried:
        return
    x = case.row(2).expand(len(tried), -1, -1, -1).clone()
    y, slope = case.slopes(x)
    for number, band in enumerate(tried):
        x[number, band, 0, 0] = bad
    got, gradient = case.slopes(x)
    same(got[..., 1], y[..., 1], f"beside a pixel with a band of {bad}")
    same(gradient[..., 1], slope[..., 1], f"the gradient beside a pixel with a band of {bad}")
    at = got[..., 0, 0].reshape(len(tried), -1)
    leaning = _leaning(case.influence)[tried]
    nowhere(leaning & ~case.missing(at), at, "no data", f"{bad} in one of the bands {tried}")
    at_pixel = gradient[..., 0, 0]
    lost = case.missing(at).all(dim=1, keepdim=True).expand_as(at_pixel).clone()
    lost[range(len(tried)), tried] = True
    what = f"the gradient of a pixel with {bad} in one of the bands {tried}"
    nowhere(lost & (at_pixel != 0), at_pixel, "0", what)
    nowhere(~torch.isfinite(at_pixel), at_pixel, "finite", what)


def unused_bands(case: Case) -> None:
    """A band that the result does not depend on may hold anything, in any pixel."""
    if not case.unused:
        return
    for bad in NOT_FINITE:
        try:
            _without(case, case.unused, bad)
        except AssertionError:
            for band in case.unused:  # which of them does it
                _without(case, [band], bad)
            raise


def _without(case: Case, bands: list[int], bad: float) -> None:
    x = case.image(2)
    y = case.exact(x)
    x[:, bands] = bad
    got, gradient = case.slopes(x)
    what = f"band {bands[0]}" if len(bands) == 1 else f"bands {bands[:8]}"
    same(got, y, f"with {bad} in {what}, which made no difference from 0 to 1", **CLOSE)
    at = gradient[:, bands]
    nowhere(at != 0, at, "0", f"the gradient of {what}, which made no difference from 0 to 1")


def _tried(case: Case) -> list[int]:
    strongest = case.influence.amax(dim=1).argsort(descending=True)[:MOST_BANDS].tolist()
    return sorted(set(strongest) & set(case.used))


def _leaning(influence: Float[Tensor, "band output"]) -> Bool[Tensor, "band output"]:
    return (influence > 0) & (influence >= SHARE * influence.amax(dim=0))
