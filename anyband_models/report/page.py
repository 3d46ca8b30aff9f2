"""The report itself: one HTML file."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyband_models.report.content import ReportContent
from anyband_models.report.maps import make_maps
from anyband_models.report.panels import make_panels
from anyband_models.report.payload import Payload, make_payload, thin
from anyband_models.report.quicklook import MISSING_COLOUR
from anyband_models.report.words import ORIGIN_WORDS, QUANTITY_WORDS, what_was_repaired

if TYPE_CHECKING:
    from jinja2 import Template

LIMIT = 5_000_000  # bytes: what a mail server lets through and a browser opens at once
MARGIN = 2_000  # bytes: for the numbers whose length is known only once the stride is

SCRIPTS = ("cube.js", "plot.js", "page.js")


def write_report(content: ReportContent, path: Path) -> None:
    """Write the page to exactly ``path``, at most `LIMIT` bytes long.

    Where the cube is too large, the page carries every ``stride``-th pixel of it and says so.
    """
    path.write_text(make_page(content), encoding="utf-8", newline="\n")


def make_page(content: ReportContent) -> str:
    """Return the page as text."""
    maps = make_maps(content)
    frame = _frame(content) | {"panels": make_panels(content, maps)}
    one_pixel = thin(content, maps, stride=max(maps.missing.shape))
    budget = LIMIT - MARGIN - len(_render(frame, one_pixel).encode())
    return _render(frame, make_payload(content, maps, budget))


def _frame(content: ReportContent) -> dict[str, Any]:
    """What the template shows beside the payload."""
    bands, height, width = content.mask.shape
    quantity, unit = QUANTITY_WORDS[content.scene.meta.quantity]
    wavelength = content.scene.wavelength
    script = '"use strict";\n' + "\n".join(_asset(name) for name in SCRIPTS)
    return {
        "content": content,
        "summary": what_was_repaired(content),
        "shape": {"bands": bands, "height": height, "width": width},
        "span": (float(wavelength.min()), float(wavelength.max())),
        "quantity": quantity if unit == "1" else f"{quantity} [{unit}]",
        "remarks": (*content.warnings, *content.reconstruction.notes),
        "origins": tuple(ORIGIN_WORDS.values()),
        "missing_colour": "rgb({:.0%} {:.0%} {:.0%})".format(*MISSING_COLOUR),
        "style": _asset("page.css"),
        "script": script,
        "script_hash": b64encode(sha256(script.encode()).digest()).decode("ascii"),
    }


def _render(frame: dict[str, Any], payload: Payload) -> str:
    return _template().render(frame, payload=payload)


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False}
    return environment.from_string(_asset("page.html.j2"))


def _asset(name: str) -> str:
    return (files("anyband_models.report") / name).read_text(encoding="utf-8")
