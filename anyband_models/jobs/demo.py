"""`anyband-zoo demo` from nothing to files and a table."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyband_models.errors import UsageError
from anyband_models.evaluation.demo import Demo, run_demo
from anyband_models.files import staged
from anyband_models.repair.config import RepairConfig
from anyband_models.repair.files import hashes, write_outcome
from anyband_models.report.content import ReportContent, Table
from anyband_models.report.page import write_report
from anyband_models.report.spread import spread_table
from anyband_models.report.tables import facts, hash_table, score_table

SCENE = "Indian Pines (AVIRIS, 1992)"


@dataclass(frozen=True, eq=False)
class DemoResult:
    """What the demo left behind.

    Attributes:
        demo: the repair and its scores.
        files: the files written, the report last.
        table: the scores beside those of linear interpolation.
    """

    demo: Demo
    files: tuple[Path, ...]
    table: Table

    @property
    def summary(self) -> dict[str, Any]:
        """The scores and files, for JSON."""
        return {
            "model": self.demo.outcome.config.model,
            "scene": SCENE,
            "peak": self.demo.peak,
            "scores": self.demo.scores.model_dump(),
            "linear": self.demo.linear.model_dump(),
            "spread": self.demo.spread.total().model_dump(),
            "linear_spread": self.demo.linear_spread.total().model_dump(),
            "files": [str(path) for path in self.files],
        }


def make_demo(folder: Path, model: str, seed: int) -> DemoResult:
    """Run the demo and write its files into a folder, over those of an earlier run.

    Args:
        folder: made if it is not there.
        model: a name from `list_models`.
        seed: of the damage.

    Raises:
        UsageError: if something else stands where the folder should.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one, which is made if it is not there")
    demo = run_demo(RepairConfig(model=model, seed=seed))
    folder.mkdir(parents=True, exist_ok=True)
    table = score_table(model, demo.scores, demo.linear, demo.peak)
    with staged(overwrite=True) as stage:
        files = write_outcome(demo.outcome, folder / "repaired.tif", stage)
        page = folder / "report.html"
        write_report(_content(demo, table, hashes(stage.pending)), stage(page))
    return DemoResult(demo, (*files, page), table)


def _content(demo: Demo, table: Table, sums: dict[str, str]) -> ReportContent:
    outcome = demo.outcome
    return ReportContent(
        title=f"Repair of {SCENE}",
        scene=outcome.scene,
        mask=~outcome.damage.missing,
        reconstruction=outcome.reconstruction,
        truth=demo.truth,
        tables=(
            table,
            spread_table(outcome.config.model, demo.spread, demo.linear_spread),
            *facts(outcome),
            hash_table(sums),
        ),
        model=outcome.config.model,
    )
