"""When was it? Times as exports write them, read without guessing the order of day and month.

A time becomes microseconds since 1970 in UTC and a quality: `exact`, or `day` where only a date
is written. What cannot be read is None, never today and never 1970.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import groupby, pairwise

from playbook.errors import refuse
from playbook.sources.base import Bundle, micros

#: Microseconds since 1970 in UTC, and how well they are known.
Moment = tuple[int, str]

_EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of Excel's calendar

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*\.?[- ](\d{4}|\d{2})(?!\d)")
_MONTH_NAMED = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})(?!\d)")
#: git, Unix, Weibo: Tue Feb 11 22:10:39 2014 -0800, Fri Sep 14 11:11:07 +0800 2012
_WEEKDAY = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})"
    r"(?: ([+-]\d{4}))? (\d{4})(?: ([+-]\d{4}))?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(
    r"[\sT,]*(?:at )?(上午|下午)?\s*(\d{1,2})(?:[:：](\d{2})|时(?:(\d{1,2})分?)?)"
    r"(?:[:：]?(\d{2})(?:[.,](\d{1,9}))?秒?)?"
    r"[\s\u202f]*([AaPp])?\.?\s?(?:[Mm]\.?)?\s*(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")
#: Digits of a number of seconds, milliseconds, microseconds since 1970, from 2001 on.
_UNITS = {10: 1_000_000, 13: 1_000, 16: 1}


def from_number(value: float) -> Moment | None:
    """Which time is a number: seconds, milliseconds or microseconds since 1970?

    >>> from_number(1700000000), from_number(1700000000123)
    ((1700000000000000, 'exact'), (1700000000123000, 'exact'))
    """
    if not 1e9 <= value < 1e17:
        return None
    unit = _UNITS.get(len(str(int(value))))
    return None if unit is None else (round(value * unit), "exact")


def moment(
    given: object, tz: tzinfo = UTC, order: str | None = None, pattern: str | None = None
) -> Moment | None:
    """
    When was it? None where that cannot be read.

    `given`: a text, a number since 1970, or a date or time as a spreadsheet gives it. `order` is
    `dmy` or `mdy`: 3/4/2026 without it is None, never a guess. `pattern` is a strptime pattern
    for what no rule of ours reads. Naive times are times of `tz`.

    >>> moment("2026年4月3日 8:05")
    (1775203500000000, 'exact')
    >>> moment("3/4/2026", order="dmy") == moment("2026-04-03")
    True
    >>> moment("3/4/2026") is None
    True
    """
    if isinstance(given, str):
        text = given.strip().strip("\u200e\u200f\ufeff")
        return _parsed(text, tz, order, pattern) if text else None
    if isinstance(given, bool):
        return None
    try:
        if isinstance(given, datetime):
            # A workbook knows no dates without a clock: midnight sharp is a day.
            whole = given.time() == time() and given.tzinfo is None
            return micros(given, tz), "day" if whole else "exact"
        if isinstance(given, date):
            return micros(datetime(given.year, given.month, given.day), tz), "day"  # noqa: DTZ001
        if isinstance(given, (int, float)):
            if 20_000 <= given < 80_000:  # a cell of a spreadsheet: days since 1899-12-30
                quality = "day" if given == int(given) else "exact"
                seconds = round(given * 86_400)
                return micros(_EXCEL + timedelta(seconds=seconds), tz), quality
            return from_number(given)
    except (OverflowError, ValueError):  # NaN, the year 9999 east of Greenwich
        pass
    return None


def _parsed(text: str, tz: tzinfo, order: str | None, pattern: str | None) -> Moment | None:
    if len(text) > 60:
        return None
    try:
        if pattern:
            at = datetime.strptime(text, pattern)  # noqa: DTZ007 - micros() gives it its zone
            return micros(at, tz), "exact" if re.search("%[HIMScXfs]", pattern) else "day"
        if text.replace(".", "", 1).isdecimal() and text.isascii():
            return _digits(text, tz)
        if text[4:5] == "-" == text[7:8] and len(text) > 10:
            try:  # what most tables hold, the fast way
                return micros(datetime.fromisoformat(text), tz), "exact"
            except ValueError:
                pass
        return _written(text, tz, order)
    except (OverflowError, ValueError):  # no such day, no such hour
        return None


def _digits(text: str, tz: tzinfo) -> Moment | None:
    found = _COMPACT.fullmatch(text)
    if found and len(text) == 8:
        year, month, day = (int(part) for part in found.groups()[:3])
        return micros(datetime(year, month, day), tz), "day"  # noqa: DTZ001
    if found:
        return micros(datetime(*map(int, found.groups())), tz), "exact"  # type: ignore[arg-type]  # noqa: DTZ001
    whole, _, rest = text.partition(".")
    unit = _UNITS.get(len(whole))
    if unit is None:
        return None
    fraction = int((rest + "000000")[:6]) * unit // 1_000_000
    return int(whole) * unit + fraction, "exact"


def _year(text: str) -> int:
    """A year of two digits as strptime has it; 0001 is .NET's word for never, not 2001."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 69 else 1900)


