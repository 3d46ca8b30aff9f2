"""Spectral indices as an operator: one, or many at once."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import final

import numpy as np
import torch
from jaxtyping import Float, Real
from torch import Tensor

from physops.bands import Bands
from physops.errors import (
    FormulaError,
    MissingOperandError,
    NoBandsError,
    NotFloatingError,
    NotReflectanceError,
    ParameterError,
    UnknownConstantError,
)
from physops.operator import Operator, OperatorSpec, band_axis
from physops.spectral_indices.formula import Apply, Expression, Name, names, parse
from physops.spectral_indices.operands import (
    described,
    find,
    is_operand,
    operands_of,
    place_of,
    reflects,
)
from physops.spectral_indices.program import Guarded, Program, without_infinity

# Snow and glint reach 1.3, and a few pixels more; digital numbers of reflectance run to 10 000.
# Atmospheric correction leaves dark pixels a little below zero; no-data values lie far below.
SMALLEST_REFLECTANCE, LARGEST_REFLECTANCE = -1.0, 10.0
# What stands in for a value that is not there; the result is thrown away.
STAND_IN = 0.5
# Pixels whose values at all steps fit the caches of a processor.
TILE = 32_768
SHORT = (torch.float16, torch.bfloat16)
Operands = Mapping[str, Tensor | float]


class _Formulas:
    """Formulas with their constants, on named operands."""

    def __init__(self, specs: Sequence[OperatorSpec], given: Mapping[str, object]) -> None:
        for spec in specs:
            check_names(spec)
        known = {name for spec in specs for name in spec.constants}
        for name in given:
            if name not in known:
                raise UnknownConstantError(name, known)
        constants = {name: _finite(name, value) for name, value in given.items()}
        # Indices give one letter different values: each constant gets a name of its own.
        self.constants: dict[str, float] = {}
        expressions = []
        for number, spec in enumerate(specs):
            own = {name: f"{name}:{number}" for name in spec.constants}
            values = {**spec.constants, **constants}
            self.constants |= {own[name]: float(values[name]) for name in spec.constants}
            expressions.append(_renamed(parse(spec.formula), own))
        self.program = Program.of(expressions)
        self.operands = tuple(name for name in self.program.inputs if name not in self.constants)

    def plain(self, operands: Operands) -> list[Tensor]:
        """Return each value, for what needs no gradient; where it is not finite there is none."""
        inputs: dict[str, Tensor | float] = {**self.constants}
        for name, value in operands.items():
            inputs[name] = without_infinity(value)
        return [torch.as_tensor(value) for value in self.program(inputs)]

    def guarded(self, operands: Operands) -> list[tuple[Tensor, Tensor]]:
        """Return each value and where it is one, with finite gradients, and none elsewhere."""
        inputs: dict[str, Guarded] = {name: (v, None) for name, v in self.constants.items()}
        for name, value in operands.items():
            there = torch.isfinite(value) if isinstance(value, Tensor) else None
            inputs[name] = (value if there is None else torch.where(there, value, STAND_IN), there)
        results = []
        for value, mask in self.program.guarded(inputs):
            tensor = torch.as_tensor(value)
            finite = torch.isfinite(tensor.detach())
            results.append((tensor, finite if mask is None else finite & mask))
        return results


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

    Attributes:
        channels: the band that each operand was found in.
        wavelengths: its centre [nm].

    Raises:
        MissingOperandError: if the bands lack what an index needs.
        UnknownConstantError: if no formula has a constant of that name.
        FormulaError: if a formula names what is neither a band nor one of its constants.
        ParameterError: if a constant or ``scale``, ``offset`` or ``fill`` is no such number.

    Source: each index's own, in its `OperatorSpec`.
    """

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
        self.single = isinstance(specs, OperatorSpec)
        self.specs = (specs,) if isinstance(specs, OperatorSpec) else tuple(specs)
        if not self.specs:
            raise ParameterError("specs", specs, "one index or more")
        self.spec, self.fill = self.specs[0], _number("fill", fill)
        self.scaled = scale is not None or offset is not None
        self.scale = 1.0 if scale is None else _finite("scale", scale)
        self.offset = 0.0 if offset is None else _finite("offset", offset)
        self.check = check and any(spec.degree != 0 for spec in self.specs)
        self.formulas = _Formulas(self.specs, constants)
        self.band_count = 0 if bands is None else len(bands)
        self.channels: dict[str, int] = {}
        self.places: dict[str, float] = {}
        self.wavelengths: dict[str, float] = {}
        if bands is not None:
            self.channels, self.places = _found(self.specs, bands)
            self.wavelengths = {n: float(bands.wavelength[c]) for n, c in self.channels.items()}

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
        measured = {name: x.select(dim, channel) for name, channel in self.channels.items()}
        if self.single or (torch.is_grad_enabled() and x.requires_grad):
            values = self._values({**measured, **self.places})
            return values[0] if self.single else torch.stack(values, dim=dim)
        return self._tiled(measured).movedim(0, dim)

    def _tiled(self, measured: Mapping[str, Tensor]) -> Tensor:
        """Return all indices, a piece of the image after the other, so that steps stay in cache."""
        some = next(iter(measured.values()))
        flat = {name: band.reshape(-1) for name, band in measured.items()}
        dtype = some.dtype if some.is_floating_point() else torch.get_default_dtype()
        result = torch.empty((len(self.specs), some.numel()), dtype=dtype, device=some.device)
        for start in range(0, some.numel(), TILE):
            piece = {name: band[start : start + TILE] for name, band in flat.items()}
            ready = self._ready({**piece, **self.places})
            for row, value in zip(result, self.formulas.plain(ready), strict=True):
                place = row[start : start + TILE]
                place.copy_(value).nan_to_num_(self.fill, self.fill, self.fill)
        return result.reshape(len(self.specs), *some.shape)

    def evaluate(
        self, operands: Mapping[str, Tensor | np.ndarray | float]
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
        values = self._values({name: _tensor(operands[name]) for name in self.formulas.operands})
        return values[0] if self.single else values

    def _values(self, operands: Operands) -> list[Tensor]:
        ready = self._ready(operands)
        tensors = [value for value in operands.values() if isinstance(value, Tensor)]
        dtype, fill = _common_dtype(tensors), self.fill
        if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors):
            guarded = self.formulas.guarded(ready)
            return [_filled(value.to(dtype), there, fill) for value, there in guarded]
        return [
            value.to(dtype).nan_to_num(fill, fill, fill) for value in self.formulas.plain(ready)
        ]

    def _ready(self, operands: Operands) -> dict[str, Tensor | float]:
        ready = {name: self._reflectance(name, value) for name, value in operands.items()}
        if self.check:
            self._check_reflectance(ready)
        return ready

    def _reflectance(self, name: str, value: Tensor | float) -> Tensor | float:
        if not isinstance(value, Tensor):
            return value
        if not value.is_floating_point() and not self.scaled:
            raise NotFloatingError(value.dtype, "with scale= (and offset=), 1e-4 for many products")
        if not value.is_floating_point() or value.dtype in SHORT:
            value = value.float()
        if not reflects(name):
            return value
        scaled = value if self.scale == 1.0 else value * self.scale
        return scaled if self.offset == 0.0 else scaled + self.offset

    def _check_reflectance(self, operands: Operands) -> None:
        for name, value in operands.items():
            if not isinstance(value, Tensor) or not value.numel() or not reflects(name):
                continue
            known = torch.nan_to_num(value.detach(), nan=0.0, posinf=0.0, neginf=0.0)
            for extreme in map(float, known.aminmax()):
                if not SMALLEST_REFLECTANCE <= extreme <= LARGEST_REFLECTANCE:
                    needing = next(spec.name for spec in self.specs if spec.degree != 0)
                    raise NotReflectanceError(needing, name, extreme)

    def extra_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        formulas = ", ".join(f"{spec.name} = {spec.formula}" for spec in self.specs)
        found = ", ".join(f"{name}: {nm:.0f} nm" for name, nm in self.wavelengths.items())
        return f"{formulas}; {found}" if found else formulas


