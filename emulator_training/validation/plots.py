"""Where the networks err: by wavelength, by parameter, and which parameters are found again."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from emulator_training.band_response import GRID
from emulator_training.design import Kind
from emulator_training.networks import BIOPHYSICAL
from emulator_training.parameters import NAMES, PARAMETERS
from emulator_training.validation.gates import Accuracy
from emulator_training.validation.held_out import HeldOut

# The errors are shown over so many steps of each parameter.
_STEPS = 8
# Canopies of each kind, and the emulator's errors of them.
Drawn = dict[Kind, tuple[HeldOut, Float[Tensor, "sample wavelength"]]]
_KINDS = {"wide": "wide ranges", "prior": "as in nature", "hot_spot": "hot spot", "edge": "edges"}
_SEEN = {"spectrum": "every nanometre", "sentinel2": "13 bands of Sentinel-2"}


def plot(folder: Path, accuracy: Accuracy, drawn: Drawn) -> None:
    """Write the plots: ``error_by_wavelength``, ``error_by_parameter``, ``inverse_by_parameter``.

    Args:
        folder: where they go.
        accuracy: of the inverse, by name.
        drawn: what the emulator was judged by.
    """
    _by_wavelength(folder / "error_by_wavelength.png", drawn)
    _by_parameter(folder / "error_by_parameter.png", drawn)
    _inverse(folder / "inverse_by_parameter.png", accuracy["prosail_inverse"])


def by_step(
    values: Float[Tensor, " sample"], squared: Float[Tensor, " sample"], low: float, high: float
) -> Float[Tensor, " step"]:
    """Return the root mean squared error over equal steps of a parameter; NaN where none lies."""
    step = ((values - low) / (high - low) * _STEPS).long().clamp(0, _STEPS - 1)
    total = torch.zeros(_STEPS).index_add(0, step, squared)
    return (total / torch.bincount(step, minlength=_STEPS)).sqrt()


def _by_wavelength(path: Path, drawn: Drawn) -> None:
    from matplotlib.figure import Figure  # slow to import

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for kind, (_, apart) in drawn.items():
        axes.plot(GRID, apart.square().mean(dim=0).sqrt(), label=_KINDS[kind])
    axes.set(xlabel="wavelength [nm]", ylabel="RMSE of the emulator [1]", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=120)


def _by_parameter(path: Path, drawn: Drawn) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 8), layout="constrained")
    for number, (axes, parameter) in enumerate(
        zip(figure.subplots(3, 5, sharey=True).flat, PARAMETERS, strict=True)
    ):
        width = (parameter.high - parameter.low) / _STEPS
        places = [parameter.low + width * (step + 0.5) for step in range(_STEPS)]
        for kind, (canopies, apart) in drawn.items():
            squared, values = apart.square().mean(dim=-1), canopies.parameters[:, number]
            rows = by_step(values, squared, parameter.low, parameter.high)
            axes.plot(places, rows, marker=".", label=_KINDS[kind])
        # Edges err tenfold: on even steps nothing would be seen of the others.
        axes.set(xlabel=f"{parameter.title} [{parameter.unit}]", yscale="log")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=len(drawn))
    figure.suptitle("RMSE of the emulator [1] by parameter", x=0.02, ha="left")
    figure.savefig(path, dpi=120)


def _inverse(path: Path, found: dict[str, float]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), layout="constrained")
    titles = [PARAMETERS[NAMES.index(name)].title for name in BIOPHYSICAL]
    panels, least = figure.subplots(2, 1, sharex=True, sharey=True), 0.0
    for axes, kind in zip(panels, ("wide", "prior"), strict=True):
        for offset, (what, label) in zip((-0.2, 0.2), _SEEN.items(), strict=True):
            places = [place + offset for place in range(len(BIOPHYSICAL))]
            scores, angles = (
                [found[f"{kind}_{what}_{part}r2_{name}"] for name in BIOPHYSICAL]
                for part in ("", "angles_")
            )
            least = min(least, *scores, *angles)
            axes.bar(places, scores, 0.4, label=label)
            axes.plot(places, angles, "k_", ms=12, label="angles known" if offset > 0 else None)
        axes.axhline(0, color="black", lw=0.8)
        axes.set(ylabel="R², 1 % noise [1]", title=_KINDS[kind])
    # Both panels have one axis, which no longer follows what is drawn once it is set.
    axes.set_ylim(least - 0.05, 1)
    axes.set_xticks(range(len(BIOPHYSICAL)), titles, rotation=30, ha="right")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=3)
    figure.suptitle("What the inverse finds again", x=0.02, ha="left")
    figure.savefig(path, dpi=120)
