"""A workshop of so many minutes: which lessons fit, in which order, with which breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from playbook.errors import refuse
from playbook.load import content
from playbook.room.lessons import Lesson, lessons
from playbook.tables import Tabular
from playbook.words import say, text


@dataclass(frozen=True)
class Part:
    """One part of the day. `kind`: opening, teaching, exercises, room, break, lunch, talk, closing.

    `at`: minutes since the beginning.
    """

    kind: str
    minutes: int
    lesson: Lesson | None = field(default=None, repr=False)
    at: int = 0

    def title(self, lang: str | None = None) -> str:
        """What it is called."""
        if self.lesson is not None:
            name = str(self.lesson.say("title", lang))
            return say(f"agenda.{self.kind}", lang, name=name)
        return str(text(_block(self.kind), "title", lang))

    def what(self, lang: str | None = None) -> str:
        """What happens."""
        if self.lesson is None:
            return str(text(_block(self.kind), "what", lang))
        if self.kind == "exercises":  # what the room looks at afterwards has to be handed in
            key = "agenda.do_form" if self.lesson.id == rules()["room_after"] else "agenda.do"
            return say(key, lang, lesson=self.lesson.id)
        return " ".join(self.lesson.say("questions", lang))


@dataclass(frozen=True)
class Agenda(Tabular):
    """A plan whose minutes add up, the lessons in it, and what of them is left for home."""

    minutes: int
    parts: tuple[Part, ...]
    taken: tuple[tuple[Lesson, bool], ...]
    start: str | None = None

    def clock(self, at: int) -> str:
        """A time of the plan: of the clock where a start is known, else hours and minutes so far.

        >>> Agenda(60, (), (), "09:30").clock(45), Agenda(60, (), ()).clock(75)
        ('10:15', '1:15')
        """
        if self.start is None:
            return f"{at // 60}:{at % 60:02d}"
        hours, minutes = map(int, self.start.split(":"))
        whole = hours * 60 + minutes + at
        return f"{whole // 60 % 24:02d}:{whole % 60:02d}"

    @property
    def homework(self) -> tuple[Lesson, ...]:
        """The lessons whose exercises are left for home."""
        return tuple(lesson for lesson, whole in self.taken if not whole)

    def materials(self, lang: str | None = None) -> list[str]:
        """What to have ready, in the order in which it is needed."""
        needed: list[str] = []
        for part in self.parts:
            if part.lesson is None:
                needed += text(_block(part.kind), "materials", lang)
            elif part.kind == "teaching":
                needed += part.lesson.say("materials", lang)
        return list(dict.fromkeys(needed))

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """The parts of the day, one a row."""
        return [
            {
                "at": self.clock(part.at),
                "minutes": part.minutes,
                "kind": part.kind,
                "lesson": part.lesson.id if part.lesson else None,
                "title": part.title(lang),
                "what": part.what(lang),
            }
            for part in self.parts
        ]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook agenda --json` prints."""
        return {
            "format": "playbook-agenda/1",
            "minutes": self.minutes,
            "start": self.start,
            "parts": self.rows(lang),
            "lessons": [
                {
                    "id": lesson.id,
                    "title": lesson.say("title", lang),
                    "teaching": lesson.teaching,
                    "exercises": lesson.exercises,
                    "whole": whole,
                    "notebooks": {code: f"{code}/{p.name}" for code, p in lesson.paths.items()},
                }
                for lesson, whole in self.taken
            ],
            "materials": self.materials(lang),
            "homework": [lesson.id for lesson in self.homework],
        }


def rules() -> Mapping[str, Any]:
    """Our habits for a workshop, from `content/agenda.toml`."""
    return content("agenda")