def _written(text: str, tz: tzinfo, order: str | None) -> Moment | None:
    if found := _WEEKDAY.fullmatch(text):
        month_name, day_, clock_, zone, year_, late_zone = found.groups()
        text = f"{month_name} {day_}, {year_} {clock_} {zone or late_zone or ''}"
    year = month = day = 0
    if found := _YEAR_FIRST.match(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _YEAR_LAST.match(text):
        if order not in ("dmy", "mdy"):
            if found[1] != found[3]:  # 3/3/2026 is the same day either way
                return None
            order = "dmy"
        day, month = (found[1], found[3]) if order == "dmy" else (found[3], found[1])  # type: ignore[assignment]
        year, month, day = _year(found[4]), int(month), int(day)
    elif (found := _DAY_NAMED.match(text)) and found[2].lower() in _MONTHS:
        year, month, day = _year(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1])
    elif (found := _MONTH_NAMED.match(text)) and found[1].lower() in _MONTHS:
        year, month, day = _year(found[3]), _MONTHS.index(found[1].lower()) + 1, int(found[2])
    else:
        return None
    at = datetime(year, month, day)  # noqa: DTZ001
    rest = text[found.end() :]
    if not rest.strip():
        return micros(at, tz), "day"
    clock = _CLOCK.fullmatch(rest)
    return None if clock is None else (micros(_at_clock(at, clock), tz), "exact")


def _at_clock(at: datetime, clock: re.Match[str]) -> datetime:
    noon, hours, minutes, minutes_zh, seconds, fraction, half, zone = clock.groups()
    hour = int(hours)
    if half or noon:
        late = noon == "下午" or (half or "").lower() == "p"
        hour = hour % 12 + (12 if late else 0) if hour <= 12 else hour
    at = at.replace(
        hour=hour,
        minute=int(minutes or minutes_zh or 0),
        second=int(seconds or 0),
        microsecond=int(((fraction or "") + "000000")[:6]),
    )
    if not zone:
        return at
    digits = re.sub(r"[^0-9+-]", "", zone)
    if not digits:
        return at.replace(tzinfo=UTC)
    minutes_off = int(digits[1:3]) * 60 + int(digits[3:5])
    return at.replace(
        tzinfo=timezone(timedelta(minutes=-minutes_off if digits[0] == "-" else minutes_off))
    )


def day_order(texts: Iterable[str]) -> str | None:
    """
    Is it day/month/year or month/day/year, as the dates themselves show?

    `dmy` or `mdy` where at least one date allows only that; "" where the question does not arise;
    "mixed" where some dates allow only the one and some only the other; None where nobody but the
    person who wrote the file can know.

    >>> day_order(["3/4/2026", "13/4/2026"]), day_order(["2026-04-03"]), day_order(["3/4/2026"])
    ('dmy', '', None)
    """
    day_leads = month_leads = open_question = False
    for text in texts:
        found = _YEAR_LAST.match(text.strip().strip("\u200e\u200f["))
        if found:
            first, second = int(found[1]), int(found[3])
            day_leads |= first > 12
            month_leads |= second > 12
            open_question |= first != second
    if day_leads and month_leads:
        return "mixed"
    if day_leads or month_leads:
        return "dmy" if day_leads else "mdy"
    return None if open_question else ""


def order_of(
    bundle: Bundle, name: str, days: Iterable[str], tz: tzinfo, exporter: str
) -> str | None:
    """
    Day first or month first in a chat's file? None where its dates leave no choice.

    `days` are read from the file ahead of its rows, which is no progress. What the dates cannot
    tell is asked of the person: PlaybookError.
    """
    before = bundle.done
    order = chat_order([day for day, _ in groupby(days)], tz)
    bundle.done = before
    if order == "mixed":
        raise refuse(bundle.place(name), "day_order_mixed")
    if order is None:
        raise refuse(bundle.place(name), "day_order_chat", format=exporter)
    return order or None


def chat_order(days: Sequence[str], tz: tzinfo = UTC) -> str | None:
    """
    The same for a chat, whose rows run forward in time: only one order may let them do so.

    >>> chat_order(["3/4/2026", "4/4/2026", "1/5/2026"])
    'dmy'
    """
    order = day_order(days)
    if order is not None:
        return order
    back = {}
    for one in ("dmy", "mdy"):
        times = [when[0] for day in days if (when := moment(day, tz, one))]
        back[one] = sum(later < sooner for sooner, later in pairwise(times))
    best = min(back, key=lambda one: back[one])
    return best if back["dmy"] != back["mdy"] and back[best] == 0 else None
