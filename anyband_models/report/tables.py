"""The tables of a page: scores, indices, settings, damage, versions, hashes."""

import numpy as np
from jaxtyping import Bool, Float32

from anyband_models.evaluation.scores import Scores
from anyband_models.repair.files import versions
from anyband_models.repair.outcome import Outcome
from anyband_models.repair.plan import describe
from anyband_models.report.content import Table
from physops.bands import Bands
from physops.errors import MissingBandError

# Title, field of `Scores`, format, and whether more is better.
SCORE_ROWS = (
    ("PSNR, missing entries [dB]", "psnr_missing", ".2f", True),
    ("PSNR, whole cube [dB]", "psnr_whole", ".2f", True),
    ("MPSNR, missing entries [dB]", "mpsnr_missing", ".2f", True),
    ("RMSE, missing entries", "rmse_missing", ".4g", False),
    ("SSIM", "ssim", ".4f", True),
    ("SAM [rad]", "sam", ".4f", False),
    ("ERGAS", "ergas", ".3f", False),
    ("UQI", "uqi", ".4f", True),
    ("NDVI correlation", "ndvi_correlation", ".4f", True),
    ("NDVI RMSE", "ndvi_rmse", ".4f", False),
    ("NDWI correlation", "ndwi_correlation", ".4f", True),
    ("NDWI RMSE", "ndwi_rmse", ".4f", False),
)


def score_table(model: str, scores: Scores, linear: Scores, peak: float) -> Table:
    """Return a model's scores beside those of linear interpolation."""
    rows = []
    for title, field, form, more_is_better in SCORE_ROWS:
        ours, line = getattr(scores, field), getattr(linear, field)
        better = "" if None in (ours, line) else _better(ours, line, more_is_better, model)
        rows.append((title, _cell(ours, form), _cell(line, form), better))
    note = (
        f"Over the entries that were removed; peak = {peak:g}, the range of the whole scene. "
        "SSIM, ERGAS and UQI over the bands, SAM over the pixels, NDVI and NDWI over the pixels "
        "that lost entries."
    )
    return Table("Scores", ("score", model, "linear", "better"), tuple(rows), note)


def _better(ours: float, line: float, more_is_better: bool, model: str) -> str:
    if ours == line:
        return "equal"
    return model if (ours > line) == more_is_better else "linear"


def _cell(value: float | None, form: str) -> str:
    return "not lost" if value is None else format(value, form)


def index_table(outcome: Outcome) -> Table:
    """Return the indices of the scene before and after the repair."""
    scene, result = outcome.scene, outcome.reconstruction
    bands = Bands(scene.wavelength, scene.fwhm, scene.good)
    rows = []
    for name in ("ndvi", "ndwi"):
        before = _index(name, scene.values, ~outcome.damage.missing, bands)
        after = _index(name, result.mean, np.isfinite(result.mean), bands)
        rows.append((name.upper(), *_summary(before), *_summary(after)))
    columns = ("index", "pixels before", "mean", "std", "pixels after", "mean", "std")
    return Table("Indices before and after", columns, tuple(rows), "Bands nearest the index's own.")


def _index(
    name: str,
    values: Float32[np.ndarray, "band y x"],
    known: Bool[np.ndarray, "band y x"],
    bands: Bands,
) -> Float32[np.ndarray, " n"] | None:
    """Return the index of every pixel that has it; None if the scene lacks its bands."""
    import torch

    import physops

    try:
        operator = physops.get(name, bands=bands, variant="anyband")
    except MissingBandError:
        return None
    cube = torch.from_numpy(np.where(known, values, np.float32(np.nan)))
    index = operator(cube).numpy()
    return index[np.isfinite(index)]


def _summary(index: Float32[np.ndarray, " n"] | None) -> tuple[str, str, str]:
    if index is None:
        return "no such bands", "-", "-"
    if not index.size:
        return "0", "-", "-"
    return f"{index.size:,}", f"{index.mean():.4f}", f"{index.std():.4f}"


def settings_table(outcome: Outcome) -> Table:
    """Return everything that decided the result."""
    config = outcome.config
    own = {"model": config.model, "seed": str(config.seed), "samples": str(config.samples)}
    gap = {} if config.max_gap_nm is None else {"largest gap [nm]": f"{config.max_gap_nm:g}"}
    rows = {**own, **gap, **{key: str(value) for key, value in config.settings.items()}}
    return Table("Settings", ("setting", "value"), tuple(rows.items()))


def damage_table(outcome: Outcome) -> Table:
    """Return what was found wrong, and what was done about it."""
    found = tuple(
        (line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in describe(outcome.damage)
    )
    done = tuple(
        (f"result: {key.replace('_', ' ')}", f"{count:,} entries")
        for key, count in outcome.counts.items()
    )
    return Table("Damage and provenance", ("what", "where, how many"), (*found, *done))


def version_table() -> Table:
    """Return the versions that the result depends on."""
    return Table("Versions", ("package", "version"), tuple(versions().items()))


def facts(outcome: Outcome) -> tuple[Table, ...]:
    """Return the tables that every repair has."""
    return index_table(outcome), damage_table(outcome), settings_table(outcome), version_table()


def hash_table(hashes: dict[str, str]) -> Table:
    """Return the sha256 of each file."""
    return Table("Files", ("file", "sha256"), tuple(hashes.items()))
