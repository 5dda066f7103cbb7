"""The command line keeps its contract: documents, exit codes, one message, nothing overwritten."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import jsonschema
import pytest

from playbook import check, cli
from playbook.lab import copy_course, course_folder, free_port

Captured = pytest.CaptureFixture[str]

ANSWERS = {
    "format": "playbook-answers/1",
    "id": "4a5b3c1e-0000-4000-8000-000000000001",
    "checklist": "isooc",
    "content_version": "1.0",
    "community": {"id": "tea", "name": "Tea friends", "members": 1200, "scale": "grow"},
    "date": "2026-11-21",
    "answers": {
        "interest.shared_interest": {"level": 2, "evidence": "E1", "note": "One narrow sentence."},
        "structure.roles": {"unknown": True},
    },
}


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Put one person's answers into a file."""
    path = tmp_path / "tea.json"
    path.write_text(json.dumps(ANSWERS), encoding="utf-8")
    return path


def run(*argv: str) -> int:
    """Run a command in this process."""
    return cli.main(list(argv))


@pytest.mark.parametrize(
    ("schema", "argv"),
    [
        ("questions", ["checklist"]),
        ("checklists", ["checklist", "--list"]),
        ("score", ["score", "fandeng"]),
        ("score", ["score", "pinduoduo", "--aim", "100"]),
        ("cases", ["cases"]),
        ("comparison", ["compare", "pinduoduo", "--with", "fandeng,xiaomi"]),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_json_command_prints_one_document_that_fits_its_schema(
    schema: str, argv: list[str], lang: str, capsys: Captured
) -> None:
    """Standard output holds one JSON document and nothing else, valid against its schema."""
    code = run(*argv, "--json", "--lang", lang)

    assert code == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(check.schema(schema)).validate(document)


def numbers(value: object) -> list[float]:
    """Collect every number of a document, in order."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, (int, float)):
        return [float(value)]
    parts = value.values() if isinstance(value, dict) else value
    return [number for part in parts for number in numbers(part)]  # type: ignore[union-attr]


@pytest.mark.parametrize("argv", [["score", "xiaomi"], ["compare", "xiaomi"], ["cases"]])
def test_language_changes_words_and_never_numbers(argv: list[str], capsys: Captured) -> None:
    """The same command in two languages gives the same numbers and other words."""
    run(*argv, "--json", "--lang", "en")
    english = capsys.readouterr().out
    run(*argv, "--json", "--lang", "zh")
    chinese = capsys.readouterr().out

    assert numbers(json.loads(english)) == numbers(json.loads(chinese))
    assert english != chinese


def test_library_and_command_give_the_same_document(answers: Path, capsys: Captured) -> None:
    """The library mirrors the command, number for number."""
    import playbook

    run("score", str(answers), "--json")

    assert json.loads(capsys.readouterr().out) == json.loads(
        json.dumps(playbook.score(answers).to_dict())
    )


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["score", "fandengg"], "Did you mean 'fandeng'?"),
        (["scor", "fandeng"], "Did you mean 'score'?"),
        (["score", "fandeng", "--aim", "500"], "--aim"),
        (["score"], "ANSWERS"),
        (["checklist", "--checklist", "isoc"], "Did you mean 'isooc'?"),
        (["schema", "answer"], "Did you mean 'answers'?"),
        (["compare", "fandeng", "--with", "xiami"], "Did you mean 'xiaomi'?"),
        (["cases", "pindudu"], "Did you mean 'pinduoduo'?"),
        ([], "Missing: COMMAND"),
        (["score", "fandeng", "--jsn"], "No option '--jsn' here. Did you mean '--json'?"),
        (["score", "my", "answers.json"], "Not expected: answers.json. A name with spaces"),
        (["score", "--json=1", "a"], "--json: stands alone, without '1'"),
        (["score", "--co", "a"], "--co: could mean --code, --content."),
        (["form", "--print", "--enter", "a"], "--enter: not together with --print"),
        (["report", "a", "-o"], "-o/--output: a value must follow it."),
        (["score", "a", "--aim", "7", "--lang", "zh"], "--aim：没有 '7' 这一项。可选：100, 1000"),
        (["report", "a", "--lang", "zh"], "还缺：-o/--output"),
        (["--lang", "zh", "scor"], "是不是想写 'score'？"),
        (["import", "", "-o", "events.parquet"], "export: nothing stands there"),
        (["members", "events.parquet", "-o", ""], "output: nothing stands there"),
        (["app", "--seats", "-1"], "0 to 99"),
        (["app", "--most", "0"], "1 to 9999"),
        (["app", "--port", "x", "--lang", "zh"], "1 到 65535"),
        (["agenda", "--minutes", "9" * 5000], "1 to 9999"),
    ],
)
def test_wrong_usage_is_told_in_one_message(argv: list[str], told: str, capsys: Captured) -> None:
    """Exit 2, the remedy on standard error, nothing on standard output, no traceback."""
    code = run(*argv)

    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert told in printed.err
    assert "Traceback" not in printed.err
    assert not re.search("argument |unrecognized|required", printed.err)


def test_faults_are_told_in_chinese_too(tmp_path: Path, capsys: Captured) -> None:
    """--lang zh speaks before the command line is fully read."""
    code = run("score", str(tmp_path / "无.json"), "--lang", "zh")

    assert code == 2
    assert "没有这个文件" in capsys.readouterr().err


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path, capsys: Captured) -> None:
    """A person mends a file in one go."""
    path = tmp_path / "bad.json"
    bad = {
        "format": "playbook-answers/1",
        "answers": {"interest.pain_pont": {"level": 1}, "structure.roles": {"level": 7}},
    }
    path.write_text(json.dumps(bad), encoding="utf-8")

    code = run("score", str(path))

    told = capsys.readouterr().err
    assert code == 2
    assert "structure.roles: level: 7 given; choose one of 0, 1, 2, 3" in told

    bad["answers"]["structure.roles"]["level"] = 2  # type: ignore[index]
    path.write_text(json.dumps(bad), encoding="utf-8")
    run("score", str(path))

    assert "Did you mean 'interest.pain_point'?" in capsys.readouterr().err


def test_lowered_evidence_is_told_beside_the_document(answers: Path, capsys: Captured) -> None:
    """Notices go to standard error; the document stays alone on standard output."""
    document = json.loads(answers.read_text(encoding="utf-8"))
    document["answers"]["structure.joining"] = {"level": 2, "evidence": "E2"}
    answers.write_text(json.dumps(document), encoding="utf-8")

    run("score", str(answers), "--json")

    printed = capsys.readouterr()
    assert "structure.joining: evidence E2 needs a link or a file name; read as E0." in printed.err
    assert json.loads(printed.out)["format"] == "playbook-score/1"


def test_own_content_is_laid_over_and_named(
    answers: Path, tmp_path: Path, capsys: Captured
) -> None:
    """--content changes the result and is echoed as a hash."""
    own = tmp_path / "own.toml"
    own.write_text(
        'format = "playbook-content/1"\n[[criterion]]\nid = "interest.pain_point"\nweight = 9\n',
        encoding="utf-8",
    )

    run("score", str(answers), "--json")
    usual = json.loads(capsys.readouterr().out)
    run("score", str(answers), "--json", "--content", str(own))
    changed = json.loads(capsys.readouterr().out)

    assert usual["content"]["custom"] is None
    assert changed["content"]["custom"].startswith("sha256:")
    assert changed["total"]["low"] < usual["total"]["low"]


def test_a_failed_report_leaves_the_old_one(answers: Path, tmp_path: Path) -> None:
    """A faulty answers file never costs a good report."""
    page = tmp_path / "report.html"
    page.write_text("the old one", encoding="utf-8")
    answers.write_text("{", encoding="utf-8")

    assert run("report", str(answers), "-o", str(page)) == 2
    assert page.read_text(encoding="utf-8") == "the old one"


def test_a_report_into_a_missing_folder_is_refused(answers: Path, tmp_path: Path) -> None:
    """The message names the place; exit 2."""
    assert run("report", str(answers), "-o", str(tmp_path / "no" / "report.html")) == 2


def test_a_gbk_console_is_survived(answers: Path) -> None:
    """Words that a console cannot show become ?, and JSON stays JSON."""
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    for extra in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "playbook", "score", str(answers), "--lang", "zh", *extra],
            capture_output=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode("gbk", "replace")
    assert json.loads(done.stdout.decode("gbk"))["format"] == "playbook-score/1"


def test_a_fault_of_ours_is_exit_1_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """An unforeseen error is owned, not blamed on the file."""
    monkeypatch.delenv("PLAYBOOK_DEBUG", raising=False)
    monkeypatch.setattr(cli, "_cases", lambda _args: 1 // 0)

    code = run("cases", "--json")

    printed = capsys.readouterr()
    assert code == 1
    assert "fault of ours" in printed.err
    assert "Traceback" not in printed.err


def test_every_command_has_help_in_both_languages(capsys: Captured) -> None:
    """--help works for every command in either language."""
    for command in cli.COMMANDS:
        for lang in ("en", "zh"):
            assert run(command, "--help", "--lang", lang) == 0
    assert "usage" in capsys.readouterr().out


def test_the_course_is_copied_without_overwriting(tmp_path: Path) -> None:
    """A notebook that somebody has written in is never replaced."""
    first = copy_course(tmp_path)
    mine = tmp_path / "en" / "00_start_here.ipynb"
    mine.write_text("mine", encoding="utf-8")

    again = copy_course(tmp_path)

    assert mine in first
    assert again == []
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_named_folder_gets_a_copy(tmp_path: Path) -> None:
    """`playbook lab DIR` opens the copy, not the original."""
    folder = course_folder(str(tmp_path / "课程 one"))

    assert folder == tmp_path / "课程 one"
    assert (folder / "en" / "00_start_here.ipynb").exists()


def test_a_free_port_is_found() -> None:
    """A port in use is passed over."""
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port() != taken.getsockname()[1]


@pytest.mark.slow
def test_the_course_opens_and_says_nothing_else(tmp_path: Path, root: Path) -> None:
    """The address that is printed leads to the first lesson; a learner reads no server's talk."""
    command = [sys.executable, "-m", "playbook", "lab", "course", "--no-browser"]
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(root)}
    process = subprocess.Popen(
        [*command, "--port", str(free_port())],
        cwd=tmp_path, env=environment, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(3)]
    for _ in range(240):
        try:
            with urlopen(said[1].strip(), timeout=5) as answer:
                opened = answer.status
                break
        except URLError:
            time.sleep(0.5)
    process.terminate()
    rest = [line for line in process.communicate(timeout=30)[0].splitlines() if line.strip()]
    assert 200 == opened
    assert said[1].split("?")[0].endswith("/lab/tree/en/00_start_here.ipynb")
    assert [] == [line for line in rest if "signal 15" not in line]


def test_a_case_has_a_page(tmp_path: Path, capsys: Captured) -> None:
    """`playbook cases ID -o FILE` writes one page; without an id it asks for one."""
    page = tmp_path / "zizai.html"

    assert run("cases", "zizai", "-o", str(page), "--lang", "zh") == 0
    assert "自在禅茶社" in page.read_text(encoding="utf-8")
    assert run("cases", "-o", str(page)) == 2
    assert "Which case" in capsys.readouterr().err


def test_the_answers_are_never_written_over(answers: Path, capsys: Captured) -> None:
    """-o with the name of the answers file is refused; the file stays."""
    before = answers.read_bytes()

    assert run("report", str(answers), "-o", str(answers)) == 2
    assert answers.read_bytes() == before
    assert "Choose another name" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="links and pipes are made otherwise elsewhere")
