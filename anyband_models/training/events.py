"""What a run reports, for TensorBoard, where that is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float
from numpy import ndarray

from anyband_models.training.journal import Record


@runtime_checkable
class Writer(Protocol):
    """What is asked of TensorBoard's writer."""

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> None:
        """Add a point to a curve."""

    def add_image(self, tag: str, img_tensor: ndarray, global_step: int, dataformats: str) -> None:
        """Add an image."""


class Events:
    """The events of a run's folder.

    Args:
        writer: where they go; None if TensorBoard is not there.
    """

    def __init__(self, writer: Writer | None) -> None:
        self.writer = writer

    def add(self, found: Record, strip: Float[ndarray, "row col 3"] | None) -> None:
        """Tell of a report, and show its image."""
        if self.writer is None:
            return
        step = found["step"]
        for tag, value in _scalars(found):
            self.writer.add_scalar(tag, value, step)
        if strip is not None:
            self.writer.add_image("truth, linear, model", strip, step, dataformats="HWC")


@contextmanager
def events(folder: Path, step: int) -> Iterator[Events]:
    """Open a run's events; those of later steps are forgotten."""
    if find_spec("tensorboard") is None:
        yield Events(None)
        return
    writer = _summary_writer(folder / "events", step + 1)
    try:
        yield Events(writer)
    finally:
        writer.close()


def _summary_writer(folder: Path, purge: int) -> Any:  # noqa: ANN401  (ships no types)
    from torch.utils.tensorboard import SummaryWriter

    return SummaryWriter(str(folder), purge_step=purge)


def _scalars(found: Record) -> Iterator[tuple[str, float]]:
    if (loss := found["loss"]) is not None:
        yield "loss", loss
    for name, term in found["physics"].items():
        if term is not None:
            yield f"physics/{name}", term
    yield "learning rate", found["learning_rate"]
    yield "skipped steps", found["skipped"]
    for family, scores in found.get("validation", {}).items():
        yield f"dB over linear/{family}", scores["model"] - scores["linear"]
    for family, gain in found.get("gain", {}).items():
        yield f"dB over the prior/{family}", gain
