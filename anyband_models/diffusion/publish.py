"""How the weights that ship are made of a training run; run by hand, never when the zoo is used.

    python -m anyband_models.diffusion.publish run/ anyband_models/weights/anyband-diff.json

The network's weights are rounded to half precision, which halves what is downloaded and changed the
PSNR of repairs by 0.01 dB at most (Indian Pines, `evaluate`, nine families of masks, seeds 0 to 2);
the tables of errors are kept as they are.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor

from anyband_models.diffusion.files import read_model, write_model


def publish(run: Path, path: Path) -> None:
    """Write the model of a run as one that ships.

    Raises:
        WeightsError: if the run holds no model.
    """
    model, described = read_model(run)
    weights = {name: _short(name, array) for name, array in model.state_dict().items()}
    write_model(path, model.spec, weights, described.training, described.scores)


def _short(name: str, array: Tensor) -> Tensor:
    return array.to(torch.float16) if name.startswith("network.") else array


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("name a run's folder and the JSON file to be written")
    publish(Path(sys.argv[1]), Path(sys.argv[2]))
