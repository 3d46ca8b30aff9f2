"""Every refusal of the library: what was asked, what is allowed, what to do."""

from collections.abc import Iterable, Mapping

from srf_library import UnknownNameError
from srf_library.errors import near_names


class PhysopsError(Exception):
    """The root of this library's errors."""


class UnknownOperatorError(PhysopsError, UnknownNameError):
    """Raised when an operator is asked for by a name that nobody offers.

    Args:
        name: the name as it was given.
        offered: the names that are known.
        described: operators in whose description the name occurs.
        missed: why another distribution's operators may be missed.
    """

    def __init__(
        self, name: str, offered: Iterable[str], described: list[str], missed: Iterable[str] = ()
    ) -> None:
        self.name, self.near = name, near_names(name, offered)
        hints = []
        if self.near:
            hints.append(f"did you mean {' or '.join(map(repr, self.near))}?")
        if described:
            hints.append(f"it stands in the description of {', '.join(described[:5])}")
        if not hints:
            hints.append("physops.list() names them all, physops.search(text) finds some")
        hint = "; ".join([*hints, *missed])
        PhysopsError.__init__(self, f"an operator called {name!r} is not known; {hint}")


class NoCardError(PhysopsError, LookupError):
    """Raised when the card is asked for of an operator that has none before it is built."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is a function of the bands, and nothing is known of it before it is called; "
            "build the operator with get(), and look at its .spec"
        )


class VariantError(PhysopsError, LookupError):
    """Raised when an operator is asked for in a form that it does not have."""

    def __init__(self, name: str, variant: str, known: list[str]) -> None:
        offered = (
            f"choose {' or '.join(map(repr, known))}, or leave it out"
            if known
            else "it has none: leave variant= out"
        )
        super().__init__(f"{name} has no variant {variant!r}; {offered}")


class UnknownParameterError(PhysopsError, TypeError):
    """Raised when an index in another form is given a parameter that this form does not have."""

    def __init__(self, name: str, variant: str, given: Iterable[str]) -> None:
        super().__init__(
            f"{name} as variant={variant!r} has no parameter {', '.join(sorted(given))}; leave out "
            "that, or the variant"
        )


class NotIndexError(PhysopsError, UnknownNameError):
    """Raised when an index is asked for by the name of an operator that is none."""

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.near = name, []
        PhysopsError.__init__(
            self,
            f"{name!r} is no index, but {kind}; build it by itself, with physops.get({name!r})",
        )


class NotOperatorError(PhysopsError, TypeError):
    """Raised when something else stands where an operator must."""

    def __init__(self, what: str, got: object) -> None:
        shown = (
            f"the class {got.__name__}"
            if isinstance(got, type)
            else f"a value of type {type(got).__name__}"
        )
        super().__init__(
            f"{what} needs a physops.Operator and got {shown}; give one that is built, as "
            "physops.get makes it"
        )


class NotBandsError(PhysopsError, TypeError):
    """Raised when something else than `Bands` is given as the bands of an image."""

    def __init__(self, what: str, got: object) -> None:
        super().__init__(
            f"{what!r} needs bands= as physops.Bands and got a value of type "
            f"{type(got).__name__}; for band centres pass wavelengths=[...], or "
            "bands=physops.Bands.at([...])"
        )


class NameTakenError(PhysopsError, ValueError):
    """Raised when an operator is registered by a name that stands for another."""

    def __init__(self, name: str, taken: str) -> None:
        super().__init__(f"the name {name!r} is {taken}")


class ClashingPluginsError(PhysopsError, LookupError):
    """Raised when an operator is offered by one name more than once."""

    def __init__(self, name: str, distributions: Iterable[str]) -> None:
        different = sorted(set(distributions))
        super().__init__(
            f"the operator {name!r} is offered by {' and '.join(different)}; uninstall all but one"
            if len(different) > 1
            else f"the operator {name!r} is offered more than once by {different[0]}; mend or "
            "uninstall that distribution"
        )


class PluginError(PhysopsError, ImportError):
    """Raised when what a distribution offers by a name cannot be had.

    Args:
        name: the operator's name.
        distribution: the distribution and its version.
        value: where in it the operator lies.
        fault: what is wrong.
    """

    def __init__(self, name: str, distribution: str, value: str, fault: str) -> None:
        super().__init__(
            f"the operator {name!r} of {distribution} ({value}) cannot be used: {fault}; mend or "
            "uninstall that distribution"
        )


class NoBandsError(PhysopsError, TypeError):
    """Raised when an index that was built without the bands of an image is given one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was built without the bands of an image, for evaluate() alone; build it with "
            "sensor=, bands= or wavelengths="
        )


