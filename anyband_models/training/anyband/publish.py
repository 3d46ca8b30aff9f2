"""How the weights of `anyband` that ship are taken from a run; run by hand.

    python -m anyband_models.training.anyband.publish RUN

Weights are in half precision already, and calibrated as such.
"""

import sys
from pathlib import Path

from anyband_models.diffusion.any_bands_files import read_any_bands
from anyband_models.errors import QualityError
from anyband_models.files import staged
from anyband_models.models.anyband import SHIPPED


def publish(run: Path, path: Path = SHIPPED) -> None:
    """Copy the model of a run, both files or none.

    Args:
        run: its folder.
        path: of the JSON.

    Raises:
        WeightsError: if the run holds no model, or a damaged one.
        QualityError: if nobody knows what it was trained on.
    """
    model = read_any_bands(run)
    if not model.spec.trained_on:
        raise QualityError(f"{run / 'model.json'} does not say what it was trained on")
    with staged(overwrite=True) as stage:
        for suffix in (".json", ".safetensors"):
            data = (run / "model.json").with_suffix(suffix).read_bytes()
            stage(path.with_suffix(suffix)).write_bytes(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("name a run's folder")
    publish(Path(sys.argv[1]))
