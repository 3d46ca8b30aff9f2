"""Hypothesis strategies of what operators are given: bands, images of reflectance, masks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from physops.bands import Bands
from physops.errors import NoHypothesisError

try:
    from hypothesis import strategies as st
    from hypothesis.extra.numpy import array_shapes, arrays
except ImportError as error:
    raise NoHypothesisError from error

# A part that every floating dtype holds exactly: examples shrink to multiples of it.
PART = 1 / 64
# Hypothesis's own type of it cannot be checked while a program runs.
Draw = Callable[..., Any]


@st.composite
def bands(draw: Draw, min_size: int = 1, max_size: int = 20) -> Bands:
    """Draw bands between 400 and 2500 nm, all good, in any order.

    Their widths are not known, or from 1 to 40 nm.

    Args:
        draw: given by Hypothesis.
        min_size: the smallest number of bands.
        max_size: the largest.

    >>> from hypothesis import given
    >>> @given(bands(min_size=2))
    ... def test_there_are_two(bands):
    ...     assert len(bands) >= 2
    >>> test_there_are_two()
    """
    places = st.lists(st.integers(400, 2500), min_size=min_size, max_size=max_size, unique=True)
    centres = np.array(draw(places), dtype=float)
    widths = st.just(np.nan) | st.integers(1, 40).map(float)
    fwhm = np.array([draw(widths) for _ in centres])
    return Bands(centres, fwhm, np.ones(len(centres), dtype=bool))


def reflectance(
    bands: int | Bands,
    *,
    batch: tuple[int, ...] = (),
    space: tuple[int, ...] | None = None,
    dtype: torch.dtype = torch.float32,
    hazards: bool = False,
    missing: bool = False,
) -> st.SearchStrategy[Tensor]:
    """Draw images ``(*batch, band, *space)`` of reflectances [1], from 1/64 to 1.

    They shrink to few pixels of 1/64.

    Args:
        bands: their bands, or how many.
        batch: the dimensions before the bands.
        space: those after them; two of at most four pixels, if left out.
        dtype: of single precision or more, for less rounds away what was drawn.
        hazards: whether to draw zeros, negative values, and images of equal bands, too: where
            formulas have their poles.
        missing: whether to draw NaN and infinity, too.

    >>> import physops
    >>> from hypothesis import given
    >>> @given(reflectance(13, hazards=True))
    ... def test_ndvi_is_finite_or_missing(x):
    ...     assert not physops.get("ndvi", sensor="S2A")(x).isinf().any()
    >>> test_ndvi_is_finite_or_missing()
    """
    count = bands if isinstance(bands, int) else len(bands)
    values = st.integers(1, 64).map(lambda parts: parts * PART) | st.floats(PART, 1.0, width=32)
    if hazards:
        values |= st.sampled_from([0.0, -PART, 2**-100])
    if missing:
        values |= st.sampled_from([np.nan, np.inf, -np.inf])

    spaces = array_shapes(min_dims=2, max_dims=2, max_side=4) if space is None else st.just(space)
    counts = st.sampled_from([count, 1]) if hazards else st.just(count)
    return st.tuples(counts, spaces).flatmap(
        # Without a fill each value is drawn for itself, and shrinks for itself.
        lambda drawn: arrays(
            np.float64, (*batch, drawn[0], *drawn[1]), elements=values, fill=st.nothing()
        ).map(lambda x: torch.from_numpy(x).to(dtype).expand(*batch, count, *drawn[1]).clone())
    )


def masks(*shape: int) -> st.SearchStrategy[Tensor]:
    """Draw masks of a shape: True where a value counts; they shrink to none.

    >>> from hypothesis import given
    >>> @given(masks(2, 3))
    ... def test_a_mask_is_of_its_shape(mask):
    ...     assert mask.shape == (2, 3)
    >>> test_a_mask_is_of_its_shape()
    """
    return arrays(np.bool_, shape).map(torch.from_numpy)
