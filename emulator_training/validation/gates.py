"""What the shipped networks must keep to."""

from collections.abc import Iterable
from typing import NamedTuple

from emulator_training.errors import EmulatorError
from srf_library.errors import near_names

Accuracy = dict[str, dict[str, float]]


class Gate(NamedTuple):
    """A number that an accuracy must keep to.

    Attributes:
        operator: whose accuracy it is.
        name: the accuracy's name.
        better: which way is better, ``lower`` or ``higher``.
        limit: the number.
        end: if the accuracy has two limits, which one this is: ``least`` or ``most``.
    """

    operator: str
    name: str
    better: str
    limit: float
    end: str = ""

    @property
    def label(self) -> str:
        """How the gate is called; no two are called the same."""
        return ".".join(filter(None, (self.operator, self.name, self.end)))

    def kept(self, accuracy: Accuracy) -> bool:
        """Tell whether it is kept; what was not measured, or is NaN, is not."""
        value = accuracy[self.operator].get(self.name, float("nan"))
        return value <= self.limit if self.better == "lower" else value >= self.limit


def _between(operator: str, name: str, least: float, most: float) -> tuple[Gate, Gate]:
    return (
        Gate(operator, name, "higher", least, "least"),
        Gate(operator, name, "lower", most, "most"),
    )


_PARAMETERS = ("cab", "car", "cw", "cm", "lai")
GATES = (
    Gate("prosail_emulator", "wide_rmse", "lower", 0.0025),
    Gate("prosail_emulator", "prior_rmse", "lower", 0.0015),
    *(
        Gate("prosail_emulator", f"{kind}_{name}", better, limit)
        for kind in ("wide", "prior")
        for name, better, limit in (
            ("worst_of_99_percent", "lower", 0.02),
            ("least_r2_of_a_band", "higher", 0.99),
            ("median_gradient_cosine", "higher", 0.999),
        )
    ),
    *_between("prosail_emulator", "wide_coverage_of_90_percent", 0.87, 0.93),
    *_between("prosail_emulator", "prior_coverage_of_90_percent", 0.87, 0.93),
    Gate("prosail_emulator", "hot_spot_rmse", "lower", 0.0025),
    # At the corners single canopies are off by some tenths.
    Gate("prosail_emulator", "edge_rmse", "lower", 0.0075),
    *_between("prosail_emulator", "hot_spot_coverage_of_90_percent", 0.87, 0.93),
    *_between("prosail_emulator", "edge_coverage_of_90_percent", 0.87, 0.93),
    *(
        gate
        for kind in ("wide", "prior")
        for name in ("coverage", "angles_coverage")
        for gate in _between("prosail_inverse", f"{kind}_spectrum_{name}", 0.87, 0.93)
    ),
    # Few bands do not tell which kind a canopy is of, so that one is covered for the other.
    *(
        gate
        for kind in ("wide", "prior")
        for name in ("coverage", "angles_coverage")
        for gate in _between("prosail_inverse", f"{kind}_sentinel2_{name}", 0.86, 0.94)
    ),
    *(Gate("prosail_inverse", f"wide_spectrum_r2_{name}", "higher", 0.9) for name in _PARAMETERS),
    *(Gate("prosail_inverse", f"wide_sentinel2_r2_{n}", "higher", 0.5) for n in ("cab", "lai")),
    *(
        gate
        for what in ("spectrum", "spectrum_angles", "sentinel2", "sentinel2_angles")
        for gate in _between("prosail_inverse", f"wide_nadir_{what}_coverage", 0.86, 0.94)
    ),
    # Noise of the estimate apart, to know the angles makes no parameter worse. Of the prior's few
    # bands that is not so: unknown, the few that it has seen from there are taken for the prior's.
    *(
        Gate("prosail_inverse", f"{kind}_{what}_least_r2_by_angles", "higher", -0.02)
        for kind in ("wide", "wide_nadir")
        for what in ("spectrum", "sentinel2")
    ),
    *(Gate("prosail_manifold", f"{kind}_rmse", "lower", 0.002) for kind in ("wide", "prior")),
    *(
        Gate("prosail_manifold", f"{kind}_rmse_in_that_of_principal_components", "lower", 1.0)
        for kind in ("wide", "prior")
    ),
    Gate("prosail_manifold", "wide_least_ratio_of_strangers", "higher", 4.0),
)


class GateError(EmulatorError, ValueError):
    """Raised when weights are to be published that are not good enough."""

    def __init__(self, missed: list[str]) -> None:
        super().__init__(
            f"the weights miss {len(missed)} of {len(GATES)} gates: {', '.join(missed)}; fit "
            "longer, or accept each with --accept NAME"
        )


class UnknownGateError(EmulatorError, ValueError):
    """Raised when a gate is to be accepted that does not exist."""

    def __init__(self, label: str) -> None:
        near = near_names(label, [gate.label for gate in GATES])
        hint = f"did you mean {' or '.join(near)}?" if near else "`validate` names what is missed"
        super().__init__(f"no gate is called {label!r}; {hint}")


def check_labels(labels: Iterable[str]) -> None:
    """Refuse labels that are no gate's.

    Raises:
        UnknownGateError: of the first.
    """
    known = {gate.label for gate in GATES}
    for label in labels:
        if label not in known:
            raise UnknownGateError(label)


def missed(accuracy: Accuracy) -> list[str]:
    """Return the gates that are missed, in words."""
    found = []
    for gate in GATES:
        if not gate.kept(accuracy):
            value = accuracy[gate.operator].get(gate.name, float("nan"))
            sign = "<=" if gate.better == "lower" else ">="
            found.append(f"{gate.label} ({value:.4g}, not {sign} {gate.limit:g})")
    return found
