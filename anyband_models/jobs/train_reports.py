"""What a run tells of itself while it learns: lines, records, TensorBoard's events and the page."""

import time
from collections.abc import Callable
from pathlib import Path

from anyband_models.files import staged
from anyband_models.report.quicklook import choose_composite
from anyband_models.report.training import strip_colours, training_page
from anyband_models.training.config_file import config_text
from anyband_models.training.events import Events
from anyband_models.training.journal import Journal, Record, record
from anyband_models.training.loop import Progress, Run
from anyband_models.training.strip import Strip, strip
from anyband_models.training.validation import Repaired, validate

PAGE = "run.html"


class Reports:
    """Told of steps by `Run.train`; validates those that are kept, and draws the page anew.

    Args:
        run: of which is told.
        folder: of the run.
        journal: what was told before.
        events: TensorBoard's, if it is there.
        said: told a line for each report.
    """

    def __init__(
        self,
        run: Run,
        folder: Path,
        journal: Journal,
        events: Events,
        said: Callable[[str], None],
    ) -> None:
        self.run, self.folder, self.journal = run, folder, journal
        self.events, self.said = events, said
        spec = run.model.spec
        bands = spec.bands
        self.composite = choose_composite(bands.wavelength, bands.good)
        self.strip: Strip | None = None
        self.began, self.first = time.monotonic(), run.step

    def __call__(self, progress: Progress) -> None:
        """Report a step."""
        kept = self.run.config.keeps(progress.step)
        found = record(progress, self._validated() if kept else {})
        self.journal.add(found)
        self.events.add(found, strip_colours(self.strip) if kept and self.strip else None)
        self.said(self._line(found))
        if kept:
            self.page()

    def page(self) -> None:
        """Draw the page of what was reported so far."""
        text = training_page(
            f"Training run {self.folder.name}",
            self.journal.records,
            self.strip,
            f"{self.composite.name[:1].upper()}{self.composite.name[1:]}",
            self.run.notes,
            config_text(self.run.config),
        )
        with staged(overwrite=True) as stage:
            stage(self.folder / PAGE).write_text(text, encoding="utf-8")

    def _validated(self) -> dict[str, Repaired]:
        if not self.run.held_out:
            return {}
        model = self.run.averaged()
        self.strip = strip(model, self.run.held_out[0], self.composite.bands)
        return validate(model, self.run.held_out)

    def _line(self, found: Record) -> str:
        step, steps = found["step"], self.run.config.steps
        each = (time.monotonic() - self.began) / max(1, step - self.first)
        loss = "not finite" if found["loss"] is None else f"{found['loss']:.4g}"
        parts = [f"step {step}/{steps}", f"loss {loss}"]
        parts += [f"{k} {v:.3g}" for k, v in found["physics"].items() if v is not None]
        parts += [f"{found['skipped']} skipped"] * bool(found["skipped"])
        parts.append(f"{(steps - step) * each / 60:.1f} min left")
        scores = found.get("validation", {})
        if scores:
            above = (f"{k} {s['model'] - s['linear']:+.2f}" for k, s in scores.items())
            parts.append(f"dB over linear: {', '.join(above)}")
        return ", ".join(parts)
