"""Every refusal of this package: what was asked, what is allowed, what to do."""


class EmulatorError(Exception):
    """The root of this package's errors."""


class ParameterRangeError(EmulatorError, ValueError):
    """Raised when a parameter of the canopy is no number, or one that cannot be.

    Args:
        name: the parameter.
        value: what it is.
        least: the least that it can be.
        greatest: the most.
        unit: of all three.
        hint: what may have gone wrong; empty if nothing is likely.
    """

    def __init__(
        self, name: str, value: float, least: float, greatest: float, unit: str, hint: str = ""
    ) -> None:
        more = f"; {hint}" if hint else ""
        super().__init__(f"{name} is {value:g}; give {least:g} to {greatest:g} [{unit}]{more}")


class ParameterCountError(EmulatorError, ValueError):
    """Raised when there are more or fewer parameters than the canopy has."""

    def __init__(self, expected: int, got: int, names: str) -> None:
        super().__init__(
            f"the canopy has {expected} parameters and {got} came; give, in this order: {names}"
        )


class TablesMissingError(EmulatorError, ImportError):
    """Raised when the package is absent whose tables the simulator reads."""

    def __init__(self) -> None:
        super().__init__(
            "the simulator reads its spectra from the package prosail, which is not installed; "
            "add it by pip install 'anyband[emulator]', "
            "or use the surrogate prosail_emulator, which needs none"
        )


class WavelengthRangeError(EmulatorError, ValueError):
    """Raised when a wavelength is one that the simulator has no spectra for."""

    def __init__(self, found: float | None, shortest: float, longest: float) -> None:
        asked = "there is no wavelength" if found is None else f"a wavelength is {found:g} nm"
        super().__init__(f"{asked}; give {shortest:g} to {longest:g} [nm]")