def _block(kind: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(b for b in rules()["block"] if b["id"] == kind)
    return found


def plan(minutes: int, start: str | None = None, known: Sequence[Lesson] | None = None) -> Agenda:
    """
    Which lessons fill a workshop of so many minutes, breaks included, to the minute?

    Lessons are taken by their importance (`content/agenda.toml`), each with its own minutes and
    after what it needs: whole where it fits, else its teaching with the doing left for home.
    What is left over goes to the class's result, the opening, the closing and open questions,
    in this order.
    Fewer than 60 or more than 480 minutes raise PlaybookError.
    """
    told = rules()
    bounds = told["minutes"]
    if not bounds["shortest"] <= minutes <= bounds["longest"]:
        raise refuse("minutes", "range", given=minutes, low=bounds["shortest"],
                     high=bounds["longest"])  # fmt: skip
    breaks = _breaks(minutes, bounds)
    free = minutes - sum(breaks) - bounds["opening"][0] - bounds["closing"][0]
    every = known or lessons()
    taken: list[tuple[Lesson, bool]] = []
    room = 0
    for lesson in sorted(every, key=_importance):
        if not set(lesson.needs) <= {one.id for one, _ in taken} | set(told["told_in_opening"]):
            continue
        if lesson.minutes <= free:
            taken.append((lesson, True))
            free -= lesson.minutes
        elif lesson.teaching <= free and lesson.id not in told["whole"]:
            taken.append((lesson, False))
            free -= lesson.teaching
        if lesson.id == told["room_after"] and free >= bounds["room"][0]:
            share = max(bounds["room"][0], minutes // bounds["room_share"])
            room = min(share, free, bounds["room"][1])
            free -= room
    taken.sort(key=lambda one: (one[0].id in told["last"], one[0].id))
    shares = _spread(free, bounds, room)
    return Agenda(minutes, _laid_out(taken, breaks, shares, bounds), tuple(taken), start)


def _importance(lesson: Lesson) -> tuple[int, str]:
    order = rules()["order"]
    return (order.index(lesson.id) if lesson.id in order else len(order), lesson.id)


def _breaks(minutes: int, bounds: Mapping[str, Any]) -> list[int]:
    """How long is each break? None in a short workshop; the middle one of a long day is lunch."""
    many = -(-minutes // bounds["work"]) - 1
    if minutes < bounds["lunch_from"]:
        return [bounds["break"]] * max(0, many)
    breaks = [bounds["break"]] * max(1, many)
    breaks[len(breaks) // 2] = bounds["lunch"]
    return breaks


def _spread(free: int, bounds: Mapping[str, Any], room: int) -> dict[str, int]:
    """What is left over, shared out: opening, closing, the room, then open questions."""
    shares = {"opening": bounds["opening"][0], "closing": bounds["closing"][0], "room": room}
    for kind in ("opening", "closing", "room"):
        if not shares[kind]:
            continue
        more = min(free, bounds[kind][1] - shares[kind])
        shares[kind] += more
        free -= more
    if free < bounds["talk"]:
        shares["closing"] += free
        free = 0
    return shares | {"talk": free}


def _laid_out(
    taken: Sequence[tuple[Lesson, bool]],
    breaks: Sequence[int],
    shares: Mapping[str, int],
    bounds: Mapping[str, Any],
) -> tuple[Part, ...]:
    """The parts in their order, breaks where the work is cut most evenly, each with its time."""
    groups: list[list[Part]] = [[Part("opening", shares["opening"])]]
    for lesson, whole in taken:
        group = [Part("teaching", lesson.teaching, lesson)]
        if whole and lesson.exercises:
            group.append(Part("exercises", lesson.exercises, lesson))
        groups.append(group)
        if lesson.id == rules()["room_after"] and shares["room"]:
            groups.append([Part("room", shares["room"])])
    if shares["talk"]:
        groups.append([Part("talk", shares["talk"])])
    groups.append([Part("closing", shares["closing"])])
    for place, length in _cuts(groups, breaks):
        kind = "lunch" if length == bounds["lunch"] else "break"
        groups.insert(place, [Part(kind, length)])
    parts, at = [], 0
    for part in (part for group in groups for part in group):
        parts.append(replace(part, at=at))
        at += part.minutes
    return tuple(parts)


def _cuts(groups: Sequence[Sequence[Part]], breaks: Sequence[int]) -> list[tuple[int, int]]:
    """Before which groups do the breaks stand? From the last to the first, ready to insert."""
    ends, so_far = [], 0
    for group in groups:
        so_far += sum(part.minutes for part in group)
        ends.append(so_far)
    places: list[int] = []
    for n in range(1, len(breaks) + 1):
        wanted = so_far * n / (len(breaks) + 1)
        # Not after the opening, not before the closing, and no two at one place.
        fit = [at for at in range(2, len(groups) - 1) if at not in places]
        if fit:
            places.append(min(fit, key=lambda at: (abs(ends[at - 1] - wanted), at)))
    return sorted(zip(sorted(places), breaks, strict=False), reverse=True)
