"""For every pytest run, tests/ and notebooks/ alike: nobody's own work is read or written."""

import os
import tempfile
from pathlib import Path

import pytest

try:
    from nbval.plugin import IPyNbFile
except ImportError:  # pytest runs without nbval too, only not over notebooks
    IPyNbFile = None


def pytest_configure(config: pytest.Config) -> None:
    """Give the session (and each xdist worker) a work folder of its own, and no language."""
    folder = tempfile.TemporaryDirectory(prefix="playbook-test-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    config.stash[WORK] = Path(folder.name)
    os.environ["PLAYBOOK_WORK"] = folder.name
    os.environ.pop("PLAYBOOK_LANG", None)


WORK = pytest.StashKey[Path]()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Leave SVG out of nbval's comparison: where letters fall depends on the machine's fonts."""
    if IPyNbFile is not None and isinstance(collector, IPyNbFile):
        collector.skip_compare += ("image/svg+xml",)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start each notebook's kernel on an empty work folder, whatever ran before it."""
    if IPyNbFile is not None and isinstance(item.parent, IPyNbFile):
        name = "-".join(item.parent.path.with_suffix("").parts[-2:])
        folder = item.config.stash[WORK] / name
        folder.mkdir(exist_ok=True)
        os.environ["PLAYBOOK_WORK"] = str(folder)
