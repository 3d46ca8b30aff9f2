"""Every refusal of the library: what was asked, what is allowed, what to do."""


class PhysopsError(Exception):
    """The root of this library's errors."""


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


class NotFloatingError(PhysopsError, TypeError):
    """Raised when an operator is given whole numbers, as digital numbers are."""

    def __init__(self, got: object) -> None:
        super().__init__(
            f"the operator needs floating-point values and got {got}; turn digital numbers into "
            "reflectance first: x.float() * scale + offset"
        )
