"""`anyband-zoo reproduce` from a scene to a table in two files."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from anyband_models.errors import UsageError
from anyband_models.files import Stage, staged
from anyband_models.jobs.reproduce.setting import SCALES, Setting
from anyband_models.jobs.reproduce.table import Table
from anyband_models.jobs.reproduce.table2 import table2
from anyband_models.jobs.reproduce.table3 import table3
from anyband_models.jobs.reproduce.table4 import table4
from anyband_models.jobs.reproduce.table5 import table5
from anyband_models.jobs.reproduce.table7 import table7
from anyband_models.repair.files import versions
from anyband_models.scene.examples import indian_pines
from anyband_models.scene.formats import source_files
from anyband_models.scene.scene import Scene

TABLES: dict[str, Callable[[Setting, str], Table]] = {
    "table2": table2,
    "table3": table3,
    "table4": table4,
    "table5": table5,
    "table7": table7,
}


def reproduce(
    name: str,
    scale: str,
    scene: Scene | None,
    weights: Path | None,
    folder: Path,
    command: str,
    overwrite: bool = False,
    inputs: Sequence[Path] = (),
    steps: int | None = None,
) -> tuple[Table, tuple[Path, ...]]:
    """Measure a table and write it as Markdown and JSON: both, or none.

    Args:
        name: of the table.
        scale: how much it may cost, a name of `SCALES`.
        scene: trained on its left half and judged on its right; Indian Pines, if None.
        weights: of a model to be judged; one is trained, if None, and for table 4 in any case.
        folder: where the files go; made if it is not there.
        command: that was given, for the record.
        overwrite: whether files that are there may be replaced.
        inputs: files that are read, and never replaced.
        steps: of the training, in place of the scale's.

    Raises:
        UsageError: if the folder is a file, or the files are there already.
        WeightsError, ModelError: if the weights cannot serve.
        InputError: if the scene cannot serve.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one, which is made if it is not there")
    folder.mkdir(parents=True, exist_ok=True)
    page, data = folder / f"{name}.md", folder / f"{name}.json"
    read = [*inputs, *(source_files(scene) if scene else ())]
    Stage(overwrite).check([page, data], read)
    settings = SCALES[scale] if steps is None else SCALES[scale]._replace(steps=steps)
    setting = Setting(indian_pines() if scene is None else scene, settings, weights)
    table = TABLES[name](setting, scale)
    table.facts.update(scale=scale, command=command, versions=versions())
    with staged(overwrite) as stage:
        stage(page).write_text(table.markdown(), encoding="utf-8")
        stage(data).write_text(json.dumps(table.told(), indent=2) + "\n", encoding="utf-8")
    return table, (page, data)
