import re

import numpy as np
import psutil
import pytest

from anyband_models.errors import ResourceError
from anyband_models.scene.formats import memory


def test_available_memory_is_what_the_system_says(tmp_path):
    stated = psutil.virtual_memory().available
    assert abs(memory.available_memory(group=tmp_path / "none") - stated) < 0.2 * stated


def test_without_the_system_s_table_all_memory_counts(tmp_path):
    total = psutil.virtual_memory().total
    assert memory.available_memory(tmp_path / "none", tmp_path) == pytest.approx(total, rel=0.01)
    (tmp_path / "odd").write_text("MemAvailable: many\n")
    assert memory.available_memory(tmp_path / "odd", tmp_path) == pytest.approx(total, rel=0.01)


def test_a_container_s_limit_counts_where_it_is_lower(tmp_path):
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    assert memory.available_memory(group=tmp_path) == 2_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available_memory(group=tmp_path) > 2_000_000


def test_a_scene_that_does_not_fit_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 1_000_000_000)
    words = re.escape("100 x 1000 x 1000 int16 values and needs 1.2 GB of memory, but 1.0 GB")
    with pytest.raises(ResourceError, match=words):
        memory.check_memory((100, 1000, 1000), np.dtype("i2"), "scene.tif")
    memory.check_memory((80, 1000, 1000), np.dtype("i2"), "scene.tif")
