import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("ANYBAND_DATA", Path(__file__).parents[3] / "shared/data"))


@pytest.fixture
def shared():
    """The folder of the scenes and tables to test on, which are not part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there; set ANYBAND_DATA")
    return DATA