def test_a_link_is_followed_and_a_pipe_is_refused(answers: Path, tmp_path: Path) -> None:
    """A link stays a link; a device or a pipe is never replaced, nor waited for."""
    kept, link, pipe = tmp_path / "kept.html", tmp_path / "link.html", tmp_path / "pipe"
    kept.write_text("old", encoding="utf-8")
    link.symlink_to(kept)
    os.mkfifo(pipe)

    assert run("report", str(answers), "-o", str(link)) == 0
    assert link.is_symlink()
    assert "<!doctype html>" in kept.read_text(encoding="utf-8")
    assert run("report", str(answers), "-o", str(pipe)) == 2
    assert pipe.is_fifo()
    assert run("score", str(pipe)) == 2


def test_shapes_and_ids_are_told_in_one_round(tmp_path: Path, capsys: Captured) -> None:
    """What the schema sees and what it cannot see come together."""
    path = tmp_path / "bad.json"
    answers = {
        "structure.roles": {"level": 7},
        "interest.pain_pont": {"level": 1},
        "copy.model": {"na": "other"},
        "output.rhythm": {"level": 1, "unknown": True},
        "operate.ritual": {"na": "by_choice"},
        "operate.participation": {"na": "by_choice"},
    }
    document = {"format": "playbook-answers/1", "community": {"members": -1}, "answers": answers}
    path.write_text(json.dumps(document), encoding="utf-8")

    assert run("score", str(path)) == 2
    told = capsys.readouterr().err
    for part in ("7 given", "-1 given", "pain_point", "other", "more than one", "not applicable"):
        assert part in told


