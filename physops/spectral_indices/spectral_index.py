"""Spectral indices as an operator: one, or many at once."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.bands import Bands
from physops.errors import (
    MissingOperandError,
    NoBandsError,
    NotFloatingError,
    ParameterError,
    UnknownConstantError,
)
from physops.operator import Operator, OperatorSpec, band_axis
from physops.spectral_indices.degree import degree_of
from physops.spectral_indices.formulas import Formulas, Text, formulas
from physops.spectral_indices.operands import (
    check_names,
    described,
    find,
    missing_operands,
    operands_of,
    place_of,
)
from physops.spectral_indices.reading import Reading

SHORT = (torch.float16, torch.bfloat16)


@final
class SpectralIndex(Operator):
    """One or more indices of an image.

    One index takes the place of the band dimension, which is dropped; of several it becomes
    theirs. A pixel in which a band is not finite, or the formula has no finite value (0 / 0, a
    root of something negative), gives ``fill`` and no gradient, and leaves its neighbours alone.
    Half precision is computed in single. An index that changes with the scale of its operands is
    refused what cannot be reflectance; to look costs a pass over the image, and cannot be traced.

    Args:
        specs: the index, or several, of which what they share is computed once.
        bands: the bands of the images that it will be given; None if it is only to be evaluated.
        fill: what stands for no data.
        scale: reflectance = value * scale + offset, for images of digital numbers.
        offset: see ``scale``.
        check: whether to look if the values can be reflectance.
        constants: constants of the formulas, if they are not to be the usual ones.

    Raises:
        MissingOperandError: if the bands lack what an index needs.
        UnknownConstantError: if no formula has a constant of that name.
        FormulaError: if a formula names what is neither a band nor one of its constants.
        ParameterError: if a constant or ``scale``, ``offset`` or ``fill`` is no such number.

    Source: each index's own, in its `OperatorSpec`.
    """

    single: bool
    specs: tuple[OperatorSpec, ...]
    fill: float
    scaled: bool
    formulas: Formulas
    bands: Bands | None
    band_count: int
    reading: Reading

    def __init__(
        self,
        specs: OperatorSpec | Sequence[OperatorSpec],
        bands: Bands | None = None,
        *,
        fill: float = torch.nan,
        scale: float | None = None,
        offset: float | None = None,
        check: bool = True,
        **constants: float,
    ) -> None:
        super().__init__()
        several = (specs,) if isinstance(specs, OperatorSpec) else tuple(specs)
        if not several:
            raise ParameterError("specs", specs, "one index or more")
        if constants:
            several = _with_constants(several, constants)
        channels, places = ((), ()) if bands is None else _found(several, bands)
        # A module asks of each attribute whether it is a parameter, which takes longer than all the
        # rest; none of these is one.
        vars(self).update(
            single=isinstance(specs, OperatorSpec),
            specs=several,
            spec=several[0] if len(several) == 1 else _joint_card(several),
            fill=_number("fill", fill),
            scaled=scale is not None or offset is not None,
            formulas=formulas(_texts(several)),
            band_count=0 if bands is None else len(bands),
            bands=bands,
            reading=Reading(
                channels,
                places,
                scale=1.0 if scale is None else _scale(scale),
                offset=0.0 if offset is None else _finite("offset", offset),
                checked=next((spec.name for spec in several if check and spec.degree != 0), ""),
            ),
        )

    @property
    def channels(self) -> dict[str, int]:
        """The band that each operand was found in."""
        return dict(self.reading.rows)

    @property
    def wavelengths(self) -> dict[str, float]:
        """The centre of each of these bands [nm]."""
        if self.bands is None:
            return {}
        return {name: float(self.bands.wavelength[row]) for name, row in self.reading.rows}

    def forward(self, x: Real[Tensor, "..."], band_dim: int = -3) -> Float[Tensor, "..."]:
        """Return the index of an image ``(*batch, band, *space)``, or several as its bands.

        Raises:
            NoBandsError: if it was built without bands.
            DimensionError: if the image has no such dimension.
            BandCountError: if it has another number of bands.
            NotFloatingError: if it holds whole numbers, and no scale was given.
            NotReflectanceError: if an index needs reflectance, and this cannot be.
        """
        if not self.band_count:
            raise NoBandsError(self.spec.name)
        dim = band_axis(x, band_dim, self.band_count)
        self._check_dtype(x)
        return self._filled(self.formulas(x, self.reading, dim, one=self.single))

    def evaluate(
        self, operands: Mapping[str, Tensor | np.ndarray | np.number | float]
    ) -> Tensor | list[Tensor]:
        """Return the index of named operands, or a list of several.

        Args:
            operands: a tensor, an array or a number each, to be broadcast, such as
                ``{"N": n, "R": r}``.

        Raises:
            MissingOperandError: if one is not given.
            NotFloatingError, NotReflectanceError: as `forward` does.
        """
        lacking = [name for name in self.formulas.operands if name not in operands]
        if lacking:
            raise MissingOperandError(self.spec.name, _told(lacking), "give a value for each")
        tensors = [_tensor(operands[name]) for name in self.formulas.operands]
        for tensor in tensors:
            self._check_dtype(tensor)
        device = next((tensor.device for tensor in tensors if tensor.ndim), tensors[0].device)
        dtype = _common_dtype(tensors)
        # Half precision is computed in single: a number beside it keeps its digits.
        computing = torch.promote_types(dtype, torch.float32)
        shape = np.broadcast_shapes(*(tensor.shape for tensor in tensors))
        rows = torch.stack([_placed(t, device).to(computing).expand(shape) for t in tensors])
        numbered = tuple((name, row) for row, name in enumerate(self.formulas.operands))
        reading = replace(self.reading, rows=numbered, places=())
        values = self._filled(self.formulas(rows, reading, one=self.single).to(dtype))
        return values if self.single else list(values)

    def _check_dtype(self, x: Tensor) -> None:
        if x.is_complex() or not (x.is_floating_point() or self.scaled):
            raise NotFloatingError(x.dtype, "with scale= (and offset=), 1e-4 for many products")

    def _filled(self, values: Tensor) -> Tensor:
        # What was finite need not be in half precision.
        if math.isnan(self.fill) and values.dtype not in SHORT:
            return values
        return torch.where(torch.isfinite(values.detach()), values, self.fill)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        formulas = ", ".join(f"{spec.name} = {spec.formula}" for spec in self.specs)
        found = ", ".join(f"{name}: {nm:.0f} nm" for name, nm in self.wavelengths.items())
        return f"{formulas}; {found}" if found else formulas


def _joint_card(specs: Sequence[OperatorSpec]) -> OperatorSpec:
    """Return the card of several indices at once."""
    degrees = {spec.degree for spec in specs}
    return OperatorSpec(
        name=", ".join(spec.name for spec in specs),
        title=f"{len(specs)} spectral indices",
        kind="index",
        formula="; ".join(spec.formula for spec in specs),
        operands=tuple(dict.fromkeys(name for spec in specs for name in spec.operands)),
        degree=degrees.pop() if len(degrees) == 1 else None,
        source="; ".join(dict.fromkeys(spec.source for spec in specs)),
    )


def _with_constants(
    specs: Sequence[OperatorSpec], given: Mapping[str, object]
) -> tuple[OperatorSpec, ...]:
    """Return the cards with the constants that are given, and the degree that comes of them."""
    known = {name for spec in specs for name in spec.constants}
    for name in given:
        if name not in known:
            raise UnknownConstantError(name, known)
    numbers = {name: _finite(name, value) for name, value in given.items()}
    changed = []
    for spec in specs:
        own = {name: numbers.get(name, usual) for name, usual in spec.constants.items()}
        degree = spec.degree if own == spec.constants else degree_of(spec.formula, own)
        changed.append(spec.model_copy(update={"constants": own, "degree": degree}))
    return tuple(changed)


def _texts(specs: Sequence[OperatorSpec]) -> tuple[Text, ...]:
    for spec in specs:
        check_names(spec.formula, frozenset(spec.constants))
    return tuple((spec.formula, tuple(spec.constants.items())) for spec in specs)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise ParameterError(name, value, "a number")
    return float(value)


def _finite(name: str, value: object) -> float:
    number = _number(name, value)
    if not math.isfinite(number):
        raise ParameterError(name, value, "a finite number")
    return number


def _scale(value: object) -> float:
    scale = _finite("scale", value)
    if scale == 0:
        raise ParameterError("scale", value, "a number that is not zero")
    return scale


def _tensor(value: Tensor | np.ndarray | np.number | float) -> Tensor:
    """Return an operand as a tensor; a single number does not decide the result's dtype."""
    if isinstance(value, int | float | np.number):
        return torch.tensor(float(value), dtype=torch.float64)
    if isinstance(value, np.ma.MaskedArray):
        return torch.from_numpy(np.ma.filled(value.astype(np.float64), np.nan)).to(_dtype_of(value))
    return torch.as_tensor(value)


