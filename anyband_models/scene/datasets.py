"""The field's open scenes by name: where they are had, and what must be in the file.

Nothing of them ships. What is stated here was read on the pages named, and is checked when a file
has come; what an author changed since then is said, not hidden.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from anyband_models.errors import UsageError
from anyband_models.scene.examples import indian_pines
from srf_library.errors import UnknownNameError

GIC = "https://www.ehu.eus/ccwintco/index.php/Hyperspectral_Remote_Sensing_Scenes"
MULTISPEC = "https://engineering.purdue.edu/~biehl/MultiSpec/hyperspectral.html"


class Dataset(NamedTuple):
    """A scene that can be fetched.

    Attributes:
        name: what it is asked for by.
        title: what it is.
        url: of the file.
        page: where it stands, with its terms.
        shape: bands, rows, columns.
        member: the file inside, if it comes as a zip archive; empty if not.
        spectrum: first and last band centre if they are evenly spaced [nm]; None if the page
            lists none.
    """

    name: str
    title: str
    url: str
    page: str
    shape: tuple[int, int, int]
    member: str = ""
    spectrum: tuple[float, float] | None = None

    @property
    def file(self) -> str:
        """The name of the file that is kept."""
        return (self.member or self.url).rsplit("/", 1)[-1]

    @property
    def wavelengths(self) -> Float[np.ndarray, " band"] | None:
        """Band centres [nm]; None where they are not known."""
        if self.name == "indian-pines":
            return indian_pines().wavelength
        return None if self.spectrum is None else np.linspace(*self.spectrum, self.shape[0])


_UPLOADS = "https://www.ehu.eus/ccwintco/uploads"
_ALL = (
    Dataset(
        "indian-pines", "AVIRIS 1992, Indiana, 20 m, water bands removed",
        f"{_UPLOADS}/6/67/Indian_pines_corrected.mat", GIC, (200, 145, 145),
    ),
    Dataset(
        "pavia-centre", "ROSIS 2001, Pavia, 1.3 m",
        f"{_UPLOADS}/e/e3/Pavia.mat", GIC, (102, 1096, 715), spectrum=(430.0, 860.0),
    ),
    Dataset(
        "pavia-university", "ROSIS 2001, Pavia, 1.3 m",
        f"{_UPLOADS}/e/ee/PaviaU.mat", GIC, (103, 610, 340), spectrum=(430.0, 860.0),
    ),
    Dataset(
        "salinas", "AVIRIS 1998, California, 3.7 m, water bands removed",
        f"{_UPLOADS}/a/a3/Salinas_corrected.mat", GIC, (204, 512, 217),
    ),
    Dataset(
        "washington-dc", "HYDICE 1995, Washington DC Mall, water bands removed",
        "https://engineering.purdue.edu/~biehl/Hyperspectral_Project.zip", MULTISPEC,
        (191, 1280, 307), member="Hyperspectral_Project/dc.tif",
    ),
)  # fmt: skip
DATASETS = {dataset.name: dataset for dataset in _ALL}


class UnknownDatasetError(UsageError, UnknownNameError):
    """Raised when there is no dataset of that name."""

    def __init__(self, name: str) -> None:
        UnknownNameError.__init__(self, "a dataset", name, DATASETS)


def dataset(name: str) -> Dataset:
    """Return a dataset.

    Raises:
        UnknownDatasetError: if there is none of that name.

    >>> dataset("pavia-university").shape
    (103, 610, 340)
    """
    if name not in DATASETS:
        raise UnknownDatasetError(name)
    return DATASETS[name]
