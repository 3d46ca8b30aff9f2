"""What the page calls things."""

import numpy as np

from anyband_models.models.contract import Caution, Origin
from anyband_models.report.content import ReportContent
from anyband_models.scene.meta import Quantity

ORIGIN_WORDS = {
    Origin.MEASURED: "measured",
    Origin.REPAIRED_BAND: "repaired band",
    Origin.REPAIRED_PIXEL: "repaired pixel",
    Origin.REFUSED: "refused",
    Origin.NO_DATA: "no data",
}
CAUTION_WORDS = {
    Caution.FALLBACK: "too little to learn from here, so linear interpolation answered instead",
    Caution.LONG_GAP: "the observed bands on either side lie farther apart than the model's limit",
    Caution.EXTRAPOLATED: "no observed band on one side, so the value of the last one is held",
}
QUANTITY_WORDS = {
    Quantity.REFLECTANCE: ("reflectance", "1"),
    Quantity.RADIANCE: ("radiance", "unit of the file"),
    Quantity.DN: ("digital number", "1"),
}


def what_was_repaired(content: ReportContent) -> str:
    """Return one sentence: how many bands and pixels were repaired, how many entries refused."""
    provenance = content.reconstruction.provenance
    bands, height, width = provenance.shape
    whole = int((provenance == Origin.REPAIRED_BAND).any(axis=(1, 2)).sum())
    pixels = int((provenance == Origin.REPAIRED_PIXEL).any(axis=0).sum())
    refused = int(np.count_nonzero(provenance == Origin.REFUSED))
    repaired = [f"{whole:,} of {bands:,} bands"] if whole else []
    if pixels:
        repaired.append(f"gaps at {pixels:,} of {height * width:,} pixels")
    done = f"Repaired {' and '.join(repaired)}" if repaired else "Repaired nothing"
    return f"{done}; {_refusals(refused)}."


def _refusals(refused: int) -> str:
    if not refused:
        return "nothing was refused"
    return f"{refused:,} {'entry was' if refused == 1 else 'entries were'} refused"