def _dtype_of(array: np.ndarray) -> torch.dtype:
    """Return the dtype of an array's numbers, which must be floating if some are masked."""
    return torch.float32 if array.dtype == np.float32 else torch.float64


def _placed(tensor: Tensor, device: torch.device) -> Tensor:
    """Return a single number where the others are; what is more must lie there already."""
    return tensor if tensor.ndim else tensor.to(device)


def _common_dtype(tensors: Sequence[Tensor]) -> torch.dtype:
    """Return the dtype of a result: as in torch, a single number does not widen an image."""
    floating = [tensor for tensor in tensors if tensor.is_floating_point()]
    deciding = [tensor.dtype for tensor in floating if tensor.ndim] or [t.dtype for t in floating]
    return reduce(torch.promote_types, deciding) if deciding else torch.get_default_dtype()


def _told(operands: Iterable[str]) -> list[str]:
    return [described(operand) for operand in operands]


def _found(
    specs: Iterable[OperatorSpec], bands: Bands
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, float], ...]]:
    """Return the channel of each operand, and the wavelengths [nm] that formulas ask for."""
    channels, places = {}, {}
    for spec in specs:
        lacking = missing_operands(spec.formula, bands)
        if lacking:
            nm = ", ".join(f"{place:.0f}" for place in bands.wavelength[:20])
            raise MissingOperandError(spec.name, _told(lacking), f"the image has bands at {nm} nm")
        for name in operands_of(spec.formula):
            channel = find(place_of(name) or name, bands)
            assert channel is not None  # nothing is lacking
            if place_of(name):
                places[name] = float(bands.wavelength[channel])
            else:
                channels[name] = channel
    return tuple(channels.items()), tuple(places.items())
