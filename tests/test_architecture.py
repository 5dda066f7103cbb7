"""The house: who may know whom, what loads when, and that nothing runs at import."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import playbook

PACKAGE = Path(playbook.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Each knows only what stands on an earlier line; modules on one line do not know one another.
HOUSE = [
    ["words"],
    ["errors"],
    ["files", "check", "tables"],
    ["model", "events"],
    ["load"],
    ["scoring", "people", "growth", "sources", "learner"],
    ["present"],
    ["library", "room"],
    ["widgets"],
    ["lab", "door"],
    ["web"],
    ["commands"],
    ["cli"],
    ["__main__", "__init__"],
]
PLACE = {name: place for place, line in enumerate(HOUSE) for name in line}
#: Judging takes the standard library alone.
CORE = ("words", "errors", "files", "check", "model", "load", "scoring", "library", "learner")
HEAVY = ("altair", "anywidget", "duckdb", "ipywidgets", "jsonschema", "jupyterlab", "numpy")
HEAVY += ("pandas", "pyarrow", "traitlets", "vl_convert", "voila")
#: Beyond its lower lines, a module may know these, for the reason given.
SPARED = {
    ("room", "library"): "a class is scored as one person is",
    ("people", "scoring"): "evidence measured from events becomes answers",
}


def part(path: Path) -> str:
    """Name the part of the house that a module belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def name_of(path: Path) -> str:
    """Name a module in a test's id."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def statements(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def at_runtime(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a module, leaving out what only type checkers see."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from at_runtime(node)


def imports(path: Path) -> Iterator[str]:
    """Give the full names of what a module imports, wherever in it."""
    for node in at_runtime(statements(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports by dots"
            if node.module == "playbook":
                yield from (f"playbook.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def fresh(code: str) -> str:
    """Run code in a Python of its own and return what it prints."""
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_knows_only_what_stands_before_it(path: Path) -> None:
    """Words and errors → files, check → model → load → engines → present → widgets → commands."""
    mine = part(path)
    assert mine in PLACE, f"{mine} has no place in the house: give it one in HOUSE"
    for name in imports(path):
        if name.startswith("playbook."):
            other = name.split(".")[1]
            if other == mine or other.startswith("__") or (mine, other) in SPARED:
                continue
            known = other if other in PLACE else None
            assert known is None or PLACE[other] < PLACE[mine], f"{mine} knows {other}"


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) in CORE], ids=name_of)
def test_judging_takes_the_standard_library_alone(path: Path) -> None:
    """What scores needs nothing installed; pandas is imported only where a table is asked for."""
    allowed = {*sys.stdlib_module_names, "playbook"}
    if part(path) == "library":
        allowed.add("pandas")
    assert {name.partition(".")[0] for name in imports(path)} <= allowed


def test_arithmetic_is_not_done_in_widgets() -> None:
    """No widget weighs or adds up: it asks the engine for what it shows."""
    sums = {"fractions", "statistics", "numpy", "playbook.scoring.checklist"}
    for path in (p for p in MODULES if part(p) == "widgets"):
        assert set() == sums & set(imports(path)), name_of(path)


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import playbook` and scoring a case load no pandas, altair, ipywidgets or duckdb."""
    code = (
        "import sys, playbook\n"
        "playbook.score('fandeng').to_dict()\n"
        "playbook.compare('fandeng', 'xiaomi').to_dict()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert "[]" == fresh(code).strip()


def test_what_has_no_name_in_the_package_is_found_in_its_library() -> None:
    """`import playbook` alone reaches `playbook.library`, as lesson 28 does."""
    assert "beside" == fresh("import playbook\nprint(playbook.library.beside.__name__)").strip()


def test_a_terminal_needs_no_charts() -> None:
    """`playbook score` on a terminal answers at once: no drawing library is loaded."""
    code = (
        "import contextlib, io, sys\n"
        "from playbook.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    assert main(['score', 'fandeng', '--lang', 'zh']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert "[]" == fresh(code).strip()


def test_no_part_bears_the_name_of_a_public_function() -> None:
    """A folder or module `score` would stand in the way of `playbook.score()`."""
    taken = {path.stem for path in PACKAGE.iterdir() if not path.name.startswith(("_", "."))}
    assert set() == taken & set(playbook.__all__)
    for name in playbook.__all__:
        assert isinstance(getattr(playbook, name), str) == name.startswith("__")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_only_defines(path: Path) -> None:
    """At its outer level there are definitions, no loops, no calls for their effect."""
    for node in statements(path).body:
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant)
            assert isinstance(node.value.value, str)
        elif isinstance(node, ast.If):
            assert ast.unparse(node.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
        else:
            defining = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            assert isinstance(node, (*defining, ast.Assign, ast.AnnAssign, ast.AugAssign))


def test_importing_reads_and_writes_nothing_of_ours() -> None:
    """While every module is imported, no content, data or work is opened, no program started."""
    names = [name_of(path) for path in MODULES if "__" not in path.stem]
    code = f"""
import importlib, json, sys
PACKAGE, seen = {str(PACKAGE)!r}, []
def listen(event, args):
    if event == "open" and isinstance(args[0], str) and args[0].startswith(PACKAGE):
        if not args[0].endswith((".py", ".pyc")) and "__pycache__" not in args[0]:
            seen.append(args[0])
    elif event in ("socket.connect", "subprocess.Popen", "os.system"):
        seen.append(event)
sys.addaudithook(listen)
for name in {names!r}:
    try:
        importlib.import_module("playbook." + name)
    except ModuleNotFoundError as error:
        if "playbook" in str(error): raise
print(json.dumps(seen))
"""
    opened = json.loads(fresh(code))
    # The page's own script and style are read by the widget library as the class is made.
    assert [] == [name for name in opened if "widgets" not in Path(name).parts]


def test_every_module_says_what_it_is_for() -> None:
    """One line at the head of each."""
    assert [] == [name_of(path) for path in MODULES if not ast.get_docstring(statements(path))]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_file_is_opened_with_an_encoding(path: Path) -> None:
    """No text is read or written in whatever encoding a machine happens to prefer."""
    for node in ast.walk(statements(path)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        keys = {keyword.arg for keyword in node.keywords}
        if name in {"read_text", "write_text"} and isinstance(node.func, ast.Attribute):
            assert "encoding" in keys, f"{name_of(path)}:{node.lineno}"
        elif name in {"open", "fdopen"} and "encoding" not in keys:
            modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
            binary = any(isinstance(mode, str) and "b" in mode for mode in modes)
            builtin = isinstance(node.func, ast.Name) or name == "fdopen"
            path_like = any(isinstance(m, str) and m in {"r", "w", "a", "x"} for m in modes)
            assert binary or not (builtin or path_like), f"{name_of(path)}:{node.lineno}"