class BandsError(PhysopsError, ValueError):
    """Raised when what is told of bands is not one number a band each."""

    def __init__(
        self, wavelength: tuple[int, ...], fwhm: tuple[int, ...], good: tuple[int, ...]
    ) -> None:
        super().__init__(
            f"bands with wavelength of shape {wavelength}, fwhm of {fwhm} and good of {good}; give "
            "one number a band in each, or use Bands.at(wavelengths)"
        )


class SensorBandsError(BandsError):
    """Raised when an image's bands are said to be those of a sensor, and are not."""

    def __init__(self, fault: str) -> None:
        PhysopsError.__init__(
            self,
            f"{fault}; give Bands.of(sensor.select(names)), in the image's order, and "
            "sensor.at(wavelengths) if a scene has other centres",
        )


class MissingBandError(PhysopsError, LookupError):
    """Raised when an operator needs a band that the image does not have."""

    def __init__(self, name: str, wavelength: float, nearest: float, tolerance: float) -> None:
        super().__init__(
            f"{name} ({wavelength:g} nm) is not among the bands: the nearest lies at {nearest:g} "
            f"nm, and {tolerance:g} nm is the most that is allowed; give an image that has it"
        )


class BandCountError(PhysopsError, ValueError):
    """Raised when a tensor does not have the bands that the operator was built for."""

    def __init__(self, expected: int, got: int, dim: int) -> None:
        super().__init__(
            f"the operator was built for {expected} bands and got {got} along dimension {dim}; "
            "pass the image it was built for, or name the band dimension with band_dim="
        )


class DimensionError(PhysopsError, ValueError):
    """Raised when a tensor does not have the dimension that is said to hold the bands."""

    def __init__(self, shape: tuple[int, ...], dim: int) -> None:
        super().__init__(
            f"a tensor of shape {shape} has no dimension {dim} to hold the bands; name the one "
            "that does with band_dim=, which is -1 for spectra"
        )


class NoPixelsError(PhysopsError, ValueError):
    """Raised when bands are to be compared over pixels, and no dimension holds pixels."""

    def __init__(self, shape: tuple[int, ...], dim: int) -> None:
        super().__init__(
            f"a tensor of shape {shape} has no dimension of pixels after its bands in dimension "
            f"{dim}; move the bands in front of the pixels: x.movedim({dim}, 0), band_dim=0"
        )


class NotTensorError(PhysopsError, TypeError):
    """Raised when an operator is given something else than a tensor."""

    def __init__(self, got: type, what: str = "the operator", otherwise: str = "") -> None:
        super().__init__(
            f"{what} needs a torch tensor and got {got.__module__}.{got.__qualname__}; for "
            f"an array pass torch.from_numpy(x){otherwise}"
        )


class NotFloatingError(PhysopsError, TypeError):
    """Raised when an operator is given whole numbers, as digital numbers are."""

    def __init__(self, got: object, remedy: str = "first: x.float() * scale + offset") -> None:
        super().__init__(
            f"the operator needs floating-point values and got {got}; turn digital numbers into "
            f"reflectance {remedy}"
        )


class FormulaError(PhysopsError, ValueError):
    """Raised when a formula is not of the form that is allowed."""

    GRAMMAR = (
        "write numbers, names of bands and constants, + - * / ** and brackets, and log, exp, sqrt, "
        "tanh, max, min or kernel"
    )

    def __init__(self, text: str, fault: str, remedy: str = GRAMMAR) -> None:
        shown = text if len(text) <= 60 else text[:60] + "..."
        super().__init__(f"the formula {shown!r} {fault}; {remedy}")


class MissingOperandError(PhysopsError, LookupError):
    """Raised when an index needs what the image, or the caller, does not have."""

    def __init__(self, name: str, lacking: list[str], instead: str) -> None:
        super().__init__(f"{name} needs {', '.join(lacking)}, which is not there: {instead}")


