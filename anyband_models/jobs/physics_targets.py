"""What `--physics NAME=VALUE` asks of images that are to be made."""

import math
from collections.abc import Sequence
from pathlib import Path

import torch

import physops
from anyband_models.diffusion.spec import ModelSpec
from anyband_models.diffusion.targets import OperatorTarget
from anyband_models.errors import InputError, UsageError
from anyband_models.scene.encoding import decode
from anyband_models.scene.formats import read_header
from anyband_models.scene.meta import Quantity
from physops.errors import NoCardError

# What an operator of these kinds says does not hang on the unit of the image.
UNITLESS = {"statistic", "constraint"}


def physics_targets(
    asked: Sequence[str], spec: ModelSpec, size: tuple[int, int]
) -> list[OperatorTarget]:
    """Return what is asked, each tried once on an image of its size.

    Args:
        asked: ``NAME`` (as near to 0 as can be), ``NAME=NUMBER``, or ``NAME=FILE``, a map with one
            band, or a scene with the model's bands to which the operator is applied.
        spec: of the model.
        size: rows and columns of the images.

    Raises:
        UsageError: if one cannot be understood, or two have one name.
        InputError: if a file cannot be read, or is of another shape, or the operator needs
            reflectance and the model makes something else.
        PhysopsError: if there is no such operator, or the bands do not serve it.
    """
    targets: list[OperatorTarget] = []
    for text in asked:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or ("=" in text and not value):
            raise UsageError(
                f"--physics {text!r} is not understood; write NAME=NUMBER or NAME=MAP, as in "
                "ndvi=0.7 or ndvi=map.tif, or NAME alone for valid_range"
            )
        if name in [target.name for target in targets]:
            raise UsageError(f"--physics asks for {name} twice; give each operator one target")
        targets.append(_target(name, value, spec, size))
    return targets


def target_files(asked: Sequence[str]) -> list[Path]:
    """Return the files that targets are read from."""
    values = [text.partition("=")[2].strip() for text in asked]
    return [Path(value) for value in values if value and _number(value) is None]


def first_map_size(asked: Sequence[str]) -> tuple[int, int] | None:
    """Return rows and columns of the first map that is asked for; None if there is none.

    Raises:
        InputError: if it cannot be read.
    """
    for path in target_files(asked):
        header = read_header(path)
        if header.shape[0] == 1:
            return header.shape[1], header.shape[2]
    return None


def _target(name: str, value: str, spec: ModelSpec, size: tuple[int, int]) -> OperatorTarget:
    _check_quantity(name, spec)
    limits: dict[str, float] = {}
    if _kind(name) == "constraint" and spec.quantity != Quantity.REFLECTANCE:
        limits = {"low": spec.normalisation.low, "high": spec.normalisation.high}
    number = _number(value) if value else 0.0
    if number is not None and not math.isfinite(number):
        raise UsageError(f"--physics {name}={value} is no number to ask for; give a finite one")
    target = OperatorTarget(name, spec.bands, 0.0 if number is None else number, **limits)
    if number is None:
        target = _of_file(target, Path(value), spec, size)
    trial = spec.normalisation.inverse(torch.zeros(1, len(spec.wavelength), *size))
    with torch.no_grad():
        target(trial)
    return target


def _kind(name: str) -> str:
    try:
        return physops.spec(name).kind
    except NoCardError:
        return "plugin"


def _check_quantity(name: str, spec: ModelSpec) -> None:
    kind = _kind(name)
    if kind == "resampling":
        raise UsageError(
            f"{name} needs a sensor and cannot be a target; name an index, band_correlation, "
            "valid_range or prosail_manifold"
        )
    if spec.quantity == Quantity.REFLECTANCE:
        return
    scales = kind == "index" and physops.spec(name).degree == 0
    if scales or kind in UNITLESS:
        return
    raise InputError(
        f"{name} needs reflectance, and the weights are for {spec.quantity}; train weights on a "
        "scene of reflectance, or ask for a ratio such as ndvi"
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _of_file(
    target: OperatorTarget, path: Path, spec: ModelSpec, size: tuple[int, int]
) -> OperatorTarget:
    header = read_header(path)
    bands, rows, cols = header.shape
    statistic = target.operator.spec.kind == "statistic"
    if bands not in {1, len(spec.wavelength)} or (bands == 1 and statistic):
        needed = "" if statistic else "one band, or "
        raise InputError(
            f"{path} has {bands} bands; a target of {target.name} needs {needed}the "
            f"{len(spec.wavelength)} bands of the model, of which it is computed"
        )
    if not statistic and (rows, cols) != size:
        raise InputError(
            f"{path}, the target of {target.name}, has {rows} rows and {cols} columns, and the "
            f"samples {size[0]} and {size[1]}; give a map of that size, or say --rows {rows} "
            f"--cols {cols}"
        )
    values = torch.from_numpy(decode(header.load(), header.meta))
    if bands == 1:
        target.value = values[0]
    elif statistic:
        return OperatorTarget.of_image(target.name, spec.bands, values)
    else:
        with torch.no_grad():
            target.value = target.operator(values[None])[0]
    if not torch.isfinite(target.value).any():
        raise InputError(f"{path}, the target of {target.name}, holds no finite value")
    return target
