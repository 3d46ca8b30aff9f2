"""A sensor and its bands."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Float

from srf_library.errors import (
    CentreShiftWarning,
    GridError,
    NotShippedError,
    TableError,
    UnknownNameError,
)
from srf_library.names import folded
from srf_library.profiles import Gaussian, Profile, Sampled, trimmed
from srf_library.wavelengths import in_nanometres, widths_in_nanometres

Kind = Literal["measured", "gaussian"]

# A band centre is often rounded to 1 nm, and centroid and midpoint differ by as much.
LARGEST_SHIFT = 2.0


@dataclass(frozen=True, eq=False)
class Band:
    """One band: its name and the curve that it responds with.

    Attributes:
        name: the agency's name of the band ("B8A").
        profile: its relative spectral response.
    """

    name: str
    profile: Profile

    @classmethod
    def sampled(
        cls,
        name: str,
        wavelength: Sequence[float] | np.ndarray,
        response: Sequence[float] | np.ndarray,
    ) -> "Band":
        """Return a band with a measured response, on whatever scale; its peak becomes 1.

        Zeros beyond the response are left out, but for one on each side.

        Args:
            name: what the band is called.
            wavelength: where the response was sampled [nm], in any order.
            response: the samples, not negative.

        Raises:
            TableError: if these cannot be a response.
        """
        if np.shape(wavelength) != np.shape(response):
            raise TableError(
                f"band {name} has {np.size(wavelength)} wavelengths and {np.size(response)} "
                "responses; give one response for each"
            )
        order = np.argsort(wavelength, kind="stable")
        nm = np.asarray(wavelength, dtype=np.float64)[order]
        samples = np.asarray(response, dtype=np.float64)[order]
        _check_samples(name, nm, samples)
        kept = trimmed(nm, samples / samples.max())
        for column in kept:
            column.flags.writeable = False  # the library hands the same sensor to every caller
        return cls(name, Sampled(*kept))

    @classmethod
    def gaussian(cls, name: str, centre: float, fwhm: float) -> "Band":
        """Return a band with a Gaussian response.

        Args:
            name: what the band is called.
            centre: its centre [nm].
            fwhm: its full width at half maximum [nm].

        Raises:
            TableError: if one of the two is not a positive number, or the width is the larger.
        """
        for what, value in (("centre", centre), ("fwhm", fwhm)):
            if not 0 < value < np.inf:
                raise TableError(
                    f"band {name} has the {what} {value:g} nm; give a positive number of nanometres"
                )
        if fwhm >= centre:
            raise TableError(
                f"band {name}, at {centre:g} nm, has the fwhm {fwhm:g} nm; give the width in the "
                "unit of the centre"
            )
        return cls(name, Gaussian(float(centre), float(fwhm)))

    @property
    def kind(self) -> Kind:
        """Whether the response was measured, or is a Gaussian of its centre and width."""
        return "gaussian" if isinstance(self.profile, Gaussian) else "measured"

    @property
    def centroid(self) -> float:
        """The mean wavelength of the response, ``∫ λ S dλ / ∫ S dλ`` [nm]."""
        return self.profile.centroid

    @property
    def midpoint(self) -> float:
        """Half way between the two outermost half maxima [nm]."""
        return sum(self.profile.half_maxima) / 2

    @property
    def fwhm(self) -> float:
        """The distance between the two outermost half maxima [nm]."""
        return self.profile.fwhm

    @property
    def support(self) -> tuple[float, float]:
        """The wavelengths [nm] outside which the response is zero, or was not measured."""
        return float(self.profile.knots[0]), float(self.profile.knots[-1])

    def __repr__(self) -> str:
        return f"<Band {self.name}: {self.centroid:.1f} nm, FWHM {self.fwhm:.1f} nm, {self.kind}>"

    def shifted(self, by: float) -> "Band":
        """Return the same band, moved by so many nm."""
        return replace(self, profile=self.profile.shifted(by))


@dataclass(frozen=True)
class Provenance:
    """Where a sensor's numbers come from.

    Attributes:
        agency: who measured or published them.
        document: the agency's document or file.
        version: its version or date, as far as it is known.
        package: the package that they were taken from, with its version and sha256.
        licence: under which terms they are passed on.
        edits: what was changed on the way.
    """

    agency: str = ""
    document: str = ""
    version: str = ""
    package: str = ""
    licence: str = ""
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sensor:
    """A platform's instrument: its bands in the agency's order, and where they come from.

    Attributes:
        id: the name that it is asked for by.
        title: its name in the field.
        bands: in the agency's order, which need not be that of their wavelengths.
        platform: what carries it.
        instrument: its name on the platform.
        quality: how finely the responses are known ("1 nm", "2.5 nm", "centre and width").
        provenance: where the numbers come from.
        not_shipped: bands that it has in orbit and not here, and why.
    """

    id: str
    title: str
    bands: tuple[Band, ...]
    platform: str = ""
    instrument: str = ""
    quality: str = ""
    provenance: Provenance = Provenance()
    not_shipped: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.bands:
            raise TableError(f"{self.id} has no bands; a sensor has one or more")
        name, times = Counter(self.names).most_common(1)[0]
        if times > 1:
            raise TableError(f"{self.id} has {times} bands called {name!r}; give each its own name")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the bands."""
        return tuple(band.name for band in self.bands)

    @property
    def kind(self) -> Kind:
        """Whether the responses were measured, or are Gaussians of a centre and a width."""
        return "gaussian" if any(band.kind == "gaussian" for band in self.bands) else "measured"

    @property
    def range_nm(self) -> tuple[float, float]:
        """The shortest and the longest wavelength that any band responds to [nm]."""
        supports = [band.support for band in self.bands]
        return min(low for low, _ in supports), max(high for _, high in supports)

    def __repr__(self) -> str:
        low, high = self.range_nm
        return f"<Sensor {self.id}: {len(self)} bands, {low:.0f}-{high:.0f} nm, {self.kind}>"

    def __getitem__(self, name: str) -> Band:
        """Return the band called ``name``; "B08", "b8" and "8" are "B8" too.

        Raises:
            NotShippedError: if the sensor has it, but the library does not.
            UnknownNameError: if there is none.
        """
        for spelling in (str, _plain):
            for band in self.bands:
                if spelling(band.name) == spelling(name):
                    return band
        if name in self.not_shipped:
            how = "take it from its agency"
            raise NotShippedError(f"{self.id} {name}", self.not_shipped[name], how)
        raise UnknownNameError(f"a band of {self.id}", name, self.names)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a band called ``name``, spelt as `names` has it."""
        return name in self.names or name in self.bands

    def __iter__(self) -> Iterator[Band]:
        return iter(self.bands)

    def __len__(self) -> int:
        return len(self.bands)

    def select(self, names: Sequence[str]) -> "Sensor":
        """Return the sensor with these bands alone, in this order.

        Raises:
            UnknownNameError: if it has no band of that name.
            TableError: if there are none.
        """
        names = [names] if isinstance(names, str) else names
        return replace(self, bands=tuple(self[name] for name in names))

    def at(
        self,
        wavelengths: Sequence[float] | np.ndarray,
        fwhm: float | Sequence[float] | np.ndarray | None = None,
    ) -> "Sensor":
        """Return the sensor with its bands where a scene says that they are.

        The scene's own centres win over the library's: a curve is moved so that its centroid or
        its midpoint, whichever is nearer, lies there; a Gaussian takes the scene's width as well.

        Args:
            wavelengths: the scene's band centres [nm or µm, told by their size], one for each
                band, in their order.
            fwhm: the scene's band widths, one a band or one for all; NaN where not known.

        Raises:
            GridError: if there is not one for each band, or one cannot be a band's.

        Warns:
            CentreShiftWarning: if a centre lies more than 2 nm from the library's.
        """
        centres = in_nanometres(wavelengths)
        widths = widths_in_nanometres(fwhm, wavelengths)
        if len(centres) != len(self):
            raise GridError(
                f"{self.id} has {len(self)} bands, but the scene gives {len(centres)} "
                "wavelengths; select the sensor's bands that the scene has"
            )
        shifts = self._shifts(centres)
        placed = (_placed(*each) for each in zip(self.bands, centres, shifts, widths, strict=True))
        return replace(self, bands=tuple(placed))

    def _shifts(self, centres: Float[np.ndarray, " band"]) -> Float[np.ndarray, " band"]:
        """Return how far each band lies from its place in the library [nm], and warn if far."""
        # A file may state centroids or midpoints: neither is wrong.
        known = np.array([[band.centroid, band.midpoint] for band in self.bands])
        distances = centres[:, np.newaxis] - known
        nearer = np.abs(distances).argmin(axis=1)[:, np.newaxis]
        shifts = np.take_along_axis(distances, nearer, axis=1)[:, 0]
        worst = int(np.argmax(np.abs(shifts)))
        if abs(shifts[worst]) > LARGEST_SHIFT:
            place = centres[worst] - shifts[worst]
            warnings.warn(
                f"the scene puts {self.id} {self.names[worst]} at {centres[worst]:g} nm, "
                f"{abs(shifts[worst]):.1f} nm from the library's {place:.1f} nm; the scene's "
                "wavelengths are used: see that it is that sensor",
                CentreShiftWarning,
                stacklevel=3,
            )
        return shifts


def _plain(name: object) -> str:
    """Return a band's name without case, without "band" or "B" before a number, and its zeros.

    >>> _plain("B08"), _plain("Band 8A"), _plain("PAN")
    ('8', '8a', 'pan')
    """
    letters = folded(str(name))
    return re.sub(r"^(band|b)?0*(?=\d)", "", letters)


def _placed(band: Band, centre: float, shift: float, width: float) -> Band:
    if isinstance(band.profile, Gaussian):
        fwhm = width if np.isfinite(width) else band.profile.width
        return Band.gaussian(band.name, centre, fwhm)
    return band.shifted(shift)


def _check_samples(
    name: str, nm: Float[np.ndarray, " sample"], samples: Float[np.ndarray, " sample"]
) -> None:
    if len(nm) < 2:
        raise TableError(f"band {name} has {len(nm)} samples; a response needs two or more")
    for what, values in (("wavelength", nm), ("response", samples)):
        if not np.isfinite(values).all():
            raise TableError(f"band {name} has a {what} that is no number; correct or remove it")
    if (np.diff(nm) <= 0).any():
        twice = nm[1:][np.diff(nm) <= 0][0]
        raise TableError(f"band {name} has two responses at {twice:g} nm; keep one of them")
    if (samples < 0).any():
        least = int(np.argmin(samples))
        raise TableError(
            f"band {name} responds with {samples[least]:g} at {nm[least]:g} nm; a response is not "
            "negative: set what is measurement noise to zero"
        )
    if not samples.any():
        raise TableError(f"band {name} responds nowhere (all zero); remove it, or correct it")
