"""The arena's results as Markdown and as a picture."""

from collections.abc import Iterable, Iterator, Sequence

from anyband_models.evaluation.evaluate import Fit
from anyband_models.jobs.arena.means import Row, families, fits, means, models, row
from anyband_models.jobs.arena.results import BASELINE, Entry, Results
from anyband_models.report.arena import Panel, arena_plot

SUPPORT: dict[Fit, str] = {
    "left": "With support: the left half of the scene is given",
    "none": "Without support: nothing but what is left of the judged half",
}
# Of each field of `Row`: its heading, and how it is written.
SCORES = {
    "psnr": ("PSNR missing [dB]", ".2f"),
    "above": ("over linear [dB]", "+.2f"),
    "sam": ("SAM [rad]", ".4f"),
    "ndvi_rmse": ("NDVI RMSE", ".4f"),
    "crps": ("CRPS / linear's", ".3f"),
    "coverage_50": ("50 % holds", ".1%"),
    "coverage_90": ("90 % holds", ".1%"),
    "spread_skill": ("spread / error", ".2f"),
    "seconds": ("s", ".2f"),
}
BAR = "\\|"  # that stands in a cell
MOST = ("psnr", "above", "crps", "coverage_90", "seconds")
NOTES = (
    "Entries are removed from the right half of each scene, repaired, and scored; observed entries "
    "count in SAM alone. The peak of PSNR is the range of the scene's valid entries.",
    "Means over scenes are of those that the model served, and their number is told: compare rows "
    "of as many. Those of CRPS / linear's and of spread / error are geometric. A repair without "
    "any error has infinite PSNR and is left out of them.",
    "CRPS counts the error and the spread together: 0 is perfect, 1 is no better than `linear` "
    "with its own spread. Where the spread is honest, the intervals hold 50 % and 90 %, and "
    "spread / error is 1.",
    "Without support `gaussian` and `mixture` are `linear` where no pixel is complete; a model "
    "with weights knows what these were trained on, with support and without.",
)


def page(results: Results) -> str:
    """Return the whole page: means over scenes, then scene by scene, then what was not judged."""
    settings = results.settings
    return "\n".join(
        [
            "# The arena: every model on every scene",
            "",
            f"Scenes: {len(results.scenes)}. Masks a family: {settings.seeds}. "
            "![decibels over linear](arena.png)",
            *_means(results),
            *_scene_by_scene(results),
            *_not_judged(results),
            "",
            *(f"- {note}" for note in NOTES),
            *(f"- command: `{command}`" for command in results.commands),
            *(f"- {key}: `{value}`" for key, value in _facts(results)),
            "",
        ]
    )


def picture(results: Results) -> bytes:
    """Return the picture as PNG: decibels over linear interpolation, means over scenes."""
    names = families(results)
    panels = []
    for fit in fits(results):
        above: dict[str, list[float | None]] = {}
        for number, family in enumerate(names):
            for mean in means(results, fit, family):
                if mean.model != BASELINE:
                    above.setdefault(mean.model, [None] * len(names))[number] = mean.row.above
        panels.append(Panel(SUPPORT[fit], above))
    labels = {name: _label(name, results) for panel in panels for name in panel.above}
    title = (
        f"PSNR over the removed entries, less that of linear; means of {len(results.scenes)} "
        f"scene{'s' * (len(results.scenes) != 1)}, {results.settings.seeds} "
        f"mask{'s' * (results.settings.seeds != 1)} each"
    )
    return arena_plot(title, names, panels, labels)


def _label(model: str, results: Results) -> str:
    entries = results.entries.values()
    served = {entry.scene for entry in entries if entry.model == model and entry.judged}
    few = len(served) < len(results.scenes)
    return f"{model} ({len(served)} of {len(results.scenes)} scenes)" if few else model


def _means(results: Results) -> Iterator[str]:
    for fit in fits(results):
        rows = [
            (family, mean.model, str(mean.scenes), *cells(mean.row))
            for family in families(results)
            for mean in means(results, fit, family)
        ]
        yield from ("", f"## {SUPPORT[fit]}", "", "Means over scenes.", "")
        yield from table(("entries removed", "model", "scenes", *headings()), rows)


def summary(results: Results, fit: Fit) -> list[tuple[str, ...]]:
    """Return the rows of the means with one kind of support, of the scores that matter most."""
    return [
        (family, mean.model, str(mean.scenes), *cells(mean.row, MOST))
        for family in families(results)
        for mean in means(results, fit, family)
    ]


def _scene_by_scene(results: Results) -> Iterator[str]:
    yield from ("", "## Scene by scene")
    for name, facts in sorted(results.scenes.items()):
        bands, rows, columns = facts.shape
        about = f"{rows} x {columns} pixels, {bands} bands, {facts.quantity}, peak {facts.peak:g}"
        yield from ("", f"### {name}", "", ". ".join(filter(None, (about, facts.note))) + ".", "")
        judged = [e for e in results.entries.values() if e.scene == name and e.judged]
        order = {name: number for number, name in enumerate(families(results))}
        by = models(judged)
        judged.sort(key=lambda e: (e.fit, order[e.family], by.index(e.model)))
        yield from table(
            ("support", "entries removed", "model", *headings()),
            [(e.fit, e.family, e.model, *cells(row(e, results.entries))) for e in judged],
        )


def _not_judged(results: Results) -> Iterator[str]:
    refused = [entry for entry in results.entries.values() if not entry.judged]
    rows = [(name, "all", why) for name, why in sorted(results.unread.items())]
    rows += [(scene, what, why) for (scene, why), what in sorted(_gathered(refused).items())]
    if rows:
        yield from ("", "## Not judged", "", *table(("scene", "what", "why"), rows))


def _gathered(refused: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """Return what was refused for one reason, told once."""
    found: dict[tuple[str, str], list[Entry]] = {}
    for entry in refused:
        found.setdefault((entry.scene, entry.reason), []).append(entry)
    return {
        key: f"{', '.join(dict.fromkeys(e.model for e in entries))}: "
        f"{', '.join(dict.fromkeys(e.family for e in entries))}"
        for key, entries in found.items()
    }


def _facts(results: Results) -> Iterator[tuple[str, object]]:
    settings = results.settings
    yield "mask seeds", list(range(settings.seeds))
    yield "weights sha256", settings.weights_sha256 or "those that ship"
    yield "said of all scenes", settings.reading or "nothing"
    yield from results.versions.items()


def headings(names: Sequence[str] = tuple(SCORES)) -> list[str]:
    """Return what stands above scores."""
    return [SCORES[name][0] for name in names]


def cells(scores: Row, names: Sequence[str] = tuple(SCORES)) -> list[str]:
    """Return scores in words; a dash where there is none."""
    found = [(getattr(scores, name), SCORES[name][1]) for name in names]
    return ["-" if value is None else format(value, form) for value, form in found]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table.

    >>> list(table(("a", "b"), [("1", "2")]))
    ['| a | b |', '|---|---|', '| 1 | 2 |']
    """
    yield _line(columns)
    yield f"|{'---|' * len(columns)}"
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"
