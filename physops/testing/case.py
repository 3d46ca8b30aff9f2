"""What the laws are tried on: an operator, the images that it is given, and what it must give."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor

from physops.errors import PhysopsError
from physops.operator import Operator

SHORT = (torch.float16, torch.bfloat16)
# Rounding in double precision, through formulas that enlarge it near their poles.
CLOSE = {"rtol": 1e-7, "atol": 1e-9}
# Darker and brighter than all that `Case.image` and `Case.row` hold.
ENDS = (0.0, 1.0)


@dataclass(frozen=True)
class Case:
    """An operator and what is said of it; see `physops.testing.check_operator`."""

    op: Operator
    bands: int
    reflects: tuple[bool, ...]
    pointwise: bool = True
    no_data: float = torch.nan
    digital: Operator | None = None
    scale: float = 1.0
    offset: float = 0.0
    seed: int = 0
    device: str = "cpu"

    def random(self, *shape: int, dtype: torch.dtype = torch.float64) -> Float[Tensor, "..."]:
        """Return numbers from 0 to 1, the same for the same shape."""
        rng = torch.Generator().manual_seed(self.seed)
        return torch.rand(*shape, generator=rng, dtype=torch.float64).to(self.device, dtype)

    def image(self, *batch: int, dtype: torch.dtype = torch.float64) -> Float[Tensor, "..."]:
        """Return reflectances from 0.05 to 0.95 of 3 x 4 pixels."""
        return (0.05 + 0.9 * self.random(*batch, self.bands, 3, 4)).to(dtype)

    def row(self, pixels: int) -> Float[Tensor, "1 band 1 pixel"]:
        """Return reflectances from 0.05 to 0.95 of pixels in a row, in doubles."""
        return 0.05 + 0.9 * self.random(1, self.bands, 1, pixels)

    def within(self, dtype: torch.dtype) -> Operator:
        """Return the operator for a dtype: one that has weights is turned into it."""
        state = (*self.op.parameters(), *self.op.buffers())
        if any(tensor.is_floating_point() for tensor in state):
            return copy.deepcopy(self.op).to(dtype)
        return self.op

    @cached_property
    def exact(self) -> Operator:
        """The operator in double precision."""
        return self.within(torch.float64)

    def dtypes(self) -> Iterator[tuple[torch.dtype, Operator]]:
        """Return each dtype that the operator takes: half precision may be refused."""
        for dtype in (torch.float32, torch.float64, *SHORT):
            op = self.within(dtype)
            try:
                op(self.image(1, dtype=dtype))
            except PhysopsError:
                if dtype not in SHORT:
                    raise
                continue
            yield dtype, op

    def missing(self, y: Float[Tensor, "..."]) -> Bool[Tensor, "..."]:
        """Return where a result stands for no data."""
        return torch.isnan(y) | (y == self.no_data)

    def slopes(
        self, x: Float[Tensor, "..."], op: Operator | None = None
    ) -> tuple[Float[Tensor, "..."], Float[Tensor, "..."]]:
        """Return the result, and the gradient of its sum."""
        x = x.detach().clone().requires_grad_()
        y = (op or self.exact)(x)
        if not y.requires_grad:
            raise AssertionError("its result has no gradient, though the image asks for one")
        (slope,) = torch.autograd.grad(y, x, torch.ones_like(y), allow_unused=True)
        return y.detach(), torch.zeros_like(x) if slope is None else slope

    @cached_property
    def influence(self) -> Float[Tensor, "band output"]:
        """By how much each output changes, at most, if a band does."""
        base = self.row(16)[0]
        other = 0.05 + 0.9 * self.random(*base.shape).flip(-1)
        x = base.expand(self.bands + 1, *base.shape).clone()
        for band in range(self.bands):
            x[band + 1, band] = other[band]
        y = torch.nan_to_num(self.exact(x), 0.0, 0.0, 0.0).detach()
        change = (y[1:] - y[0]).abs()
        if not self.pointwise:
            return change.reshape(self.bands, -1)
        return change.reshape(self.bands, -1, base.shape[-1]).amax(dim=-1)

    @cached_property
    def used(self) -> list[int]:
        """The bands that the result depends on."""
        return torch.nonzero(self.influence.amax(dim=1)).flatten().tolist()

    @cached_property
    def unused(self) -> list[int]:
        """The bands that it does not depend on, nor if they are the darkest or brightest of all.

        A maximum over many bands may have been that of others in each of the pixels tried.
        """
        others = sorted(set(range(self.bands)) - set(self.used))
        return [band for band in others if not self._counts_at_an_end(band)]

    def _counts_at_an_end(self, band: int) -> bool:
        base = self.row(16)[0]
        x = base.expand(1 + len(ENDS), *base.shape).clone()
        x[1:, band] = torch.tensor(ENDS, dtype=x.dtype, device=x.device)[:, None, None]
        y = torch.nan_to_num(self.exact(x), 0.0, 0.0, 0.0).detach()
        return bool((y[1:] != y[:1]).any())


def same(
    got: Shaped[Tensor, "..."],
    wanted: Shaped[Tensor, "..."],
    what: str,
    rtol: float = 0.0,
    atol: float = 0.0,
) -> None:
    """Compare two results; NaN is like NaN.

    Raises:
        AssertionError: with ``what``, and the place where they differ most.
    """
    if got.shape != wanted.shape:
        raise AssertionError(f"{what}: shape {tuple(got.shape)}, not {tuple(wanted.shape)}")
    if got.dtype != wanted.dtype:
        raise AssertionError(f"{what}: {got.dtype}, not {wanted.dtype}")
    alike = torch.isclose(got, wanted, rtol=rtol, atol=atol, equal_nan=True)
    nowhere(~alike, got, wanted, what)


def nowhere(
    wrong: Bool[Tensor, "..."],
    got: Shaped[Tensor, "..."],
    wanted: Shaped[Tensor, "..."] | str,
    what: str,
) -> None:
    """Refuse what is wrong at any place.

    Raises:
        AssertionError: with ``what``, the first such place, and what stands there.
    """
    if not wrong.any():
        return
    place = tuple(torch.nonzero(wrong)[0].tolist())
    value = wanted[place].item() if isinstance(wanted, Tensor) else wanted
    count = f"{int(wrong.sum())} of {wrong.numel()} values"
    raise AssertionError(f"{what}: {got[place].item()!r} at {place}, not {value} ({count} differ)")
