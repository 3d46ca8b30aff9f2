"""Table 3: whether the indices of what was repaired are right."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from anyband_models.errors import InputError
from anyband_models.evaluation.indices import Agreement, index_agreement
from anyband_models.jobs.reproduce import paper
from anyband_models.jobs.reproduce.setting import Cube, Setting
from anyband_models.jobs.reproduce.table import Cell, Table
from physops.errors import MissingBandError

FAMILY, INDICES, OPERANDS = "random-50", ("ndvi", "ndwi"), ("red", "green", "nir")


def table3(setting: Setting, scale: str) -> Table:
    """Remove half of the bands, those of the indices among them, and compare the indices.

    Raises:
        InputError: if the scene lacks one of these bands.
    """
    try:
        needed = [setting.region.bands.channel(name) for name in OPERANDS]
    except MissingBandError as error:
        raise InputError(f"table3 needs red, green and near infrared: {error}") from error
    found: dict[str, list[list[Agreement]]] = {}
    for seed in range(setting.scale.seeds):
        missing = setting.missing(FAMILY, seed)
        missing[needed] = True
        for name, cubes in _repaired(setting, missing).items():
            found.setdefault(name, []).extend(_agreements(setting, c, missing) for c in cubes)
    rows = [(name, *_means(agreements)) for name, agreements in found.items()]
    rows += [(f"{name} (paper)", *printed) for name, printed in paper.TABLE3.items()]
    return Table(
        "table3",
        "Table 3: consistency of NDVI and NDWI",
        ("method", "NDVI: CC", "NDVI: RMSE", "NDWI: CC", "NDWI: RMSE"),
        tuple(rows),
        (
            "Half of the bands are masked at random, and red, green and near infrared in any case: "
            "where they are observed the indices are right without a model.",
            "Over the pixels that lost a band that the index needs, which here are all; no "
            "clipping, no scaling. The paper does not say which bands it masked.",
            f"Values are {setting.scene.meta.quantity.value}; indices of anything but reflectance "
            "differ from those of the field.",
        ),
        setting.facts(),
    )


def _repaired(setting: Setting, missing: Bool[np.ndarray, "band y x"]) -> dict[str, list[Cube]]:
    model = setting.model
    drawn = setting.samples(model, missing)
    return {
        "anyband-diff, one-step mean": [setting.mean(model, missing)],
        f"anyband-diff, mean of {len(drawn)} samples": [np.mean(drawn, axis=0)],
        "anyband-diff, single samples": drawn,
        "anyband-diff, single samples, PGS": setting.samples(
            model, missing, guidance=setting.guidance(model, 1.0)
        ),
        "linear": [setting.other("linear", missing)],
        "gaussian": [setting.other("gaussian", missing)],
    }


def _agreements(
    setting: Setting, cube: Cube, missing: Bool[np.ndarray, "band y x"]
) -> list[Agreement]:
    region = setting.region
    removed = missing & region.valid
    return [index_agreement(n, region.truth, cube, region.bands, removed) for n in INDICES]


def _means(agreements: Sequence[Sequence[Agreement]]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for index in range(len(INDICES)):
        for field in ("correlation", "rmse"):
            values = [getattr(one[index], field) for one in agreements]
            known = [value for value in values if value is not None]
            cells.append(float(np.mean(known)) if known else None)
    return tuple(cells)
