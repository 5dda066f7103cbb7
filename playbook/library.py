"""The library mirrors the commands: the same names, the same documents.

Every function takes answers as a dictionary in the shape of an answers file, a path, or the id
of a case, and returns an object whose `to_dict()` is what the command prints with `--json`.
Tables come as pandas DataFrames, imported only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.errors import nearest, quote, refuse
from playbook.files import is_there, not_over, write_whole
from playbook.load import (
    answers_document,
    case_names,
    checklist_names,
    load_answers,
    load_case,
    load_cases,
    load_checklist,
    load_exercise,
    load_stages,
    practices,
    sources,
)
from playbook.model import AIMS, Answers, Case, Checklist
from playbook.scoring.assess import Score, score_answers
from playbook.tables import Tabular
from playbook.words import text

if TYPE_CHECKING:
    from playbook.growth.beside import Beside
    from playbook.growth.cascade import Graph
    from playbook.growth.run import Rerun
    from playbook.growth.simulation import Simulation
    from playbook.people.calibrate import Calibration
    from playbook.scoring.compare import Comparison, Likeness
    from playbook.scoring.exercises import Grade
    from playbook.scoring.practices import Practice

Given = str | Path | Mapping[str, Any]
#: Calendars of phones end long before dates do.
LAST_YEAR = 3000


@dataclass(frozen=True)
class Casebook(Tabular):
    """The cases, as documents and as one table of facts."""

    cases: tuple[Case, ...]
    lang: str | None = None

    def to_dict(self) -> list[dict[str, Any]]:
        """The document that `playbook cases --json` prints."""
        return [_case_document(case, self.lang) for case in self.cases]

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every fact of every case, one a row."""
        told = [_case_document(case, lang or self.lang) for case in self.cases]
        return [{"case": case["id"], **fact} for case in told for fact in case["facts"]]


def checklist_document(found: Checklist, lang: str | None = None) -> dict[str, Any]:
    """The document that `playbook checklist --json` prints."""
    return {
        "format": "playbook-questions/1",
        "checklist": found.id,
        "name": found.name(lang),
        "content_version": found.version,
        "custom": found.custom,
        "status": found.status,
        "dimensions": [
            {
                "id": d.id,
                "letter": d.letter,
                "name": d.name(lang),
                "decides": d.say("decides", lang),
            }
            for d in found.dimensions
        ],
        "criteria": [
            {
                "id": c.id,
                "dimension": c.dimension,
                "name": c.name(lang),
                "question": c.say("question", lang),
                "levels": list(c.say("levels", lang)),
                "evidence": list(c.say("evidence", lang)),
                "action": c.say("action", lang),
                "weight": float(c.weight),
                "depends_on": list(c.depends_on),
                "source": list(c.source),
            }
            for c in found.active
        ],
        "weights": {
            aim: {name: float(weight) for name, weight in table.items()}
            for aim, table in found.weights.items()
        },
        "milestones": [
            {
                "id": m.id,
                "size": m.size,
                "name": m.name(lang),
                "proves": m.say("proves", lang),
                "work": list(m.say("work", lang)),
                "gates": [gate.id for gate in m.gates],
            }
            for m in found.milestones
        ],
        "funnel": [
            {
                "id": s.id,
                "name": s.name(lang),
                "entry": list(s.say("entry", lang)),
                "earning": list(s.say("earning", lang)),
            }
            for s in (load_stages() if found.milestones else ())
        ],
    }


