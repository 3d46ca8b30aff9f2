"""Files of arrays, read whole or known to be damaged."""

import io
from collections.abc import Mapping

import numpy as np


def read_arrays(
    content: bytes, shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, np.ndarray] | None:
    """Return the arrays of an .npz file; None if it is not whole, or not of these shapes.

    Args:
        content: of the file.
        shapes: of the arrays that it is to hold, by name.

    >>> file = io.BytesIO()
    >>> np.savez(file, a=np.ones(2))
    >>> read_arrays(file.getvalue(), {"a": (2,)})["a"].tolist()
    [1.0, 1.0]
    >>> read_arrays(file.getvalue()[:100], {"a": (2,)}) is None
    True
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in shapes}
    except Exception:  # whatever the bytes of a damaged file lead numpy and zipfile to
        return None
    whole = all(arrays[n].shape == s and arrays[n].dtype.kind == "f" for n, s in shapes.items())
    return arrays if whole and all(np.isfinite(a).all() for a in arrays.values()) else None