def test_a_comparison_says_who_left_copy_out(tmp_path: Path, capsys: Captured) -> None:
    """Totals with and without Copy are not the same thing."""
    path = tmp_path / "small.json"
    small = {**ANSWERS, "community": {"name": "Small", "scale": "stay-small"}}
    path.write_text(json.dumps(small), encoding="utf-8")

    run("compare", str(path), "--with", "fandeng", "--json")

    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert ["Small" in w["text"] for w in warnings if w["id"] == "left_out"] == [True]


def test_a_diagnosis_is_compared_with_named_answers_only(tmp_path: Path, capsys: Captured) -> None:
    """The cases answer ISOOC; the message says what to do instead."""
    path = tmp_path / "six.json"
    six = {"format": "playbook-answers/1", "checklist": "six_senses", "answers": {}}
    path.write_text(json.dumps(six), encoding="utf-8")

    assert run("compare", str(path)) == 2
    assert "--with" in capsys.readouterr().err
    assert run("compare", str(path), "--with", str(path)) == 0


def test_library_results_are_documents_and_tables() -> None:
    """Each result has the command's document, and its tables are DataFrames."""
    import playbook

    assert playbook.checklist().to_dict()["checklist"] == "isooc"
    assert len(playbook.checklist().frame()) == 28
    assert len(playbook.score("fandeng").frame()) == 28
    assert list(playbook.compare("fandeng", "xiaomi").frame().columns)[2:] == ["fandeng", "xiaomi"]
    assert "case" in playbook.cases().frame().columns
