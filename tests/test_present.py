"""What is shown: colours, sentences, text for a terminal, pictures."""

import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import playbook
from playbook.model import Case
from playbook.present import charts, figure, look, sentences, terminal
from playbook.scoring.funnel import economics
from playbook.words import LANGUAGES

WIDEST = 80


def answers(level: int | None = 2, **community: Any) -> dict[str, Any]:
    """Answer every third question as unknown and the others with one level."""
    given = {}
    for place, criterion in enumerate(playbook.checklist().active):
        unknown = level is None or place % 3 == 2
        given[criterion.id] = {"unknown": True} if unknown else {"level": level}
    return {
        "format": "playbook-answers/1",
        "date": "2026-11-21",
        "community": {"name": "夜读会 Night Readers", "members": 1200, **community},
        "answers": given,
    }


@pytest.fixture(scope="module")
def score() -> Any:
    """Score the made-up community."""
    return playbook.score(answers())


@pytest.fixture(scope="module")
def comparison() -> Any:
    """Compare it with two made-up ones, one of them silent throughout."""
    other = answers(3)
    other["community"] = {"id": "b", "name": "B"}
    silent = answers(None)
    silent["community"] = {"id": "c", "name": "C"}
    return playbook.compare(answers(), [other, silent])


def a_case(name: str = "kites", **facts: Any) -> Case:
    """Make a case of four facts: two of them disagree, one is a claim."""
    rows = [("2014", 500, "claim"), ("2016", 40000, "reported"), ("2016", 70000, "reported")]
    rows.append(("2018-03", 1200000, "vendor"))
    made = [
        {
            "id": f"f{place}",
            "series": "members",
            "value": value,
            "unit": "members",
            "at": at,
            "quality": quality,
            "source": "000",
            "confidence": "medium",
            "en": {"what": "told"},
            "zh": {"what": "所述"},
        }
        for place, (at, value, quality) in enumerate(rows)
    ]
    return Case(
        id=name, texts={"en": {"name": "Kites"}, "zh": {"name": "风筝社"}}, facts=tuple(made)
    )


# --- colours ----------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Work out WCAG's relative luminance of a colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Work out the contrast of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "raised", "soft"])
def test_marks_stand_out(theme: str, ground: str) -> None:
    """Every mark has 3:1 and every text 4.5:1 on every ground, light and dark."""
    behind = getattr(look.PALETTE[ground], theme)
    texts = {"ink", "muted", "accent", "good", "bad", "open"}
    weak = [
        name
        for name, pair in look.PALETTE.items()
        if name not in ("ground", "raised", "soft", "line", "on-accent")
        and contrast(getattr(pair, theme), behind) < (4.5 if name in texts else 3)
    ]
    assert [] == weak
    on, accent = look.PALETTE["on-accent"], look.PALETTE["accent"]
    assert contrast(getattr(on, theme), getattr(accent, theme)) >= 4.5


