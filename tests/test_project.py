"""The files around the code: what is installed, what is shipped, what make and CI run."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import playbook

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?P<marker> ; [^\\]+)? \\$")


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    """Read the [project] table."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    """Read requirements.lock."""
    return (root / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel by way of the source archive, as an index would get it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run([*build, "-t", "sdist"], cwd=root, check=True, capture_output=True)
    (archive,) = folder.glob("*.tar.gz")
    unpack = [sys.executable, "-m", "tarfile", "-e", str(archive), str(folder)]
    subprocess.run(unpack, check=True, capture_output=True)
    source = folder / archive.name.removesuffix(".tar.gz")
    subprocess.run([*build, "-t", "wheel"], cwd=source, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_conda_environment_is_that_of_pyproject(root: Path, project: dict) -> None:
    """environment.yml names the same packages with the same bounds."""
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    actual = {line.replace(" ", "") for line in conda if line != "pip"}

    # conda has no extras: what they bring stands in the list by itself.
    plain = {re.sub(r"\[.*?\]", "", line) for line in project["dependencies"]}
    expected = {f"python{project['requires-python']}", *plain}
    assert expected == actual
    assert {"pip": ["-e ."]} in environment["dependencies"]
    assert ["conda-forge"] == environment["channels"]


def test_every_dependency_is_bounded_on_both_sides(project: dict) -> None:
    """A new major version of anything cannot break an old release of the kit."""
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(entry for extra in extras for entry in extra)]:
        operators = {spec.operator for spec in Requirement(line).specifier}
        assert {">=", "<"} == operators, line


def test_lock_pins_every_dependency_within_its_bounds(project: dict, lock: str) -> None:
    """requirements.lock holds what pyproject.toml asks for, the test extra included."""
    pins = {
        canonicalize_name(match["name"]): match["version"]
        for line in lock.splitlines()
        if (match := PIN.match(line))
    }
    for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), line


def test_lock_is_pins_and_hashes_and_no_address(lock: str) -> None:
    """Each line is an exact pin or its hash; no server and no folder is named."""
    entries = re.split(r"\n(?! )", lock.strip())
    for entry in entries:
        pin, *hashes = entry.splitlines()
        assert PIN.match(pin), pin
        assert hashes
        for line in hashes:
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
    assert len(entries) == len({entry.split("==")[0] for entry in entries})
    assert "://" not in lock


def test_wheel_carries_the_whole_kit_inside_the_package(wheel: Path) -> None:
    """Data, course, content and schemas travel as parts of `playbook`, and nothing beside it."""
    names = zipfile.ZipFile(wheel).namelist()

    tops = {name.split("/")[0] for name in names}
    assert {"playbook", f"community_playbook-{playbook.__version__}.dist-info"} == tops
    for pattern in (
        r"playbook/py\.typed",
        r"playbook/content/.+\.toml",
        r"playbook/schema/.+\.json",
        r"playbook/_data/sources\.toml",
        r"playbook/_data/cases/.+\.toml",
        r"playbook/_notebooks/en/.+\.ipynb",
    ):
        assert any(re.fullmatch(pattern, name) for name in names), pattern
    assert not [name for name in names if "checkpoint" in name or "__pycache__" in name]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["score", "fandeng", "--json"],
        ["compare", "pinduoduo", "--with", "fandeng,xiaomi", "--json"],
        ["report", "xiaomi", "-o", "x.html", "--lang", "zh"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_wheel_works_in_an_empty_folder(wheel: Path, tmp_path: Path, arguments: list[str]) -> None:
    """The commands find their data inside the wheel, with no checkout around."""
    site, empty = tmp_path / "site", tmp_path / "empty folder"
    zipfile.ZipFile(wheel).extractall(site)
    empty.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def python(*command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, *command], cwd=empty, env=environment, capture_output=True, check=False
        )

    where = python("-c", "import playbook; print(playbook.__file__, end='')").stdout.decode()
    done = python("-m", "playbook", *arguments)
    assert Path(where).is_relative_to(site)
    assert (0, False) == (done.returncode, b"Traceback" in done.stderr), done.stderr.decode()
    assert ["x.html"] * ("-o" in arguments) == [path.name for path in empty.iterdir()]


def test_version_is_told_once(wheel: Path) -> None:
    """The wheel's version is `playbook.__version__`."""
    assert f"community_playbook-{playbook.__version__}-py3-none-any.whl" == wheel.name


def test_make_help_lists_every_target(root: Path) -> None:
    """`make` alone shows each target that a person may call, with one line about it."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    shown = subprocess.run(["make"], cwd=root, capture_output=True, text=True, check=True).stdout

    assert targets == re.findall(r"^  make ([a-z]+) ", shown, re.MULTILINE)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_ci_script_can_be_run(root: Path) -> None:
    """.ci/run is an executable bash script that stops at the first error."""
    script = root / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")


def test_browser_pages_reach_no_other_machine(page, refused: list[str]) -> None:
    """The browser that the tests use shows a page, and refuses what lies elsewhere."""
    page.goto("data:text/html,<h1>here</h1><img src='http://example.org/x.png'>")

    assert "here" == page.get_by_role("heading").inner_text()
    assert ["http://example.org/x.png"] == refused
