"""`anyband-zoo --help` against a bare import of typer and rich."""

import subprocess
import sys

from benchmarks.ratio import Ratio, time_ratio

OURS = (
    "import sys; sys.argv = ['anyband-zoo', '--help']; from anyband_models.cli import main; main()"
)
BASELINE = "import typer, rich"


def measure() -> dict[str, Ratio]:
    """Return the ratio of whole processes' times."""
    return {"time": time_ratio(lambda: _python(OURS), lambda: _python(BASELINE), 2.5, rounds=21)}


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
