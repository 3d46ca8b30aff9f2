import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("ANYBAND_DATA", Path(__file__).parents[3] / "shared/data"))


@pytest.fixture(scope="session")
def shared_data():
    """Return the folder of what is measured and not shipped."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there; set ANYBAND_DATA")
    return DATA