class UnknownConstantError(PhysopsError, TypeError):
    """Raised when a constant is given that no formula has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        offered = ", ".join(sorted(known)) or "none"
        super().__init__(f"there is no constant {name!r} in the formula; its constants: {offered}")


class NotReflectanceError(PhysopsError, ValueError):
    """Raised when an index that is no ratio is given what cannot be reflectance."""

    def __init__(self, index: str, operand: str, value: float) -> None:
        super().__init__(
            f"{index} needs reflectance, from 0 to about 1, and {operand} holds {value:g}; set no "
            "data to NaN, state what makes the rest reflectance (scale=1e-4, offset=0), or "
            "pass check=False"
        )


class ParameterError(PhysopsError, ValueError):
    """Raised when a parameter is no number of the kind that it must be."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        super().__init__(f"{name} is {value!r}; give {wanted}")


class DensityError(PhysopsError, ValueError):
    """Raised when bins, or a bandwidth, cannot make a density."""


class PriorError(BandCountError):
    """Raised when a prior is one of other bands than the image has."""

    def __init__(self, expected: tuple[int, ...], got: int) -> None:
        PhysopsError.__init__(
            self,
            f"the prior has the shape {expected} and the image has {got} bands; give the prior of "
            f"that image's bands, {got} x {got}",
        )


class MaskError(PhysopsError, TypeError):
    """Raised when a mask is no tensor of truth values."""

    def __init__(self, got: object) -> None:
        super().__init__(
            f"a mask is a tensor of torch.bool, True where a value counts, and this is {got}; make "
            "it one: torch.as_tensor(mask) != 0"
        )


class PairError(PhysopsError, ValueError):
    """Raised when two images, and a mask, cannot be compared pixel by pixel."""

    def __init__(
        self, estimate: tuple[int, ...], truth: tuple[int, ...], mask: tuple[int, ...] | None
    ) -> None:
        masked = "" if mask is None else f" and a mask of shape {mask}"
        bandless = mask is not None and mask == (*estimate[:-3], *estimate[-2:])
        fitting = "them: mask[..., None, :, :]" if bandless else "them"
        super().__init__(
            f"an estimate of shape {estimate} is compared with a truth of shape {truth}{masked}; "
            f"give two images (*batch, band, row, col) of one shape, and a mask that fits {fitting}"
        )


class PatchError(PhysopsError, ValueError):
    """Raised when patches do not fit the image that they are to be cut from.

    Args:
        size: how many rows, and columns, a patch has.
        rows: how many the image has.
        columns: the same.
        corner: where a patch begins that does not fit; None if none would.
    """

    def __init__(
        self, size: int, rows: int, columns: int, corner: tuple[int, int] | None = None
    ) -> None:
        if corner is None or size > min(rows, columns):
            super().__init__(
                f"patches of {size} x {size} pixels do not fit an image of {rows} x {columns}; "
                f"give a size of at most {min(rows, columns)}"
            )
        else:
            super().__init__(
                f"a patch of {size} x {size} pixels that begins at {corner} leaves an image of "
                f"{rows} x {columns}; give corners from (0, 0) to {(rows - size, columns - size)}"
            )


class IndexRangeError(PhysopsError, ValueError):
    """Raised when the values of an index are to be binned, and where they lie is not known."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} takes values outside -1 to 1, the usual range; give the one that matters "
            f"here: ranges={{{name!r}: (low, high)}}"
        )


class BrokenLawError(PhysopsError, AssertionError):
    """Raised when an operator breaks a law that holds for all.

    Args:
        operator: which operator.
        laws: what went wrong, by the name of the law.
        seed: the seed of the images that it was tried on.
    """

    def __init__(self, operator: str, laws: Mapping[str, str], seed: int) -> None:
        self.laws = dict(laws)
        broken = "; ".join(f"{name}: {fault}" for name, fault in laws.items())
        super().__init__(
            f"{operator} breaks the law of operators {broken}. Again: "
            f"check_operator(op, laws={list(laws)}, seed={seed})"
        )


class NoHypothesisError(PhysopsError, ImportError):
    """Raised when strategies are asked for, and Hypothesis is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the strategies of physops.testing need the package hypothesis, which is not "
            "installed: pip install hypothesis; check_operator does without it"
        )
