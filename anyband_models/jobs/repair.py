"""`anyband-zoo repair` from a scene to its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyband_models.damage.band_list import parse_bands
from anyband_models.damage.damage import Damage
from anyband_models.damage.detect import detect
from anyband_models.damage.mask_file import read_mask
from anyband_models.errors import REFUSED_PARTS, ResourceError
from anyband_models.files import Stage, staged
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.files import every_file, final_paths, hashes, summary, write_outcome
from anyband_models.repair.outcome import Outcome
from anyband_models.repair.pipeline import repair_scene
from anyband_models.repair.plan import Plan, memory_needed, runs
from anyband_models.report.content import ReportContent
from anyband_models.report.page import write_report
from anyband_models.report.tables import facts, hash_table
from anyband_models.scene.formats import check_writable, source_files
from anyband_models.scene.formats.memory import available_memory
from anyband_models.scene.scene import Scene


def find_damage(scene: Scene, bad_bands: str, mask: Path | None) -> Damage:
    """Return what is wrong with a scene, by its file and by its user.

    Args:
        scene: as it was read.
        bad_bands: the user's list; see `parse_bands`.
        mask: the user's mask file; see `read_mask`.

    Raises:
        UsageError: if the list cannot be understood.
        InputError: if the mask cannot be read, or does not fit the scene.
    """
    bands = parse_bands(bad_bands, scene.wavelength, scene.meta.band_names)
    b, y, x = scene.stored.shape
    return detect(scene, bands, None if mask is None else read_mask(mask, (b, y, x)))


@dataclass(frozen=True, eq=False)
class RepairResult:
    """What a repair left behind.

    Attributes:
        outcome: of the repair.
        files: the files written, the report last if there is one.
    """

    outcome: Outcome
    files: tuple[Path, ...]

    @property
    def exit_code(self) -> int:
        """0, or 6 if any entry was refused."""
        return REFUSED_PARTS if self.outcome.counts["refused"] else 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know, a sentence each."""
        counts = self.outcome.counts
        notes = list(self.outcome.reconstruction.notes)
        if counts["refused"]:
            notes.append(
                f"{counts['refused']:,} entries were refused; the provenance layer marks them 3"
            )
        if counts["long_gap"] and not counts["refused"]:
            notes.append(
                f"{counts['long_gap']:,} entries lie in a long gap; the caution layer marks them 2"
            )
        return tuple(notes)

    @property
    def summary(self) -> dict[str, Any]:
        """What was done, for JSON."""
        return summary(self.outcome) | {"files": [str(path) for path in self.files]}

    def rows(self) -> list[tuple[str, str]]:
        """What was done, for a table."""
        counts = {key: f"{count:,}" for key, count in self.outcome.counts.items()}
        rows = [(f"{key.replace('_', ' ')} entries", count) for key, count in counts.items()]
        return [
            *rows,
            ("seconds", f"{self.outcome.seconds:.2f}"),
            *(("wrote", str(path)) for path in self.files),
        ]


def run_repair(
    scene: Scene,
    damage: Damage,
    config: RepairConfig,
    output: Path,
    report: Path | None = None,
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
) -> RepairResult:
    """Repair a scene and write its files: all of them, or none.

    Args:
        scene: as it was read.
        damage: what to repair.
        config: the model and its settings.
        output: where the full cube goes.
        report: where the page goes, if one is wanted.
        overwrite: whether files that are there may be replaced.
        inputs: files read beside the scene; never replaced.

    Raises:
        ResourceError: if memory or disk do not suffice.
        UsageError, InputError: as `check_outputs` does.
        AnybandError: whatever `repair_scene` raises.
    """
    check_memory(scene, config)
    check_outputs(scene, output, report, overwrite, inputs)
    with staged(overwrite) as stage:
        outcome = repair_scene(scene, config, damage)
        files = write_outcome(outcome, output, stage)
        if report is not None:
            sums = hashes(stage.pending)
            write_report(report_content(outcome, sums), stage(report))
            files.append(report)
    return RepairResult(outcome, tuple(files))


def check_outputs(
    scene: Scene, output: Path, report: Path | None, overwrite: bool, inputs: Sequence[Path] = ()
) -> None:
    """See that the files of a repair may be written, before any work is done.

    Raises:
        UsageError: if a file is there already, or is an input, or two have one name, or the
            output's suffix names no format, or that format cannot hold the scene.
        InputError: if a folder does not exist.
    """
    for image in final_paths(output)[:-1]:
        check_writable(scene, image)
    finals = [*every_file(output), *([report] if report else [])]
    Stage(overwrite).check(finals, [*source_files(scene), *inputs])


def check_memory(scene: Scene, config: RepairConfig) -> None:
    """See that a repair will fit into memory before it begins.

    Raises:
        ResourceError: if it will not.
    """
    needed, there = memory_needed(scene, config), available_memory()
    if needed > there:
        raise ResourceError(
            f"the repair needs about {needed / 1e9:,.1f} GB of memory and {there / 1e9:,.1f} GB "
            "are available; cut the scene into parts"
        )


def plan_rows(plan: Plan) -> list[tuple[str, str]]:
    """Return a plan as rows of a table."""
    return [
        ("scene", plan.scene),
        ("bands, rows, columns", f"{plan.bands}, {plan.rows}, {plan.columns}"),
        ("wavelengths [nm]", f"{plan.wavelength_nm[0]:g} to {plan.wavelength_nm[1]:g}"),
        ("stored as", plan.dtype),
        ("values", f"{plan.quantity} = stored x {plan.scale:g} + {plan.offset:g}"),
        *(("damage", finding) for finding in plan.findings),
        ("bands missing everywhere", runs(plan.missing_bands) or "none"),
        ("entries to fill", f"{plan.missing_entries:,}"),
        ("pixels without data, left so", f"{plan.nodata_pixels:,}"),
        ("complete pixels to learn from", f"{plan.complete_pixels:,}"),
        ("model", plan.model),
        ("of which linear would answer, about", f"{plan.fallback_share:.0%}"),
        ("in a gap wider than the model's limit, about", f"{plan.long_gap_share:.0%}"),
        ("memory, about", f"{plan.memory_bytes / 1e6:,.0f} MB"),
        ("time, about", f"{plan.seconds:,.1f} s"),
        ("disk, at most", f"{plan.disk_bytes / 1e6:,.0f} MB"),
    ]


def report_content(outcome: Outcome, sums: dict[str, str]) -> ReportContent:
    """Return what the page of a repair shows; ``sums`` are its files' hashes."""
    return ReportContent(
        title=f"Repair of {Path(outcome.scene.meta.path).name}",
        scene=outcome.scene,
        mask=~outcome.damage.missing,
        reconstruction=outcome.reconstruction,
        tables=(*facts(outcome), hash_table(sums)),
        model=outcome.config.model,
    )