def missing_operands(spec: OperatorSpec, bands: Bands) -> list[str]:
    """Return the operands of an index that an image does not have."""
    needed = [(name, place_of(name) or name) for name in operands_of(spec.formula)]
    return [name for name, band in needed if find(band, bands) is None]


def check_names(spec: OperatorSpec) -> None:
    """Refuse a formula that names what is neither a band nor one of its constants.

    Raises:
        FormulaError: if it does.
    """
    needed = set(names(parse(spec.formula))) | ({"sigma"} if "kernel(" in spec.formula else set())
    unknown = sorted(name for name in needed - set(spec.constants) if not is_operand(name))
    if unknown:
        fault = f"names {unknown[0]}, which is neither a band nor one of its constants"
        raise FormulaError(spec.formula, fault)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise ParameterError(name, value, "a number")
    return float(value)


def _finite(name: str, value: object) -> float:
    number = _number(name, value)
    if not math.isfinite(number):
        raise ParameterError(name, value, "a finite number")
    return number


def _tensor(value: Tensor | np.ndarray | float) -> Tensor:
    """Return an operand as a tensor; a single number does not decide the result's dtype."""
    if isinstance(value, int | float):
        return torch.tensor(float(value), dtype=torch.float64)
    return torch.as_tensor(value)


def _filled(value: Tensor, there: Tensor, fill: float) -> Tensor:
    # What was finite need not be in half precision.
    if value.dtype in SHORT:
        there = there & torch.isfinite(value)
    return torch.where(there, value, fill)


def _common_dtype(tensors: Sequence[Tensor]) -> torch.dtype:
    """Return the dtype of a result: as in torch, a single number does not widen an image."""
    floating = [tensor for tensor in tensors if tensor.is_floating_point()]
    deciding = [tensor.dtype for tensor in floating if tensor.ndim] or [t.dtype for t in floating]
    return reduce(torch.promote_types, deciding) if deciding else torch.get_default_dtype()


def _told(operands: Iterable[str]) -> list[str]:
    return [described(operand) for operand in operands]


def _found(specs: Iterable[OperatorSpec], bands: Bands) -> tuple[dict[str, int], dict[str, float]]:
    """Return the channel of each operand, and the wavelengths [nm] that formulas ask for."""
    channels, places = {}, {}
    for spec in specs:
        lacking = missing_operands(spec, bands)
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
    return channels, places


def _renamed(expression: Expression, own: Mapping[str, str]) -> Expression:
    match expression:
        case Name(name=name):
            return Name(own.get(name, name))
        case Apply(function="kernel", arguments=arguments):
            parts = tuple(_renamed(part, own) for part in arguments)
            return Apply("kernel", (*parts, Name(own["sigma"])))
        case Apply(function=function, arguments=arguments):
            return Apply(function, tuple(_renamed(part, own) for part in arguments))
    return expression
