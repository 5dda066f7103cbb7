"""What the library offers for a room full of people: `form`, `workshop`, `history`, `agenda`."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from playbook import library
from playbook.errors import quote, refuse
from playbook.files import make_folder, not_over, write_whole
from playbook.load import load_answers, load_checklist
from playbook.room.agenda import Agenda, plan
from playbook.room.cohort import Cohort, read_cohort
from playbook.room.collect import is_collected
from playbook.scoring.history import History, history_of

#: The tables of a class, one CSV each and all as one workbook.
TABLES = ("items.csv", "people.csv", "answers.csv", "files.csv", "cohort.xlsx")


def form(
    output: str | Path,
    checklist: str = "isooc",
    content: str | Path | None = None,
    lang: str | None = None,
    paper: bool = False,
) -> Path:
    """
    How do people answer without installing anything? One HTML page, written to `output`.

    It needs no server and no network, holds both languages and gives an answers file, the same
    as text, and an answer code. `paper`: two sheets of A4 instead, in one language. `content`:
    a file of your own laid over ours. Returns the path. Raises PlaybookError on bad input.
    """
    found = load_checklist(checklist, content)
    not_over(output, content)
    path = Path(output)
    if paper:
        from playbook.present.form_paper import paper_html

        write_whole(path, paper_html(found, lang))
    else:
        from playbook.present.form_page import form_html

        write_whole(path, form_html(found, lang))
    return path


def workshop(
    folder: str | Path,
    output: str | Path | None = None,
    *,
    checklist: str | None = None,
    content: str | Path | None = None,
    aim: str | int | None = None,
    one: bool = False,
    pseudonyms: bool = False,
    csv: str | Path | None = None,
    lang: str | None = None,
) -> Cohort:
    """
    What does a room see: a folder of answers files as a class?

    Good files are used, others named with a reason; of one form the latest counts; one name with
    two ids is two people. One community rated by many (always so with `one`), or many. Per
    question the median, the range and the share within one level; α after Krippendorff, below
    .667 no number for the group. `output`: a page to project. `csv`: a folder for tables.
    `pseudonyms`: four signs for every name, no notes. Raises PlaybookError where there is no
    such folder.
    """
    place = Path(folder)
    not_over(output, content)
    if output is not None and is_collected(Path(output), place):
        raise refuse(Path(output).name, "over_input")
    ours = [Path(output)] if output is not None else []
    if csv is not None:
        ours += [Path(csv) / name for name in TABLES]
    found = read_cohort(place, checklist, content, library._aim(aim), one, pseudonyms, ours)
    if output is not None:
        from playbook.present.cohort_page import cohort_html

        write_whole(Path(output), cohort_html(found, lang))
    if csv is not None:
        from playbook.present.cohort_tables import cohort_files

        make_folder(Path(csv))
        for name, data in cohort_files(found.tables(lang)).items():
            write_whole(Path(csv) / name, data)
    return found


def history(
    *answers: library.Given,
    output: str | Path | None = None,
    aim: str | int | None = None,
    content: str | Path | None = None,
    lang: str | None = None,
) -> History:
    """
    What moved between assessments of one community, and what comes next now?

    Two or more answers (dictionaries, paths, codes), in any order: their dates decide. All are
    scored under the aim of the latest, or the one given. `output`: an HTML page. Fewer than two,
    or bad input, raises PlaybookError.

    >>> before = {"format": "playbook-answers/1", "date": "2026-01-01", "answers": {}}
    >>> after = {**before, "date": "2026-04-01", "answers": {"interest.bond": {"level": 2}}}
    >>> [name for name, *_ in history(after, before).whole.answers]
    ['interest.bond']
    """
    if len(answers) < 2:
        raise refuse("history", "two_needed")
    first, found = load_answers(answers[0], lang=lang, own=content)
    read = [first, *(load_answers(one, found, lang)[0] for one in answers[1:])]
    made = history_of(found, [(one.source, one) for one in read], library._aim(aim))
    if output is not None:
        not_over(output, *answers, content)
        from playbook.present.history_page import history_html

        write_whole(Path(output), history_html(made, lang))
    return made


def agenda(
    minutes: int,
    output: str | Path | None = None,
    *,
    start: str | None = None,
    kit: str | Path | None = None,
    lang: str | None = None,
) -> Agenda:
    """
    How is a workshop of so many minutes (60 to 480, breaks included) laid out?

    Lessons take their own minutes; the parts add up exactly. `start`: the time of day, "09:30".
    `output`: the plan as a page to print. `kit`: a folder for everything: plan, guide, slides,
    form, paper, notebooks for participants and trainer. Raises PlaybookError on bad input.

    >>> sum(part.minutes for part in agenda(90).parts)
    90
    """
    if start is not None:
        try:
            start = time.fromisoformat(start).strftime("%H:%M")
        except ValueError:
            raise refuse("start", "time_of_day", given=quote(start)) from None
    made = plan(minutes, start)
    if output is not None:
        from playbook.present.agenda_page import agenda_html

        write_whole(Path(output), agenda_html(made, lang))
    if kit is not None:
        from playbook.room.kit import write_kit

        write_kit(made, Path(kit), lang)
    return made