class Questions(Checklist, Tabular):
    """A checklist as the library gives it: also the command's document, and a table."""

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook checklist --json` prints."""
        return checklist_document(self, lang)

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every question, one a row."""
        return [
            {key: entry[key] for key in ("id", "dimension", "name", "question", "weight")}
            for entry in self.to_dict(lang)["criteria"]
        ]


def checklist(name: str = "isooc", content: str | Path | None = None) -> Questions:
    """
    Which questions does a checklist ask?

    `content`: a file of your own weights, texts, gates or criteria, laid over ours. An unknown
    name or a faulty file raises PlaybookError with every fault.

    >>> len(checklist().active)
    28
    """
    found = load_checklist(name, content)
    return Questions(**{part.name: getattr(found, part.name) for part in fields(found)})


def checklists(lang: str | None = None) -> list[dict[str, Any]]:
    """Which checklists are there? The document of `playbook checklist --list --json`."""
    found = (load_checklist(name) for name in checklist_names())
    return [{"id": c.id, "name": c.name(lang), "criteria": len(c.active)} for c in found]


def score(
    answers: Given,
    aim: str | int | None = None,
    content: str | Path | None = None,
    lang: str | None = None,
) -> Score:
    """
    How complete is a community, and what should it do next?

    Totals and dimensions are intervals from 0 to 100; `aim` is 100, 1000 or 10000. Bad input
    raises PlaybookError (a ValueError) that names every fault.

    >>> score({"format": "playbook-answers/1", "answers": {}}).total.point is None
    True
    """
    read, found = load_answers(answers, lang=lang, own=content)
    return score_answers(found, read, _aim(aim))


def _aim(aim: str | int | None) -> str | None:
    if aim is None or str(aim) in AIMS:
        return None if aim is None else str(aim)
    raise refuse("aim", "aim", given=quote(aim))


def cases(lang: str | None = None) -> Casebook:
    """
    Which communities does the casebook know, with which facts?

    >>> cases().cases[0].id
    'pinduoduo'
    """
    return Casebook(load_cases(), lang)


def _case_document(case: Case, lang: str | None) -> dict[str, Any]:
    known = sources()

    def told(entry: Mapping[str, Any], key: str) -> str:
        return str(text(entry, key, lang))

    return {
        "id": case.id,
        "name": case.name(lang),
        "kind": case.kind,
        "fate": case.fate,
        "formative": dict(case.formative),
        "summary": case.say("summary", lang),
        "lesson": case.say("lesson", lang),
        "caution": case.say("caution", lang),
        "facts": [
            {
                "id": fact["id"],
                "series": fact["series"],
                "what": told(fact, "what"),
                "value": fact.get("value"),
                "unit": fact.get("unit"),
                "at": fact["at"],
                "period": fact.get("period"),
                "quality": fact["quality"],
                "source": fact["source"],
                "where": known[fact["source"]]["where"],
                "confidence": fact["confidence"],
            }
            for fact in case.facts
        ],
        "patterns": [
            {
                "id": p["id"],
                "from": p["from"],
                "to": p.get("to"),
                "why": told(p, "why"),
                "source": p["source"],
                "confidence": p["confidence"],
            }
            for p in case.patterns
        ],
        "places": [
            {
                "at": p["at"],
                "milestone": p.get("milestone"),
                "funnel": p.get("funnel"),
                "by": p["by"],
                "why": told(p, "why"),
                "source": p["source"],
            }
            for p in case.places
        ],
        "answers": answers_document(case.id, lang)[0],
    }


def compare(
    answers: Given,
    with_: Given | Iterable[Given] | None = None,
    aim: str | int | None = None,
    content: str | Path | None = None,
    lang: str | None = None,
) -> Comparison:
    """
    How does a community differ from others, item by item, under the aim of the first?

    `with_`: ids of cases or answers files, as a list or separated by commas; without it the
    three cases that the lessons lean on. A case's answers describe its formative years only, and
    ISOOC only. Raises PlaybookError on bad input.

    >>> compare("pinduoduo", "fandeng").subjects[1].id
    'fandeng'
    """
    from playbook.scoring.compare import compare_answers

    first, found = load_answers(answers, lang=lang, own=content)
    if with_ is None and found.id != "isooc":
        raise refuse(first.source, "no_default_with", checklist=found.id)
    others = _several(("pinduoduo", "fandeng", "xiaomi") if with_ is None else with_)
    read: list[tuple[Given, Answers]] = [(answers, first)]
    for other in others:
        given = other.strip() if isinstance(other, str) else other
        if given != "":
            read.append((given, load_answers(given, found, lang)[0]))
    subjects: list[tuple[str, str, bool, Answers]] = []
    for given, one in read:
        is_case = isinstance(given, str) and not Path(given).exists() and given in case_names()
        name = load_case(str(given)).name(lang) if is_case else one.community.name
        subject_id = _unique(_subject_id(given, one, is_case), [s[0] for s in subjects])
        subjects.append((subject_id, name or subject_id, is_case, one))
    return compare_answers(found, subjects, _aim(aim))


def _several(with_: Given | Iterable[Given]) -> list[Given]:
    """One thing to compare with, or several: a text is cut at its commas, unless it is a file."""
    if isinstance(with_, (Path, Mapping)):
        return [with_]
    if isinstance(with_, str):
        return [with_] if is_there(Path(with_)) else list(with_.split(","))
    return list(with_)


def _subject_id(given: Given, answers: Answers, is_case: bool) -> str:
    if is_case:
        return str(given)
    if answers.community.id:
        return answers.community.id
    return "answers" if isinstance(given, Mapping) else Path(given).stem


def _unique(name: str, taken: list[str]) -> str:
    """Two files may bear one name: the later one is numbered, never merged."""
    free, n = name, 2
    while free in taken:
        free, n = f"{name}-{n}", n + 1
    return free


def report(
    answers: Given,
    output: str | Path,
    with_: Given | Iterable[Given] = (),
    aim: str | int | None = None,
    content: str | Path | None = None,
    lang: str | None = None,
) -> Path:
    """
    What would a founder send to a co-founder: one HTML page, without any network?

    An existing file is replaced only by a whole new one. Returns the path written.
    """
    others = _several(with_)
    not_over(output, answers, content, *others)
    path = Path(output)
    scored = score(answers, aim, content, lang)
    beside = compare(answers, others, scored.aim, content, lang) if others else None
    from playbook.present.report import report_html  # loads altair; bad input is told before

    write_whole(path, report_html(scored, beside, lang))
    return path


def calendar(
    answers: Given,
    output: str | Path,
    start: date | None = None,
    weeks: int = 12,
    lang: str | None = None,
) -> tuple[Practice, ...]:
    """
    Which practices belong into the coming weeks? Written as a calendar file (.ics).

    `answers` are those of the checklist six_senses; what runs is kept, the weakest sense gets
    something new. Returns the practices. Another checklist, or nothing answered to plan from,
    raises PlaybookError.
    """
    from playbook.scoring.practices import plan_practices

    not_over(output, answers)
    path = Path(output)
    if start is not None and start.year > LAST_YEAR:
        raise refuse("start", "year", given=start)
    read, found = load_answers(answers, load_checklist("six_senses"), lang)
    planned = plan_practices(found, read, practices())
    if not planned:
        raise refuse(read.source, "no_practice")
    from playbook.present.calendar import calendar_ics

    page = calendar_ics(
        planned, start or datetime.now().astimezone().date(), read.community.name or "", lang, weeks
    )
    write_whole(path, page.decode("utf-8"))
    return planned


def cases_like(answers: Given, lang: str | None = None) -> tuple[Likeness, ...]:
    """
    Which cases of the casebook are most like this community, item by item, nearest first?

    >>> cases_like("fandeng")[0].case
    'fandeng'
    """
    from playbook.scoring.compare import cases_like as like

    read, found = load_answers(answers, lang=lang)
    known = [(name, load_answers(name, found, lang)[0]) for name in case_names()]
    return like(found, read, known)


def grade(exercise: str, answer: Any, lang: str | None = None) -> Grade:
    """
    How good is an answer to an exercise of the course, and why?

    `exercise`: its id. Returns credit 0 to 1 (None where nothing is right or wrong) and feedback.
    """
    from playbook.scoring.exercises import grade as grade_answer

    return grade_answer(load_exercise(exercise), answer, lang)


def simulate(
    model: str,
    seed: int = 7,
    events: Any = None,
    tz: str = "UTC",
    **options: Any,
) -> Simulation:
    """
    What would a mechanism bring: a group buy, a bargain, fission, a forecast, and others?

    `model`: group-buy, bargain, fission, forecast, sizing, dividend, franchise or funnel; its
    options and their bounds: `playbook simulate MODEL --list`. `events` (an event table, or what
    `calibrate` gave) sets the values that can be estimated from it, and is the network that
    fission and sizing run on. The same seed gives the same numbers. `progress` gets (done,
    total) now and then, `stop` ends a long run; `hosts` names hosts for a split. Unknown options
    and impossible values raise PlaybookError.

    >>> simulate("sizing", members=100).results["group"]["pairs"]
    4950.0
    """
    from playbook.growth.run import run  # loads numpy

    if events is None:
        return run(model, seed, **options)
    own = _own(events, tz)
    return run(model, seed, network=_network(own), calibrated=own.options(model), **options)


def rerun(run: Any, events: Any = None, tz: str = "UTC") -> Rerun:
    """
    Does an exported run give the same numbers again?

    `run`: the file or the document of a run; `events`: the table it ran on, if it did. Returns
    the run made anew, whether its numbers are the `same`, and notices. A file that is no run:
    PlaybookError.
    """
    from playbook.growth.run import rerun as again

    return again(run, None if events is None else _network(_own(events, tz)))


def beside(events: Any, tz: str = "UTC") -> Beside:
    """
    What do a community's own invite trees and history look like beside the calibrated models?

    One row a number: observed, what the model makes of it, and whether that fits. What the
    events do not show has no row.
    """
    import playbook.growth.beside as side
    from playbook.growth.base import streams
    from playbook.growth.run import run

    own = _own(events, tz)
    rows: tuple[dict[str, Any], ...] = ()
    if {"k", "dispersion"} <= set(own.estimates):
        trees = own.forest.trees()
        by_depth = own.forest.members["depth"].value_counts().sort_index()
        k, d = (own.estimates[name].value for name in ("k", "dispersion"))
        (rng,) = streams(7, 1)
        rows += side.invites_beside(trees["size"], trees["depth"], by_depth, k, d, rng).found
    if "history" in (values := own.options("forecast")):
        tried = run("forecast", calibrated=values, capacity=_room(own.history))
        rows += side.history_beside(tried.results["tried_on_the_past"]).found
    return side.Beside(rows)


def history_beside(path: str | Path, churn: float = 0.0) -> Beside:
    """
    How often would the 80 % band of a forecast have held what came, on a history in a file?

    `path`: a CSV of date and members. `churn`: the share who leave in a month; 0 where the
    counts are of everybody who ever came. Fewer than seven months: no row.
    """
    import playbook.growth.beside as side
    from playbook.growth.backtest import read_history
    from playbook.growth.run import run

    told = list(read_history(Path(path)).members[-240:])
    tried = run("forecast", history=told, churn=churn, capacity=_room(told))
    return side.history_beside(tried.results["tried_on_the_past"])


def _room(history: Iterable[float]) -> int:
    """Room enough that it plays no part: nobody has said how large the crowd is."""
    return max(20_000, 10 * round(max(history)))


def teams_beside(path: str | Path, team: int = 2) -> Beside:
    """
    Do the teams in a file look like the group-buying model, filled as often as Beibei's were?

    `path`: a CSV of status (success, failed) and joiners, as `data/samples/beibei-teams.csv`.
    That file was not drawn in the true ratio, so the published share of filled teams is used.
    """
    import playbook.growth.beside as side
    from playbook.growth.base import model

    filled, failed = side.read_teams(Path(path))
    (published,) = (f["value"] for f in model("group-buy")["published"] if f["id"] == "beibei")
    return side.teams_beside(filled, failed, published, team)


def _own(events: Any, tz: str) -> Calibration:
    """What is known from events; whoever has it already does not read them again."""
    from playbook.people.calibrate import Calibration, calibrate

    return events if isinstance(events, Calibration) else calibrate(events, tz=tz)


def _network(own: Calibration) -> Graph:
    from playbook.growth.cascade import graph_of

    found = own.ties
    return graph_of(found.a, found.b, len(found.names), found.names, found.met)


def case_page(case: str, output: str | Path, lang: str | None = None) -> Path:
    """
    What is known of one case, as an HTML page of its own: facts, sources, disputes, silences?

    `case`: its id; an unknown one raises PlaybookError with the nearest. Returns the path.
    """
    found = case_or_refuse(case)
    from playbook.present.case_page import case_html

    path = Path(output)
    write_whole(path, case_html(found, lang))
    return path


def case_or_refuse(name: str) -> Case:
    """One case by its id, or a message that names the nearest."""
    names = case_names()
    if name not in names:
        raise refuse(
            "cases", "no_case", nearest(name, names), given=quote(name), known=", ".join(names)
        )
    return load_case(name)
