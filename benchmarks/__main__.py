"""`python -m benchmarks NAME [--json]`: run one benchmark and print its ratios."""

import argparse
import json
from collections.abc import Callable

from benchmarks.ratio import Ratio


def _density() -> dict[str, Ratio]:
    from benchmarks.density import measure

    return measure()


def _guidance() -> dict[str, Ratio]:
    from benchmarks.guidance import measure

    return measure()


def _help() -> dict[str, Ratio]:
    from benchmarks.help import measure

    return measure()


def _indices() -> dict[str, Ratio]:
    from benchmarks.indices import measure

    return measure()


def _prior() -> dict[str, Ratio]:
    from benchmarks.prior import measure

    return measure()


def _prosail() -> dict[str, Ratio]:
    from benchmarks import prosail, prosail_networks

    return prosail.measure() | prosail_networks.measure()


def _prosail_accuracy() -> dict[str, Ratio]:
    from benchmarks.prosail_accuracy import measure

    return measure()


def _repair() -> dict[str, Ratio]:
    from benchmarks.repair import measure

    return measure()


def _resampling() -> dict[str, Ratio]:
    from benchmarks.resampling import measure

    return measure()


def _resampling_accuracy() -> dict[str, Ratio]:
    from benchmarks.resampling_accuracy import measure

    return measure()


BENCHMARKS: dict[str, Callable[[], dict[str, Ratio]]] = {
    "density": _density,
    "guidance": _guidance,
    "help": _help,
    "indices": _indices,
    "prior": _prior,
    "prosail": _prosail,
    "prosail_accuracy": _prosail_accuracy,
    "repair": _repair,
    "resampling": _resampling,
    "resampling_accuracy": _resampling_accuracy,
}


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    arguments = parser.parse_args()
    ratios = BENCHMARKS[arguments.name]()
    if arguments.json:
        found = {label: ratio.model_dump(exclude={"detail"}) for label, ratio in ratios.items()}
        print(json.dumps({"benchmark": arguments.name, "ratios": found}))
        return
    for label, ratio in ratios.items():
        sign = "<=" if ratio.better == "lower" else ">="
        print(f"{label}: {ratio.value:.2f} (goal {sign} {ratio.goal:g}); {ratio.detail}")


if __name__ == "__main__":
    main()
