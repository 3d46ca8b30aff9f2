"""Laws of images as arrays: shapes, layouts, batches, dtypes, and what is refused."""

import torch

from physops.errors import BandCountError, DimensionError, NotFloatingError, PhysopsError
from physops.operator import Operator
from physops.testing.case import CLOSE, Case, nowhere, same


def value(case: Case) -> None:
    """It has a finite value for some reflectances and an infinite one for none."""
    x = case.image(8)
    y = case.exact(x)
    if y.ndim < 1 or y.shape[0] != 8:
        raise AssertionError(f"8 images of shape {tuple(x.shape)} give {tuple(y.shape)}")
    if case.pointwise:
        fitting = y.ndim in (x.ndim - 1, x.ndim) and y.shape[-2:] == x.shape[-2:]
        if not fitting:
            raise AssertionError(
                f"an image of shape {tuple(x.shape)} gives {tuple(y.shape)}: neither one value a "
                "pixel nor bands (pass pointwise=False if it is no function of single pixels)"
            )
    nowhere(torch.isinf(y), y, "a number or no data", "an infinite value")
    if not torch.isfinite(y).any():
        raise AssertionError("no value for any of 96 random spectra")


def pure(case: Case) -> None:
    """The image is not changed, nor is the result a view of it; twice gives the same."""
    x = case.image(2)
    before = x.clone()
    first = case.exact(x)
    same(x, before, "the image was changed")
    same(case.exact(x), first, "the same image gives something else the second time")
    if first.untyped_storage().data_ptr() == x.untyped_storage().data_ptr():
        raise AssertionError("the result is a view of the image: who changes one changes the other")


def dtype(case: Case) -> None:
    """The dtype is kept; half precision may be refused instead."""
    for wanted, op in case.dtypes():
        got = op(case.image(2, dtype=wanted)).dtype
        if got != wanted:
            raise AssertionError(f"an image of {wanted} gives {got}")


def device(case: Case) -> None:
    """The result lies where the image lies."""
    x = case.image(2)
    y = case.exact(x)
    if y.device != x.device:
        raise AssertionError(f"an image on {x.device} gives a result on {y.device}")


def integers(case: Case) -> None:
    """Whole numbers are refused in one sentence: they would be taken for reflectance."""
    for whole in (torch.int16, torch.uint8):
        x = (case.image(2) * 100).to(whole)
        refused(case.op, x, -3, NotFloatingError, f"an image of {whole}")


def batch(case: Case) -> None:
    """A batch is its images one by one, however many dimensions it has."""
    x = case.image(2, 3)
    op = case.exact
    alone = torch.stack([torch.stack([op(image) for image in images]) for images in x])
    same(op(x), alone, "a batch of (2, 3) images and each alone", **CLOSE)
    same(op(x[0]), alone[0], "a batch of 3 images and each alone", **CLOSE)


def band_dim(case: Case) -> None:
    """The bands may lie in any dimension that is named, counted from the front or the end."""
    x = case.image(2)
    y = case.exact(x)
    same(case.exact(x, band_dim=1), y, "band_dim=1 and band_dim=-3", **CLOSE)
    if not case.pointwise:
        return
    for dim in (0, 2, 3, -1):
        moved = case.exact(x.movedim(1, dim), band_dim=dim)
        wanted = y.movedim(1, dim) if y.ndim == x.ndim else y
        same(moved, wanted, f"band_dim={dim} of the image so turned", **CLOSE)
    spectrum = case.exact(x[0, :, 0, 0], band_dim=-1)
    wanted = y[0, ..., 0, 0]
    same(spectrum, wanted, "a spectrum alone, with band_dim=-1", **CLOSE)


def layout(case: Case) -> None:
    """It does not matter how the image lies in memory."""
    x = case.image(2)
    y = case.exact(x)
    last = x.contiguous(memory_format=torch.channels_last)
    same(case.exact(last), y, "the image with its bands last in memory", **CLOSE)
    wide = torch.full((*x.shape[:-1], 2 * x.shape[-1]), 0.5, dtype=x.dtype, device=x.device)
    wide[..., ::2] = x
    same(case.exact(wide[..., ::2]), y, "every other column of a wider image", **CLOSE)
    turned = x.transpose(-1, -2).contiguous().transpose(-1, -2)
    same(case.exact(turned), y, "the image stored by columns", **CLOSE)
    one = x[:1].expand(3, -1, -1, -1)
    copies = y[:1].expand(3, *y.shape[1:])
    same(case.exact(one), copies, "one image expanded to three", **CLOSE)


def pixels(case: Case) -> None:
    """Each pixel is for itself: in any order, and of a part as of the whole."""
    if not case.pointwise:
        return
    x = case.image(2)
    y = case.exact(x)
    order = torch.randperm(x.shape[-1], generator=torch.Generator().manual_seed(case.seed))
    same(case.exact(x[..., order]), y[..., order], "the columns in another order", **CLOSE)
    same(case.exact(x[..., 1:, 1:3]), y[..., 1:, 1:3], "a part of the image", **CLOSE)
    if case.exact(x[..., :0]).shape != y[..., :0].shape:
        raise AssertionError("an image without pixels gives another shape than none of its pixels")


def refusals(case: Case) -> None:
    """Another number of bands, or a dimension that is not there, is refused in one sentence."""
    x = case.image(2, dtype=torch.float32)
    op = case.within(torch.float32)
    more = torch.cat([x, x[:, :1]], dim=1)
    refused(op, more, -3, BandCountError, f"an image of {case.bands + 1} bands, not {case.bands}")
    refused(op, x, 9, DimensionError, "band_dim=9 of an image of four dimensions")
    refused(op, x[0, :, 0, 0], -3, DimensionError, "a spectrum, with band_dim=-3")


def refused(op: Operator, x: torch.Tensor, dim: int, error: type[PhysopsError], what: str) -> None:
    """Ask for a refusal.

    Raises:
        AssertionError: if it is none, or none of that kind, or longer than a line.
    """
    try:
        op(x, band_dim=dim)
    except error as refusal:
        text = str(refusal)
        if len(text.split()) < 5 or "\n" in text:
            raise AssertionError(f"{what} is refused, but not in one sentence: {text!r}") from None
        return
    except Exception as other:
        told = f"{type(other).__name__}: {other}".split("\n")[0]
        raise AssertionError(f"{what} gives {told}, and not {error.__name__}") from other
    raise AssertionError(f"{what} is not refused; raise physops.errors.{error.__name__}")
