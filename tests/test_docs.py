"""What the documents say is true: examples run, commands exist, links lead somewhere."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from playbook import cli

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "DECISIONS.md", "data/README.md")


def blocks(path: Path, language: str) -> list[str]:
    """Take the code blocks of one language out of a document."""
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_ten_lines_of_the_readme_run(root: Path) -> None:
    """The library example prints an interval, three actions and a nearest case."""
    (example,) = blocks(root / "README.md", "python")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example, "README.md", "exec"), {})

    # One answer of 28 is too little for a best guess.
    assert re.fullmatch(r"[\d.]+–[\d.]+ \(\?\)", printed.getvalue().splitlines()[0])
    assert "interest." in printed.getvalue()
    assert printed.getvalue().splitlines()[2] == "fandeng"


def test_every_command_stands_in_the_readme(root: Path) -> None:
    """A command that nobody can find does not exist."""
    text = (root / "README.md").read_text(encoding="utf-8")
    assert [c for c in cli.COMMANDS if f"playbook {c}" not in text] == []


def test_every_command_of_the_readme_exists(root: Path) -> None:
    """No document promises what the command line does not do."""
    named = set()
    for document in DOCUMENTS:
        text = (root / document).read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:^|`)playbook ([a-z]+)", text, re.MULTILINE))
    assert named - set(cli.COMMANDS) - {"wheel"} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(root: Path, document: str) -> None:
    """Every relative link and picture of a document is there."""
    path = root / document
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []


def test_the_overlay_of_contributing_works(root: Path, tmp_path: Path) -> None:
    """The example of an own content file is valid and changes what it says."""
    from playbook import checklist

    (example,) = blocks(root / "CONTRIBUTING.md", "toml")
    own = tmp_path / "own.toml"
    own.write_text(example, encoding="utf-8")

    found = checklist(content=own)

    assert found.by_id["operate.ritual"].weight == 2
    assert found.milestones[0].gates[1].at_least == 60


def test_make_lists_what_the_readme_names(root: Path) -> None:
    """The two commands of the README are targets of the Makefile."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert [t for t in ("lab", "test", "notebooks", "pictures") if f"\n{t}:" not in makefile] == []
