# Shape annotations are checked while the tests run, and the tests are the same every time.
# No project import may stand above the hook: a module imported before it goes unchecked.
import os
import sys

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

PACKAGES = ["physops", "srf_library", "emulator_training", "anyband_models"]

install_import_hook(PACKAGES, "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")
settings.register_profile("project", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("project")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """With ANYBAND_NO_SKIPS set, as CI has it, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if os.environ.get("ANYBAND_NO_SKIPS") and skipped and exitstatus == 0:
        sys.stderr.write(f"{skipped} test(s) skipped where nothing may be skipped\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
