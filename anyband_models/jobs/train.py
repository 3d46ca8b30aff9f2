"""`anyband-zoo train` from a config to the folder of a run, with the finished model in it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyband_models.diffusion.band_diffusion import BandDiffusion
from anyband_models.diffusion.files import write_model
from anyband_models.errors import ResourceError, UsageError
from anyband_models.files import FULL, staged
from anyband_models.jobs.train_config import CONFIG
from anyband_models.jobs.train_reports import Reports
from anyband_models.scene import opening
from anyband_models.scene.scene import Scene
from anyband_models.scene.wavelengths import read_wavelength_table
from anyband_models.scene.windows import WindowedScene
from anyband_models.training.calibration import calibrate
from anyband_models.training.checkpoint import POINTER
from anyband_models.training.config import ReadingConfig, TrainingConfig
from anyband_models.training.config_file import config_text
from anyband_models.training.events import events
from anyband_models.training.journal import Journal, Scored
from anyband_models.training.loop import Run
from anyband_models.training.processes import processes
from anyband_models.training.start import start

MODEL = "model.json"

Said = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """What a run left behind.

    Attributes:
        folder: of the run.
        steps: how many were taken.
        skipped: how many of them were left out.
        validation: PSNR on held-out rows by family of masks, of the model and of lines [dB].
    """

    folder: Path
    steps: int
    skipped: int
    validation: dict[str, Scored]

    @property
    def files(self) -> tuple[Path, ...]:
        """What stands in the folder."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.is_file()))

    @property
    def summary(self) -> dict[str, Any]:
        """What was done, for JSON."""
        return {
            "steps": self.steps,
            "skipped": self.skipped,
            "validation": self.validation,
            "files": [str(path) for path in self.files],
        }


def run_training(
    config: TrainingConfig, folder: Path, resume: bool = False, said: Said = lambda what: None
) -> TrainingResult | None:
    """Train a model, alone or as one of the processes that torchrun has started.

    Args:
        config: of the run.
        folder: made if it is not there.
        resume: go on from the folder's last checkpoint; from the beginning if it has none.
        said: told how far the run is, a line each time.

    Returns:
        What was left behind; None from all processes but the first, which alone writes and speaks.

    Raises:
        UsageError: if the folder holds something else, or a run and `resume` is not set, or one
            of another config.
        InputError, ScaleError: if a scene cannot be read, or cannot be learned from.
        WeightsError: if the checkpoint is damaged.
        QualityError: if ten steps in a row are not finite.
        ResourceError: if the disk is full; the last checkpoint stands.
    """
    with processes() as shared:
        if shared.first:
            check_folder(folder, resume)
        run = start([open_scene(path, config.reading) for path in config.scenes], config, shared)
        if resume:
            run.resume(folder)
        if not shared.first:
            run.train(None)
            return None
        for note in run.notes:
            said(f"note: {note}")
        with room(folder):
            return _first(run, folder, resume, said)


def check_folder(folder: Path, resume: bool, config: str = CONFIG) -> None:
    """See that a run may be written to a folder, before any work is done.

    Args:
        folder: made later if it is not there.
        resume: whether a run may be there.
        config: name of the file that says which run it is.

    Raises:
        UsageError: if something else stands there, or a run that is not to be gone on with.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder; name one, which is made if it is not there")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / config).is_file():
        raise UsageError(f"{folder} holds other files than a run's; name an empty or a new folder")
    if not resume:
        raise UsageError(
            f"there is a run in {folder}; pass --resume to go on with it, or choose another folder"
        )


def open_scene(path: Path, reading: ReadingConfig) -> Scene | WindowedScene:
    """Return a scene that is to be learned from, in memory or in its file.

    Raises:
        UsageError, InputError, ScaleError: as `scene.opening.open_scene` does.
    """
    table = reading.wavelengths
    options = reading.model_dump(exclude={"wavelengths", "windows"})
    opened = opening.open_windowed if reading.windows else opening.open_scene
    return opened(
        path, **options, wavelengths=None if table is None else read_wavelength_table(table)
    )


def _first(run: Run, folder: Path, resume: bool, said: Said) -> TrainingResult:
    folder.mkdir(parents=True, exist_ok=True)
    with staged(overwrite=True) as stage:
        stage(folder / CONFIG).write_text(config_text(run.config), encoding="utf-8")
    if resume:
        at = f"from step {run.step}" if run.step else "from the beginning: there is no checkpoint"
        said(f"going on {at}")
    parameters = sum(weights.numel() for weights in run.model.network.parameters())
    said(f"{parameters:,} parameters, {run.config.steps - run.step:,} steps to take")
    journal = Journal(folder, run.step)
    with events(folder, run.step) as shown:
        reports = Reports(run, folder, journal, shown, said)
        run.train(folder, reports)
        reports.page()
    said("learning how far the model errs" if run.held_out else "writing the model")
    model, scores = finished(run), journal.last_validation
    about = {
        "config": run.config.model_dump(mode="json"),
        "steps": run.step,
        "skipped": run.skipped,
    }
    write_model(folder / MODEL, model.spec, model.state_dict(), about, {"validation [dB]": scores})
    return TrainingResult(folder, run.step, run.skipped, scores)


def finished(run: Run) -> BandDiffusion:
    """Return the model of a run, calibrated on the rows that were held out, if any were."""
    model = run.averaged()
    if run.held_out:
        calibrate(model, run.held_out, run.batches.masking, run.config.seed)
    return model


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """Say of a full disk what stands."""
    try:
        yield
    except (OSError, ResourceError) as error:
        full = isinstance(error, ResourceError) or error.errno in FULL
        if not full:
            raise
        stands = (folder / POINTER).is_file()
        how = "the last checkpoint stands" if stands else "there is no checkpoint yet"
        raise ResourceError(
            f"the disk of {folder} is full; {how}; free some space and go on with --resume"
        ) from error
