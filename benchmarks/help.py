"""`anyband-zoo --help` against a bare import of typer and rich."""

from benchmarks.ratio import Ratio, run_python, time_ratio

OURS = (
    "import sys; sys.argv = ['anyband-zoo', '--help']; from anyband_models.cli import main; main()"
)
BASELINE = "import typer, rich"


def measure() -> dict[str, Ratio]:
    """Return the ratio of whole processes' times."""
    return {
        "time": time_ratio(lambda: run_python(OURS), lambda: run_python(BASELINE), 2.5, rounds=21)
    }
