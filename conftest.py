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

# Folders whose modules share what is dear to make: one process runs all of them.
TOGETHER = ("tests/emulator_training/", "tests/anyband_models/training/anyband/")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `--dist loadscope` a process runs the tests of a module, or of a whole folder."""
    if config.getvalue("dist") != "loadscope":
        return None
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByFixtures(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            folders = [folder for folder in TOGETHER if nodeid.startswith(folder)]
            return folders[0] if folders else super()._split_scope(nodeid)

    return ByFixtures(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """With ANYBAND_NO_SKIPS set, as CI has it, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if os.environ.get("ANYBAND_NO_SKIPS") and skipped and exitstatus == 0:
        sys.stderr.write(f"{skipped} test(s) skipped where nothing may be skipped\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