def test_every_class_is_ours() -> None:
    """Styles cannot touch a page around us: every rule begins with a class of ours."""
    classes = set(re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", look.css())))
    assert {"theme-dark"} == {name for name in classes if not name.startswith("pb")}


def test_cases_keep_their_look() -> None:
    """A case has the same colour and shape in every process, and the first three differ."""
    assert look.colour("luoji") == look.colour("luoji")
    first = ["pinduoduo", "fandeng", "xiaomi"]
    assert 3 == len({look.colour(name).light for name in first})
    assert 3 == len({look.shape(name) for name in first})


# --- sentences --------------------------------------------------------------------------------


def test_amounts() -> None:
    """Numbers are written in thousands and millions, or 万 and 亿."""
    assert "1,200" == sentences.amount(1200, "en")
    assert "1200" == sentences.amount(1200, "zh")
    assert "12.5 million" == sentences.amount(12_500_000, "en")
    assert "1250 万" == sentences.amount(12_500_000, "zh")
    assert "1.2 亿" == sentences.amount(120_000_000, "zh")
    assert "1.668 万亿" == sentences.amount(1_667_600_000_000, "zh")
    assert "1.668 trillion" == sentences.amount(1_667_600_000_000, "en")
    assert "10k" == sentences.amount(10_000, "en", short=True)
    assert "–" == sentences.amount(None)


def test_summary_leads_with_the_interval(score: Any) -> None:
    """The first sentence is the interval, the second where the community stands."""
    first, second, *_ = sentences.summary(score, "en")
    low, high = float(score.total.low), float(score.total.high)
    assert first.startswith(f"Between {low:.0f} and {high:.0f} of 100, on 19 of 28 answers.")
    assert second.startswith("You have the members for 1,000")


def test_summary_of_nothing() -> None:
    """Without any answer there is no number, no scolding, and no claim of proof."""
    said = sentences.summary(playbook.score(answers(None)), "en")
    assert "Too little is answered for one number." in said[0]
    assert not any("shown by links" in sentence for sentence in said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_below_the_first_milestone(lang: str) -> None:
    """Who has not passed 100 is never told of a strength for 'less than 100'."""
    for members in (50, 1200, None):
        said = " ".join(sentences.summary(playbook.score(answers(0, members=members)), lang))
        assert "less than 100" not in said
        assert "不到 100" not in said


# --- terminal ---------------------------------------------------------------------------------


def lines_too_wide(text: str) -> list[str]:
    """List the lines that an 80-column terminal would break."""
    return [line for line in text.split("\n") if sentences.width(line) > WIDEST]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terminal_fits(score: Any, comparison: Any, lang: str) -> None:
    """No line is wider than 80 columns, in either language."""
    book = SimpleNamespace(cases=(a_case(),))
    two = SimpleNamespace(cases=(a_case(), a_case("b")))
    texts = [
        terminal.score_text(score, lang),
        terminal.comparison_text(comparison, lang),
        terminal.checklist_text(playbook.checklist(), lang),
        terminal.cases_text(two, lang),  # type: ignore[arg-type]
        terminal.cases_text(book, lang),  # type: ignore[arg-type]
    ]
    for text in texts:
        assert text
        assert [] == lines_too_wide(text)


def test_terminal_survives_hostile_names() -> None:
    """Nothing that people write can colour, move or reverse a terminal."""
    name = "\x1b[31mred\x07\u202eevil\x00 " + "长" * 150 + " 👩‍👩‍👧" * 5
    given = answers()
    given["community"]["name"] = name
    text = terminal.score_text(playbook.score(given), "en")
    assert not set(text) & set("\x1b\x07\u202e\x00")
    assert [] == lines_too_wide(text)


def test_wrap_keeps_every_sign() -> None:
    """Wrapping loses nothing, and no Chinese line begins with a closing mark."""
    text = "第一句，很长的一句话，里面有标点。" * 9 + " word " + "x" * 200
    lines = terminal.wrap(text, columns=30).split("\n")
    assert text.replace(" ", "") == "".join(lines).replace(" ", "")
    assert not [line for line in lines if line[0] in "，。"]
    assert all(sentences.width(line) <= 30 for line in lines)


def test_terminal_needs_no_charts() -> None:
    """`playbook score` stays instant: its text loads neither altair nor pandas."""
    code = (
        "import sys, playbook\n"
        "from playbook.present.terminal import score_text\n"
        "score_text(playbook.score({'format': 'playbook-answers/1', 'answers': {}}), 'en')\n"
        "print(sorted({'altair', 'pandas', 'vl_convert'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert "[]" == done.stdout.strip()


def test_left_out_is_said() -> None:
    """A dimension that leaves the sum is named as left out, not shown as 0."""
    small = playbook.score(answers(scale="stay-small"))
    line = next(x for x in terminal.score_text(small, "en").split("\n") if x.startswith("C Copy"))
    assert "left out" in line
    assert "[" not in line


# --- pictures ---------------------------------------------------------------------------------


def pictures(score: Any, comparison: Any, lang: str) -> dict[str, figure.Figure]:
    """Draw one of each kind."""
    return {
        "dimensions": charts.dimensions(score, comparison, lang),
        "gates": charts.gates(score, lang),
        "differences": charts.differences(comparison, lang),
        "timeline": charts.timeline(a_case(), lang=lang),
        "growth": charts.growth([a_case(), a_case("other")], lang=lang),
        "funnel": charts.funnel(economics(1200), lang),
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_are_whole(score: Any, comparison: Any, lang: str) -> None:
    """Each says its finding, has an alternative and a table, is valid and well-formed."""
    for name, drawn in pictures(score, comparison, lang).items():
        assert all((drawn.title, drawn.subtitle, drawn.foot, drawn.alt, drawn.rows)), name
        drawn.chart.to_dict()  # validates against the schema of Vega-Lite
        drawn.draw(False).to_dict()
        for svg in (drawn.svg(), drawn.svg(narrow=True), drawn.saved_svg()):
            ET.fromstring(svg)
        page = drawn.html()
        assert 1 == page.count('role="img"')
        assert "<caption>" in page
        assert "http" not in page.replace("http://www.w3.org/", "")
        assert drawn.png().startswith(b"\x89PNG")
        assert len(drawn.rows) == len(drawn.frame())


def test_pictures_follow_the_theme(score: Any) -> None:
    """In a page every colour is a variable of the page; a saved copy keeps plain ones."""
    drawn = charts.dimensions(score, lang="en")
    fixed = re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,6}|white|black)"', drawn.svg())
    assert [] == fixed
    assert "var(" not in drawn.saved_svg()


def test_ids_do_not_clash(score: Any, comparison: Any) -> None:
    """Two pictures on one page share no id."""
    both = charts.gates(score, "en").svg() + charts.growth([a_case()], lang="en").svg()
    ids = re.findall(r'\bid="([^"]+)"', both)
    assert sorted(set(ids)) == sorted(ids)


def test_labels_are_not_rotated(score: Any, comparison: Any) -> None:
    """Chinese labels stand upright."""
    for drawn in pictures(score, comparison, "zh").values():
        assert "rotate(-90)" not in drawn.svg()
        assert "rotate(270)" not in drawn.svg()


def test_contract_is_stable(score: Any) -> None:
    """The text of a picture names marks, encodings and numbers, the same each time."""
    told = repr(charts.dimensions(score, lang="en"))
    assert told == repr(charts.dimensions(score, lang="en"))
    assert "point(color=colour, x=point, y=row)" in told
    assert "rows: 5" in told
    low = round(float(score.dimensions[0].interval.low), 1)
    assert f"Dimension: Interest; Lowest: {low:g};" in told


def test_unknown_is_not_zero() -> None:
    """A dimension without answers has the whole range and no best guess."""
    drawn = charts.dimensions(playbook.score(answers(None)), lang="en")
    assert {(0.0, None, 100.0)} == {
        (row["Lowest"], row["Best guess"], row["Highest"]) for row in drawn.rows
    }
    assert "Too little" in drawn.title


def test_silence_is_not_level_zero(comparison: Any) -> None:
    """Who is silent on a criterion stands as silent, never as 0."""
    drawn = charts.differences(comparison, "en")
    assert {"silent"} == {row["C"] for row in drawn.rows}


def test_disputed_values_are_two_marks() -> None:
    """Two values of one date are both drawn and both in the table."""
    drawn = charts.timeline(a_case(), lang="en")
    assert ["500 members", "40,000 members", "70,000 members", "1.2 million members"] == [
        row["Value"] for row in drawn.rows
    ]
    assert "from 500 (2014) to 1.2 million (2018-03)" in drawn.title


def test_no_series_is_said() -> None:
    """A case without such facts has no picture."""
    with pytest.raises(KeyError):
        charts.timeline(a_case(), series="gmv")


def test_hostile_names_in_pictures() -> None:
    """Names stay text in a drawing: markup, quotes, control signs, other directions."""
    name = "<script>alert(1)</script>'\"\\ \x08\u202e &amp; 👩‍👩‍👧 " + "长" * 100
    other = answers(3)
    other["community"] = {"id": "b", "name": name}
    drawn = charts.differences(playbook.compare(answers(), [other]), "en")
    for svg in (drawn.svg(), drawn.saved_svg()):
        ET.fromstring(svg)
        assert "<script" not in svg
    assert "<script" not in drawn.html()
    assert "\u202e" not in drawn.html()


def test_hostile_labels_stay_strings(tmp_path: Any) -> None:
    """A label of someone's own content cannot become part of a drawing's program."""
    own = tmp_path / "own.toml"
    name = """a' : alert(1) + '\\\\ "b" <i>"""
    text = f"name = '''{name}'''"
    own.write_text(
        'format = "playbook-content/1"\n[[dimension]]\nid = "interest"\n'
        f"[dimension.en]\n{text}\n[dimension.zh]\n{text}\n",
        encoding="utf-8",
    )
    drawn = charts.dimensions(playbook.score(answers(), content=own), lang="en")
    words = "".join(ET.fromstring(drawn.svg()).itertext())
    assert name.replace(" ", "")[:12] in words.replace(" ", "")
